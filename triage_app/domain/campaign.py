"""Many texts that are alike as one: a template, and what stands in its slots in each of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import pairwise

from triage_app.domain.aligning import aligned
from triage_app.domain.pieces import PieceKind, Pieces, pieces_of
from triage_app.domain.slots import Column, Slot, slots_of, split

MOST_CHARACTERS = 16_000
"""Characters of a text that are read."""

MOST_IN_ALL = 2_000_000
MOST_PIECES = 3_000

_SKETCH = 64
"""Hashes of each letter by which it is compared with the others."""

_COMPARED = 100
"""Letters that each is compared with, about."""

_LONG_SLOT = 8
"""Words that a long part of one letter alone counts as."""

_LEAST_SHARE = 0.3
"""Of the letters that must be alike for a template of their texts."""

_SPARED = 1
"""Words that any letter may cost the template, however many follow it."""

_HEAD_PIECES = 200
_BREAK = -1
"""Stands between a subject and its text."""

_PLAIN = frozenset({PieceKind.WORD, PieceKind.MARK})


@dataclass(frozen=True, slots=True)
class Letter:
    """One of many that may be alike; `names` are the recipients' names and addresses."""

    subject: str
    text: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hole:
    """Where the value of a slot (by its place) stands, and the white space in front of a value that is not empty."""

    slot: int
    space: str


@dataclass(frozen=True, slots=True)
class Template:
    """What texts have in common, with slots for what varies.

    `rows` has what stands in each slot for each text, in the order that they were given in; None for a text that does
    not follow the template. An empty value is a part that only others have. With `subjects_only` too few texts
    were alike, and it is a template of the subjects.
    """

    parts: tuple[str | Hole, ...]
    slots: tuple[Slot, ...]
    rows: tuple[tuple[str, ...] | None, ...]
    subjects_only: bool = False

    @property
    def text(self) -> str:
        """The template with its slots as {name}; no such name is part of its constant text."""
        return self._joined([f"{{{each.name}}}" for each in self.slots])

    def filled(self, values: Sequence[str]) -> str:
        """The text with these values: that of a row is its text again, but for white space."""
        return self._joined(values)

    def _joined(self, values: Sequence[str]) -> str:
        written = []
        for part in self.parts:
            if isinstance(part, str):
                written.append(part)
            elif value := values[part.slot]:
                written.append(part.space + value)
        return "".join(written).strip()


@dataclass(frozen=True, slots=True)
class _Read:
    """A letter in pieces; `keys` tell pieces with or without white space in front apart, with `_BREAK` at `head`."""

    texts: tuple[str, ...]
    spaces: tuple[str, ...]
    kinds: tuple[PieceKind, ...]
    keys: tuple[int, ...]
    head: int
    words: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Letters that are alike: the one that the others are laid against, and the place of each of its pieces in each
    letter (-1: not there), by the letter's place; `kept` are those that all have.
    """

    base: int
    kept: int
    places: dict[int, list[int]]


def template_of(letters: Sequence[Letter]) -> Template:
    """One template for as many of these letters as are alike, the best one for most of them.

    Each is laid against the one that is most like all others. One joins as long as the constant words, less the parts
    that only some have, times the letters that follow the template, grow, and at least half of its words are constant,
    where a long part of its own counts as a few words. Where no two texts are alike, or few of many, the subjects alone
    are compared. Linear in the number of letters; of long ones the beginning is read.
    """
    if not letters:
        return Template((), (), ())
    most = min(MOST_CHARACTERS, MOST_IN_ALL // len(letters))
    read = _read(letters, most)
    group = _group(read)
    subjects_only = len(letters) > 1 and not _tells(read, group)
    if subjects_only:
        read = _read([Letter(each.subject, "", each.names) for each in letters], most)
        group = _group(read)
    return replace(_template(letters, read, group), subjects_only=subjects_only)


def _tells(read: Sequence[_Read], group: _Group) -> bool:
    """Whether a group is more than a few of many that quote each other, and has more in common than a subject."""
    one = read[group.base]
    common = (place for place in range(one.head + 1, len(one.kinds)) if group.kept >> place & 1)
    says = not one.texts[one.head + 1 :] or any(one.kinds[place] is not PieceKind.MARK for place in common)
    return says and len(group.places) >= max(2, _LEAST_SHARE * len(read))


def _read(letters: Sequence[Letter], most: int) -> list[_Read]:
    numbers: dict[tuple[bool, str], int] = {}
    found = []
    known: dict[tuple[str, str], _Read] = {}
    for each in letters:
        same = known.get((each.subject, each.text))
        if same is None:
            head = pieces_of(each.subject[:most], most=_HEAD_PIECES)
            same = _joined(head, pieces_of(each.text[:most], most=MOST_PIECES), numbers)
            known[each.subject, each.text] = same
        found.append(same)
    return found


def _joined(head: Pieces, body: Pieces, numbers: dict[tuple[bool, str], int]) -> _Read:
    texts = (*head.texts, "", *body.texts)
    spaces = (*head.spaces, "\n\n", *body.spaces)
    kinds = (*head.kinds, PieceKind.MARK, *body.kinds)
    keys = [numbers.setdefault((bool(space), text), len(numbers)) for text, space in zip(texts, spaces, strict=True)]
    keys[len(head.texts)] = _BREAK
    return _Read(texts, spaces, kinds, tuple(keys), len(head.texts), kinds.count(PieceKind.WORD))


def _group(read: Sequence[_Read]) -> _Group:
    base = _most_alike(read)
    one = read[base]
    whole = (1 << len(one.keys)) - 1
    words = sum(1 << place for place, kind in enumerate(one.kinds) if kind is PieceKind.WORD)
    distinct = {each.keys: each for each in read}
    laid = {keys: _laid(one, each) for keys, each in distinct.items()}
    masks = {keys: sum(1 << place for place, there in enumerate(places) if there >= 0) for keys, places in laid.items()}
    sizes = {keys: max(one.words, _size(each, laid[keys])) for keys, each in distinct.items()}

    def share(place: int) -> float:
        keys = read[place].keys
        return (masks[keys] & words).bit_count() / max(sizes[keys], 1)

    kept, inserted = whole, 0
    places: dict[int, list[int]] = {}
    for each in sorted(range(len(read)), key=lambda place: (place != base, -share(place), place)):
        keys = read[each].keys
        fewer, more = kept & masks[keys], inserted | _insertions(laid[keys])
        constant = (fewer & words).bit_count()
        new, old = (constant - _optional(fewer, more)), (kept & words).bit_count() - _optional(kept, inserted)
        grows = (len(places) + 1) * (new + _SPARED) >= len(places) * old
        if each == base or (grows and 2 * constant >= sizes[keys]):
            kept, inserted = fewer, more
            places[each] = laid[keys]
    return _Group(base, kept, places)


def _size(other: _Read, places: Sequence[int]) -> int:
    """The words of a letter, of which a long part that is its own counts as a few only: it is one slot, after all."""
    common = set(places)
    size = own = 0
    for place, kind in enumerate(other.kinds):
        if place in common:
            size += min(own, _LONG_SLOT) + (kind is PieceKind.WORD)
            own = 0
        else:
            own += kind is PieceKind.WORD
    return size + min(own, _LONG_SLOT)


def _insertions(places: Sequence[int]) -> int:
    """The places, as bits, in front of which a letter has what the one it is laid against has not."""
    return sum(
        1 << place
        for place, (before, there) in enumerate(pairwise(places), start=1)
        if before >= 0 and there > before + 1
    )


def _optional(kept: int, inserted: int) -> int:
    """How many parts that only some have tear a template apart."""
    return (kept & kept << 1 & inserted).bit_count()


def _most_alike(read: Sequence[_Read]) -> int:
    """The letter that has most in common with all others, or with enough of them; the first of equals.

    By the smallest hashes of the neighbouring pieces, as many for each, of which the share that is common is an
    estimate (Broder, "On the resemblance and containment of documents", 1997). What changes counts as what it is.
    """
    sketches: dict[tuple[int, ...], frozenset[int]] = {}
    for each in read:
        if each.keys not in sketches:
            keys = [
                key if kind in _PLAIN else -2 - list(PieceKind).index(kind)
                for key, kind in zip(each.keys, each.kinds, strict=True)
            ]
            sketches[each.keys] = frozenset(nsmallest(_SKETCH, {hash(pair) for pair in pairwise(keys)}))
    times = Counter(each.keys for each in read[:: max(1, len(read) // _COMPARED)])
    scores = {
        keys: sum(_resemblance(sketch, sketches[others]) * number for others, number in times.items())
        for keys, sketch in sketches.items()
    }
    return max(range(len(read)), key=lambda place: (scores[read[place].keys], -place))


def _resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    both = len(one & other)
    return both / max(1, len(one) + len(other) - both)


def _laid(one: _Read, other: _Read) -> list[int]:
    """For each piece of one letter its place in the other, or -1. Subjects are compared with subjects."""
    places = [-1] * len(one.keys)
    for left, right in aligned(one.keys[: one.head], other.keys[: other.head]):
        places[left] = right
    places[one.head] = other.head
    for left, right in aligned(one.keys[one.head + 1 :], other.keys[other.head + 1 :]):
        places[one.head + 1 + left] = other.head + 1 + right
    return places


# -- from what is constant to slots -----------------------------------------------------------------------------------


def _template(letters: Sequence[Letter], read: Sequence[_Read], group: _Group) -> Template:
    one = read[group.base]
    members = [(read[letter], places) for letter, places in group.places.items()]
    parts: list[str | Hole] = []
    columns: list[Column] = []
    for run, gap in _in_turn(_without_chance(_runs(one, group), one, members), members):
        for column in split(gap):
            if column.is_constant:
                parts.append(column.space + column.values[0])
            else:
                parts.append(Hole(len(columns), column.space))
                columns.append(column)
        parts.append("".join(one.spaces[place] + one.texts[place] for place in run))
    constant = "".join(part if isinstance(part, str) else "\n" for part in parts)
    slots, place_of = slots_of(columns, [letters[letter].names for letter in group.places], constant)
    rows: list[tuple[str, ...] | None] = [None] * len(letters)
    firsts = [place_of.index(slot) for slot in range(len(slots))]
    for row, letter in enumerate(group.places):
        rows[letter] = tuple(columns[first].values[row] for first in firsts)
    placed = (Hole(place_of[part.slot], part.space) if isinstance(part, Hole) else part for part in parts if part)
    return Template(tuple(placed), slots, tuple(rows))


def _runs(one: _Read, group: _Group) -> list[range]:
    """Pieces that are constant, together where they are neighbours in all letters. The break between subject and text
    stands alone.
    """
    constant = [place for place in range(len(one.keys)) if group.kept >> place & 1]
    apart = {one.head, one.head + 1}
    for places in {id(each): each for each in group.places.values()}.values():
        apart.update(place for before, place in pairwise(constant) if places[place] != places[before] + 1)
    runs: list[range] = []
    for place in constant:
        if runs and place not in apart and runs[-1].stop == place:
            runs[-1] = range(runs[-1].start, place + 1)
        else:
            runs.append(range(place, place + 1))
    return runs


_Member = tuple[_Read, list[int]]


def _without_chance(runs: Sequence[range], one: _Read, members: Sequence[_Member]) -> list[range]:
    """The runs without those that only chance makes constant: a mark or a word or two amid much that varies."""
    gaps = [
        max(stop - start for start, stop in (_between(before, after, each) for each in members))
        for before, after in pairwise([None, *runs, None])
    ]
    kept: list[range] = []
    room = gaps[:1]
    for run, after in zip(runs, gaps[1:], strict=True):
        kept.append(run)
        room.append(after)
        while kept and _is_chance(one, kept[-1], room[-2], room[-1]):
            last = kept.pop()
            room[-2:] = [room[-2] + len(last) + room[-1]]
    return kept


def _is_chance(one: _Read, run: range, before: int, after: int) -> bool:
    if one.head in run or any(one.kinds[place] not in _PLAIN for place in run):
        return False
    words = sum(one.kinds[place] is PieceKind.WORD for place in run)
    if not words:
        return min(before, after) >= 1 and max(before, after) >= 2
    return words <= 2 and min(before, after) > 2 * words


def _in_turn(runs: Sequence[range], members: Sequence[_Member]) -> Iterator[tuple[range, list[Pieces]]]:
    """Each run, with what stands in front of it in each letter; an empty run with what stands at the end."""
    for before, after in pairwise([None, *runs, None]):
        gap = []
        for each in members:
            start, stop = _between(before, after, each)
            read, _ = each
            gap.append(Pieces(read.texts[start:stop], read.spaces[start:stop], read.kinds[start:stop]))
        yield after or range(0), gap


def _between(before: range | None, after: range | None, member: _Member) -> tuple[int, int]:
    """The pieces of a letter between two runs."""
    read, places = member
    start = 0 if before is None else places[before[-1]] + 1
    return start, len(read.keys) if after is None else places[after[0]]
