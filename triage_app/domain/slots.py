"""The places of a template that vary: how they are taken apart, what stands in them, and how they are named."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, pairwise

from triage_app.domain.hosts import domain_of
from triage_app.domain.pieces import PieceKind, Pieces

MOST_APART = 6
"""Links, amounts and the like that one place is taken apart at."""

_PLAIN = frozenset({PieceKind.WORD, PieceKind.MARK})
_NAMES = {
    PieceKind.URL: "url",
    PieceKind.MAIL: "mail",
    PieceKind.AMOUNT: "amount",
    PieceKind.NUMBER: "number",
    PieceKind.TIME: "time",
    PieceKind.ID: "id",
    PieceKind.IP: "host",
    PieceKind.WORD: "word",
    PieceKind.MARK: "text",
}
_FIGURES = frozenset({PieceKind.AMOUNT, PieceKind.NUMBER})
_WORDS = frozenset({PieceKind.WORD, PieceKind.NUMBER, PieceKind.ID})
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a template that varies: its name, what stands there (url, mail, amount, number, time, id, host,
    recipient, word, text), and how many different values it has.
    """

    name: str
    kind: str
    values: int


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in one place in each text, the white space in front of it, and what it is: None where it is more than
    one piece. A value is empty where a text has nothing there.
    """

    values: tuple[str, ...]
    space: str
    kinds: frozenset[PieceKind | None]

    @property
    def is_constant(self) -> bool:
        """Whether all texts have the same there, and have something."""
        return bool(self.values[0]) and len(set(self.values)) == 1


def split(gap: Sequence[Pieces]) -> list[Column]:
    """What stands between two constant parts, in each text, as columns.

    Where all that have anything have links, amounts and the like in the same order, each of these is a column of its
    own and so is what stands between them.
    """
    orders = {tuple(kind for kind in each.kinds if kind not in _PLAIN) for each in gap if each.texts}
    order = orders.pop() if len(orders) == 1 else ()
    if 0 < len(order) <= MOST_APART:
        parts = [_apart(each, len(order)) for each in gap]
        columns = [_column(column) for column in zip(*parts, strict=True)]
    else:
        columns = [_column(gap)]
    return [each for each in columns if any(each.values)]


def _apart(passage: Pieces, number: int) -> list[Pieces]:
    """A passage cut before and after each thing in it that is no word or mark; all empty for an empty one."""
    if not passage.texts:
        return [passage] * (2 * number + 1)
    cuts = [0]
    for place, kind in enumerate(passage.kinds):
        if kind not in _PLAIN:
            cuts += [place, place + 1]
    cuts.append(len(passage.texts))
    return [
        Pieces(passage.texts[start:stop], passage.spaces[start:stop], passage.kinds[start:stop])
        for start, stop in pairwise(cuts)
    ]


def _column(passages: Sequence[Pieces]) -> Column:
    filled = [each for each in passages if each.texts]
    spaced = {bool(each.spaces[0]) for each in filled}
    # Where only some have white space in front, it is part of the value.
    space = filled[0].spaces[0] if len(spaced) == 1 else ""
    kinds = frozenset(each.kinds[0] if len(each.kinds) == 1 else None for each in filled)
    return Column(tuple(_value(each, with_space=len(spaced) > 1) for each in passages), space, kinds)


def _value(passage: Pieces, *, with_space: bool) -> str:
    text = "".join(f"{' ' * bool(space)}{text}" for text, space in zip(passage.texts, passage.spaces, strict=True))
    return text if with_space else text.lstrip(" ")


def slots_of(
    columns: Sequence[Column], names: Sequence[frozenset[str]], constant: str
) -> tuple[tuple[Slot, ...], list[int]]:
    """The slots for columns, and which is that of each: columns that are equal in every text are one slot.

    `names` are the names and addresses of each text's recipients, in lower case. No slot is named as `constant` has it
    in braces.
    """
    place_of: list[int] = []
    found: dict[tuple[str, ...], int] = {}
    slots: list[Slot] = []
    used: Counter[str] = Counter()
    for column in columns:
        if column.values not in found:
            kind = _kind(column, names)
            name = _name(kind, used)
            while f"{{{name}}}" in constant:
                name = _name(kind, used)
            found[column.values] = len(slots)
            slots.append(Slot(name, kind, len(set(column.values) - {""})))
        place_of.append(found[column.values])
    return tuple(slots), place_of


def _name(kind: str, used: Counter[str]) -> str:
    used[kind] += 1
    return kind if used[kind] == 1 else f"{kind} {used[kind]}"


def _kind(column: Column, names: Sequence[frozenset[str]]) -> str:
    """What a column holds, by what all of its values are."""
    filled = [bool(value) for value in column.values]
    values = list(compress(column.values, filled))
    to = sum(value.strip().casefold() in its for value, its in zip(values, compress(names, filled), strict=True))
    if to >= _MOSTLY * len(values):
        return "recipient"
    kinds = {each for each in column.kinds if each is not None}
    if None in column.kinds:
        return "text"
    if len(kinds) == 1:
        (kind,) = kinds
        if kind is PieceKind.WORD and all(domain_of(value.strip()) for value in values):
            return "host"
        return _NAMES[kind]
    if kinds <= _FIGURES:
        return "number"
    return "word" if kinds <= _WORDS else "text"
