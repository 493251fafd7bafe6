"""Tickets that come back by themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from triage_app.adapters.storage.search_tables import wakes
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.ticket import TicketId
from triage_app.services.search_shapes import Wake


class SqlWakes:
    """`WakeRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def set(self, wake: Wake) -> Wake | None:
        """Store, in place of what was there; returns that."""
        before = self.clear(wake.ticket)
        self._tx.run(
            insert(wakes).values(
                ticket_id=wake.ticket,
                until=wake.until,
                on_change=wake.on_change,
                follow_up=wake.follow_up,
                why=plain(wake.why),
                who=plain(wake.who),
                at=wake.at,
            )
        )
        return before

    def clear(self, ticket: TicketId) -> Wake | None:
        """Take away; returns what was there."""
        before = self.of((ticket,)).get(ticket)
        if before is not None:
            self._tx.run(delete(wakes).where(wakes.c.ticket_id == ticket))
        return before

    def of(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Wake]:
        """Those of these tickets."""
        wanted = select(wakes).where(self._tx.dialect.among(wakes.c.ticket_id, "ids"))
        found = map(_wake, self._tx.all(wanted, {"ids": self._tx.dialect.many(ids)}))
        return {each.ticket: each for each in found}

    def any_on_change(self) -> bool:
        """Whether any ticket waits until something changes."""
        return self._tx.first(select(wakes.c.ticket_id).where(wakes.c.on_change).limit(1)) is not None

    def due(self, now: datetime, *, limit: int) -> Sequence[Wake]:
        """Those whose time has come, the earliest first."""
        wanted = select(wakes).where(wakes.c.until.is_not(None), wakes.c.until <= now)
        return [_wake(row) for row in self._tx.all(wanted.order_by(wakes.c.until, wakes.c.ticket_id).limit(limit))]


def _wake(row: Row[*tuple[Any, ...]]) -> Wake:
    return Wake(TicketId(row.ticket_id), row.until, row.on_change, row.follow_up, row.why, row.who, row.at)
