"""Training by schedule: every so many days or after so many corrections, by whichever program follows the sources."""

import logging
from datetime import datetime, timedelta

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import Cancelled, TriageError
from triage_app.domain.learning import LearningRules
from triage_app.services.commands import TrainModel
from triage_app.services.context import CancelToken, Context
from triage_app.services.ports import Ports, UnitOfWork

ACTOR = "schedule"
"""Who trains by schedule, in the log."""

LOOK_SECONDS = 60.0
"""How often it is looked whether a training is due."""

LEASE = timedelta(hours=2)
"""How long a training keeps others from beginning; whoever was killed meanwhile does so no longer."""

_FIRST, _MOST = timedelta(hours=1), timedelta(days=1)

_LOG = logging.getLogger(__name__)


def pause_after(failures: int) -> timedelta:
    """Until the next try after that many failures in a row: an hour, then twice as long each time, a day at most."""
    return min(_MOST, _FIRST * (1 << min(failures - 1, 10)))


def is_scheduled(rules: LearningRules) -> bool:
    """Whether the settings want training by schedule at all."""
    return rules.retrain_after > 0 or rules.retrain_days > 0


class Retraining:
    """Trains datasets whose time has come, as the `TrainModel` of the actor `schedule`: the same rule, logged alike."""

    def __init__(self, ports: Ports, context: Context) -> None:
        self._ports = ports
        self._context = context

    def follow(self, cancel: CancelToken) -> None:
        """Look every minute until a cancel."""
        while not cancel.cancelled:
            try:
                self.once(cancel)
            except TriageError as error:
                _LOG.warning("What is to be trained could not be looked up: %s", error.message)
            self._ports.runner.wait(LOOK_SECONDS, cancel)

    def once(self, cancel: CancelToken) -> None:
        """Train each dataset that is due and that nobody else has taken; a failure is kept and told, not raised."""
        for dataset in self._ports.datasets.all():
            if cancel.cancelled:
                return
            now = self._ports.clock()
            with self._ports.storage.read() as uow:
                if not self._is_due(dataset.name, uow, now):
                    continue
            with self._ports.storage.write() as uow:
                # Another program may have trained while this one waited for its turn to write.
                taken = self._is_due(dataset.name, uow, now) and uow.schedules.claim(dataset.name, now, now + LEASE)
            if taken:
                self._train(dataset.name, cancel)

    def _is_due(self, dataset: str, uow: UnitOfWork, now: datetime) -> bool:
        """By what was said since the newest version, promoted or not; a dataset without one gets it at an import."""
        rules = self._ports.settings.learning
        versions = uow.models.all(dataset)
        if not versions:
            return False
        wanted = rules.retrain_after
        days = timedelta(days=rules.retrain_days)
        if rules.retrain_days > 0 and now - versions[0].made_at >= days:
            wanted = 1
        return wanted > 0 and uow.corrections.count_since(dataset, versions[0].made_at, limit=wanted) >= wanted

    def _train(self, dataset: str, cancel: CancelToken) -> None:
        problem = ""
        try:
            self._context.carry_out(TrainModel(dataset=dataset), ACTOR, cancel)
        except Cancelled:
            pass
        except TriageError as error:
            problem = error.message
        except Exception as error:  # noqa: BLE001  it is told, and tried again later
            _LOG.exception("Training %s by schedule failed.", dataset)
            problem = f"This should not happen ({type(error).__name__}: {error}). Please report it."
        now = self._ports.clock()
        with self._ports.storage.write() as uow:
            before = next(each.failures for each in uow.schedules.all() if each.dataset == dataset)
            uow.schedules.release(dataset, now + pause_after(before + 1) if problem else now, problem)
        if problem:
            _LOG.warning("Training %s by schedule failed: %s", dataset, problem)
            self._context.publish(changed(ChangeKind.MODELS))
