"""Analysis in worker processes, so that a hostile item can neither stop nor slow down the rest of the program."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import ClassVar

from triage_app.adapters.workers.messages import Bounds, Done, Failed, Found, Run, Work
from triage_app.adapters.workers.worker import Worker
from triage_app.domain.errors import Cancelled
from triage_app.domain.learning import Model
from triage_app.services.dedup_shapes import Draft, Reading
from triage_app.services.shapes import Analysis, PendingItem

AHEAD = 2
"""Batches taken before the first of them is answered."""

SMALLEST_PART = 16
LARGEST_PART = 64
PART_BYTES = 2_000_000
"""A part of a batch goes to one worker at once; small calls are one part, so they wake one worker only."""


class ProcessAnalyser:
    """Implements `Analyser` with spawned processes that are started when needed and kept while there is work.

    Safe from any thread; calls share the workers. `make` must be picklable; each worker calls it once.
    """

    __slots__ = ("_bounds", "_closing", "_idle", "_lock", "_make", "_pool", "_running", "_workers")

    MOST: ClassVar[int] = 2

    def __init__(self, make: Callable[[], Run], *, workers: int = MOST, bounds: Bounds | None = None) -> None:
        self._make = make
        self._workers = max(1, min(workers, os.cpu_count() or 1))
        self._bounds = bounds or Bounds()
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._running: set[Worker] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._closing = False

    def analyse(
        self, batches: Iterable[Sequence[PendingItem]], models: Sequence[Model]
    ) -> Iterator[tuple[Sequence[PendingItem], Sequence[Analysis]]]:
        """Each batch with its analyses, in order. Raises AnalysisFailed where no worker can be started."""
        for batch, found in self._run(batches, tuple(models)):
            yield batch, [each for each in found if isinstance(each, Analysis)]

    def replay(
        self, batches: Iterable[Sequence[PendingItem]], draft: Draft
    ) -> Iterator[tuple[Sequence[PendingItem], Sequence[Reading]]]:
        """Each batch with its readings, in order. Raises AnalysisFailed where no worker can be started."""
        for batch, found in self._run(batches, draft):
            yield batch, [each for each in found if isinstance(each, Reading)]

    def _run(
        self, batches: Iterable[Sequence[PendingItem]], work: Work
    ) -> Iterator[tuple[Sequence[PendingItem], list[Found]]]:
        waiting: deque[tuple[Sequence[PendingItem], list[Future[tuple[Found, ...]]]]] = deque()
        try:
            for batch in batches:
                waiting.append((batch, [self._submit(part, work) for part in parts(batch, self._workers)]))
                while len(waiting) > AHEAD or (waiting and all(each.done() for each in waiting[0][1])):
                    yield _gathered(*waiting.popleft())
            while waiting:
                yield _gathered(*waiting.popleft())
        finally:
            for _, futures in waiting:
                for each in futures:
                    each.cancel()

    def prepare(self) -> None:
        """Start a worker ahead of the first batch, unless one is running; returns at once."""
        with self._lock:
            started = bool(self._idle or self._running)
        if not started:
            self._submit((), ())

    @property
    def busy(self) -> int:
        """How many workers have something to do."""
        return len(self._running)

    def close(self) -> None:
        """End the workers at once; a later call would start others."""
        with self._lock:
            self._closing = True
            pool, self._pool = self._pool, None
            for worker in self._running:
                worker.kill()
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            workers, self._idle = self._idle, []
            self._closing = False
        for worker in workers:
            worker.end()

    def _submit(self, part: Sequence[PendingItem], work: Work) -> Future[tuple[Found, ...]]:
        with self._lock:
            if self._closing:
                raise Cancelled("The program is closing. What was done before is kept.")
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="analysis")
            return self._pool.submit(self._part, part, work)

    def _part(self, items: Sequence[PendingItem], work: Work) -> tuple[Found, ...]:
        """Several items at once; if that fails, one by one to find whose fault it is."""
        alone = len(items) == 1
        answer = self._attempt(items, work, self._bounds.seconds if alone else self._bounds.part_seconds)
        if isinstance(answer, Done):
            return answer.analyses
        if alone:
            if isinstance(work, Draft):
                return (Reading(reason=answer.reason),)
            return (Analysis(form=items[0].form, code=answer.code, reason=answer.reason),)
        return tuple(found for item in items for found in self._part((item,), work))

    def _attempt(self, items: Sequence[PendingItem], work: Work, seconds: float) -> Done | Failed:
        """One try in one worker. A worker that failed is ended, whatever the reason: its state is not to be trusted."""
        for last in (False, True):
            worker = self._take()
            answer: Done | Failed | None = None
            try:
                answer = worker.ask(items, work, seconds)
            finally:
                self._give_back(worker, keep=isinstance(answer, Done))
            if isinstance(answer, Done):
                return answer
            if self._closing:
                raise Cancelled("The program is closing. What was done before is kept.")
            if last or not worker.left:
                return answer
        raise AssertionError("the last try returns")

    def _take(self) -> "Worker":
        """An idle worker, the last used first so that the others may rest, or a new one."""
        with self._lock:
            if self._closing:
                raise Cancelled("The program is closing. What was done before is kept.")
            worker = self._idle.pop() if self._idle else Worker(self._make, self._bounds)
            self._running.add(worker)
        return worker

    def _give_back(self, worker: "Worker", *, keep: bool) -> None:
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
    batch: Sequence[PendingItem], futures: Sequence[Future[tuple[Found, ...]]]
) -> tuple[Sequence[PendingItem], list[Found]]:
    try:
        return batch, [found for each in futures for found in each.result()]
    except CancelledError as error:
        raise Cancelled("The program is closing. What was done before is kept.") from error
