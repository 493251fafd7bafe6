"""Parts of a search made of others: all of them, one of them, none of them; and which of them is read."""

import heapq
from array import array
from collections.abc import Generator, Iterator, Sequence
from itertools import chain, groupby, islice

from sqlalchemy import ColumnElement, and_, select, true

from triage_app.adapters.storage.search_parts import Listed, Part, Rows, Words
from triage_app.adapters.storage.search_reading import Ids, Reading, Source
from triage_app.adapters.storage.tables import tickets

_ROWS_A_HIT = 8
"""Rows that are looked at one after the other at the cost of one hit that is looked up."""

_SPARSE = 8
"""Ids among which words have one: from here on looking at every row is cheaper than looking up the hits."""


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
        sizes = self._reading.sizes
        for most in (sizes.few, sizes.many, sizes.whole):
            is_dense = seen * _SPARSE > abs(beyond - start)
            plan = self._planned(most, is_dense=is_dense)
            if most == sizes.few and isinstance(plan[0], Scan):
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
        sizes = self._reading.sizes
        goes_on = most == sizes.whole or (not isinstance(first, Scan) and first.size(most) < most)
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
            if not goes_on and cost > 2 * sizes.few and found * 20 < cost:
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
        for low, high in self._reading.windows(beyond, self._reading.sizes.first_scan):
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
        size = self._reading.sizes.first_page
        while page := array("q", islice(merged, size)):
            yield page
            size = min(size * 4, self._reading.sizes.most_a_page)


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
