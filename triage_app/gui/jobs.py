"""Work beside the window: the only module that knows threads. Results, progress and changes arrive on the Qt thread."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from functools import partial
from threading import Lock
from time import perf_counter
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from triage_app.domain.changes import NOTHING, ChangeSet, merged
from triage_app.domain.errors import TriageError, Unexpected
from triage_app.services.context import CancelToken, Progress

T = TypeVar("T")
Work = Callable[[Callable[[Progress], None], CancelToken], T]

CHANGES_EVERY_MS = 100
# In a storm each hand-out has the window ask and paint anew; twice a second is as much as anybody can follow.
STORM_EVERY_MS = 500
PROGRESS_EVERY_S = 0.05
# Deliveries are handed out until this much of the event loop's time is used; the rest waits for the next turn.
SLICE_S = 0.008


class Lane(Enum):
    """Where a job runs: questions side by side, decisions one after another in their order, long work apart.

    What goes on for as long as the desk is open stands on FOLLOW; the desk's own server starts and stops on SERVE. The
    value is how many threads a lane has.
    """

    ASK = (3, "ask")
    DO = (1, "do")
    LONG = (2, "long")
    FOLLOW = (1, "follow")
    SERVE = (1, "serve")


class Job(Generic[T]):
    """One piece of work. `cancel` asks it to stop; `drop` also keeps back whatever it still brings."""

    __slots__ = ("cancelled", "done", "failed", "finished", "kind", "progressed", "reported", "token")

    def __init__(
        self,
        kind: str,
        done: Callable[[T], None],
        failed: Callable[[TriageError], None],
        progressed: Callable[[Progress], None] | None,
    ) -> None:
        self.kind = kind
        self.done = done
        self.failed = failed
        self.progressed = progressed
        self.token = CancelToken()
        self.cancelled = False
        self.finished = False
        self.reported = 0.0

    def cancel(self) -> None:
        """Ask the work to stop at its next check; it ends as `failed` with Cancelled."""
        self.token.cancel()

    def drop(self) -> None:
        """Ask the work to stop, and deliver nothing of it any more."""
        self.cancelled = True
        self.token.cancel()


class Jobs(QObject):
    """Starts jobs and delivers what they bring. Everything here is called on the Qt thread, except `report_changes`."""

    changed = Signal(object)
    failed = Signal(object)
    _wake = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lanes = {lane: ThreadPoolExecutor(lane.value[0], f"desk-{lane.value[1]}") for lane in Lane}
        self._newest: dict[str, Job[Any]] = {}
        self._running: set[Job[Any]] = set()
        self._standing: set[Job[Any]] = set()
        self._inbox: deque[Callable[[], None]] = deque()
        self._lock = Lock()
        self._changes = NOTHING
        self._named = False
        self._woken = False
        self._closed = False
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._change_timer = QTimer(self)
        self._change_timer.setSingleShot(True)
        self._change_timer.timeout.connect(self._hand_out_changes)
        self._pause = CHANGES_EVERY_MS

    @property
    def idle(self) -> bool:
        """Whether nothing runs that ends by itself, and nothing waits for delivery."""
        return not (self._running or self._inbox or self._changes or self._change_timer.isActive())

    def start(
        self,
        kind: str,
        lane: Lane,
        work: Work[T],
        done: Callable[[T], None],
        *,
        failed: Callable[[TriageError], None] | None = None,
        progressed: Callable[[Progress], None] | None = None,
        replaces: bool = True,
    ) -> Job[T]:
        """Run `work(progress, cancel)` on a lane. Where it `replaces`, an older job of this kind is dropped."""
        job = Job(kind, done, failed or self.failed.emit, progressed)
        if self._closed:
            job.drop()
            return job
        if replaces:
            older = self._newest.get(kind)
            if older is not None:
                older.drop()
            self._newest[kind] = job
        (self._standing if lane is Lane.FOLLOW else self._running).add(job)
        future = self._lanes[lane].submit(self._run, job, work)
        future.add_done_callback(partial(self._ended, job))
        return job

    def _run(self, job: Job[T], work: Work[T]) -> T:
        job.token.check()
        return work(partial(self._report, job), job.token)

    def _report(self, job: Job[Any], progress: Progress) -> None:
        now = perf_counter()
        listener = job.progressed
        if listener is None or (now - job.reported < PROGRESS_EVERY_S and progress.done != progress.total):
            return
        job.reported = now
        self._post(lambda: None if job.cancelled or job.finished else listener(progress))

    def _ended(self, job: Job[Any], future: "Future[Any]") -> None:
        self._post(partial(self._finish, job, future))

    def _finish(self, job: Job[Any], future: "Future[Any]") -> None:
        job.finished = True
        self._running.discard(job)
        self._standing.discard(job)
        if self._newest.get(job.kind) is job:
            del self._newest[job.kind]
        if job.cancelled or future.cancelled():
            return
        error = future.exception()
        if error is None:
            job.done(future.result())
        elif isinstance(error, TriageError):
            job.failed(error)
        else:
            unexpected = Unexpected(f"Something unforeseen went wrong ({type(error).__name__}: {error}).")
            unexpected.__cause__ = error
            job.failed(unexpected)

    # -- delivery ------------------------------------------------------------------------------------------------

    def _post(self, call: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                return
            self._inbox.append(call)
            wake, self._woken = not self._woken, True
        if wake:
            self._wake.emit()

    def _deliver(self) -> None:
        with self._lock:
            self._woken = False
        if self._changes and not self._change_timer.isActive():
            self._hand_out_changes()
        elif self._named and self._change_timer.remainingTime() > CHANGES_EVERY_MS:
            self._change_timer.start(CHANGES_EVERY_MS)
        until = perf_counter() + SLICE_S
        try:
            while self._inbox and perf_counter() < until:
                self._inbox.popleft()()
        finally:
            # Also where a listener raised: what else waits is delivered in the next turn.
            if self._inbox:
                self._rouse()

    def _rouse(self) -> None:
        with self._lock:
            wake, self._woken = not self._woken, True
        if wake:
            self._wake.emit()

    def report_changes(self, changes: ChangeSet) -> None:
        """Take a change from any thread; `changed` brings it to the Qt thread, ten times a second at most.

        While they do not cease it is less and less often, down to twice a second; what names its tickets, as a decision
        of the person at the desk does, never waits longer than a tenth.
        """
        with self._lock:
            if self._closed:
                return
            self._changes = merged(self._changes, changes)
            self._named = self._named or bool(changes.tickets)
            wake, self._woken = not self._woken, True
        if wake:
            self._wake.emit()

    def _hand_out_changes(self) -> None:
        with self._lock:
            changes, self._changes = self._changes, NOTHING
            self._named = False
        if changes:
            self._change_timer.start(self._pause)
            self._pause = min(STORM_EVERY_MS, 2 * self._pause)
            self.changed.emit(changes)
        else:
            self._pause = CHANGES_EVERY_MS

    def cancel_all(self) -> None:
        """Ask everything that runs to stop."""
        for job in (*self._running, *self._standing):
            job.cancel()

    def close(self) -> None:
        """Stop everything and wait until the threads have ended; nothing is delivered afterwards."""
        with self._lock:
            self._closed = True
            self._inbox.clear()
        for job in (*self._running, *self._standing):
            job.drop()
        for lane in self._lanes.values():
            lane.shutdown(wait=True, cancel_futures=True)
        self._running.clear()
        self._standing.clear()
