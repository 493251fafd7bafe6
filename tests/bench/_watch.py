"""The longest time in which the event loop of a window does not come round."""

from time import perf_counter, thread_time

from PySide6.QtCore import Qt, QTimer

EVERY_MS = 1


class Watch:
    """Serves a timer between `begin` and `end`. `longest` is time on the clock, `busiest` time on the processor."""

    def __init__(self) -> None:
        self.longest = self.busiest = 0.0
        self._last, self._used = perf_counter(), thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now, used = perf_counter(), thread_time()
        self.longest = max(self.longest, now - self._last)
        self.busiest = max(self.busiest, used - self._used)
        self._last, self._used = now, used

    def begin(self) -> None:
        """Start anew."""
        self.longest, self._last = 0.0, perf_counter()
        self.busiest, self._used = 0.0, thread_time()
        self._timer.start(EVERY_MS)

    def end(self) -> None:
        """Stop; what is running counts."""
        self._timer.stop()
        self._tick()
