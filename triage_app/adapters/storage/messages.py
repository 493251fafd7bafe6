"""Which mails belong to which ticket: those that came in and those that went out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select

from triage_app.adapters.storage.live_tables import messages
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.item import RawId
from triage_app.domain.ticket import TicketId
from triage_app.services.outgoing import Message, OutgoingId


class SqlMessages:
    """`MessageRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, new: Sequence[Message]) -> None:
        """Store messages."""
        if not new:
            return
        rows = [
            {
                "id": number,
                "ticket_id": each.ticket,
                "raw_id": each.raw,
                "outbox_id": each.outgoing,
                "message_id": plain(each.message_id),
                "address": plain(each.address.lower()),
                "automatic": each.automatic,
                "at": each.at,
            }
            for number, each in zip(self._tx.take_ids(messages, len(new)), new, strict=True)
        ]
        self._tx.run(insert(messages), rows)

    def named(self, message_ids: Sequence[str]) -> Sequence[Message]:
        """Messages with one of these Message-IDs, the oldest first."""
        if not message_ids:
            return []
        wanted = messages.c.message_id.in_([plain(each) for each in message_ids])
        return [_message(each) for each in self._tx.all(select(messages).where(wanted).order_by(messages.c.id))]

    def of_ticket(self, ticket: TicketId) -> Sequence[Message]:
        """The messages of a ticket, the oldest first."""
        wanted = select(messages).where(messages.c.ticket_id == ticket).order_by(messages.c.id)
        return [_message(each) for each in self._tx.all(wanted)]

    def sent_to(self, address: str, since: datetime) -> int:
        """How many automatic mails went out to an address since then."""
        found = self._tx.first(
            select(func.count()).where(
                messages.c.address == plain(address.lower()),
                messages.c.at >= since,
                messages.c.outbox_id.is_not(None),
                messages.c.automatic,
            )
        )
        return 0 if found is None else int(found[0])


def _message(row: Row[*tuple[Any, ...]]) -> Message:
    return Message(
        TicketId(row.ticket_id),
        None if row.raw_id is None else RawId(row.raw_id),
        None if row.outbox_id is None else OutgoingId(row.outbox_id),
        row.message_id,
        row.address,
        row.automatic,
        row.at,
    )
