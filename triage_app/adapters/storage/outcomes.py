"""Predictions with what became of them: what the month's figures and the export of predictions are made of."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, bindparam, literal, not_, select, tuple_

from triage_app.adapters.storage.tables import Lane, corrections, predictions, sources, tickets
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.labels import Held, ModelId, Tier
from triage_app.domain.learning import Decision
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import Outcome

PAGE = 1_000

_TICKETS = (
    select(
        tickets.c.id,
        tickets.c.received_at,
        tickets.c.subject,
        tickets.c.sender,
        sources.c.name.label("source"),
    )
    .join_from(tickets, sources, tickets.c.source_id == sources.c.id)
    .where(tickets.c.lane != Lane.WITHDRAWN)
    .order_by(tickets.c.received_at, tickets.c.id)
)
_PREDICTIONS = select(
    predictions.c.ticket_id,
    predictions.c.label,
    predictions.c.confidence,
    predictions.c.tier,
    predictions.c.model_id,
    predictions.c.reasons,
    predictions.c.best_label,
    predictions.c.best_confidence,
    predictions.c.held,
    predictions.c.likeness,
).where(predictions.c.dataset == bindparam("dataset"))
_DECISIONS = select(
    corrections.c.ticket_id,
    corrections.c.decision,
    corrections.c.new,
    corrections.c.who,
    corrections.c.at,
    corrections.c.seconds,
).where(corrections.c.dataset == bindparam("dataset"), not_(corrections.c.undone))

_pairs = msgspec.json.Decoder(list[tuple[str, float]]).decode
_Row = Row[*tuple[Any, ...]]


class SqlOutcomes:
    """`OutcomeRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def of_dataset(self, dataset: str, *, since: datetime | None, until: datetime | None) -> Iterator[Outcome]:
        """The newest prediction of each ticket and the decision that stands; read by page, in the order of arrival."""
        wanted: Select[Any] = _TICKETS.limit(PAGE)
        if since is not None:
            wanted = wanted.where(tickets.c.received_at >= since)
        if until is not None:
            wanted = wanted.where(tickets.c.received_at < until)
        page = wanted
        while found := self._tx.all(page):
            yield from self._outcomes(plain(dataset), found)
            if len(found) < PAGE:
                return
            last = found[-1]
            after = tuple_(literal(last.received_at, tickets.c.received_at.type), literal(last.id))
            page = wanted.where(tuple_(tickets.c.received_at, tickets.c.id) > after)

    def _outcomes(self, dataset: str, found: Sequence[_Row]) -> Iterator[Outcome]:
        values = {"dataset": dataset, "ids": self._tx.dialect.many([each.id for each in found])}
        predicted = self._newest(
            _PREDICTIONS.where(self._tx.dialect.among(predictions.c.ticket_id, "ids")).order_by(predictions.c.number),
            values,
        )
        decided = self._newest(
            _DECISIONS.where(self._tx.dialect.among(corrections.c.ticket_id, "ids")).order_by(
                corrections.c.at, corrections.c.id
            ),
            values,
        )
        for ticket in found:
            prediction = predicted.get(ticket.id)
            if prediction is not None:
                yield _outcome(dataset, ticket, prediction, decided.get(ticket.id))

    def _newest(self, wanted: Select[Any], values: Mapping[str, Any]) -> Mapping[int, _Row]:
        """The last row of each ticket."""
        return {row.ticket_id: row for row in self._tx.all(wanted, values)}


def _outcome(dataset: str, ticket: _Row, prediction: _Row, decision: _Row | None) -> Outcome:
    tier = Tier(prediction.tier)
    rules = _pairs(prediction.reasons) if tier is Tier.KEYWORD else []
    return Outcome(
        ticket=TicketId(ticket.id),
        dataset=dataset,
        source=ticket.source,
        sender=ticket.sender,
        subject=ticket.subject,
        received_at=ticket.received_at,
        model_id=ModelId(prediction.model_id),
        tier=tier,
        label=prediction.label,
        confidence=prediction.confidence,
        best=prediction.best_label,
        best_confidence=prediction.best_confidence,
        held=Held(prediction.held) if prediction.held else None,
        likeness=prediction.likeness,
        decision=None if decision is None else _against(prediction.label, decision),
        truth="" if decision is None else decision.new,
        who="" if decision is None else decision.who,
        decided_at=None if decision is None else decision.at,
        seconds=None if decision is None else decision.seconds,
        keywords=tuple(word for word, weight in rules if weight > 0),
    )


def _against(label: str, decision: _Row) -> Decision:
    """What the last word means for the prediction: a person may have confirmed what another one corrected it to."""
    if decision.new != label:
        return Decision.CORRECTED
    word = Decision(decision.decision)
    return Decision.STOOD if word is Decision.STOOD else Decision.CONFIRMED
