"""Predictions and what became of them, under the names that labels have today."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from triage_app.domain.labels import Dataset
from triage_app.domain.learning import Decision
from triage_app.domain.relabelling import called_now
from triage_app.services.learning_shapes import Outcome
from triage_app.services.ports import UnitOfWork


def outcomes_of(
    dataset: Dataset, uow: UnitOfWork, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Outcome]:
    """The newest prediction of each ticket received in a stretch of time, in that order, with what became of it.

    A label that was renamed or merged since has today's name, in what was predicted and in what people said, and what
    they said is held against that. Of a label that was split only the rest keeps its name.
    """
    found = uow.outcomes.of_dataset(dataset.name, since=since, until=until)
    return (_now(each, dataset) for each in found) if dataset.history else found


def _now(each: Outcome, dataset: Dataset) -> Outcome:
    label, best = (_called(name, each.received_at, dataset) for name in (each.label, each.best))
    truth = _called(each.truth, each.decided_at, dataset)
    if (label, best, truth) == (each.label, each.best, each.truth):
        return each
    return replace(each, label=label, best=best, truth=truth, decision=_held_against(label, truth, each.decision))


def _called(label: str, at: datetime | None, dataset: Dataset) -> str:
    return called_now(label, at, "", dataset.history) if label else label


def _held_against(label: str, truth: str, decision: Decision | None) -> Decision | None:
    if decision is None:
        return None
    if label != truth:
        return Decision.CORRECTED
    return Decision.CONFIRMED if decision is Decision.CORRECTED else decision
