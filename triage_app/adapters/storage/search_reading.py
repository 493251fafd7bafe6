"""Reads ids for a search: in pages in order of the ids, in windows, or those of some that meet a condition."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal_column, select, union_all

from triage_app.adapters.storage.budget import Budget
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.transaction import Transaction

_NEXT_TO = 2
"""Ids among which there is one to be asked about: from here on asking about all of them is cheaper."""


class Sizes(NamedTuple):
    """How much is read at once.

    Up to `few` tickets are read without a second thought, up to `many` where reading in order finds too little, and up
    to `whole` where that finds next to nothing. Pages and windows of ids begin small and rise; a heavy page is one that
    costs as much however small it is.
    """

    few: int = 2_000
    many: int = 50_000
    whole: int = 300_000
    first_page: int = 256
    most_a_page: int = 16_384
    heavy_page: int = 4_096
    first_scan: int = 4_096
    first_window: int = 65_536
    most_a_window: int = 262_144


SIZES = Sizes()

Ids = Sequence[int]


class Reading:
    """One search being read: its transaction, how much time it has, and whether ids rise or fall."""

    def __init__(self, transaction: Transaction, budget: Budget, *, up: bool) -> None:
        self.sizes = SIZES
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

    def cut(self, ids: "array[int]") -> "Iterator[array[int]]":
        """Ids that are there already, in pages of rising size."""
        size, begin = self.sizes.first_page, 0
        while begin < len(ids):
            yield ids[begin : begin + size]
            begin += size
            size = min(size * 4, self.sizes.most_a_page)

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
        size = self.sizes.first_page
        while True:
            page = self.page(sources, beyond, size)
            if page:
                yield page
                beyond = page[-1]
            if len(page) < size:
                return
            size = min(size * 4, self.sizes.most_a_page)

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
            size = min(size * 2, self.sizes.most_a_window)

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
