"""The queue: which tickets a view holds, in which order, filtered and sorted by the database's indexes."""

import time
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, union_all

from triage_app.adapters.storage.dialects import Dialect
from triage_app.adapters.storage.search import LIST_SECONDS, PAGE_SECONDS, Search
from triage_app.adapters.storage.search_leaves import in_lane
from triage_app.adapters.storage.similar_order import (
    along_patterns,
    is_small,
    pattern_order,
    sorted_by_pattern,
    with_pattern,
)
from triage_app.adapters.storage.tables import MINE, NUMBER_SORTS, TEXT_SORTS, VIEW_LANES, Lane, queue_counts, tickets
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import InvalidInput, TooWide
from triage_app.domain.labels import Tier
from triage_app.domain.query import EVERYTHING
from triage_app.domain.ticket import Status, TicketId
from triage_app.services.shapes import SORTS, VIEWS, TicketFilter, TicketPage

_CHUNK = 16_384

_MANY_HITS = 20_000
"""From here on asking about the tickets of a sorted view is cheaper than sorting all hits of a search."""

_SOON_SECONDS = 0.1
"""How long hits are gathered to be sorted: where they come slower, that view is asked about too."""

_ASKED_SECONDS = 0.15
_COUNT_SECONDS = 0.05
_FIRST_ASKED = 512

_UNREVIEWED = frozenset({Tier.KEYWORD.value, Tier.DEFAULT.value})

Page = tuple[int, int]
"""Limit, 0 for all, and offset."""


def lane_of(*, status: str, reviewed: bool, tier: str, duplicates: int) -> Lane:
    """The lane of a ticket, from what decides in which views it stands."""
    if status == Status.RESOLVED.value:
        return Lane.CLOSED
    if status == Status.WAITING.value:
        return Lane.WAITING
    if not reviewed and tier in _UNREVIEWED:
        return Lane.REPEATED_REVIEW if duplicates else Lane.REVIEW
    return Lane.REPEATED if duplicates else Lane.OPEN


class Queue:
    """Reads ids and counts of views."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def ids(self, which: TicketFilter, *, limit: int, offset: int) -> Sequence[TicketId]:
        """Ids in order as an array of 64-bit numbers; limit 0 is all. Equals come newest first.

        `age` upwards is the newest first: an id is given on arrival, so its order is the order of arrival.
        """
        _check(which)
        page = (limit, offset)
        if which.query != EVERYTHING:
            found = self._searched(which, page)
        elif which.sort == "similar":
            found = self._by_pattern(which, page)
        elif which.view == "mine":
            found = self._array(_paged(_sorted_view(which), page))
        else:
            found = self._lanes(which, page)
        # An array of numbers is a sequence of ids: NewType is only seen by the type checker.
        return cast("Sequence[TicketId]", found)

    def count(self, which: TicketFilter, *, most: int = 0) -> int:
        """How many tickets match; above `most`, where it is given, `most + 1`."""
        _check(which)
        if which.query == EVERYTHING:
            return self.view_counts(which.actor)[which.view]
        return Search(self._tx, which).count(most)

    def page(self, which: TicketFilter, *, limit: int, offset: int, most: int) -> TicketPage:
        """A page of ids with how many there are; a search counts up to `most`, or less where that takes long."""
        _check(which)
        if which.query != EVERYTHING and which.sort == "age":
            search = Search(self._tx, which, up=which.descending)
            ids, total, is_exact = search.page(limit, offset, most)
            return TicketPage(cast("Sequence[TicketId]", ids), total, is_exact)
        found = self.ids(which, limit=limit, offset=offset)
        if which.query == EVERYTHING:
            return TicketPage(found, self.count(which), exact=True)
        here = offset + len(found) if found else 0
        if len(found) < limit and (found or not offset):
            return TicketPage(found, here, exact=True)
        try:
            _, total, is_exact = Search(self._tx, which, seconds=_COUNT_SECONDS).page(0, 0, most)
        except TooWide:
            return TicketPage(found, here, exact=False)
        return TicketPage(found, max(total, here), is_exact)

    def view_counts(self, actor: str) -> Mapping[str, int]:
        """A count for each view, from counters that every change of a ticket keeps right."""
        actor = plain(actor)
        counts = dict.fromkeys(VIEWS, 0)
        for lane, assignee, number in self._tx.all(select(queue_counts)):
            for view, lanes in VIEW_LANES.items():
                if lane in lanes:
                    counts[view] += number
            if lane in VIEW_LANES["inbox"] and assignee and assignee == actor:
                counts["mine"] += number
        return counts

    def assignees(self) -> Sequence[str]:
        """The people who have tickets or had some, by name, from the same counters."""
        wanted = select(queue_counts.c.assignee).where(queue_counts.c.assignee != "").distinct()
        return sorted(row.assignee for row in self._tx.all(wanted))

    def _searched(self, which: TicketFilter, page: Page) -> "array[int]":
        """By age the hits are read in order until the page is full. For another order few hits are sorted; where there
        are many, the sorted view is asked about until the page is full.
        """
        limit, offset = page
        is_by_age = which.sort == "age"
        seconds = PAGE_SECONDS if limit else LIST_SECONDS
        search = Search(self._tx, which, up=is_by_age and which.descending, seconds=seconds)
        if is_by_age:
            return search.ids(limit, offset)
        hits = search.some(_MANY_HITS, _SOON_SECONDS) if limit else search.ids(0)
        if hits is None:
            found = self._asked_in_order(which, search, page)
            if found is not None:
                return found
            hits = search.ids(0)
        if len(hits) < _MANY_HITS or not self._tx.dialect.is_near:
            wanted = _paged(_sorted_ids(which, self._tx.dialect), page)
            return self._array(wanted, {"ids": self._tx.dialect.many(hits)})
        return self._marked_in_order(which, hits, page)

    def _asked_in_order(self, which: TicketFilter, search: Search, page: Page) -> "array[int] | None":
        """The view in order is asked about until the page is full; None where its beginning has too few hits."""
        limit, offset = page
        view = replace(which, query=EVERYTHING)
        end = time.monotonic() + _ASKED_SECONDS
        found = array("q")
        at, size = 0, _FIRST_ASKED
        while len(found) < limit + offset:
            if time.monotonic() > end:
                return None
            ids = self.ids(view, limit=size, offset=at)
            found.extend(search.holding(ids))
            if len(ids) < size:
                break
            at += size
            size = min(size * 4, _CHUNK)
        return found[offset : offset + limit]

    def _marked_in_order(self, which: TicketFilter, hits: "array[int]", page: Page) -> "array[int]":
        """Many hits are marked, and the view in order is read until enough marked ones are found."""
        limit, offset = page
        marked = bytearray(max(hits) + 1)
        for each in hits:
            marked[each] = 1
        found = array("q")
        for chunk in self._in_order(which):
            found.extend(each for each in chunk if each < len(marked) and marked[each])
            if limit and len(found) >= limit + offset:
                break
        return found[offset : offset + limit if limit else None]

    def _in_order(self, which: TicketFilter) -> Iterator[Iterable[int]]:
        """A whole view in order, in chunks."""
        if which.sort != "similar":
            return self._chunks(_sorted_view(which))
        parts = along_patterns(and_(*_found_in(which)), descending=which.descending)
        return chain.from_iterable(map(self._chunks, parts))

    def _by_pattern(self, which: TicketFilter, page: Page) -> "array[int]":
        limit, offset = page
        condition = and_(*_found_in(which))
        counts = self.view_counts(which.actor)
        if which.view == "mine" or is_small(counts[which.view], counts["all"], limit and sum(page)):
            its = _in_view(which).subquery()
            condition = tickets.c.id.in_(select(its.c.id))
            return self._array(_paged(sorted_by_pattern(condition, descending=which.descending), page))
        found = array("q")
        for part in along_patterns(condition, descending=which.descending):
            more = limit + offset - len(found)
            if not limit or more:
                found.extend(self._array(part.limit(more) if limit else part))
        return found[offset : offset + limit] if limit else found[offset:]

    def _lanes(self, which: TicketFilter, page: Page) -> "array[int]":
        lanes = VIEW_LANES[which.view]
        if which.sort == "age":
            return self._array(_merged(lanes, None, page, (True, not which.descending)))
        # Among equals the newest first; an index has that in one direction only.
        if page[0] == 0 or which.descending == (which.sort in NUMBER_SORTS):
            return self._array(_merged(lanes, which.sort, page, (which.descending, True)))
        return self._against(which, page)

    def _against(self, which: TicketFilter, page: Page) -> "array[int]":
        """A page against the direction of its index.

        The index is read in its own order, in which equals come oldest first. Groups of equals that lie whole
        inside the page are turned round; the ones at its ends are asked for again, newest first.
        """
        _, offset = page
        column = _column(which.sort)
        lanes = VIEW_LANES[which.view]
        rows = self._tx.all(_merged(lanes, which.sort, page, (which.descending, False), with_key=True))
        found = array("q")
        groups = [(key, [row[0] for row in group]) for key, group in groupby(rows, key=lambda row: row[1])]
        for position, (key, ids) in enumerate(groups):
            starts_before = position == 0 and offset > 0
            if not starts_before and position < len(groups) - 1:
                found.extend(reversed(ids))
                continue
            skipped = offset - self._before(which, column, key) if starts_before else 0
            found.extend(self._array(_merged(lanes, None, (len(ids), skipped), (True, True), (column == key,))))
        return found

    def _before(self, which: TicketFilter, column: ColumnElement[Any], key: Any) -> int:
        """How many tickets of the view come before the first one with this key."""
        earlier = column > key if which.descending else column < key
        parts = [select(func.count().label("n")).where(in_lane(lane), earlier) for lane in VIEW_LANES[which.view]]
        return sum(row[0] for row in self._tx.all(union_all(*parts)))

    def _array(self, wanted: Any, values: Mapping[str, Any] | None = None) -> "array[int]":
        found = array("q")
        for chunk in self._chunks(wanted, values):
            found.extend(chunk)
        return found

    def _chunks(self, wanted: Any, values: Mapping[str, Any] | None = None) -> Iterator[Iterable[int]]:
        """The first column of the rows, in chunks of rising size."""
        result = self._tx.connection.execute(wanted, values)
        try:
            # The driver's own cursor: a million rows pass through as plain tuples.
            cursor = result.cursor
            assert cursor is not None
            size = 512
            while rows := cursor.fetchmany(size):
                yield chain.from_iterable(rows)
                size = min(size * 2, _CHUNK)
        finally:
            result.close()


def _check(which: TicketFilter) -> None:
    if which.view not in VIEWS:
        raise InvalidInput(f"There is no view {which.view!r}. The views are {', '.join(VIEWS)}.")
    if which.sort not in SORTS:
        raise InvalidInput(f"Tickets cannot be sorted by {which.sort!r}. Sort by {', '.join(SORTS)}.")


def _column(sort: str) -> ColumnElement[Any]:
    return TEXT_SORTS[sort] if sort in TEXT_SORTS else NUMBER_SORTS[sort]


def _found_in(which: TicketFilter) -> list[ColumnElement[bool]]:
    """What a ticket found by its words must meet to stand in the view."""
    # The plus keeps the database from starting at the view and asking the full text of each of its tickets.
    lane: ColumnElement[int] = literal_column("+tickets.lane")
    if which.view == "mine":
        return [lane.between(1, 4), tickets.c.assignee == plain(which.actor), tickets.c.assignee != ""]
    lanes = VIEW_LANES[which.view]
    return [lane.in_([literal_column(str(int(each))) for each in lanes])]


def _order(sort: str, newest: ColumnElement[int], *, descending: bool) -> list[ColumnElement[Any]]:
    if sort == "age":
        return [newest.asc() if descending else newest.desc()]
    if sort == "similar":
        return pattern_order(newest, descending=descending)
    column = _column(sort)
    return [column.desc() if descending else column.asc(), newest.desc()]


def _paged(wanted: Select[Any], page: Page) -> Select[Any]:
    limit, offset = page
    if limit:
        wanted = wanted.limit(limit)
    return wanted.offset(offset) if offset else wanted


def _merged(
    lanes: Sequence[Lane],
    sort: str | None,
    page: Page,
    directions: tuple[bool, bool],
    conditions: Sequence[ColumnElement[bool]] = (),
    *,
    with_key: bool = False,
) -> Any:
    """The lanes, each read in order from its index, merged.

    `directions` say whether the sort column and the id go downwards.
    """
    key = None if sort is None else _column(sort).label("key")
    columns: list[ColumnElement[Any]] = [tickets.c.id] if key is None else [tickets.c.id, key]
    parts = [select(*columns).where(in_lane(lane), *conditions) for lane in lanes]
    if page[0] and len(parts) > 1:
        # No lane gives more than the page. Said to each of them, PostgreSQL reads the indexes instead of sorting all.
        down = [tickets.c.id.desc() if directions[1] else tickets.c.id.asc()]
        if sort is not None:
            down.insert(0, _column(sort).desc() if directions[0] else _column(sort).asc())
        parts = [select(each.order_by(*down).limit(sum(page)).subquery()) for each in parts]
    lane_union = union_all(*parts) if len(parts) > 1 else parts[0]
    names = ([] if key is None else [("key", directions[0])]) + [("id", directions[1])]
    order: list[ColumnElement[Any]] = [
        literal_column(name).desc() if down else literal_column(name) for name, down in names
    ]
    wanted = _paged(cast("Select[Any]", lane_union).order_by(*order), page)
    if key is None or with_key:
        return wanted
    return select(wanted.subquery().c.id)


def _sorted_view(which: TicketFilter) -> Any:
    if which.view == "mine":
        order = _order(which.sort, tickets.c.id, descending=which.descending)
        return _in_view(which).order_by(*order)
    return _merged(VIEW_LANES[which.view], which.sort, (0, 0), (which.descending, True))


def _in_view(which: TicketFilter) -> Any:
    """The ids of a view in no order."""
    if which.view == "mine":
        return select(tickets.c.id).where(MINE, tickets.c.assignee == plain(which.actor))
    parts = [select(tickets.c.id).where(in_lane(lane)) for lane in VIEW_LANES[which.view]]
    return union_all(*parts) if len(parts) > 1 else parts[0]


def _sorted_ids(which: TicketFilter, dialect: Dialect) -> Select[Any]:
    """Some tickets in order."""
    wanted = select(tickets.c.id).select_from(tickets)
    return (
        (with_pattern(wanted) if which.sort == "similar" else wanted)
        .where(dialect.among(tickets.c.id, "ids"))
        .order_by(*_order(which.sort, tickets.c.id, descending=which.descending))
    )
