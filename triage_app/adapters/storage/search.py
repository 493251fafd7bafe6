"""Searches the tickets: a tree of `domain.query` becomes parts, which are read in order until there is enough.

Of parts that must all be met the rarest is read, and the others are asked about what it gives; where all are common,
tickets are read from the newest on. Nothing takes longer than its budget: then it ends with TooWide.
"""

import time
from array import array
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import cached_property

from sqlalchemy import select

from triage_app.adapters.storage.budget import Budget, within
from triage_app.adapters.storage.search_leaves import Leaves
from triage_app.adapters.storage.search_parts import Part
from triage_app.adapters.storage.search_reading import Reading
from triage_app.adapters.storage.search_tree import all_of, part_of
from triage_app.adapters.storage.tables import VIEW_LANES, Lane, queue_counts
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import TooWide
from triage_app.services.shapes import TicketFilter

PAGE_SECONDS = 0.9
"""How long a page or a count may take."""

LIST_SECONDS = 10.0
"""How long a list of all ids may take, which nobody waits for."""

_COUNT_SECONDS = 0.02
"""How long counting goes on when a page is full: it must not wait for that."""


class Search:
    """The tickets of a view that a query finds, by age: the newest first unless `up`.

    What reads raises TooWide when it takes longer than `seconds` from the making of the search on.
    """

    def __init__(
        self, transaction: Transaction, which: TicketFilter, *, up: bool = False, seconds: float = PAGE_SECONDS
    ) -> None:
        self._tx = transaction
        self._budget = Budget(seconds)
        self._reading = Reading(transaction, self._budget, up=up)
        self._which = which
        self._lanes: Sequence[Lane] = VIEW_LANES["inbox" if which.view == "mine" else which.view]
        self._leaves = Leaves(self._reading, self._lanes)

    def ids(self, limit: int, offset: int = 0) -> "array[int]":
        """Ids in order; limit 0 is all."""
        found = array("q")
        with closing(self._pages()) as pages:
            for page in pages:
                found.extend(page)
                if limit and len(found) >= limit + offset:
                    break
        return found[offset : offset + limit if limit else None]

    def page(self, limit: int, offset: int, most: int) -> "tuple[array[int], int, bool]":
        """Ids in order; how many there are in all, and whether that is exact: counting ends at `most`, or soon."""
        found = array("q")
        end = limit + offset
        total = 0
        try:
            with closing(self._pages()) as pages:
                for page in pages:
                    if total < end:
                        found.extend(page)
                    total += len(page)
                    if total > max(most, end):
                        return found[offset:end], max(most, end), False
                    if total >= end:
                        self._budget.shorten(_COUNT_SECONDS)
        except TooWide:
            if total < end:
                raise
            return found[offset:end], total, False
        return found[offset:end], total, True

    def count(self, most: int = 0) -> int:
        """How many there are; above `most`, where it is given, `most + 1`."""
        total = 0
        with closing(self._pages()) as pages:
            for page in pages:
                total += len(page)
                if most and total > most:
                    return most + 1
        return total

    def some(self, most: int, seconds: float) -> "array[int] | None":
        """All ids in order, if there are fewer than `most` and they come within some seconds; None otherwise."""
        end = time.monotonic() + seconds
        found = array("q")
        with closing(self._pages()) as pages:
            for page in pages:
                found.extend(page)
                if len(found) >= most or time.monotonic() > end:
                    return None
        return found

    def holding(self, ids: Sequence[int]) -> "array[int]":
        """Those of some tickets of the view that the query finds, in their order."""
        with within(self._budget, self._tx.connection, self._tx.dialect):
            return self._wanted.holding(ids)

    def _pages(self) -> "Generator[array[int], None, None]":
        with within(self._budget, self._tx.connection, self._tx.dialect):
            yield from self._whole().read(None)

    @cached_property
    def _wanted(self) -> Part:
        return part_of(self._which.query, self._reading, self._leaves)

    def _whole(self) -> Part:
        wanted = self._wanted
        if self._which.view == "mine":
            return all_of(self._reading, [self._leaves.mine(plain(self._which.actor)), wanted])
        counts: Counter[int] = Counter()
        for row in self._tx.all(select(queue_counts.c.lane, queue_counts.c.tickets)):
            counts[row.lane] += row.tickets
        if self._which.view == "all" and not counts[Lane.WITHDRAWN]:
            return wanted
        number = sum(counts[each] for each in self._lanes)
        return all_of(self._reading, [self._leaves.lanes(self._lanes, number), wanted])
