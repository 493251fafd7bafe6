"""Which of many letters are alike: the one that is most like all others, and how the others lie on it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import pairwise

from triage_app.domain.aligning import aligned
from triage_app.domain.pieces import PieceKind, Pieces, pieces_of

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
class ReadLetter:
    """A letter in pieces; `keys` tell pieces with or without white space in front apart, with `_BREAK` at `head`."""

    texts: tuple[str, ...]
    spaces: tuple[str, ...]
    kinds: tuple[PieceKind, ...]
    keys: tuple[int, ...]
    head: int
    words: int


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that are alike: the one that the others are laid against, and the place of each of its pieces in each
    letter (-1: not there), by the letter's place; `kept` are those that all have.
    """

    base: int
    kept: int
    places: dict[int, list[int]]


def read_letters(letters: Sequence[Letter]) -> list[ReadLetter]:
    """The letters in pieces, in the order given; of many or long ones the beginnings."""
    most = min(MOST_CHARACTERS, MOST_IN_ALL // max(1, len(letters)))
    numbers: dict[tuple[bool, str], int] = {}
    found = []
    known: dict[tuple[str, str], ReadLetter] = {}
    for each in letters:
        same = known.get((each.subject, each.text))
        if same is None:
            head = pieces_of(each.subject[:most], most=_HEAD_PIECES)
            same = _joined(head, pieces_of(each.text[:most], most=MOST_PIECES), numbers)
            known[each.subject, each.text] = same
        found.append(same)
    return found


def _joined(head: Pieces, body: Pieces, numbers: dict[tuple[bool, str], int]) -> ReadLetter:
    texts = (*head.texts, "", *body.texts)
    spaces = (*head.spaces, "\n\n", *body.spaces)
    kinds = (*head.kinds, PieceKind.MARK, *body.kinds)
    keys = [numbers.setdefault((bool(space), text), len(numbers)) for text, space in zip(texts, spaces, strict=True)]
    keys[len(head.texts)] = _BREAK
    return ReadLetter(texts, spaces, kinds, tuple(keys), len(head.texts), kinds.count(PieceKind.WORD))


def gather(read: Sequence[ReadLetter]) -> Group:
    """As many of these letters as are alike.

    Each is laid against the one that is most like all others. One joins, the most alike first, as long as the constant
    words, less the parts that only some have, times the letters of the group, grow, and at least half of its words are
    constant, where a long part of its own counts as a few words.
    """
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
    return Group(base, kept, places)


def _size(other: ReadLetter, places: Sequence[int]) -> int:
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


def _most_alike(read: Sequence[ReadLetter]) -> int:
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


def _laid(one: ReadLetter, other: ReadLetter) -> list[int]:
    """For each piece of one letter its place in the other, or -1. Subjects are compared with subjects."""
    places = [-1] * len(one.keys)
    for left, right in aligned(one.keys[: one.head], other.keys[: other.head]):
        places[left] = right
    places[one.head] = other.head
    for left, right in aligned(one.keys[one.head + 1 :], other.keys[other.head + 1 :]):
        places[one.head + 1 + left] = other.head + 1 + right
    return places
