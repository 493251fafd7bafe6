"""The audit log."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, literal_column, select, update

from triage_app.adapters.storage.tables import audit_entries, audit_tickets
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import NotFound
from triage_app.domain.history import AuditEntry
from triage_app.domain.ticket import TicketId


class SqlAudit:
    """`AuditRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def append(self, entry: AuditEntry) -> None:
        """Store an entry; (writer, number) is unique."""
        number = self._tx.take_ids(audit_entries, 1)[0]
        self._tx.run(
            insert(audit_entries).values(
                id=number,
                writer=plain(entry.writer),
                number=entry.number,
                at=entry.at,
                actor=plain(entry.actor),
                command=plain(entry.command),
                arguments=plain(entry.arguments),
                result=plain(entry.result),
                inverse=plain(entry.inverse),
                previous=entry.previous,
                hash=entry.hash,
                undone=False,
            )
        )
        self._tx.insert(audit_tickets, [(ticket, number) for ticket in sorted(set(entry.tickets))])

    def last(self, writer: str) -> AuditEntry | None:
        """A writer's newest entry."""
        wanted = select(audit_entries).where(audit_entries.c.writer == plain(writer))
        return self._one(wanted.order_by(audit_entries.c.number.desc()).limit(1))

    def latest_undoable(self, actor: str) -> AuditEntry | None:
        """The newest entry of this actor that has an inverse and was not taken back."""
        wanted = select(audit_entries).where(
            audit_entries.c.actor == plain(actor), literal_column("inverse <> '' AND NOT undone")
        )
        return self._one(wanted.order_by(audit_entries.c.id.desc()).limit(1))

    def mark_undone(self, writer: str, number: int) -> None:
        """Note that an entry was taken back; raises NotFound."""
        found = self._tx.run(
            update(audit_entries)
            .where(audit_entries.c.writer == plain(writer), audit_entries.c.number == number)
            .values(undone=True)
        )
        if not found:
            raise NotFound(f"The audit log has no entry {number} of {writer}.")

    def entries(self, ticket: TicketId | None, limit: int) -> Sequence[AuditEntry]:
        """Entries, the newest first."""
        if ticket is None:
            return self._many(select(audit_entries).order_by(audit_entries.c.id.desc()).limit(limit))
        return self._many(_of_ticket(ticket).order_by(audit_tickets.c.entry_id.desc()).limit(limit))

    def timeline(self, ticket: TicketId) -> Sequence[AuditEntry]:
        """Entries that touched a ticket, the oldest first."""
        return self._many(_of_ticket(ticket).order_by(audit_tickets.c.entry_id))

    def _one(self, wanted: Any) -> AuditEntry | None:
        found = self._many(wanted)
        return found[0] if found else None

    def _many(self, wanted: Any) -> list[AuditEntry]:
        rows = self._tx.all(wanted)
        touched: dict[int, list[TicketId]] = {row.id: [] for row in rows}
        if touched:
            links = select(audit_tickets.c.entry_id, audit_tickets.c.ticket_id).where(
                self._tx.dialect.among(audit_tickets.c.entry_id, "entries")
            )
            ordered = links.order_by(audit_tickets.c.entry_id, audit_tickets.c.ticket_id)
            for entry, ticket in self._tx.all(ordered, {"entries": self._tx.dialect.many(list(touched))}):
                touched[entry].append(TicketId(ticket))
        return [_entry(row, tuple(touched[row.id])) for row in rows]


def _of_ticket(ticket: TicketId) -> Any:
    return (
        select(audit_entries)
        .join_from(audit_tickets, audit_entries, audit_tickets.c.entry_id == audit_entries.c.id)
        .where(audit_tickets.c.ticket_id == ticket)
    )


def _entry(row: Row[*tuple[Any, ...]], tickets: tuple[TicketId, ...]) -> AuditEntry:
    return AuditEntry(
        writer=row.writer,
        number=row.number,
        at=row.at,
        actor=row.actor,
        command=row.command,
        arguments=row.arguments,
        result=row.result,
        inverse=row.inverse,
        tickets=tickets,
        previous=row.previous,
        hash=row.hash,
    )
