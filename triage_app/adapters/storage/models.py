"""Model versions."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, insert, literal_column, select, update

from triage_app.adapters.storage.tables import models
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import NotFound
from triage_app.domain.evaluation import Quality
from triage_app.domain.labels import ModelId, Training
from triage_app.domain.learning import Model


class SqlModels:
    """`ModelRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, model: Model) -> None:
        """Store a version that is not yet in force, whatever its `active` says."""
        self._tx.run(
            insert(models).values(
                id=self._tx.take_ids(models, 1)[0],
                model_id=plain(model.id),
                dataset=plain(model.dataset),
                made_at=model.made_at,
                labels=msgspec.json.encode([plain(each) for each in model.labels]),
                examples=model.examples,
                corrections=model.corrections,
                data_sha256=model.data_sha256,
                file_sha256=model.file_sha256,
                parent=None if model.parent is None else plain(model.parent),
                options=msgspec.json.encode(model.options),
                active=False,
                quality=None if model.quality is None else msgspec.json.encode(model.quality),
                shadow=model.shadow,
                suspended=_list(model.suspended),
                decision=plain(model.decision),
            )
        )

    def set_shadow(self, model: ModelId, *, shadow: bool) -> None:
        """Put a version in the shadow or out of it; raises NotFound."""
        self._change(model, shadow=shadow)

    def set_suspended(self, model: ModelId, labels: Sequence[str]) -> None:
        """The labels of a version that are only suggested; raises NotFound."""
        self._change(model, suspended=_list(labels))

    def set_decision(self, model: ModelId, decision: str) -> None:
        """Why a version is in force or not; raises NotFound."""
        self._change(model, decision=plain(decision))

    def _change(self, model: ModelId, **values: Any) -> None:
        if self._tx.first(select(models.c.id).where(models.c.model_id == model)) is None:
            raise _no_model(model)
        self._tx.run(update(models).where(models.c.model_id == model).values(**values))

    def activate(self, model: ModelId) -> None:
        """Put a version in force for its dataset in place of the one before; raises NotFound."""
        found = self._tx.first(select(models.c.dataset).where(models.c.model_id == model))
        if found is None:
            raise _no_model(model)
        self._tx.run(update(models).where(models.c.dataset == found.dataset, models.c.active).values(active=False))
        self._tx.run(update(models).where(models.c.model_id == model).values(active=True))

    def active(self, dataset: str) -> Model | None:
        """The version in force."""
        found = self._tx.first(select(models).where(models.c.dataset == dataset, literal_column("active")))
        return None if found is None else _model(found)

    def in_use(self) -> Sequence[Model]:
        """The versions in force and those in the shadow, of all datasets, the newest first."""
        wanted = select(models).where(literal_column("active") | models.c.shadow).order_by(models.c.id.desc())
        return [_model(each) for each in self._tx.all(wanted)]

    def all(self, dataset: str | None) -> Sequence[Model]:
        """Versions, the newest first."""
        wanted = select(models).order_by(models.c.id.desc())
        if dataset is not None:
            wanted = wanted.where(models.c.dataset == dataset)
        return [_model(each) for each in self._tx.all(wanted)]


def _no_model(model: ModelId) -> NotFound:
    return NotFound(f"There is no model {model} in this workspace. List the models to see which there are.")


def _list(labels: Sequence[str]) -> str:
    return msgspec.json.encode([plain(each) for each in labels]).decode()


def _model(row: Row[*tuple[Any, ...]]) -> Model:
    return Model(
        id=ModelId(row.model_id),
        dataset=row.dataset,
        made_at=row.made_at,
        labels=msgspec.json.decode(row.labels, type=tuple[str, ...]),
        examples=row.examples,
        corrections=row.corrections,
        data_sha256=row.data_sha256,
        file_sha256=row.file_sha256,
        parent=None if row.parent is None else ModelId(row.parent),
        options=msgspec.json.decode(row.options, type=Training),
        active=row.active,
        quality=None if row.quality is None else msgspec.json.decode(row.quality, type=Quality),
        shadow=row.shadow,
        suspended=msgspec.json.decode(row.suspended, type=tuple[str, ...]),
        decision=row.decision,
    )
