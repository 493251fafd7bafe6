"""What waits to be done outside: mails to send, originals to move and flag."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from triage_app.adapters.storage.live_tables import outbox
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import InvalidState, NotFound
from triage_app.domain.source import SourceName
from triage_app.domain.ticket import TicketId
from triage_app.services.outgoing import NewOutgoing, Outgoing, OutgoingId, OutgoingKind, OutgoingState

MAX_ERROR = 2_000


class SqlOutbox:
    """`OutboxRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, what: NewOutgoing, at: datetime) -> OutgoingId | None:
        """Queue an entry; None, changing nothing, where its marker is known already."""
        marker = plain(what.marker)
        if self._tx.first(select(outbox.c.id).where(outbox.c.marker == marker)) is not None:
            return None
        entry = OutgoingId(self._tx.take_ids(outbox, 1)[0])
        self._tx.run(
            insert(outbox).values(
                id=entry,
                kind=what.kind.value,
                ticket_id=what.ticket,
                source=plain(what.source),
                payload=plain(what.payload),
                marker=marker,
                state=OutgoingState.WAITING.value,
                attempts=0,
                error="",
                created_at=at,
            )
        )
        return entry

    def get(self, entry: OutgoingId) -> Outgoing:
        """One entry; raises NotFound."""
        found = self._tx.first(select(outbox).where(outbox.c.id == entry))
        if found is None:
            raise NotFound(f"There is no entry {entry} in the outbox.")
        return _outgoing(found)

    def due(self, at: datetime, limit: int) -> Sequence[Outgoing]:
        """Waiting entries whose time has come, the oldest first."""
        come = or_(outbox.c.next_try.is_(None), outbox.c.next_try <= at)
        wanted = select(outbox).where(_WAITING, come).order_by(outbox.c.id).limit(limit)
        return [_outgoing(each) for each in self._tx.all(wanted)]

    def all(self, limit: int) -> Sequence[Outgoing]:
        """Entries in any state, the newest first."""
        return [_outgoing(each) for each in self._tx.all(select(outbox).order_by(outbox.c.id.desc()).limit(limit))]

    def later(self, entry: OutgoingId, next_try: datetime, error: str) -> None:
        """Note an attempt that failed and will be made again. Raises InvalidState where it does not wait."""
        self._change(entry, {"next_try": next_try, "error": plain(error)[:MAX_ERROR]})

    def finish(self, entry: OutgoingId, state: OutgoingState, at: datetime, error: str = "") -> None:
        """Note that it is done, has failed for good or was cancelled. Raises InvalidState where it does not wait."""
        changes = {"state": state.value, "next_try": None, "error": plain(error)[:MAX_ERROR], "done_at": at}
        self._change(entry, changes)

    def _change(self, entry: OutgoingId, changes: dict[str, Any]) -> None:
        tried = {} if changes.get("state") == OutgoingState.CANCELLED.value else {"attempts": outbox.c.attempts + 1}
        if not self._tx.run(update(outbox).where(outbox.c.id == entry, _WAITING).values(**changes, **tried)):
            state = self.get(entry).state.value
            raise InvalidState(f"Entry {entry} of the outbox is {state}, not waiting: somebody was faster.")


_WAITING = outbox.c.state == OutgoingState.WAITING.value


def _outgoing(row: Row[*tuple[Any, ...]]) -> Outgoing:
    what = NewOutgoing(OutgoingKind(row.kind), TicketId(row.ticket_id), SourceName(row.source), row.payload, row.marker)
    return Outgoing(
        OutgoingId(row.id),
        what,
        OutgoingState(row.state),
        row.attempts,
        row.next_try,
        row.error,
        row.created_at,
        row.done_at,
    )
