"""The queue: which tickets a view holds, in which order, filtered and sorted by the database's indexes."""

from array import array
from collections.abc import Mapping, Sequence
from itertools import chain, groupby
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, literal_column, select, union_all

from triage_app.adapters.storage.tables import MINE, NUMBER_SORTS, TEXT_SORTS, VIEW_LANES, Lane, queue_counts, tickets
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Tier
from triage_app.domain.ticket import TicketId
from triage_app.services.ports import SORTS, VIEWS, TicketFilter

_CHUNK = 20_000
_UNREVIEWED = frozenset({Tier.KEYWORD.value, Tier.DEFAULT.value})

Page = tuple[int, int]
"""Limit, 0 for all, and offset."""


def lane_of(*, is_open: bool, reviewed: bool, tier: str, duplicates: int) -> Lane:
    """The lane of a ticket, from what decides in which views it stands."""
    if not is_open:
        return Lane.CLOSED
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
        matching = self._tx.dialect.matching(which.words)
        if matching is not None:
            found = self._array(_paged(_searched(which, matching), page))
        elif which.view == "mine":
            order = _order(which.sort, tickets.c.id, descending=which.descending)
            found = self._array(_paged(select(tickets.c.id).where(*_view(which)).order_by(*order), page))
        else:
            found = self._lanes(which, page)
        # An array of numbers is a sequence of ids: NewType is only seen by the type checker.
        return cast("Sequence[TicketId]", found)

    def count(self, which: TicketFilter) -> int:
        """How many tickets match."""
        _check(which)
        matching = self._tx.dialect.matching(which.words)
        if matching is None:
            return self.view_counts(which.actor)[which.view]
        hits = matching.subquery()
        wanted = select(func.count()).select_from(hits)
        if which.view != "all":
            wanted = wanted.join(tickets, tickets.c.id == hits.c.id).where(*_view(which))
        return int(self._tx.connection.execute(wanted).scalar_one())

    def view_counts(self, actor: str) -> Mapping[str, int]:
        """A count for each view, from counters that every change of a ticket keeps right."""
        actor = plain(actor)
        counts = dict.fromkeys(VIEWS, 0)
        for lane, assignee, number in self._tx.all(select(queue_counts)):
            for view, lanes in VIEW_LANES.items():
                if lane in lanes:
                    counts[view] += number
            if lane != Lane.CLOSED and assignee and assignee == actor:
                counts["mine"] += number
        return counts

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

        The index is read in its own order, in which equals come oldest first. Groups of equals that lie whole inside the
        page are turned round; the ones at its ends are asked for again, newest first.
        """
        limit, offset = page
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
        parts = [select(func.count().label("n")).where(_in_lane(lane), earlier) for lane in VIEW_LANES[which.view]]
        return sum(row[0] for row in self._tx.all(union_all(*parts)))

    def _array(self, wanted: Any) -> "array[int]":
        found = array("q")
        # The driver's own cursor: a million rows pass through as plain tuples.
        result = self._tx.connection.execute(wanted)
        cursor = result.cursor
        assert cursor is not None
        while rows := cursor.fetchmany(_CHUNK):
            found.extend(chain.from_iterable(rows))
        result.close()
        return found


def _check(which: TicketFilter) -> None:
    if which.view not in VIEWS:
        raise InvalidInput(f"There is no view {which.view!r}. The views are {', '.join(VIEWS)}.")
    if which.sort not in SORTS:
        raise InvalidInput(f"Tickets cannot be sorted by {which.sort!r}. Sort by {', '.join(SORTS)}.")


def _column(sort: str) -> ColumnElement[Any]:
    return TEXT_SORTS[sort] if sort in TEXT_SORTS else NUMBER_SORTS[sort]


def _in_lane(lane: Lane) -> ColumnElement[bool]:
    # Written out, so that the database sees which part of an index is meant.
    return tickets.c.lane == literal_column(str(int(lane)))


def _view(which: TicketFilter) -> list[Any]:
    if which.view == "mine":
        return [MINE, tickets.c.assignee == plain(which.actor)]
    lanes = VIEW_LANES[which.view]
    if len(lanes) == len(Lane):
        return []
    return [tickets.c.lane.in_([literal_column(str(int(lane))) for lane in lanes])]


def _order(sort: str, newest: ColumnElement[int], *, descending: bool) -> list[ColumnElement[Any]]:
    if sort == "age":
        return [newest.asc() if descending else newest.desc()]
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
    parts = [select(*columns).where(_in_lane(lane), *conditions) for lane in lanes]
    lane_union = union_all(*parts) if len(parts) > 1 else parts[0]
    names = ([] if key is None else [("key", directions[0])]) + [("id", directions[1])]
    order: list[ColumnElement[Any]] = [
        literal_column(name).desc() if down else literal_column(name) for name, down in names
    ]
    wanted = _paged(cast("Select[Any]", lane_union).order_by(*order), page)
    if key is None or with_key:
        return wanted
    return select(wanted.subquery().c.id)


def _searched(which: TicketFilter, matching: Select[tuple[int]]) -> Select[Any]:
    hits = matching.subquery()
    if which.view == "all" and which.sort == "age":
        return select(hits.c.id).order_by(hits.c.id.asc() if which.descending else hits.c.id.desc())
    return (
        select(hits.c.id)
        .join(tickets, tickets.c.id == hits.c.id)
        .where(*_view(which))
        .order_by(*_order(which.sort, hits.c.id, descending=which.descending))
    )
