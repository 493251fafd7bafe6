"""Commands and queries in threads, so that the server's loop never waits for the database."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request

from triage_app.domain.errors import TriageError, Unexpected
from triage_app.rest.failures import encoded, failure_of
from triage_app.services.app import App
from triage_app.services.context import CancelToken, Progress
from triage_app.services.registry import Verb

R = TypeVar("R")
THREADS = 32
SIGN_OF_LIFE_SECONDS = 10.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One verb to carry out: the command or query, and for whom."""

    verb: Verb
    what: Any
    actor: str


class Work:
    """Runs calls; `stop` cancels those that run and waits for them."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.executor = ThreadPoolExecutor(THREADS, thread_name_prefix="api")
        self._running: set[CancelToken] = set()

    def cancel(self) -> None:
        """Ask all that runs to stop."""
        for each in tuple(self._running):
            each.cancel()

    def stop(self) -> None:
        """Cancel what runs and wait for it; nothing can be run afterwards."""
        self.cancel()
        self.executor.shutdown(wait=True, cancel_futures=True)

    async def run(self, call: Call, request: Request) -> bytes:
        """Carry out a call and give its value as JSON; a client that goes away cancels it. Raises TriageError."""
        cancel = CancelToken()
        future = self._start(call, lambda _progress: None, cancel)
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(_cancel_when_gone(request, cancel))
            with suppress(TriageError):
                await asyncio.wrap_future(future)
            watcher.cancel()
        return future.result()

    async def lines(self, call: Call) -> AsyncIterator[bytes]:
        """Carry out a call: lines of progress, signs of life, and how it ended. To stop asking for lines cancels it."""
        cancel = CancelToken()
        loop = asyncio.get_running_loop()
        latest: list[Progress] = []
        news = asyncio.Event()

        def wake() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(news.set)

        def show(progress: Progress) -> None:
            latest[:] = [progress]
            wake()

        future = self._start(call, show, cancel)
        future.add_done_callback(lambda _future: wake())
        try:
            while not future.done():
                try:
                    async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                        await news.wait()
                except TimeoutError:
                    yield b"\n"
                news.clear()
                for progress in latest[:1]:
                    latest.clear()
                    yield encoded({"progress": progress}) + b"\n"
            yield _ending(future)
        finally:
            cancel.cancel()

    def _start(self, call: Call, progress: Callable[[Progress], None], cancel: CancelToken) -> "Future[bytes]":
        self._running.add(cancel)
        run = self._app.execute if call.verb.is_command else self._app.ask
        future = self.executor.submit(
            foreseen, lambda: encoded(run(call.what, actor=call.actor, progress=progress, cancel=cancel))
        )
        future.add_done_callback(lambda _future: self._running.discard(cancel))
        return future


def foreseen(run: Callable[[], R]) -> R:
    """What `run` gives; whatever it raises is a TriageError, and the log has what nobody foresaw."""
    try:
        return run()
    except TriageError:
        raise
    except Exception as error:
        _LOG.exception("A call failed in a way that nobody foresaw.")
        raise Unexpected(
            f"This should not happen ({type(error).__name__}). The server's log has the details; please report it."
        ) from error


def _ending(future: "Future[bytes]") -> bytes:
    try:
        return b'{"value":' + future.result() + b"}\n"
    except TriageError as error:
        return encoded({"error": failure_of(error)}) + b"\n"


async def _cancel_when_gone(request: Request, cancel: CancelToken) -> None:
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            cancel.cancel()
            return
