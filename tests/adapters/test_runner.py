import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from triage_app.adapters.runner import Loop, ThreadRunner
from triage_app.domain.errors import StorageFailed
from triage_app.services.context import CancelToken

SECONDS = 10


class Scene:
    """Loops that are wanted, and which of them have begun and ended."""

    def __init__(self) -> None:
        self.runner = ThreadRunner()
        self.wanted: dict[str, Loop] = {}
        self.happened: list[str] = []
        self.changed = threading.Condition()

    def loop(self, name: str) -> Loop:
        def run(cancel: CancelToken) -> None:
            self.note(f"{name} begins")
            self.runner.wait(SECONDS * 10, cancel)
            self.note(f"{name} ends")

        return run

    def note(self, what: str) -> None:
        with self.changed:
            self.happened.append(what)
            self.changed.notify_all()

    def until(self, *what: str) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: set(what) <= set(self.happened), SECONDS), self.happened

    @contextmanager
    def running(self) -> Iterator[None]:
        cancel = CancelToken()
        thread = threading.Thread(target=self.runner.run, args=(lambda: dict(self.wanted), cancel))
        thread.start()
        try:
            yield
        finally:
            cancel.cancel()
            thread.join(SECONDS)
            assert not thread.is_alive()


def test_what_is_wanted_runs_and_what_is_gone_ends() -> None:
    scene = Scene()
    scene.wanted = {"a": scene.loop("a"), "b": scene.loop("b")}
    with scene.running():
        scene.until("a begins", "b begins")
        scene.wanted = {"b": scene.loop("b"), "c": scene.loop("c")}
        scene.until("a ends", "c begins")
        assert scene.happened.count("b begins") == 1
        assert "b ends" not in scene.happened
    assert {"b ends", "c ends"} <= set(scene.happened)


def test_one_that_is_slow_to_end_holds_nobody_up() -> None:
    scene = Scene()
    go_on = threading.Event()

    def stubborn(_cancel: CancelToken) -> None:
        scene.note("stubborn begins")
        go_on.wait(SECONDS)

    scene.wanted = {"stubborn": stubborn}
    with scene.running():
        scene.until("stubborn begins")
        scene.wanted = {"quick": scene.loop("quick")}
        scene.until("quick begins")
        go_on.set()


def test_one_that_ended_stays_ended_until_its_name_was_gone(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()

    def fails(_cancel: CancelToken) -> None:
        scene.note("failed")
        raise ValueError("a mistake")

    scene.wanted = {"fails": fails}
    with caplog.at_level(logging.ERROR), scene.running():
        scene.until("failed")
        scene.wanted = {"fails": fails, "other": scene.loop("other")}
        scene.until("other begins")
        assert scene.happened.count("failed") == 1
        scene.wanted = {"another": scene.loop("another")}
        scene.until("another begins")
        scene.happened.remove("failed")
        scene.wanted = {"fails": fails}
        scene.until("failed")
    assert "fails" in caplog.text
    assert "a mistake" in caplog.text


def test_where_asking_fails_all_end_and_the_error_is_passed_on() -> None:
    scene = Scene()
    asked: list[int] = []

    def loops() -> dict[str, Loop]:
        if asked:
            scene.until("a begins")
            raise StorageFailed("The disk is full.")
        asked.append(1)
        return {"a": scene.loop("a")}

    with pytest.raises(StorageFailed):
        scene.runner.run(loops, CancelToken())
    assert scene.happened == ["a begins", "a ends"]


def test_waiting_ends_by_itself_and_by_a_cancel() -> None:
    runner = ThreadRunner()
    runner.wait(0.01, CancelToken())
    cancel = CancelToken()
    waiting = threading.Thread(target=runner.wait, args=(SECONDS * 10, cancel))
    waiting.start()
    cancel.cancel()
    waiting.join(SECONDS)
    assert not waiting.is_alive()


def test_at_the_end_one_that_hangs_is_left_behind(caplog: pytest.LogCaptureFixture) -> None:
    go_on = threading.Event()
    begun = threading.Event()
    cancel = CancelToken()

    def hangs(_cancel: CancelToken) -> None:
        begun.set()
        cancel.cancel()
        go_on.wait(SECONDS)

    with caplog.at_level(logging.WARNING):
        ThreadRunner(leave_seconds=0.05).run(lambda: {"dead server": hangs}, cancel)
    go_on.set()
    assert begun.is_set()
    assert "dead server" in caplog.text
