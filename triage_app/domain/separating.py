"""Learning from overrules: the one more field that tells the pairs that people took apart from those that they kept."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FEWEST = 2
"""Pairs of either sort below which nothing is offered: one pair differs in many fields by chance."""

NEARLY = 0.9
"""The share of either sort of pairs that a field must get right to be offered."""

NEVER_OFFERED = frozenset({"event_time", "received_time", "@timestamp"})
"""Fields that are about time: that is what a window is for."""

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """The fields of two items that a rule held for the same."""

    one: Fields
    other: Fields


@dataclass(frozen=True, slots=True)
class Separation:
    """What adding a field to a key would do: `separated` of the overruled pairs would not be joined any more, `kept`
    of the kept ones still would."""

    field: str
    separated: int
    overruled: int
    kept: int
    pairs_kept: int

    @property
    def is_perfect(self) -> bool:
        """Whether it gets every pair right."""
        return self.separated == self.overruled and self.kept == self.pairs_kept


def separating_field(overruled: Sequence[Pair], kept: Sequence[Pair], key: Iterable[str]) -> Separation | None:
    """The best field that is not in the key yet, if one gets all or nearly all pairs right.

    A pair stays together where both items have the field with the same value. Of fields that are equally good the one
    with the fewest values is taken, since it is the least likely to be right by chance.
    """
    if len(overruled) < FEWEST or len(kept) < FEWEST:
        return None
    used = set(key) | NEVER_OFFERED
    # Most fields lose kept pairs, so those are counted first and only what is good enough is looked at further.
    together = Counter(name for pair in kept for name in _same(pair))
    best: tuple[tuple[float, int, int, str], Separation] | None = None
    for name, stays in together.items():
        if name in used or stays < NEARLY * len(kept):
            continue
        separated = sum(not _is_same(pair, name) for pair in overruled)
        if separated < NEARLY * len(overruled):
            continue
        found = Separation(name, separated, len(overruled), stays, len(kept))
        share = separated / len(overruled) + stays / len(kept)
        rank = (-share, _distinct([*overruled, *kept], name), len(name), name)
        if best is None or rank < best[0]:
            best = (rank, found)
    return best[1] if best else None


def advice_for(found: Separation, overruled: int, linked: int) -> str:
    """A sentence for a rule's card: what was overruled, and what the field would change."""
    which = f"all {found.separated}" if found.separated == found.overruled else f"{found.separated}"
    of = f" of the {found.overruled} looked at" if found.overruled != overruled else ""
    stays = (
        f"all {found.kept} others looked at stay together"
        if found.kept == found.pairs_kept
        else f"{found.kept} of {found.pairs_kept} others looked at stay together"
    )
    return f"Overruled {overruled} of {linked}. Adding {found.field} to the key separates {which}{of}; {stays}."


def with_key_part(rule: str, part: str) -> str:
    """A rule's YAML with one more part in its key, as text so that comments and layout stay; "" where its key is
    written in a way that cannot be extended by hand-editing one place.
    """
    lines = rule.split("\n")
    for number, line in enumerate(lines):
        head, colon, value = line.partition("key:")
        if not colon or head.strip(" -"):
            continue
        value = value.strip()
        if not value or value.startswith("#"):
            return _with_item(lines, number, len(head), part)
        if value.startswith("["):
            return _with_flow_part(lines, number, part)
        bare = value.split(" #")[0].rstrip()
        lines[number] = f"{head}key: [{bare}, {part}]"
        return "\n".join(lines)
    return ""


def _with_item(lines: list[str], number: int, indent: int, part: str) -> str:
    """After the last item of a block list below `key:`."""
    last = None
    for place in range(number + 1, len(lines)):
        stripped = lines[place].strip()
        if not stripped or stripped.startswith("#"):
            continue
        depth = len(lines[place]) - len(lines[place].lstrip())
        if depth < indent or not stripped.startswith("- "):
            break
        last = place
    if last is None:
        return ""
    dash = lines[last][: len(lines[last]) - len(lines[last].lstrip())]
    return "\n".join([*lines[: last + 1], f"{dash}- {part}", *lines[last + 1 :]])


def _with_flow_part(lines: list[str], number: int, part: str) -> str:
    """Before the bracket that closes a flow list, on the same line or a later one."""
    for place in range(number, len(lines)):
        content = lines[place].split(" #")[0]
        closing = content.rfind("]")
        if closing >= 0:
            before = lines[place][:closing]
            written = "".join([*lines[number:place], before]).rstrip()
            comma = "" if written.endswith((",", "[")) else ", "
            before = before.rstrip() + (" " if before.rstrip().endswith(",") else "") if before.strip() else before
            lines[place] = f"{before}{comma}{part}{lines[place][closing:]}"
            return "\n".join(lines)
    return ""


def _same(pair: Pair) -> Iterable[str]:
    return (name for name in pair.one if _is_same(pair, name))


def _is_same(pair: Pair, name: str) -> bool:
    value = pair.one.get(name)
    return value is not None and pair.other.get(name) == value


def _distinct(pairs: Iterable[Pair], name: str) -> int:
    return len({each.get(name) for pair in pairs for each in (pair.one, pair.other)})
