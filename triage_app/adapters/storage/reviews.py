"""Double reviews."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, literal_column, select, update

from triage_app.adapters.storage.learning_tables import double_reviews
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import NotFound
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import Review

# Written out, so that the database sees which part of an index is meant.
_WAITING = double_reviews.c.second == literal_column("''")


class SqlReviews:
    """`ReviewRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def ask(self, review: Review) -> bool:
        """Store that a decided ticket wants a second opinion; what is there already stays, and that is False."""
        if self.get(review.ticket, review.dataset) is not None:
            return False
        self._tx.run(
            insert(double_reviews).values(
                id=self._tx.take_ids(double_reviews, 1)[0],
                ticket_id=review.ticket,
                dataset=plain(review.dataset),
                asked_at=review.asked_at,
                first=plain(review.first),
                first_who=plain(review.first_who),
                second=plain(review.second),
                second_who=plain(review.second_who),
                second_at=review.second_at,
            )
        )
        return True

    def withdraw(self, ticket: TicketId, dataset: str) -> None:
        """Take back that a ticket wants one, with the opinion if it was given (undo only)."""
        self._tx.run(delete(double_reviews).where(_of(ticket, dataset)))

    def get(self, ticket: TicketId, dataset: str) -> Review | None:
        """The double review of a ticket, waiting or done."""
        found = self._tx.first(select(double_reviews).where(_of(ticket, dataset)))
        return None if found is None else _review(found)

    def waiting(self, dataset: str, *, not_by: str, limit: int) -> Sequence[Review]:
        """Those that wait and that `not_by` has not decided, the oldest first."""
        wanted = select(double_reviews).where(
            double_reviews.c.dataset == plain(dataset), _WAITING, double_reviews.c.first_who != plain(not_by)
        )
        return [_review(row) for row in self._tx.all(wanted.order_by(double_reviews.c.id).limit(limit))]

    def answer(self, ticket: TicketId, dataset: str, label: str, who: str, at: datetime) -> Review:
        """Store the second opinion; raises NotFound where none is waited for."""
        values = {"second": plain(label), "second_who": plain(who), "second_at": at}
        if not self._tx.run(update(double_reviews).where(_of(ticket, dataset), _WAITING).values(**values)):
            raise NotFound(f"Ticket {ticket} waits for no second opinion on {dataset}. `second-looks` lists those.")
        found = self._tx.first(select(double_reviews).where(_of(ticket, dataset)))
        assert found is not None
        return _review(found)

    def reopen(self, ticket: TicketId, dataset: str) -> None:
        """Take a second opinion back: it waits again (undo only)."""
        values = {"second": "", "second_who": "", "second_at": None}
        self._tx.run(update(double_reviews).where(_of(ticket, dataset)).values(**values))

    def done(self, dataset: str) -> Sequence[Review]:
        """Those with both opinions, the oldest first."""
        wanted = select(double_reviews).where(
            double_reviews.c.dataset == plain(dataset), double_reviews.c.second != literal_column("''")
        )
        return [_review(row) for row in self._tx.all(wanted.order_by(double_reviews.c.id))]


def _of(ticket: TicketId, dataset: str) -> ColumnElement[bool]:
    return and_(double_reviews.c.ticket_id == ticket, double_reviews.c.dataset == plain(dataset))


def _review(row: Row[*tuple[Any, ...]]) -> Review:
    return Review(
        TicketId(row.ticket_id),
        row.dataset,
        row.asked_at,
        row.first,
        row.first_who,
        row.second,
        row.second_who,
        row.second_at,
    )
