"""Analysis in worker processes, so that a hostile item can neither stop nor slow down the rest of the program."""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import ClassVar

from triage_app.domain.errors import Cancelled, TriageError
from triage_app.domain.learning import Model
from triage_app.services.ports import Analysis, PendingItem

if sys.platform != "win32":
    import resource

Analyse = Callable[[Sequence[PendingItem], Sequence[Model]], Sequence[Analysis]]
"""What a worker runs. With no items it only makes ready what the models need."""

AHEAD = 2
"""Batches taken before the first of them is answered."""

SMALLEST_PART = 16
LARGEST_PART = 64
PART_BYTES = 2_000_000
"""A part of a batch goes to one worker at once; small calls are one part, so they wake one worker only."""

START_SECONDS = 60.0
"""For starting Python and loading models, also on a slow disk."""

IDLE_EXIT = 75
"""Exit code of a worker that left because nothing came for a while."""


class AnalysisFailed(TriageError):
    """Worker processes could not be started."""

    code = "analysis_failed"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an item may take: seconds of time and bytes of memory above what a ready worker has.

    `idle` is after how many seconds without work a worker ends; the next call starts another.
    """

    seconds: float = 5.0
    memory: int = 300_000_000
    idle: float = 120.0

    @property
    def part_seconds(self) -> float:
        """For several items at once. Running over costs no item anything: each is then tried alone."""
        return min(self.seconds, max(2.0, self.seconds * 0.4))


@dataclass(frozen=True, slots=True)
class _Request:
    items: Sequence[PendingItem]
    models: Sequence[Model]


@dataclass(frozen=True, slots=True)
class _Ready:
    """The worker has what it needs; `problem` says why it has not."""

    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Done:
    analyses: tuple[Analysis, ...]


@dataclass(frozen=True, slots=True)
class _Failed:
    """Why a part gave no analyses: a code and a reason as in `Analysis`."""

    code: str
    reason: str


_STALLED = _Failed(
    "stalled",
    "Reading it took longer than {seconds:g} seconds and was stopped. Look at the original; retry if the machine was "
    "busy.",
)
_TOO_LARGE = _Failed(
    "too_large",
    "Reading it needs more than {memory} MB of memory. Look at the original, and dismiss it or handle it by hand.",
)
_DIED = _Failed(
    "worker_died",
    "The process that read it ended (exit code {exit}). Look at the original with care; the others were not affected.",
)


class ProcessAnalyser:
    """Implements `Analyser` with spawned processes that are started when needed and kept while there is work.

    Safe from any thread; calls share the workers. `make` must be picklable; each worker calls it once.
    """

    __slots__ = ("_bounds", "_closing", "_idle", "_lock", "_make", "_pool", "_running", "_workers")

    MOST: ClassVar[int] = 2

    def __init__(self, make: Callable[[], Analyse], *, workers: int = MOST, bounds: Bounds | None = None) -> None:
        self._make = make
        self._workers = max(1, min(workers, os.cpu_count() or 1))
        self._bounds = bounds or Bounds()
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._running: set[_Worker] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._closing = False

    def analyse(
        self, batches: Iterable[Sequence[PendingItem]], models: Sequence[Model]
    ) -> Iterator[tuple[Sequence[PendingItem], Sequence[Analysis]]]:
        """Each batch with its analyses, in order. Raises AnalysisFailed where no worker can be started."""
        in_force = tuple(models)
        waiting: deque[tuple[Sequence[PendingItem], list[Future[tuple[Analysis, ...]]]]] = deque()
        try:
            for batch in batches:
                waiting.append((batch, [self._submit(part, in_force) for part in parts(batch, self._workers)]))
                while len(waiting) > AHEAD or (waiting and all(each.done() for each in waiting[0][1])):
                    yield _gathered(*waiting.popleft())
            while waiting:
                yield _gathered(*waiting.popleft())
        finally:
            for _, futures in waiting:
                for each in futures:
                    each.cancel()

    def close(self) -> None:
        """End the workers at once; a later call would start others."""
        with self._lock:
            self._closing = True
            pool, self._pool = self._pool, None
            workers = [*self._running, *self._idle]
            self._idle.clear()
        for worker in workers:
            worker.end()
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            # Whatever a thread still gave back while the pool went down.
            workers, self._idle = self._idle, []
            self._closing = False
        for worker in workers:
            worker.end()

    def _submit(self, part: Sequence[PendingItem], models: tuple[Model, ...]) -> Future[tuple[Analysis, ...]]:
        with self._lock:
            if self._closing:
                raise Cancelled("The program is closing. What was done before is kept.")
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="analysis")
            return self._pool.submit(self._part, part, models)

    def _part(self, items: Sequence[PendingItem], models: tuple[Model, ...]) -> tuple[Analysis, ...]:
        """Several items at once; if that fails, one by one to find whose fault it is."""
        alone = len(items) == 1
        answer = self._attempt(items, models, self._bounds.seconds if alone else self._bounds.part_seconds)
        if isinstance(answer, _Done):
            return answer.analyses
        if alone:
            return (Analysis(form=items[0].form, code=answer.code, reason=answer.reason),)
        return tuple(found for item in items for found in self._part((item,), models))

    def _attempt(self, items: Sequence[PendingItem], models: tuple[Model, ...], seconds: float) -> _Done | _Failed:
        """One try in one worker. A worker that failed is ended, whatever the reason: its state is not to be trusted."""
        for last in (False, True):
            worker = self._take()
            answer: _Done | _Failed | None = None
            try:
                answer = worker.ask(items, models, seconds)
            finally:
                self._give_back(worker, keep=isinstance(answer, _Done))
            if isinstance(answer, _Done):
                return answer
            if self._closing:
                raise Cancelled("The program is closing. What was done before is kept.")
            if last or not worker.left:
                return answer
        raise AssertionError("the last try returns")

    def _take(self) -> "_Worker":
        """An idle worker, the last used first so that the others may rest, or a new one."""
        with self._lock:
            if self._closing:
                raise Cancelled("The program is closing. What was done before is kept.")
            worker = self._idle.pop() if self._idle else _Worker(self._make, self._bounds)
            self._running.add(worker)
        return worker

    def _give_back(self, worker: "_Worker", *, keep: bool) -> None:
        with self._lock:
            self._running.discard(worker)
            kept = keep and not self._closing
            if kept:
                self._idle.append(worker)
        if not kept:
            worker.end()


def parts(batch: Sequence[PendingItem], workers: int) -> Iterator[Sequence[PendingItem]]:
    """A batch in parts that keep the workers equally busy; the order stays."""
    size = min(LARGEST_PART, max(SMALLEST_PART, -(-len(batch) // (workers * 2))))
    part: list[PendingItem] = []
    held = 0
    for item in batch:
        if part and (len(part) >= size or held + len(item.content) > PART_BYTES):
            yield part
            part, held = [], 0
        part.append(item)
        held += len(item.content)
    if part:
        yield part


def _gathered(
    batch: Sequence[PendingItem], futures: Sequence[Future[tuple[Analysis, ...]]]
) -> tuple[Sequence[PendingItem], Sequence[Analysis]]:
    try:
        return batch, [analysis for each in futures for analysis in each.result()]
    except CancelledError as error:
        raise Cancelled("The program is closing. What was done before is kept.") from error


# -- one worker, seen from here --------------------------------------------------------------------------------------


class _Worker:
    """A process and the pipe to it. Used by one thread at a time; `end` may be called from any."""

    __slots__ = ("_bounds", "_connection", "_make", "_models", "_process", "left")

    def __init__(self, make: Callable[[], Analyse], bounds: Bounds) -> None:
        self._make = make
        self._bounds = bounds
        self._models: tuple[Model, ...] | None = None
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self.left = False

    def ask(self, items: Sequence[PendingItem], models: tuple[Model, ...], seconds: float) -> _Done | _Failed:
        """The analyses, or why there are none; raises AnalysisFailed where the process cannot be started."""
        connection = self._connection or self._start()
        try:
            connection.send(_Request(items, models))
            if models != self._models:
                self._become_ready(connection)
                self._models = models
            if not connection.poll(seconds):
                return _Failed(_STALLED.code, _STALLED.reason.format(seconds=self._bounds.seconds))
            answer = connection.recv()
        except (EOFError, OSError):
            return self._death()
        if isinstance(answer, _Done) and len(answer.analyses) == len(items):
            return answer
        return answer if isinstance(answer, _Failed) else _Failed("failed", "The analysis gave no answer for it.")

    def end(self) -> None:
        """Kill the process if it lives."""
        process = self._process
        if process is not None:
            process.kill()
            process.join()
        if self._connection is not None:
            self._connection.close()

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._make, self._bounds), daemon=True, name="analysis")
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
        if isinstance(answer, _Ready) and answer.problem:
            raise AnalysisFailed(f"The process that reads mail could not be made ready: {answer.problem}")

    def _death(self) -> _Failed:
        process = self._process
        if process is None:
            return _Failed(_DIED.code, _DIED.reason.format(exit="unknown"))
        process.join(1.0)
        self.left = process.exitcode == IDLE_EXIT
        return _Failed(_DIED.code, _DIED.reason.format(exit=process.exitcode))


# -- the process itself ----------------------------------------------------------------------------------------------


def _serve(connection: Connection, make: Callable[[], Analyse], bounds: Bounds) -> None:
    """Answer requests until the pipe ends. Ends with the parent, also while an item keeps it busy."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt stops
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        run = make()
    except Exception as error:  # noqa: BLE001  whatever keeps it from starting is told to the parent
        connection.send(_Ready(f"{type(error).__name__}: {error}"))
        return
    connection.send(_Ready())
    models: Sequence[Model] | None = None
    try:
        while connection.poll(bounds.idle):
            request = _received(connection)
            if isinstance(request, _Request) and request.models != models:
                _limit_memory(None)
                connection.send(_warmed(run, request.models))
                models = request.models
                _limit_memory(bounds.memory)
            connection.send(request if isinstance(request, _Failed) else _answer(run, request, bounds))
    except (EOFError, OSError):
        return
    os._exit(IDLE_EXIT)


def _received(connection: Connection) -> _Request | _Failed:
    try:
        request = connection.recv()
    except MemoryError:
        return _Failed(_TOO_LARGE.code, _TOO_LARGE.reason.format(memory="the allowed"))
    if not isinstance(request, _Request):
        raise EOFError
    return request


def _warmed(run: Analyse, models: Sequence[Model]) -> _Ready:
    """Load the models before the limits hold, so that their size does not count against an item."""
    try:
        run((), models)
    except Exception as error:  # noqa: BLE001  whatever keeps it from starting is told to the parent
        return _Ready(f"{type(error).__name__}: {error}")
    return _Ready()


def _answer(run: Analyse, request: _Request, bounds: Bounds) -> _Done | _Failed:
    _limit_time(bounds.seconds)
    try:
        return _Done(tuple(run(request.items, request.models)))
    except MemoryError:
        return _Failed(_TOO_LARGE.code, _TOO_LARGE.reason.format(memory=bounds.memory // 1_000_000))
    except Exception as error:  # noqa: BLE001  a mistake of ours in one item must not stop the others
        text = f"{type(error).__name__}: {error}"[:300]
        return _Failed("failed", f"Reading it failed ({text}). Look at the original; please report this with the item.")


def _limit_memory(above: int | None) -> None:
    """Allow so many bytes above what is in use now, or lift the limit. Only where the system can say and enforce it:
    Windows has no such limit, there time alone is limited.
    """
    if sys.platform == "win32":
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard
    if above is not None:
        try:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        except (OSError, ValueError, IndexError):
            return
        soft = pages * resource.getpagesize() + above
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _limit_time(seconds: float) -> None:
    """Processor time after which the system ends an orphan that holds the interpreter's lock: far above what the parent
    waits."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime + seconds * 4 + 30)
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
