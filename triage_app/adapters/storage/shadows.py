"""What versions in the shadow said of new tickets."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from triage_app.adapters.storage.learning_tables import shadow_answers
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.labels import ModelId, Tier
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import ShadowAnswer

_PAGE = 1_000

_OF_MODEL = (
    select(shadow_answers)
    .where(shadow_answers.c.model_id == bindparam("model"), shadow_answers.c.ticket_id > bindparam("after"))
    .order_by(shadow_answers.c.ticket_id)
    .limit(_PAGE)
)


class SqlShadows:
    """`ShadowRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, answers: Sequence[ShadowAnswer]) -> None:
        """Store answers; nothing is asked of the database where there are none."""
        if answers:
            self._tx.insert(shadow_answers, [_values(each) for each in answers])

    def of_model(self, model: ModelId) -> Iterator[ShadowAnswer]:
        """All answers of a version, by ticket id; read by page while the transaction is open."""
        after = 0
        while found := self._tx.all(_OF_MODEL, {"model": plain(model), "after": after}):
            yield from map(_answer, found)
            after = found[-1].ticket_id


def _values(answer: ShadowAnswer) -> tuple[Any, ...]:
    """In the order of the columns of `shadow_answers`."""
    return (
        plain(answer.model_id),
        answer.ticket,
        plain(answer.dataset),
        plain(answer.label),
        answer.confidence,
        answer.tier.value,
        plain(answer.in_force),
        answer.in_force_confidence,
    )


def _answer(row: Row[*tuple[Any, ...]]) -> ShadowAnswer:
    return ShadowAnswer(
        ticket=TicketId(row.ticket_id),
        model_id=ModelId(row.model_id),
        dataset=row.dataset,
        label=row.label,
        confidence=row.confidence,
        tier=Tier(row.tier),
        in_force=row.in_force,
        in_force_confidence=row.in_force_confidence,
    )
