"""Queues, tags and playbooks that datasets gave to tickets."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, insert, select

from triage_app.adapters.storage.learning_tables import ticket_tags
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.labels import Effect
from triage_app.domain.tags import TicketTag
from triage_app.domain.ticket import TicketId


class SqlTags:
    """`TagRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def set(self, ticket: TicketId, dataset: str, effect: Effect, label: str) -> None:
        """Give a ticket a dataset's label in place of the one that it has; an empty label takes it away."""
        name = plain(dataset)
        self._tx.run(delete(ticket_tags).where(ticket_tags.c.ticket_id == ticket, ticket_tags.c.dataset == name))
        if label:
            values = {"ticket_id": ticket, "dataset": name, "effect": effect.value, "label": plain(label)}
            self._tx.run(insert(ticket_tags).values(values))

    def of(self, tickets: Collection[TicketId]) -> Mapping[TicketId, tuple[TicketTag, ...]]:
        """What each of these tickets has, by dataset; tickets with nothing are left out."""
        found: dict[TicketId, tuple[TicketTag, ...]] = {}
        wanted = (
            select(ticket_tags)
            .where(self._tx.dialect.among(ticket_tags.c.ticket_id, "ids"))
            .order_by(ticket_tags.c.ticket_id, ticket_tags.c.dataset)
        )
        for row in self._tx.all(wanted, {"ids": self._tx.dialect.many(tuple(tickets))}):
            ticket = TicketId(row.ticket_id)
            found[ticket] = (*found.get(ticket, ()), TicketTag(row.dataset, Effect(row.effect), row.label))
        return found
