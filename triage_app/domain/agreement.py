"""How far two people agree on labels, and which decided tickets want a second opinion."""

import hashlib
from collections.abc import Sequence


def kappa(pairs: Sequence[tuple[str, str]], label: str) -> float:
    """Cohen's kappa (1960) of two people on one label against all others, from what each said of the same texts.

    1 where they always agree, 0 where they do so as often as chance would have it, below 0 where less often. Where both
    said the same of every text there is nothing to tell apart: 1.
    """
    if not pairs:
        return 1.0
    first = sum(one == label for one, _ in pairs) / len(pairs)
    second = sum(other == label for _, other in pairs) / len(pairs)
    agreed = sum((one == label) == (other == label) for one, other in pairs) / len(pairs)
    by_chance = first * second + (1 - first) * (1 - second)
    return 1.0 if by_chance >= 1.0 else (agreed - by_chance) / (1 - by_chance)


def wants_second_look(dataset: str, ticket: int, share: float) -> bool:
    """Whether a ticket is among the share (0..1) that wants a second opinion: the same answer each time, and none that
    a person sees coming.
    """
    digest = hashlib.sha256(f"second look\n{dataset}\n{ticket}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
