"""Corrections and confirmations."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, insert, literal, not_, select, update

from triage_app.adapters.storage.tables import corrections
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import UtcTime, plain
from triage_app.domain.errors import NotFound
from triage_app.domain.labels import Held, ModelId
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.ticket import TicketId

_PAGE = 1_000

_OF_DATASET = (
    select(corrections)
    .where(corrections.c.dataset == bindparam("name"), corrections.c.id > bindparam("after"))
    .order_by(corrections.c.id)
    .limit(_PAGE)
)

# Texts are long, and nobody who counts decisions reads them.
_NEWEST = (
    select(*(each for each in corrections.c if each.name != "text"), literal("").label("text"))
    .where(
        corrections.c.model_id == bindparam("model"),
        corrections.c.best == bindparam("label"),
        corrections.c.best_confidence >= bindparam("least"),
        corrections.c.held != Held.STRANGE.value,
        not_(corrections.c.undone),
    )
    .order_by(corrections.c.id.desc())
    .limit(bindparam("limit"))
)

_ABOVE_ALL = 2**63 - 1

# From the newest on, so that it costs no more than what is counted.
_NEWER = (
    select(
        corrections.c.id,
        (corrections.c.at > bindparam("since", type_=UtcTime)).label("newer"),
        and_(
            corrections.c.at > bindparam("since", type_=UtcTime),
            corrections.c.undone.is_(False),
            corrections.c.decision != Decision.STOOD.value,
        ).label("counts"),
    )
    .where(corrections.c.dataset == bindparam("name"), corrections.c.id < bindparam("before"))
    .order_by(corrections.c.id.desc())
    .limit(_PAGE)
)


class SqlCorrections:
    """`CorrectionRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, correction: Correction) -> CorrectionId:
        """Store a correction; its `id` is ignored."""
        number = self._tx.take_ids(corrections, 1)[0]
        self._tx.run(
            insert(corrections).values(
                id=number,
                ticket_id=correction.ticket,
                dataset=plain(correction.dataset),
                decision=correction.decision.value,
                old=plain(correction.old),
                new=plain(correction.new),
                who=plain(correction.who),
                at=correction.at,
                why=plain(correction.why),
                model_id=plain(correction.model_id),
                tier=plain(str(correction.tier)),
                confidence=correction.confidence,
                text=plain(correction.text),
                undone=correction.undone,
                best=plain(correction.best),
                best_confidence=correction.best_confidence,
                held=correction.held.value if correction.held else "",
                sender=plain(correction.sender),
                source=plain(correction.source),
                seconds=correction.seconds,
            )
        )
        return CorrectionId(number)

    def set_undone(self, correction: CorrectionId, *, undone: bool) -> Correction:
        """Mark as taken back, or as valid again; raises NotFound."""
        self._tx.run(update(corrections).where(corrections.c.id == correction).values(undone=undone))
        found = self._tx.first(select(corrections).where(corrections.c.id == correction))
        if found is None:
            raise NotFound(f"There is no correction {correction} in this workspace.")
        return _correction(found)

    def of_ticket(self, ticket: TicketId) -> Sequence[Correction]:
        """Corrections of a ticket by id, the undone ones included."""
        wanted = select(corrections).where(corrections.c.ticket_id == ticket).order_by(corrections.c.id)
        return [_correction(row) for row in self._tx.all(wanted)]

    def newest_of(self, model: ModelId, label: str, *, least: float, limit: int) -> Sequence[Correction]:
        """The newest decisions in force on what a version found to be `label`, without their texts."""
        values = {"model": model, "label": plain(label), "least": least, "limit": limit}
        return [_correction(row) for row in self._tx.all(_NEWEST, values)]

    def count_since(self, dataset: str, since: datetime, *, limit: int) -> int:
        """How many words of people on a dataset are newer and not taken back, counted up to a limit."""
        count = 0
        before: int = _ABOVE_ALL
        while found := self._tx.all(_NEWER, {"name": plain(dataset), "before": before, "since": since}):
            count += sum(row.counts for row in found)
            if count >= limit or not found[-1].newer:
                break
            before = found[-1].id
        return min(count, limit)

    def all(self, dataset: str) -> Iterator[Correction]:
        """Corrections of a dataset by id, the undone ones included; read by page while the transaction is open."""
        after = 0
        while found := self._tx.all(_OF_DATASET, {"name": dataset, "after": after}):
            yield from map(_correction, found)
            after = found[-1].id


def _correction(row: Row[*tuple[Any, ...]]) -> Correction:
    return Correction(
        id=CorrectionId(row.id),
        ticket=TicketId(row.ticket_id),
        dataset=row.dataset,
        decision=Decision(row.decision),
        old=row.old,
        new=row.new,
        who=row.who,
        at=row.at,
        why=row.why,
        model_id=ModelId(row.model_id),
        tier=row.tier,
        confidence=row.confidence,
        text=row.text,
        undone=row.undone,
        best=row.best,
        best_confidence=row.best_confidence,
        held=Held(row.held) if row.held else None,
        sender=row.sender,
        source=row.source,
        seconds=row.seconds,
    )
