import multiprocessing
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from triage_app.adapters.workers.messages import Analyse, Bounds, Failed, Packed, Ready, Request
from triage_app.adapters.workers.process import serve
from triage_app.domain.item import Form, RawId
from triage_app.domain.learning import Model
from triage_app.services.shapes import Analysis, PendingItem

ITEM = PendingItem(RawId(1), "files", Form.MAIL, b"x", datetime(2026, 1, 1, tzinfo=UTC))


def make() -> Analyse:
    def run(items: Sequence[PendingItem], _models: Sequence[Model]) -> Sequence[Analysis]:
        if any(item.content == b"large" for item in items):
            raise MemoryError
        return [Analysis(subject=threading.current_thread().name) for _ in items]

    return run


@pytest.mark.skipif(sys.platform == "win32", reason="sets limits that only POSIX has")
def test_the_talk_of_a_worker() -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, make, Bounds()), daemon=True)
    process.start()
    theirs.close()

    assert ours.recv() == Ready()
    ours.send(Request((ITEM,), ()))
    assert ours.recv() == Ready()
    assert ours.recv() == Packed.of((Analysis(subject="MainThread"),))
    ours.send(Request((PendingItem(RawId(2), "files", Form.MAIL, b"large", ITEM.received_at),), ()))
    answer = ours.recv()
    assert isinstance(answer, Failed)
    assert answer.code == "too_large"
    ours.close()
    process.join(30)
    assert process.exitcode == 0
