"""The longest time in which the event loop of a window does not come round, and where it is meanwhile."""

import os
import sys
import threading
from collections import Counter
from pathlib import Path
from time import perf_counter, thread_time
from types import FrameType

from PySide6.QtCore import Qt, QTimer

EVERY_MS = 1
LOOK_EVERY_S = 0.004
NOTED_S = 0.012
"""A block as long as this is looked at."""


class Watch:
    """Serves a timer between `begin` and `end`. `longest` is time on the clock, `busiest` time on the processor.

    `unhindered` is the longest without the time in which the thread could have run but no processor was free for it,
    which on a machine that others use as well says what the program itself is to blame for. Linux tells it.
    """

    def __init__(self) -> None:
        self.longest = self.busiest = self.unhindered = 0.0
        self._last, self._used = perf_counter(), thread_time()
        path = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._schedule = os.open(path, os.O_RDONLY) if path.exists() else -1
        self._waited = self._waits()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def last(self) -> float:
        """When the event loop last came round, as perf_counter tells it."""
        return self._last

    def _tick(self) -> None:
        now, used, waited = perf_counter(), thread_time(), self._waits()
        self.longest = max(self.longest, now - self._last)
        self.busiest = max(self.busiest, used - self._used)
        self.unhindered = max(self.unhindered, now - self._last - (waited - self._waited))
        self._last, self._used, self._waited = now, used, waited

    def _waits(self) -> float:
        """Seconds for which this thread was ready and no processor was free."""
        return 0.0 if self._schedule < 0 else int(os.pread(self._schedule, 100, 0).split()[1]) / 1e9

    def begin(self) -> None:
        """Start anew."""
        self.longest, self._last = 0.0, perf_counter()
        self.busiest, self._used = 0.0, thread_time()
        self.unhindered, self._waited = 0.0, self._waits()
        self._timer.start(EVERY_MS)

    def end(self) -> None:
        """Stop; what is running counts."""
        self._timer.stop()
        self._tick()


class Spy:
    """Notes, from a thread of its own, where the event loop is while it does not come round."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._loop = threading.get_ident()
        self._enough = threading.Event()
        self._longest: dict[float, float] = {}
        self._places: dict[float, Counter[str]] = {}
        self._thread = threading.Thread(target=self._look, name="spy")

    def start(self) -> None:
        """Look from now on. Made and started on the thread of the event loop."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._enough.set()
        self._thread.join()

    def blocks(self) -> list[tuple[float, str]]:
        """The blocks, the longest first: at least how many seconds, and in which of our functions."""
        found = [
            (seconds, ", ".join(f"{place} ({seen}x)" for place, seen in self._places[begun].most_common(3)))
            for begun, seconds in self._longest.items()
        ]
        return sorted(found, reverse=True)

    def _look(self) -> None:
        while not self._enough.wait(LOOK_EVERY_S):
            begun = self._watch.last
            seconds = perf_counter() - begun
            if seconds >= NOTED_S:
                self._longest[begun] = seconds
                self._places.setdefault(begun, Counter())[_place(sys._current_frames().get(self._loop))] += 1


def _place(frame: FrameType | None) -> str:
    """The innermost function of ours; a wait for Python's lock counts for the function that waits."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("triage_app"):
            return f"{name.removeprefix('triage_app.')}.{frame.f_code.co_name}:{frame.f_lineno}"
        frame = frame.f_back
    return "Qt itself"
