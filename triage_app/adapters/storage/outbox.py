"""What waits to be done outside: mails to send, originals to move and flag."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, or_, select, update

from triage_app.adapters.storage.live_tables import OPEN, outbox
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import InvalidState, NotFound
from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind, OutgoingState
from triage_app.domain.source import SourceName
from triage_app.domain.ticket import TicketId
from triage_app.services.outgoing import NewOutgoing, Outgoing

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

    def due(
        self, source: SourceName, at: datetime, limit: int, kinds: Collection[OutgoingKind] = tuple(OutgoingKind)
    ) -> Sequence[Outgoing]:
        """A source's waiting entries of these kinds whose time has come, the oldest first."""
        wanted = select(outbox).where(OPEN, _WAITING, outbox.c.source == plain(source), _come(at))
        wanted = wanted.where(outbox.c.kind.in_([each.value for each in kinds]))
        return [_outgoing(each) for each in self._tx.all(wanted.order_by(outbox.c.id).limit(limit))]

    def claim(self, entry: OutgoingId, at: datetime, until: datetime) -> bool:
        """Take a due entry to carry it out; False where somebody else was faster."""
        taken = {"state": OutgoingState.SENDING.value, "next_try": until, "attempts": outbox.c.attempts + 1}
        return bool(self._tx.run(update(outbox).where(outbox.c.id == entry, _WAITING, _come(at)).values(**taken)))

    def abandoned(self, source: SourceName, at: datetime) -> Sequence[Outgoing]:
        """A source's entries that are being sent, though whoever took them had no longer than until `at`."""
        wanted = select(outbox).where(OPEN, _SENDING, outbox.c.source == plain(source), outbox.c.next_try <= at)
        return [_outgoing(each) for each in self._tx.all(wanted.order_by(outbox.c.id))]

    def of_ticket(self, ticket: TicketId) -> Sequence[Outgoing]:
        """A ticket's entries in any state, the oldest first."""
        wanted = select(outbox).where(outbox.c.ticket_id == ticket).order_by(outbox.c.id)
        return [_outgoing(each) for each in self._tx.all(wanted)]

    def all(self, limit: int) -> Sequence[Outgoing]:
        """Entries in any state, the newest first."""
        return [_outgoing(each) for each in self._tx.all(select(outbox).order_by(outbox.c.id.desc()).limit(limit))]

    def later(self, entry: OutgoingId, next_try: datetime, error: str) -> None:
        """Note an attempt that failed and will be made again. Raises InvalidState where it is not being sent."""
        waiting = {"state": OutgoingState.WAITING.value, "next_try": next_try, "error": plain(error)[:MAX_ERROR]}
        self._change(entry, (OutgoingState.SENDING,), waiting)

    def finish(self, entry: OutgoingId, state: OutgoingState, at: datetime, error: str = "") -> None:
        """Note that it is done or has failed for good. Raises InvalidState where it is not being sent."""
        ended = {"state": state.value, "next_try": None, "error": plain(error)[:MAX_ERROR], "done_at": at}
        self._change(entry, (OutgoingState.SENDING,), ended)

    def cancel(self, entry: OutgoingId, at: datetime) -> None:
        """Take an entry back that waits; raises InvalidState for any other."""
        ended = {"state": OutgoingState.CANCELLED.value, "next_try": None, "done_at": at}
        self._change(entry, (OutgoingState.WAITING,), ended)

    def again(self, entry: OutgoingId) -> None:
        """Let an entry that failed or was cancelled wait anew; raises InvalidState for any other."""
        anew = {"state": OutgoingState.WAITING.value, "next_try": None, "error": "", "attempts": 0, "done_at": None}
        self._change(entry, (OutgoingState.FAILED, OutgoingState.CANCELLED), anew)

    def _change(self, entry: OutgoingId, states: Sequence[OutgoingState], values: dict[str, Any]) -> None:
        wanted = outbox.c.state.in_([each.value for each in states])
        if not self._tx.run(update(outbox).where(outbox.c.id == entry, wanted).values(**values)):
            state = self.get(entry).state.value
            raise InvalidState(f"Entry {entry} of the outbox is {state}, not {' or '.join(states)}.")


_WAITING = outbox.c.state == OutgoingState.WAITING.value
_SENDING = outbox.c.state == OutgoingState.SENDING.value


def _come(at: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.next_try.is_(None), outbox.c.next_try <= at)


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
