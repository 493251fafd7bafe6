"""One worker process, seen from the program."""

import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from triage_app.adapters.workers.messages import (
    DIED,
    IDLE_EXIT,
    STALLED,
    Bounds,
    Done,
    Failed,
    Packed,
    Ready,
    Run,
    Work,
    send_request,
)
from triage_app.adapters.workers.process import serve
from triage_app.domain.errors import AnalysisFailed
from triage_app.services.shapes import PendingItem

START_SECONDS = 60.0
"""For starting Python and loading models, also on a slow disk."""


class Worker:
    """A process and the pipe to it. Used by one thread at a time; only `kill` may be called from any.

    `left` tells, after a failure, that the process had ended for want of work: no item's fault.
    """

    __slots__ = ("_bounds", "_connection", "_killed", "_make", "_process", "_work", "left")

    def __init__(self, make: Callable[[], Run], bounds: Bounds) -> None:
        self._make = make
        self._bounds = bounds
        self._work: Work | None = None
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._killed = False
        self.left = False

    def ask(self, items: Sequence[PendingItem], work: Work, seconds: float) -> Done | Failed:
        """The analyses, or why there are none; raises AnalysisFailed where the process cannot be started."""
        connection = self._connection or self._start()
        try:
            if self._killed:
                return self._death()
            send_request(connection, items, work)
            if work != self._work:
                self._become_ready(connection)
                self._work = work
            if not connection.poll(seconds):
                return Failed(STALLED.code, STALLED.reason.format(seconds=self._bounds.seconds))
            answer = connection.recv()
        except (EOFError, OSError):
            return self._death()
        if isinstance(answer, Packed):
            done = answer.open()
            if len(done.analyses) == len(items):
                return done
        return answer if isinstance(answer, Failed) else Failed("failed", "The analysis gave no answer for it.")

    def kill(self) -> None:
        """End the process now; whoever waits for its answer gets a failure."""
        self._killed = True
        if self._process is not None:
            self._process.kill()

    def end(self) -> None:
        """Kill the process and release what it took here."""
        self.kill()
        if self._process is not None:
            self._process.join()
        if self._connection is not None:
            self._connection.close()

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self._make, self._bounds), daemon=True, name="analysis")
        try:
            process.start()
        except OSError as error:
            ours.close()
            raise AnalysisFailed(f"No process could be started to read mail: {error}. Close programs.") from error
        finally:
            theirs.close()
        self._process, self._connection = process, ours
        try:
            self._become_ready(ours)
        except (EOFError, OSError) as error:
            raise AnalysisFailed("The process that reads mail ended while starting. See the log.") from error
        return ours

    def _become_ready(self, connection: Connection) -> None:
        if not connection.poll(START_SECONDS):
            raise AnalysisFailed(f"The process that reads mail was not ready after {START_SECONDS:g} seconds.")
        answer = connection.recv()
        if isinstance(answer, Ready) and answer.problem:
            raise AnalysisFailed(f"The process that reads mail could not be made ready: {answer.problem}")

    def _death(self) -> Failed:
        process = self._process
        if process is None:
            return Failed(DIED.code, DIED.reason.format(exit="unknown"))
        process.join(1.0)
        self.left = process.exitcode == IDLE_EXIT
        return Failed(DIED.code, DIED.reason.format(exit=process.exitcode))
