"""Which datasets are being trained by schedule."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from triage_app.adapters.storage.learning_tables import scheduled_trainings
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.services.learning_shapes import ScheduledTraining

MAX_ERROR = 2_000


class SqlSchedules:
    """`ScheduleRepository` on SQL; there is one writer at a time, so that of two claims one comes second."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def claim(self, dataset: str, at: datetime, until: datetime) -> bool:
        """Take a dataset's training until then; False where somebody has it, or where it failed too lately."""
        columns = scheduled_trainings.c
        name = plain(dataset)
        found = self._tx.first(select(columns.next_try).where(columns.dataset == name))
        if found is None:
            self._tx.run(insert(scheduled_trainings).values(dataset=name, next_try=until, failures=0, error=""))
            return True
        if found.next_try > at:
            return False
        self._tx.run(update(scheduled_trainings).where(columns.dataset == name).values(next_try=until))
        return True

    def release(self, dataset: str, next_try: datetime, error: str) -> None:
        """Let others begin from `next_try` on. An empty `error` is that it went well, else the failures are counted."""
        columns = scheduled_trainings.c
        failures = columns.failures + 1 if error else 0
        values = {"next_try": next_try, "failures": failures, "error": plain(error[:MAX_ERROR])}
        self._tx.run(update(scheduled_trainings).where(columns.dataset == plain(dataset)).values(**values))

    def all(self) -> Sequence[ScheduledTraining]:
        """All datasets that were ever trained by schedule, by name."""
        found = self._tx.all(select(scheduled_trainings).order_by(scheduled_trainings.c.dataset))
        return [ScheduledTraining(row.dataset, row.next_try, row.failures, row.error) for row in found]
