from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from triage_app.adapters.workers.messages import Analyse, Bounds, Done, Failed
from triage_app.adapters.workers.worker import Worker
from triage_app.domain.errors import AnalysisFailed
from triage_app.domain.item import Form, RawId
from triage_app.domain.learning import Model
from triage_app.services.shapes import Analysis, PendingItem

ITEM = PendingItem(RawId(1), "files", Form.MAIL, b"x", datetime(2026, 1, 1, tzinfo=UTC))


def make() -> Analyse:
    def run(items: Sequence[PendingItem], _models: Sequence[Model]) -> Sequence[Analysis]:
        return [Analysis(subject="read") for _ in items]

    return run


def make_forgetful() -> Analyse:
    def run(_items: Sequence[PendingItem], _models: Sequence[Model]) -> Sequence[Analysis]:
        return []

    return run


def make_nothing() -> Analyse:
    raise OSError("no disk")


def test_it_starts_when_it_is_first_asked_and_answers_again() -> None:
    worker = Worker(make, Bounds())

    answers = [worker.ask((ITEM,), (), 30.0), worker.ask((ITEM, ITEM), (), 30.0)]
    worker.end()

    assert answers == [Done((Analysis(subject="read"),)), Done((Analysis(subject="read"),) * 2)]


def test_answers_that_do_not_match_their_items_are_a_failure() -> None:
    worker = Worker(make_forgetful, Bounds())

    answer = worker.ask((ITEM,), (), 30.0)
    worker.end()

    assert isinstance(answer, Failed)
    assert answer.reason


def test_a_killed_worker_fails_and_has_not_left() -> None:
    worker = Worker(make, Bounds())
    worker.ask((ITEM,), (), 30.0)

    worker.kill()
    answer = worker.ask((ITEM,), (), 30.0)
    worker.end()

    assert isinstance(answer, Failed)
    assert answer.code == "worker_died"
    assert not worker.left


def test_what_cannot_start_says_why() -> None:
    worker = Worker(make_nothing, Bounds())

    with pytest.raises(AnalysisFailed, match="no disk"):
        worker.ask((ITEM,), (), 30.0)
    worker.end()
