"""Loops beside each other, each on a thread of its own."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass

from triage_app.services.context import CancelToken

Loop = Callable[[CancelToken], None]

ASK_SECONDS = 0.5
"""How often the wanted loops are asked for."""

LOOK_SECONDS = 0.05
"""How soon a cancel is noticed."""

LEAVE_SECONDS = 10.0
"""How long the last ones are waited for: one that hangs in a call to a dead server is left to its time-out."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Running:
    thread: threading.Thread
    cancel: CancelToken


class ThreadRunner:
    """`Runner` on threads. `run` may be called from several threads at once; each call keeps its own loops."""

    def __init__(self, leave_seconds: float = LEAVE_SECONDS) -> None:
        """`leave_seconds`: how long loops that were cancelled are waited for at the end, all together."""
        self._leave_seconds = leave_seconds

    def run(self, loops: Callable[[], Mapping[str, Loop]], cancel: CancelToken) -> None:
        """Keep exactly the named loops running until a cancel, as `Runner` says.

        One that is gone is waited for without holding the others up. Where asking fails, all are ended and the error is
        passed on. At the end a loop that does not return in time is left behind; it ends when it looks at the cancel.
        """
        running: dict[str, _Running] = {}
        leaving: list[_Running] = []
        try:
            while not cancel.cancelled:
                wanted = loops()
                for name in [name for name in running if name not in wanted]:
                    each = running.pop(name)
                    each.cancel.cancel()
                    leaving.append(each)
                leaving = [each for each in leaving if each.thread.is_alive()]
                for name, loop in wanted.items():
                    if name not in running:
                        running[name] = _start(name, loop)
                self.wait(ASK_SECONDS, cancel)
        finally:
            leaving += running.values()
            for each in leaving:
                each.cancel.cancel()
            end = time.monotonic() + self._leave_seconds
            for each in leaving:
                each.thread.join(max(0.0, end - time.monotonic()))
                if each.thread.is_alive():
                    _LOG.warning("The loop %s hangs in a call and is left behind.", each.thread.name)

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Sleep, but not longer than a fraction of a second after a cancel."""
        end = time.monotonic() + seconds
        pause = threading.Event()
        while not cancel.cancelled:
            left = end - time.monotonic()
            if left <= 0:
                return
            pause.wait(min(left, LOOK_SECONDS))


def _start(name: str, loop: Loop) -> _Running:
    cancel = CancelToken()

    def run() -> None:
        try:
            loop(cancel)
        except Exception:  # noqa: BLE001  the others go on
            _LOG.exception("The loop %s ended by an error.", name)

    context = copy_context()
    thread = threading.Thread(target=context.run, args=(run,), name=name, daemon=True)
    thread.start()
    return _Running(thread, cancel)
