"""Many texts that are alike as one: a template, and what stands in its slots in each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from triage_app.domain.gathering import Group, Letter, ReadLetter, gather, read_letters
from triage_app.domain.pieces import PieceKind, Pieces
from triage_app.domain.slots import Column, Slot, slots_of, split

_LEAST_SHARE = 0.3
"""Of the letters that must be alike for a template of their texts."""

_PLAIN = frozenset({PieceKind.WORD, PieceKind.MARK})


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


def template_of(letters: Sequence[Letter]) -> Template:
    """One template for as many of these letters as are alike, the best one for most of them.

    Where no two texts are alike, or few of many, the subjects alone are compared. Linear in the number of letters; of
    long ones the beginning is read.
    """
    if not letters:
        return Template((), (), ())
    read = read_letters(letters)
    group = gather(read)
    subjects_only = len(letters) > 1 and not _tells(read, group)
    if subjects_only:
        read = read_letters([Letter(each.subject, "", each.names) for each in letters])
        group = gather(read)
    return replace(_template(letters, read, group), subjects_only=subjects_only)


def _tells(read: Sequence[ReadLetter], group: Group) -> bool:
    """Whether a group is more than a few of many that quote each other, and has more in common than a subject."""
    one = read[group.base]
    common = (place for place in range(one.head + 1, len(one.kinds)) if group.kept >> place & 1)
    says = not one.texts[one.head + 1 :] or any(one.kinds[place] is not PieceKind.MARK for place in common)
    return says and len(group.places) >= max(2, _LEAST_SHARE * len(read))


# -- from what is constant to slots -----------------------------------------------------------------------------------


def _template(letters: Sequence[Letter], read: Sequence[ReadLetter], group: Group) -> Template:
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


def _runs(one: ReadLetter, group: Group) -> list[range]:
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


_Member = tuple[ReadLetter, list[int]]


def _without_chance(runs: Sequence[range], one: ReadLetter, members: Sequence[_Member]) -> list[range]:
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


def _is_chance(one: ReadLetter, run: range, before: int, after: int) -> bool:
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
