"""What a worker process does. It imports little, so that it starts quickly."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from pathlib import Path

from triage_app.adapters.workers.messages import (
    IDLE_EXIT,
    TOO_LARGE,
    Bounds,
    Failed,
    Packed,
    Ready,
    Request,
    Run,
    Work,
    receive_contents,
)

if sys.platform != "win32":
    import resource


def serve(connection: Connection, make: Callable[[], Run], bounds: Bounds) -> None:
    """Answer requests until the pipe ends. Ends with the parent, also while an item keeps it busy."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt stops
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        run = make()
    except Exception as error:  # noqa: BLE001  whatever keeps it from starting is told to the parent
        connection.send(Ready(f"{type(error).__name__}: {error}"))
        return
    connection.send(Ready())
    work: Work | None = None
    try:
        while connection.poll(bounds.idle):
            request = _received(connection)
            if isinstance(request, Request) and request.work != work:
                _limit_memory(None)
                connection.send(_warmed(run, request.work))
                work = request.work
                _limit_memory(bounds.memory)
            connection.send(request if isinstance(request, Failed) else _answer(run, request, bounds))
    except (EOFError, OSError):
        return
    os._exit(IDLE_EXIT)


def _received(connection: Connection) -> Request | Failed:
    try:
        request = connection.recv()
        if not isinstance(request, Request):
            raise EOFError
        return receive_contents(connection, request)
    except MemoryError:
        # What is left in the pipe does not matter: the parent ends a worker that failed.
        return Failed(TOO_LARGE.code, TOO_LARGE.reason.format(memory="the allowed"))


def _warmed(run: Run, work: Work) -> Ready:
    """Load the models, or read the rules, before the limits hold, so that their size does not count against an item."""
    try:
        run((), work)
    except Exception as error:  # noqa: BLE001  whatever keeps it from starting is told to the parent
        return Ready(f"{type(error).__name__}: {error}")
    return Ready()


def _answer(run: Run, request: Request, bounds: Bounds) -> Packed | Failed:
    _limit_time(bounds.seconds)
    try:
        return Packed.of(tuple(run(request.items, request.work)))
    except MemoryError:
        return Failed(TOO_LARGE.code, TOO_LARGE.reason.format(memory=bounds.memory // 1_000_000))
    except Exception as error:  # noqa: BLE001  a mistake of ours in one item must not stop the others
        text = f"{type(error).__name__}: {error}"[:300]
        return Failed("failed", f"Reading it failed ({text}). Look at the original; please report this with the item.")


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
