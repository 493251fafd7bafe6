"""The parts of a search: each tells how many tickets it finds, reads them in order, and says which of some it holds.

Nothing here reads more than is asked for: what is common is read in pages, in order of the ids; what is rare is read
at once.
"""

import heapq
from array import array
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, groupby, islice
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, true, union_all

from triage_app.adapters.storage.budget import Budget
from triage_app.adapters.storage.full_text import TextIndex
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.transaction import Transaction
from triage_app.domain.errors import TooWide
from triage_app.domain.query import Node

FEW = 2_000
"""Tickets that are read at once without a second thought."""

MANY = 50_000
"""Tickets up to which reading all of a part at once is worth it where reading in order finds too little."""

_FIRST_PAGE = 256
_MOST_A_PAGE = 16_384
_FIRST_WINDOW = 65_536
_FIRST_SCAN = 4_096
_ROWS_A_HIT = 8
"""Rows that are looked at one after the other at the cost of one hit that is looked up."""

_SPARSE = 8
"""Ids among which words have one: from here on looking at every row is cheaper than looking up the hits."""

_MOST_A_WINDOW = 262_144
_HEAVY_PAGE = 4_096
_TOO_HEAVY = 6_000_000
"""Hits of single words that SQLite merges in well under a second."""

WHOLE = 300_000
"""Tickets up to which that is still better than looking at every ticket."""

_NEXT_TO = 2
"""Ids among which there is one to be asked about: from here on asking about all of them is cheaper."""

_DENSE = 64
"""Ids among which there is one to be asked about: from here on reading all hits between them is cheaper."""

Ids = Sequence[int]


class Reading:
    """One search being read: its transaction, how much time it has, and whether ids rise or fall."""

    def __init__(self, transaction: Transaction, budget: Budget, *, up: bool) -> None:
        self.tx = transaction
        self.budget = budget
        self.up = up

    def column(self, wanted: Any, values: Mapping[str, Any] | None = None) -> "array[int]":
        """The first column of all rows. Raises TooWide when the time of this reading is over."""
        self.budget.check()
        result = self.tx.connection.execute(wanted, values)
        try:
            # The driver's own cursor: many rows pass through as plain tuples.
            cursor = result.cursor
            assert cursor is not None
            return array("q", chain.from_iterable(cursor.fetchall()))
        finally:
            result.close()

    @cached_property
    def newest(self) -> int:
        """The highest id of a ticket, 0 where there is none."""
        return int(self.tx.connection.execute(select(func.coalesce(func.max(tickets.c.id), 0))).scalar_one())

    def in_order(self, ids: Iterable[int]) -> "array[int]":
        """The ids in the order of this reading, each once."""
        return array("q", sorted(set(ids), reverse=not self.up))

    def after(self, ids: "array[int]", beyond: int | None) -> "array[int]":
        """Those of some ids, in order, that come after one."""
        if beyond is None:
            return ids
        return array("q", (each for each in ids if (each > beyond if self.up else each < beyond)))

    def pages(self, sources: Sequence["Source"], beyond: int | None) -> "Iterator[array[int]]":
        """The ids of sources that have none in common, merged, in pages of rising size."""
        size = _FIRST_PAGE
        while True:
            page = self.page(sources, beyond, size)
            if page:
                yield page
                beyond = page[-1]
            if len(page) < size:
                return
            size = min(size * 4, _MOST_A_PAGE)

    def page(self, sources: Sequence["Source"], beyond: int | None, size: int) -> "array[int]":
        """The next `size` ids of sources that have none in common, all of them if it is 0."""
        parts = []
        for each in sources:
            wanted = each.wanted
            if beyond is not None:
                wanted = wanted.where(each.id > beyond if self.up else each.id < beyond)
            wanted = wanted.order_by(each.id.asc() if self.up else each.id.desc())
            parts.append(wanted.limit(size) if size else wanted)
        if len(parts) == 1:
            return self.column(parts[0])
        number: ColumnElement[int] = literal_column("id")
        merged = union_all(*(select(each.subquery()) for each in parts))
        ordered = merged.order_by(number.asc() if self.up else number.desc())
        return self.column(ordered.limit(size) if size else ordered)

    def windows(self, beyond: int | None, size: int) -> Iterator[tuple[int, int]]:
        """All ids there may be after one, in order, as windows (both ends in) of rising size."""
        newest = self.newest
        begin = (1 if self.up else newest) if beyond is None else (beyond + 1 if self.up else beyond - 1)
        while 0 < begin <= newest:
            yield (begin, begin + size - 1) if self.up else (begin - size + 1, begin)
            begin += size if self.up else -size
            size = min(size * 2, _MOST_A_WINDOW)

    def holding(self, condition: ColumnElement[bool], ids: Ids) -> "array[int]":
        """Those of some tickets whose row meets a condition, in their order."""
        if not ids:
            return array("q")
        dialect = self.tx.dialect
        low, high = min(ids), max(ids)
        if high - low < len(ids) * _NEXT_TO:
            wanted = select(tickets.c.id).where(tickets.c.id.between(low, high), condition)
            found = frozenset(self.column(wanted))
        else:
            wanted = select(tickets.c.id).where(dialect.among(tickets.c.id, "ids"), condition)
            found = frozenset(self.column(wanted, {"ids": dialect.many(ids)}))
        return array("q", (each for each in ids if each in found))


class Source:
    """A statement that gives ids of tickets as `id`; `is_ordered` where an index has them in order of the ids."""

    __slots__ = ("id", "is_ordered", "wanted")

    def __init__(self, wanted: Select[Any], number: ColumnElement[int], *, is_ordered: bool) -> None:
        self.wanted = wanted
        self.id = number
        self.is_ordered = is_ordered

    def unordered(self) -> "Source":
        """The same, of which some may be given by others too."""
        return Source(self.wanted, self.id, is_ordered=False)


class Part(Protocol):
    """What a search is made of."""

    def size(self, most: int) -> int:
        """How many tickets it finds at most; `most` where there may be as many or more, or nobody can tell at once."""

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        """The ids in order, those after `beyond` where it is given, in pages."""

    def holding(self, ids: Ids) -> "array[int]":
        """Those of some tickets that it finds, in their order."""


class Rows:
    """Tickets by a condition on their row or on what belongs to it. The condition is never unknown.

    `sources` give the same tickets by an index, if there is one. `is_far` where the condition looks elsewhere than at
    the row. `spanned` are their lowest and highest id, where an index tells; `number` is how many there are, where
    that is known.
    """

    def __init__(
        self,
        reading: Reading,
        condition: ColumnElement[bool],
        sources: Sequence[Source] = (),
        *,
        is_far: bool = False,
        spanned: Select[Any] | None = None,
        number: int | None = None,
    ) -> None:
        self.condition = condition
        self.spanned = spanned
        self._number = number
        self.sources = sources
        self.is_far = is_far
        self._reading = reading
        self._sizes: dict[int, int] = {}
        self._all: array[int] | None = None
        self._set: frozenset[int] = frozenset()

    @property
    def is_ordered(self) -> bool:
        """Whether it can be read in order however many there are."""
        return bool(self.sources) and all(each.is_ordered for each in self.sources)

    @property
    def is_worth_reading(self) -> bool:
        """Whether few enough were counted, by whoever asked for it, to read all of it."""
        return self.size(MANY) < MANY or any(size < most for most, size in self._sizes.items())

    @property
    def is_read(self) -> bool:
        """Whether all of it was read, so that asking about it costs nothing."""
        return self._all is not None

    def size(self, most: int) -> int:
        if self._number is not None:
            return min(most, self._number)
        if not self.sources:
            return most
        if most not in self._sizes:
            parts = [select(each.wanted.limit(most).subquery()) for each in self.sources]
            wanted = select(func.count()).select_from((union_all(*parts) if len(parts) > 1 else parts[0]).subquery())
            self._sizes[most] = min(most, int(self._reading.tx.connection.execute(wanted).scalar_one()))
        return self._sizes[most]

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        if self.is_ordered:
            yield from self._reading.pages(self.sources, beyond)
        elif self.is_worth_reading:
            yield from _cut(self._reading.after(self._read_all(), beyond))
        else:
            wanted = select(tickets.c.id).where(self.condition)
            yield from self._reading.pages([Source(wanted, tickets.c.id, is_ordered=True)], beyond)

    def holding(self, ids: Ids) -> "array[int]":
        if self._all is not None:
            return array("q", (each for each in ids if each in self._set))
        return self._reading.holding(self.condition, ids)

    def span(self) -> tuple[int, int] | None:
        """The lowest and the highest id that it finds by `spanned`; None where it finds none."""
        row = None if self.spanned is None else self._reading.tx.first(self.spanned)
        return None if row is None or row[0] is None else (int(row[0]), int(row[1]))

    def _read_all(self) -> "array[int]":
        if self._all is None:
            found = [self._reading.column(each.wanted) for each in self.sources]
            self._all = self._reading.in_order(chain.from_iterable(found))
            self._set = frozenset(self._all)
        return self._all


class Listed:
    """Tickets by their ids."""

    def __init__(self, reading: Reading, ids: Iterable[int]) -> None:
        self._reading = reading
        self._ids = reading.in_order(ids)
        self._set = frozenset(self._ids)

    def size(self, most: int) -> int:
        return min(most, len(self._ids))

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        yield from _cut(self._reading.after(self._ids, beyond))

    def holding(self, ids: Ids) -> "array[int]":
        return array("q", (each for each in ids if each in self._set))


class Words:
    """Tickets by a tree of phrases over one index of full text whose ids are those of the tickets."""

    def __init__(self, reading: Reading, index: TextIndex, wanted: Node) -> None:
        self.index = index
        self.wanted = wanted
        self._reading = reading
        self._marks: bytearray | None = None
        self._sizes: dict[int, int] = {}
        self._text = reading.tx.dialect.full_text
        self._is_heavy = self._text.is_heavy(wanted)

    def size(self, most: int) -> int:
        if self._is_heavy:
            return most
        if most not in self._sizes:
            found, _ = self._found()
            wanted = select(func.count()).select_from(found.limit(most).subquery())
            self._sizes[most] = int(self._reading.tx.connection.execute(wanted).scalar_one())
        return self._sizes[most]

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        if self._is_heavy:
            yield from self._read_heavy(beyond)
            return
        found, number = self._found()
        if self._reading.tx.dialect.is_near:
            # By windows of ids: SQLite cannot be interrupted while it looks for the next hit.
            for low, high in self._reading.windows(beyond, _FIRST_WINDOW):
                inside = found.where(number >= low, number <= high)
                yield from self._reading.pages([Source(inside, number, is_ordered=True)], None)
        else:
            yield from self._reading.pages([Source(found, number, is_ordered=True)], beyond)

    def holding(self, ids: Ids) -> "array[int]":
        if self._is_heavy:
            marks = self._mark()
            return array("q", (each for each in ids if each < len(marks) and marks[each]))
        found, number = self._found()
        low, high = min(ids, default=0), max(ids, default=0)
        if high - low < len(ids) * _DENSE:
            hits = frozenset(self._reading.column(found.where(number >= low, number <= high)))
            return array("q", (each for each in ids if each in hits))
        return self._reading.holding(found.where(number == tickets.c.id).correlate(tickets).exists(), ids)

    def _found(self, wanted: Node | None = None) -> tuple[Select[Any], ColumnElement[int]]:
        rows, number = self._text.rows(self.index)
        holds = self._text.holds(self.index, wanted or self.wanted)
        return select(number.label("id")).select_from(rows).where(holds), number

    def _read_heavy(self, beyond: int | None) -> "Iterator[array[int]]":
        """The first window word by word, where that can be; then a page and all the rest, which cost the same."""
        reading = self._reading
        spelled = self._text.first_spelled(reading.tx.connection, self.index, self.wanted)
        if spelled is not None:
            found, number = self._found(spelled)
            for low, high in islice(reading.windows(beyond, _FIRST_WINDOW), 1):
                inside = found.where(number.between(low, high))
                yield from reading.pages([Source(inside, number, is_ordered=True)], None)
                beyond = high if reading.up else low
        self._weigh()
        found, number = self._found()
        hits = [Source(found, number, is_ordered=True)]
        page = reading.page(hits, beyond, _HEAVY_PAGE)
        yield from _cut(page)
        if len(page) == _HEAVY_PAGE:
            yield from _cut(reading.page(hits, page[-1], 0))

    def _weigh(self) -> None:
        """Raises TooWide where SQLite, which cannot be interrupted in that, would merge for too long."""
        if self._text.weight(self._reading.tx.connection, self.index, self.wanted) > _TOO_HEAVY:
            raise TooWide(
                "Too many words begin as this search asks for. Write more letters before each `*`, or fewer of these."
            )

    def _mark(self) -> bytearray:
        """For each id whether it is a hit."""
        if self._marks is None:
            self._weigh()
            found, _ = self._found()
            self._marks = bytearray(self._reading.newest + 1)
            for each in self._reading.column(found):
                self._marks[each] = 1
        return self._marks


class AllOf:
    """What all of its parts find: the smallest is read, the others are asked about what it gives."""

    def __init__(self, reading: Reading, parts: Sequence[Part]) -> None:
        self.parts = parts
        self._reading = reading

    def size(self, most: int) -> int:
        return min(each.size(most) for each in self.parts)

    def holding(self, ids: Ids) -> "array[int]":
        return _asked(self._reading, self.parts, ids)

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        span = self._span()
        if span is None:
            return
        begin, end = span if self._reading.up else reversed(span)
        first = begin - 1 if self._reading.up else begin + 1
        beyond = first if beyond is None or not self._reading.after(array("q", (beyond,)), first) else beyond
        seen = 0
        start = beyond
        for most in (FEW, MANY, WHOLE):
            is_dense = seen * _SPARSE > abs(beyond - start)
            plan = self._planned(most, is_dense=is_dense)
            if most == FEW and isinstance(plan[0], Scan):
                # Before every row is read, a closer look is worth it.
                continue
            reached = yield from self._read(plan, beyond, end, most)
            if reached is None:
                return
            seen, beyond = seen + reached[0], reached[1]

    def _read(
        self, plan: "Plan", beyond: int, end: int, most: int
    ) -> Generator["array[int]", None, tuple[int, int] | None]:
        """Reads as planned. Stops where too few are hits, as long as another part may have fewer tickets, and returns
        how many were seen up to which id.
        """
        first, others = plan
        steps = self._scanned(first, beyond) if isinstance(first, Scan) else _paged(first, beyond)
        goes_on = most == WHOLE or (not isinstance(first, Scan) and first.size(most) < most)
        cost = found = seen = 0
        for page, upto, price in steps:
            kept = _asked(self._reading, others, page)
            if kept:
                yield kept
            if (upto >= end) if self._reading.up else (upto <= end):
                return None
            seen += len(page)
            cost += price
            found += len(kept)
            if not goes_on and cost > 2 * FEW and found * 20 < cost:
                return seen, upto
        return None

    def _span(self) -> tuple[int, int] | None:
        """The ids between which all of it is; None where there can be none."""
        low, high = 1, self._reading.newest
        for each in self.parts:
            if isinstance(each, Rows) and each.spanned is not None:
                span = each.span()
                if span is None:
                    return None
                low, high = max(low, span[0]), min(high, span[1])
        return (low, high) if low <= high else None

    def _planned(self, most: int, *, is_dense: bool) -> "Plan":
        """The part to read, and those to ask about what it gives. Where all have many: words, unless they have too many
        (`is_dense`), else what is asked for elsewhere than at the row, else every row.
        """
        first = min(self.parts, key=lambda each: each.size(most))
        if first.size(most) >= most:
            near = [each for each in self.parts if isinstance(each, Rows) and not each.is_far]
            common = sorted(filter(_reads_well, self.parts), key=lambda each: not isinstance(each, Words))
            if not common or (is_dense and near):
                return Scan(and_(true(), *(each.condition for each in near))), _without(self.parts, near)
            first = common[0]
        return first, _without(self.parts, [first])

    def _scanned(self, scan: "Scan", beyond: int) -> "Iterator[tuple[array[int], int, int]]":
        for low, high in self._reading.windows(beyond, _FIRST_SCAN):
            wanted = select(tickets.c.id).where(tickets.c.id.between(low, high), scan.condition)
            page = self._reading.page([Source(wanted, tickets.c.id, is_ordered=True)], None, 0)
            yield page, high if self._reading.up else low, (high - low) // _ROWS_A_HIT


class Scan:
    """Every row that meets a condition, in order."""

    def __init__(self, condition: ColumnElement[bool]) -> None:
        self.condition = condition


Plan = tuple[Part | Scan, Sequence[Part]]


class AnyOf:
    """What one of its parts finds: all are read and merged."""

    def __init__(self, reading: Reading, parts: Sequence[Part]) -> None:
        self.parts = parts
        self._reading = reading

    def size(self, most: int) -> int:
        total = 0
        for each in self.parts:
            total += each.size(most)
            if total >= most:
                return most
        return total

    def holding(self, ids: Ids) -> "array[int]":
        rest: Ids = ids
        found: set[int] = set()
        for each in self.parts:
            found.update(each.holding(rest))
            rest = array("q", (number for number in rest if number not in found))
        return array("q", (each for each in ids if each in found))

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        streams = [chain.from_iterable(each.read(beyond)) for each in self.parts]
        merged = (number for number, _ in groupby(heapq.merge(*streams, reverse=not self._reading.up)))
        size = _FIRST_PAGE
        while page := array("q", islice(merged, size)):
            yield page
            size = min(size * 4, _MOST_A_PAGE)


class NoneOf:
    """What its part does not find."""

    def __init__(self, reading: Reading, part: Part) -> None:
        self.part = part
        self._reading = reading

    def size(self, most: int) -> int:
        return most

    def holding(self, ids: Ids) -> "array[int]":
        found = frozenset(self.part.holding(ids))
        return array("q", (each for each in ids if each not in found))

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        for page in Rows(self._reading, true()).read(beyond):
            if kept := self.holding(page):
                yield kept


def _paged(part: Part, beyond: int) -> "Iterator[tuple[array[int], int, int]]":
    for page in part.read(beyond):
        if page:
            yield page, page[-1], len(page)


def _without(parts: Sequence[Part], some: Sequence[Part]) -> Sequence[Part]:
    return [each for each in parts if each not in some]


def _reads_well(part: Part) -> bool:
    """Whether it is read in order, and asking about it costs more than reading it."""
    return isinstance(part, Words) or (isinstance(part, Rows) and part.is_far and part.is_ordered)


def _asked(reading: Reading, parts: Sequence[Part], ids: Ids) -> "array[int]":
    """Those of some tickets that all parts find; what costs least is asked first, rows with one statement."""
    found = array("q", ids)
    rows = [each for each in parts if isinstance(each, Rows) and not each.is_read]
    others = [each for each in parts if each not in rows]
    for each in sorted(others, key=lambda each: not isinstance(each, Listed | Rows)):
        if rows and not isinstance(each, Listed | Rows):
            found = reading.holding(and_(*(each.condition for each in rows)), found)
            rows = []
        found = each.holding(found) if found else found
    return reading.holding(and_(*(each.condition for each in rows)), found) if rows else found


def _cut(ids: "array[int]") -> "Iterator[array[int]]":
    size, begin = _FIRST_PAGE, 0
    while begin < len(ids):
        yield ids[begin : begin + size]
        begin += size
        size = min(size * 4, _MOST_A_PAGE)
