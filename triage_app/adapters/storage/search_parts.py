"""The parts of a search: each tells how many tickets it finds, reads them in order, and says which of some it holds.

Nothing here reads more than is asked for: what is common is read in pages, in order of the ids; what is rare is read
at once.
"""

import heapq
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, true, union_all

from triage_app.adapters.storage.budget import Budget
from triage_app.adapters.storage.full_text import TextIndex
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.transaction import Transaction
from triage_app.domain.query import Node

FEW = 2_000
"""Tickets that are read at once without a second thought."""

MANY = 50_000
"""Tickets up to which reading all of a part at once is worth it where reading in order finds too little."""

_FIRST_PAGE = 256
_MOST_A_PAGE = 16_384
_FIRST_WINDOW = 65_536
_MOST_A_WINDOW = 262_144
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

    def holding(self, condition: ColumnElement[bool], ids: Ids) -> "array[int]":
        """Those of some tickets whose row meets a condition, in their order."""
        if not ids:
            return array("q")
        dialect = self.tx.dialect
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
        """How many tickets it finds; `most` where there are as many or more, or nobody can tell at once."""

    def read(self, beyond: int | None) -> "Iterator[array[int]]":
        """The ids in order, those after `beyond` where it is given, in pages."""

    def holding(self, ids: Ids) -> "array[int]":
        """Those of some tickets that it finds, in their order."""


class Rows:
    """Tickets by a condition on their row or on what belongs to it. The condition is never unknown.

    `sources` give the same tickets by an index, if there is one. `is_far` where the condition looks elsewhere than at
    the row.
    """

    def __init__(
        self, reading: Reading, condition: ColumnElement[bool], sources: Sequence[Source] = (), *, is_far: bool = False
    ) -> None:
        self.condition = condition
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
    def is_read(self) -> bool:
        """Whether all of it was read, so that asking about it costs nothing."""
        return self._all is not None

    def size(self, most: int) -> int:
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
        elif self.size(MANY) < MANY:
            yield from _cut(self._reading.after(self._read_all(), beyond))
        else:
            wanted = select(tickets.c.id).where(self.condition)
            yield from self._reading.pages([Source(wanted, tickets.c.id, is_ordered=True)], beyond)

    def holding(self, ids: Ids) -> "array[int]":
        if self._all is not None:
            return array("q", (each for each in ids if each in self._set))
        return self._reading.holding(self.condition, ids)

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
        found, number = self._found()
        if self._is_heavy:
            yield from self._read_heavy(Source(found, number, is_ordered=True), beyond)
        elif self._reading.tx.dialect.is_near:
            # By windows of ids: SQLite cannot be interrupted while it looks for the next hit.
            for low, high in self._windows(beyond):
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

    def _found(self) -> tuple[Select[Any], ColumnElement[int]]:
        rows, number = self._text.rows(self.index)
        return select(number.label("id")).select_from(rows).where(self._text.holds(self.index, self.wanted)), number

    def _read_heavy(self, hits: Source, beyond: int | None) -> "Iterator[array[int]]":
        """A first page, then all the rest: each time costs as much."""
        page = self._reading.page([hits], beyond, _FIRST_PAGE)
        yield page
        if len(page) == _FIRST_PAGE:
            yield from _cut(self._reading.page([hits], page[-1], 0))

    def _windows(self, beyond: int | None) -> Iterator[tuple[int, int]]:
        size = _FIRST_WINDOW
        newest = self._reading.newest()
        up = self._reading.up
        begin = (1 if up else newest) if beyond is None else (beyond + 1 if up else beyond - 1)
        while 0 < begin <= newest:
            yield (begin, begin + size - 1) if up else (begin - size + 1, begin)
            begin += size if up else -size
            size = min(size * 2, _MOST_A_WINDOW)

    def _mark(self) -> bytearray:
        """For each id whether it is a hit."""
        if self._marks is None:
            found, _ = self._found()
            self._marks = bytearray(self._reading.newest() + 1)
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
        most = FEW
        while most:
            first, others = self._planned(most)
            most = MANY if most == FEW and first.size(FEW) >= FEW else 0
            seen = found = 0
            for page in first.read(beyond):
                kept = _asked(self._reading, others, page)
                if kept:
                    yield kept
                seen += len(page)
                found += len(kept)
                beyond = page[-1] if page else beyond
                if most and seen > 2 * FEW and found * 20 < seen:
                    # Too few of these are hits. Perhaps another part has fewer tickets: that is worth a closer look.
                    break
            else:
                return

    def _planned(self, most: int) -> tuple[Part, Sequence[Part]]:
        """The part to read, and those to ask about what it gives."""
        first = min(self.parts, key=lambda each: each.size(most))
        if first.size(most) >= most:
            common = next(filter(_reads_well, sorted(self.parts, key=lambda each: not isinstance(each, Words))), None)
            if common is None:
                rows = [each for each in self.parts if isinstance(each, Rows)]
                others = [each for each in self.parts if not isinstance(each, Rows)]
                return Rows(self._reading, and_(true(), *(each.condition for each in rows))), others
            first = common
        return first, [each for each in self.parts if each is not first]


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
