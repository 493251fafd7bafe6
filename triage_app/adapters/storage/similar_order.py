"""The queue in order of how many tickets follow a pattern, read along the index of patterns.

Patterns of equal size come the newest first where the order is downwards and the oldest first upwards; the tickets of
a pattern always the newest first. A ticket without a pattern has the smallest, one that was never looked at comes
even before it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from triage_app.adapters.storage.patterns import NOTHING
from triage_app.adapters.storage.search_tables import patterns
from triage_app.adapters.storage.tables import tickets

TOTAL: ColumnElement[int] = func.coalesce(patterns.c.total, 0)
_NEVER = -1
_SORTED_COSTS = 12
"""A ticket that is looked up and sorted, in tickets that are passed in an index."""


def pattern_order(newest: ColumnElement[int], *, descending: bool) -> list[ColumnElement[Any]]:
    """The order of tickets that are joined with `with_pattern`."""
    keys = [TOTAL, func.coalesce(tickets.c.pattern_id, _NEVER)]
    return [*((each.desc() if descending else each.asc()) for each in keys), newest.desc()]


def with_pattern(wanted: Select[Any]) -> Select[Any]:
    """A selection of tickets with what `pattern_order` needs."""
    return wanted.outerjoin(patterns, tickets.c.pattern_id == patterns.c.id)


def sorted_by_pattern(condition: ColumnElement[bool], *, descending: bool) -> Select[Any]:
    """The ids of few tickets in order: all are read and sorted."""
    wanted = with_pattern(select(tickets.c.id).select_from(tickets)).where(condition)
    return wanted.order_by(*pattern_order(tickets.c.id, descending=descending))


def along_patterns(condition: ColumnElement[bool], *, descending: bool) -> Sequence[Select[Any]]:
    """The ids of many tickets in order, as parts that follow each other: as few are read as are taken."""
    keys = (patterns.c.total, patterns.c.id)
    # The plus keeps the database from starting at the lane of a ticket.
    walk = (
        select(tickets.c.id)
        .select_from(patterns)
        .join(tickets, tickets.c.pattern_id == patterns.c.id)
        .where(condition)
        .order_by(*((each.desc() if descending else each.asc()) for each in keys), tickets.c.id.desc())
    )
    rest = [
        select(tickets.c.id).where(which, condition).order_by(tickets.c.id.desc())
        for which in (tickets.c.pattern_id == literal_column(str(NOTHING)), tickets.c.pattern_id.is_(None))
    ]
    return [walk, *rest] if descending else [*reversed(rest), walk]


def is_small(view: int, everything: int, page: int) -> bool:
    """Whether reading and sorting a whole view costs less than walking along the patterns until the page is full; page
    0 is all.
    """
    walked = min(everything, page * everything // max(view, 1)) if page else everything
    return view * _SORTED_COSTS <= walked
