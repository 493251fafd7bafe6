"""From the tree of a query to parts: what belongs together is asked with one statement."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, true

from triage_app.adapters.storage.full_text import TextIndex
from triage_app.adapters.storage.search_combined import AllOf, AnyOf, NoneOf
from triage_app.adapters.storage.search_leaves import Leaves
from triage_app.adapters.storage.search_parts import Listed, Part, Rows, Words
from triage_app.adapters.storage.search_reading import Reading
from triage_app.domain.errors import InvalidInput
from triage_app.domain.query import And, Node, Not, Or

MAX_DEPTH = 100
"""How deep a query may be nested."""

_DEEP_WORDS = 8
"""How deep words are nested in one statement; FTS5 takes a little more."""

_MANY_SOURCES = 8


def part_of(node: Node, reading: Reading, leaves: Leaves, depth: int = 0) -> Part:
    """A tree as a part. Raises InvalidInput where it is nested too deeply."""
    if depth > MAX_DEPTH:
        raise InvalidInput(f"The search is nested more than {MAX_DEPTH} levels deep. Write it with fewer brackets.")
    match node:
        case And(parts):
            return all_of(reading, [part_of(each, reading, leaves, depth + 1) for each in parts])
        case Or(parts):
            return any_of(reading, [part_of(each, reading, leaves, depth + 1) for each in parts])
        case Not(part):
            return _none_of(reading, part_of(part, reading, leaves, depth + 1))
        case _:
            return leaves.part(node)


def all_of(reading: Reading, parts: Sequence[Part]) -> Part:
    """What all parts find; everything where there is none."""
    flat = [inner for each in parts for inner in (each.parts if isinstance(each, AllOf) else (each,))]
    plain = [each for each in flat if isinstance(each, Rows) and not each.sources]
    rest = [each for each in flat if each not in plain]
    if plain or not rest:
        condition = and_(true(), *(each.condition for each in plain))
        rest.append(Rows(reading, condition, is_far=any(each.is_far for each in plain)))
    for index in TextIndex:
        rest = _words_of_all(reading, index, rest)
    rest = _spread(reading, rest)
    return AllOf(reading, rest) if len(rest) > 1 else rest[0]


def any_of(reading: Reading, parts: Sequence[Part]) -> Part:
    """What one of the parts finds; nothing where there is none."""
    rest = [inner for each in parts for inner in (each.parts if isinstance(each, AnyOf) else (each,))]
    for index in TextIndex:
        words = [each for each in rest if isinstance(each, Words) and each.index is index]
        wanted = Or(tuple(each.wanted for each in words))
        if len(words) > 1 and _depth(wanted) <= _DEEP_WORDS:
            rest = [each for each in rest if each not in words] + [Words(reading, index, wanted)]
    rows = [each for each in rest if isinstance(each, Rows)]
    if len(rows) > 1 and (len(rows) > _MANY_SOURCES or not all(each.sources for each in rows)):
        rest = [each for each in rest if each not in rows] + [_any_row(reading, rows)]
    if not rest:
        return Listed(reading, ())
    return AnyOf(reading, rest) if len(rest) > 1 else rest[0]


def _none_of(reading: Reading, part: Part) -> Part:
    if isinstance(part, Rows):
        return Rows(reading, ~part.condition, is_far=part.is_far)
    return part.part if isinstance(part, NoneOf) else NoneOf(reading, part)


def _any_row(reading: Reading, rows: Sequence[Rows]) -> Rows:
    # Two may give the same ticket, so they are not read in order.
    found = [source.unordered() for each in rows for source in each.sources]
    every = found if all(each.sources for each in rows) else []
    return Rows(reading, or_(*(each.condition for each in rows)), every, is_far=any(each.is_far for each in rows))


def _words_of_all(reading: Reading, index: TextIndex, parts: Sequence[Part]) -> list[Part]:
    """The parts with the words of an index in one, together with what of these is not wanted."""
    words = [each for each in parts if isinstance(each, Words) and each.index is index]
    without = [
        each for each in parts if isinstance(each, NoneOf) and isinstance(each.part, Words) and each.part.index is index
    ]
    unwanted = [Not(each.part.wanted) for each in without if isinstance(each.part, Words)]
    wanted = And((*(each.wanted for each in words), *unwanted))
    if not words or len(wanted.parts) < 2 or _depth(wanted) > _DEEP_WORDS:
        return list(parts)
    return [each for each in parts if each not in words and each not in without] + [Words(reading, index, wanted)]


def _spread(reading: Reading, parts: Sequence[Part]) -> list[Part]:
    """Words of which some may also be met elsewhere, as by a note: what the texts alone meet is found at once, and
    what is met elsewhere is few and asked about the others.
    """
    wide = {each: text for each in parts if isinstance(each, AnyOf) and (text := _text_of(each)) is not None}
    texts = [each for each in parts if isinstance(each, Words) and each.index is TextIndex.TEXTS]
    wanted = And(tuple(each.wanted for each in (*texts, *wide.values())))
    if not wide or len(wanted.parts) < 2 or _depth(wanted) > _DEEP_WORDS:
        return list(parts)
    elsewhere = [inner for each in wide for inner in each.parts if not isinstance(inner, Words)]
    asked: list[Part] = [*texts, *wide]
    both = AnyOf(
        reading,
        [Words(reading, TextIndex.TEXTS, wanted), AllOf(reading, [any_of(reading, elsewhere), *asked])],
    )
    return [*(each for each in parts if each not in asked), both]


def _text_of(part: AnyOf) -> Words | None:
    """The words in texts of a part that is met by them or by rows that an index finds."""
    words = [each for each in part.parts if isinstance(each, Words)]
    rows = [each for each in part.parts if isinstance(each, Rows) and each.sources]
    if len(words) != 1 or words[0].index is not TextIndex.TEXTS or len(words) + len(rows) < len(part.parts):
        return None
    return words[0]


def _depth(wanted: Node) -> int:
    match wanted:
        case And(parts) | Or(parts):
            return 1 + max(map(_depth, parts), default=0)
        case Not(part):
            return 1 + _depth(part)
    return 0
