"""That nobody teaches alone: whom corrections come from, how much each may give, and whom nothing is learnt from."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from triage_app.domain.labels import Example
from triage_app.domain.learning import Correction

ENOUGH: Final = 20
"""Corrections by others from which on nobody gives more than the set share; with fewer, a small team could not teach
its model."""

_ROUNDS: Final = 20


class OriginKind(StrEnum):
    """Whom something was learnt from."""

    SENDER = "sender"
    ANALYST = "analyst"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Origin:
    """Somebody that is learnt from: a sender by address or by domain, an analyst, or a source."""

    kind: OriginKind
    value: str


@dataclass(frozen=True, slots=True)
class Surplus:
    """How many corrections of an origin were left out."""

    origin: Origin
    left_out: int


@dataclass(frozen=True, slots=True)
class Guarded:
    """The corrections that may teach, in their order, and what was left out of whom."""

    kept: tuple[Correction, ...]
    surplus: tuple[Surplus, ...]


def domain_of(sender: str) -> str:
    """The domain of a mail address in lower case; empty where it has none."""
    _, found, domain = sender.rpartition("@")
    return domain.strip(" >.").casefold() if found else ""


def is_from(origin: Origin, *, sender: str, analyst: str, source: str) -> bool:
    """Whether something came from an origin. A domain stands for all addresses in it and in those below it."""
    wanted = origin.value.casefold()
    if origin.kind is OriginKind.ANALYST:
        return bool(wanted) and analyst.casefold() == wanted
    if origin.kind is OriginKind.SOURCE:
        return bool(wanted) and source.casefold() == wanted
    if "@" in wanted:
        return sender.strip().casefold() == wanted
    domain = domain_of(sender)
    return bool(wanted) and (domain == wanted or domain.endswith(f".{wanted}"))


def remembered(corrections: Iterable[Correction], forgotten: Collection[Origin]) -> tuple[Correction, ...]:
    """The corrections that do not come from anybody who was forgotten."""
    return tuple(
        word
        for word in corrections
        if not any(is_from(each, sender=word.sender, analyst=word.who, source=word.source) for each in forgotten)
    )


def remembered_examples(examples: Sequence[Example], forgotten: Collection[Origin]) -> tuple[Example, ...]:
    """The examples that do not come from anybody who was forgotten; those of unknown origin stay."""
    if not forgotten:
        return tuple(examples)
    return tuple(
        example
        for example in examples
        if not any(
            is_from(each, sender=example.sender, analyst=example.who, source=example.source) for each in forgotten
        )
    )


def guard(words: Iterable[Correction], share: float, own_domains: Collection[str] = ()) -> Guarded:
    """Leave out the oldest of whoever gives more than `share` (0..1) of the corrections that are left.

    Senders count by address and by domain, your own domains excepted: what colleagues report comes from many people.
    Nobody is cut while all others together gave fewer than 20, so that one person can teach a model; from then on each
    keeps what the share allows beside the others, the newest. Of two, neither can give less than half, and so on: the
    share is never under one by the number of those who teach. Where cutting one makes another too large it is cut in
    its turn, for twenty rounds at most. The result depends on the corrections alone, not on their order.
    """
    kept = sorted(words, key=lambda word: (word.at, word.id))
    own = {each.casefold() for each in own_domains}
    origins = {word.id: _origins(word, own) for word in kept}
    left_out: Counter[Origin] = Counter()
    for _ in range(_ROUNDS):
        over = _largest_excess([origins[word.id] for word in kept], share)
        if over is None:
            break
        origin, surplus = over
        mine = [word.id for word in kept if origin in origins[word.id]]
        gone = frozenset(mine[:surplus])
        left_out[origin] += surplus
        kept = [word for word in kept if word.id not in gone]
    surpluses = (Surplus(origin, count) for origin, count in left_out.items())
    return Guarded(
        tuple(sorted(kept, key=lambda word: word.id)),
        tuple(sorted(surpluses, key=lambda each: (-each.left_out, each.origin.kind, each.origin.value))),
    )


def _largest_excess(found: Sequence[frozenset[Origin]], share: float) -> tuple[Origin, int] | None:
    """Who gives the most too much, and how many too many; of equals the first by kind and value."""
    counts = Counter(origin for origins in found for origin in origins)
    contributors = Counter(map(_rank, counts))
    over = []
    for origin, count in counts.items():
        others = len(found) - count
        allowed = max(share, 1 / contributors[_rank(origin)])
        if allowed < 1 and others >= ENOUGH:
            surplus = count - int(others * allowed / (1 - allowed) + 1e-9)
            if surplus > 0:
                over.append((-surplus, origin.kind.value, origin.value, origin))
    if not over:
        return None
    most = min(over)
    return most[3], -most[0]


def _rank(origin: Origin) -> tuple[OriginKind, bool]:
    """Those that are compared with each other: addresses with addresses, domains with domains."""
    return origin.kind, "@" in origin.value


def _origins(word: Correction, own: Collection[str]) -> frozenset[Origin]:
    found = set()
    sender, domain = word.sender.strip().casefold(), domain_of(word.sender)
    if domain:
        found.add(Origin(OriginKind.SENDER, sender))
        if domain not in own:
            found.add(Origin(OriginKind.SENDER, domain))
    if word.who:
        found.add(Origin(OriginKind.ANALYST, word.who))
    if word.source:
        found.add(Origin(OriginKind.SOURCE, word.source))
    return frozenset(found)
