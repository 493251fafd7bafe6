"""Which mails belong to which ticket: those that came in and those that went out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, func, insert, select, update

from triage_app.adapters.storage.additions import AdditionKind, set_removed
from triage_app.adapters.storage.group_tables import dedup_repeats
from triage_app.adapters.storage.ledger import SqlLedger
from triage_app.adapters.storage.live_tables import messages
from triage_app.adapters.storage.search_tables import text_additions
from triage_app.adapters.storage.tables import raw_items
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import OUTCOME_CODES, plain
from triage_app.domain.errors import InvalidState
from triage_app.domain.item import Outcome, RawId
from triage_app.domain.outgoing_mail import OutgoingId
from triage_app.domain.ticket import TicketId
from triage_app.services.outgoing import Message

_MERGED = OUTCOME_CODES[Outcome.MERGED]


class SqlMessages:
    """`MessageRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._ledger = SqlLedger(transaction)

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
                "others": plain("\n".join(each.others).lower()),
            }
            for number, each in zip(self._tx.take_ids(messages, len(new)), new, strict=True)
        ]
        self._tx.run(insert(messages), rows)

    def named(self, message_ids: Sequence[str]) -> Sequence[Message]:
        """Messages with one of these Message-IDs, the oldest first."""
        if not message_ids:
            return []
        among = self._tx.dialect.among(messages.c.message_id, "names")
        wanted = select(messages).where(among).order_by(messages.c.id)
        names = self._tx.dialect.many([plain(each) for each in message_ids])
        return [_message(each) for each in self._tx.all(wanted, {"names": names})]

    def of_ticket(self, ticket: TicketId) -> Sequence[Message]:
        """The messages of a ticket, the oldest first."""
        wanted = select(messages).where(messages.c.ticket_id == ticket).order_by(messages.c.id)
        # Nothing of it is written late, so what is need not be written for it.
        return [_message(each) for each in self._tx.direct.execute(wanted)]

    def unindexed(self, tickets: Sequence[TicketId]) -> Sequence[tuple[TicketId, RawId]]:
        """The answers in these tickets by whose words they are not found yet, in order."""
        its = text_additions.c
        indexed = exists().where(
            its.ticket_id == messages.c.ticket_id,
            its.kind == AdditionKind.ANSWER.value,
            its.source_id == messages.c.raw_id,
        )
        is_repeat = exists().where(
            dedup_repeats.c.raw_id == messages.c.raw_id, dedup_repeats.c.split_settled_at.is_(None)
        )
        wanted = (
            select(messages.c.ticket_id, messages.c.raw_id)
            .join_from(messages, raw_items, raw_items.c.id == messages.c.raw_id)
            .where(
                self._tx.dialect.among(messages.c.ticket_id, "ids"),
                raw_items.c.outcome == _MERGED,
                ~indexed,
                ~is_repeat,
            )
            .order_by(messages.c.id)
        )
        found = self._tx.all(wanted, {"ids": self._tx.dialect.many(tickets)})
        return [(TicketId(ticket), RawId(raw)) for ticket, raw in found]

    def of_item(self, raw: RawId) -> Message | None:
        """The message that an item came in as."""
        found = self._tx.first(select(messages).where(messages.c.raw_id == raw))
        return None if found is None else _message(found)

    def move(self, raw: RawId, ticket: TicketId) -> None:
        """The message that an item came in as belongs to another ticket from now on."""
        self._tx.run(update(messages).where(messages.c.raw_id == raw).values(ticket_id=ticket))

    def take_out(self, raw: RawId) -> TicketId:
        """The item of an answer is pending again; returns the ticket that it had been merged into."""
        found = self.of_item(raw)
        if found is None or self._ledger.get(raw).outcome is not Outcome.MERGED:
            raise InvalidState(f"Item {raw} is not merged into a ticket, so there is nothing to split.")
        self._ledger.put(raw, Outcome.PENDING, None, None)
        set_removed(self._tx, AdditionKind.ANSWER, found.ticket, raw, removed=True)
        return found.ticket

    def put_back(self, raw: RawId, ticket: TicketId, settled_at: datetime) -> None:
        """The item of an answer is merged into the ticket again."""
        self._ledger.put(raw, Outcome.MERGED, ticket, settled_at)
        set_removed(self._tx, AdditionKind.ANSWER, ticket, raw, removed=False)

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
        tuple(row.others.split("\n")) if row.others else (),
    )
