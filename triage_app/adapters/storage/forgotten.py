"""Whom nothing is learnt from."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, delete, insert, select

from triage_app.adapters.storage.learning_tables import forgotten_origins
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import NotFound
from triage_app.domain.poison import OriginKind
from triage_app.services.learning_shapes import Forgotten


class SqlForgotten:
    """`ForgottenRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, forgotten: Forgotten) -> None:
        """Store; what is there already stays as it is. `examples` is not kept: it is counted anew."""
        if self._tx.first(
            select(forgotten_origins.c.id).where(_is(forgotten.dataset, forgotten.kind, forgotten.value))
        ):
            return
        self._tx.run(
            insert(forgotten_origins).values(
                id=self._tx.take_ids(forgotten_origins, 1)[0],
                dataset=plain(forgotten.dataset),
                kind=forgotten.kind.value,
                value=plain(forgotten.value),
                at=forgotten.at,
                by=plain(forgotten.by),
            )
        )

    def remove(self, dataset: str, kind: OriginKind, value: str) -> Forgotten:
        """Take away; raises NotFound."""
        found = [each for each in self.all(dataset) if (each.kind, each.value) == (kind, plain(value))]
        if not found:
            raise NotFound(
                f"{kind.value.capitalize()} {value} is not forgotten in {dataset}. `forgotten` lists who is."
            )
        self._tx.run(delete(forgotten_origins).where(_is(dataset, kind, value)))
        return found[0]

    def all(self, dataset: str) -> Sequence[Forgotten]:
        """All of a dataset, by kind and value."""
        found = self._tx.all(
            select(forgotten_origins)
            .where(forgotten_origins.c.dataset == plain(dataset))
            .order_by(forgotten_origins.c.kind, forgotten_origins.c.value)
        )
        return [Forgotten(row.dataset, OriginKind(row.kind), row.value, row.at, row.by) for row in found]


def _is(dataset: str, kind: OriginKind, value: str) -> ColumnElement[bool]:
    columns = forgotten_origins.c
    return and_(columns.dataset == plain(dataset), columns.kind == kind.value, columns.value == plain(value))
