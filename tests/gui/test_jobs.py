import threading
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from triage_app.domain.changes import ChangeKind, ChangeSet, changed
from triage_app.domain.errors import Cancelled, InvalidInput, TriageError, Unexpected
from triage_app.domain.ticket import TicketId
from triage_app.gui.jobs import CHANGES_EVERY_MS, Jobs, Lane
from triage_app.services.context import Progress

WAIT_S = 10


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


def test_a_result_arrives_on_the_qt_thread(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[tuple[int, bool, bool]] = []
    here = threading.get_ident()

    def work(_progress: Any, _cancel: Any) -> bool:
        return threading.get_ident() != here

    jobs.start("one", Lane.ASK, work, lambda away: seen.append((1, away, threading.get_ident() == here)))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(1, True, True)]
    assert jobs.idle


def test_an_error_of_ours_arrives_as_it_is_and_any_other_is_told_as_unforeseen(jobs: Jobs, qtbot: QtBot) -> None:
    errors: list[TriageError] = []

    def bad(_progress: Any, _cancel: Any) -> None:
        raise InvalidInput("No.")

    def broken(_progress: Any, _cancel: Any) -> None:
        raise ZeroDivisionError

    jobs.start("a", Lane.DO, bad, lambda _v: None, failed=errors.append)
    jobs.start("b", Lane.DO, broken, lambda _v: None, failed=errors.append)
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert [type(each) for each in errors] == [InvalidInput, Unexpected]


def test_an_error_that_nobody_takes_is_told_to_the_window(jobs: Jobs, qtbot: QtBot) -> None:
    def bad(_progress: Any, _cancel: Any) -> None:
        raise InvalidInput("No.")

    with qtbot.waitSignal(jobs.failed) as told:
        jobs.start("a", Lane.ASK, bad, lambda _v: None)
    assert str(told.args[0]) == "No."


def test_a_newer_job_of_a_kind_replaces_the_older_one(jobs: Jobs, qtbot: QtBot) -> None:
    go = threading.Event()
    results: list[str] = []

    def slow(_progress: Any, cancel: Any) -> str:
        go.wait(WAIT_S)
        cancel.check()
        return "old"

    old = jobs.start("kind", Lane.ASK, slow, results.append)
    jobs.start("kind", Lane.ASK, lambda _p, _c: "new", results.append)
    go.set()
    qtbot.waitUntil(lambda: jobs.idle)
    assert results == ["new"]
    assert old.token.cancelled


def test_decisions_keep_their_order(jobs: Jobs, qtbot: QtBot) -> None:
    order: list[int] = []
    for number in range(50):
        jobs.start("do", Lane.DO, lambda _p, _c, n=number: n, order.append, replaces=False)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(order) == 50)
    assert order == list(range(50))


def test_cancel_ends_a_job_as_cancelled(jobs: Jobs, qtbot: QtBot) -> None:
    started, errors = threading.Event(), list[TriageError]()

    def work(_progress: Any, cancel: Any) -> None:
        started.set()
        while True:
            cancel.check()

    job = jobs.start("long", Lane.LONG, work, lambda _v: None, failed=errors.append)
    started.wait(WAIT_S)
    job.cancel()
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], Cancelled)


def test_what_stands_makes_no_desk_busy_and_ends_with_it(qtbot: QtBot) -> None:
    jobs, started, ended = Jobs(), threading.Event(), threading.Event()

    def work(_progress: Any, cancel: Any) -> None:
        started.set()
        while not cancel.cancelled:
            pass
        ended.set()

    jobs.start("follow", Lane.FOLLOW, work, lambda _v: None)
    assert started.wait(WAIT_S)
    assert jobs.idle
    jobs.close()
    assert ended.is_set()


def test_progress_is_thinned_out_but_its_end_arrives(jobs: Jobs, qtbot: QtBot) -> None:
    told: list[Progress] = []
    done: list[bool] = []

    def work(progress: Any, _cancel: Any) -> bool:
        for number in range(1, 10_001):
            progress(Progress(number, 10_000, "items"))
        return True

    jobs.start("count", Lane.LONG, work, done.append, progressed=told.append)
    qtbot.waitUntil(lambda: bool(done))
    assert told[-1] == Progress(10_000, 10_000, "items")
    assert len(told) < 1000


def test_changes_from_any_thread_arrive_as_few_signals(jobs: Jobs, qtbot: QtBot) -> None:
    told: list[ChangeSet] = []
    jobs.changed.connect(told.append)

    def report() -> None:
        for number in range(200):
            jobs.report_changes(changed(ChangeKind.TICKETS_CHANGED, tickets=frozenset({TicketId(number)})))

    thread = threading.Thread(target=report)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: jobs.idle)
    assert frozenset().union(*(each.tickets for each in told)) == frozenset(range(200))
    assert len(told) < 20


def test_in_a_storm_changes_arrive_less_often_but_decisions_do_not_wait(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given pauses that grow from short to very long, and a storm of changes that name no ticket
    monkeypatch.setattr("triage_app.gui.jobs.CHANGES_EVERY_MS", 10)
    monkeypatch.setattr("triage_app.gui.jobs.STORM_EVERY_MS", 60_000)
    jobs = Jobs()
    told: list[tuple[float, ChangeSet]] = []
    jobs.changed.connect(lambda changes: told.append((perf_counter(), changes)))
    storm = QTimer()
    storm.timeout.connect(lambda: jobs.report_changes(changed(ChangeKind.TICKETS_ADDED, ChangeKind.LEDGER)))
    storm.start(2)
    # when it goes on, then each pause is about twice the one before
    qtbot.waitUntil(lambda: len(told) == 8, timeout=WAIT_S * 1000)
    assert told[7][0] - told[6][0] > 0.64
    # when somebody at the desk decides something, then it is handed out long before its turn
    jobs.report_changes(changed(ChangeKind.NOTES, tickets=frozenset({TicketId(1)})))
    qtbot.waitUntil(lambda: len(told) == 9, timeout=1000)
    assert ChangeKind.NOTES in told[8][1].kinds
    jobs.close()


def test_after_a_quiet_moment_changes_arrive_often_again(jobs: Jobs, qtbot: QtBot) -> None:
    told: list[ChangeSet] = []
    jobs.changed.connect(told.append)
    for count in range(1, 4):
        jobs.report_changes(changed(ChangeKind.LEDGER))
        qtbot.waitUntil(lambda count=count: len(told) == count)  # type: ignore[misc]
    assert jobs._pause > 2 * CHANGES_EVERY_MS
    qtbot.waitUntil(lambda: jobs.idle)
    assert jobs._pause == CHANGES_EVERY_MS


def test_a_listener_that_raises_does_not_hold_up_the_others(jobs: Jobs, qtbot: QtBot) -> None:
    results: list[int] = []

    def careless(_value: int) -> None:
        raise ValueError("careless")

    with qtbot.captureExceptions() as caught:
        jobs.start("a", Lane.DO, lambda _p, _c: 1, careless)
        jobs.start("b", Lane.DO, lambda _p, _c: 2, results.append)
        qtbot.waitUntil(lambda: bool(results))
    assert results == [2]
    assert len(caught) == 1


def test_after_close_nothing_starts_and_nothing_arrives(qtbot: QtBot) -> None:
    jobs = Jobs()
    results: list[int] = []
    jobs.close()
    jobs.start("late", Lane.ASK, lambda _p, _c: 1, results.append)
    jobs.report_changes(changed(ChangeKind.NOTES))
    assert results == []
    assert jobs.idle
