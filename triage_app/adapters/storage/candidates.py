"""Open tickets whose label nobody has said, read in bulk: what a review queue and a blast radius look at."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, select

from triage_app.adapters.storage.compression import Packer
from triage_app.adapters.storage.tables import VIEW_LANES, corrections, predictions, raw_contents, raw_items, tickets
from triage_app.adapters.storage.tickets import prediction_of
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import OUTCOME_CODES, plain
from triage_app.domain.item import Form, Outcome
from triage_app.domain.labels import Prediction
from triage_app.domain.learning import Decision
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_repositories import FirstItem

_PACKER = Packer()
_CHUNK = 500
_TICKETED: ColumnElement[int] = literal_column(str(OUTCOME_CODES[Outcome.TICKETED]))


class SqlCandidates:
    """`CandidateRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def newest(self, dataset: str, limit: int) -> Sequence[TicketId]:
        """The newest open tickets whose label nobody has said, the newest first."""
        wanted = select(tickets.c.id).where(*_unsaid(dataset)).order_by(tickets.c.id.desc()).limit(limit)
        return [TicketId(row.id) for row in self._tx.all(wanted)]

    def count(self, dataset: str) -> int:
        """How many open tickets there are whose label nobody has said."""
        return int(self._tx.connection.execute(select(func.count(tickets.c.id)).where(*_unsaid(dataset))).scalar_one())

    def predictions(self, ids: Sequence[TicketId], dataset: str) -> Mapping[TicketId, Prediction]:
        """The newest prediction of each of these tickets; those without one are left out."""
        found: dict[TicketId, Prediction] = {}
        wanted = (
            select(predictions)
            .where(self._tx.dialect.among(predictions.c.ticket_id, "ids"), predictions.c.dataset == plain(dataset))
            .order_by(predictions.c.ticket_id, predictions.c.number)
        )
        for row in self._tx.all(wanted, {"ids": self._tx.dialect.many(ids)}):
            found[TicketId(row.ticket_id)] = prediction_of(row)
        return found

    def first_items(self, ids: Sequence[TicketId]) -> Iterator[FirstItem]:
        """The item that each of these tickets was made of, in no order; read by page while the transaction is open."""
        for start in range(0, len(ids), _CHUNK):
            own = and_(self._tx.dialect.among(raw_items.c.ticket_id, "ids"), raw_items.c.outcome == _TICKETED)
            firsts = select(func.min(raw_items.c.id)).where(own).group_by(raw_items.c.ticket_id)
            wanted = (
                select(raw_items.c.ticket_id, raw_items.c.form, raw_items.c.received_at, raw_contents.c.content)
                .join_from(raw_items, raw_contents, raw_contents.c.raw_id == raw_items.c.id)
                .where(raw_items.c.id.in_(firsts))
            )
            for row in self._tx.all(wanted, {"ids": self._tx.dialect.many(ids[start : start + _CHUNK])}):
                content = _PACKER.unpack(row.content)
                yield FirstItem(TicketId(row.ticket_id), Form(row.form), row.received_at, content)


def _unsaid(dataset: str) -> list[ColumnElement[bool]]:
    said: Any = (
        select(corrections.c.id)
        .where(
            corrections.c.ticket_id == tickets.c.id,
            corrections.c.dataset == plain(dataset),
            ~corrections.c.undone,
            corrections.c.decision != Decision.STOOD.value,
        )
        .exists()
    )
    lanes: list[ColumnElement[int]] = [literal_column(str(int(each))) for each in VIEW_LANES["inbox"]]
    return [tickets.c.lane.in_(lanes), ~said]
