"""What changes, sent on to whoever listens: server-sent events."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager
from weakref import WeakSet

from triage_app.domain.changes import EVERYTHING, ChangeSet
from triage_app.domain.errors import TooMuch
from triage_app.rest.failures import Refused, encoded

MOST_WAITING = 256


class _Listener:
    """The changes that one listener has not been sent yet."""

    def __init__(self) -> None:
        self.waiting: deque[ChangeSet] = deque()
        self.news = asyncio.Event()

    def add(self, changes: ChangeSet) -> None:
        if len(self.waiting) >= MOST_WAITING:
            # It was too slow: what it missed may have been anything.
            self.waiting.clear()
            changes = EVERYTHING
        self.waiting.append(changes)
        self.news.set()


class Events:
    """Every listener gets each change set. Belongs to the server's loop; only `changed` comes from other threads."""

    def __init__(self, most: int, sign_of_life: float) -> None:
        self._most = most
        self._sign_of_life = sign_of_life
        # Whoever leaves before the first line is sent has lines that never begin, and so never end.
        self._listeners: WeakSet[_Listener] = WeakSet()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = False

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def start(self) -> None:
        """Belong to the running loop."""
        self._loop = asyncio.get_running_loop()

    def end(self) -> None:
        """Let every listener go."""
        self._ended = True
        for each in self._listeners:
            each.news.set()

    def changed(self, changes: ChangeSet) -> None:
        """Send changes on. From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._send, changes)

    def listen(
        self, valid: Callable[[], Awaitable[bool]], meanwhile: AbstractContextManager[None]
    ) -> AsyncIterator[bytes]:
        """The lines for a new listener, as long as `valid` says so at each sign of life. Raises Refused for one too
        many. `meanwhile` is entered with the first line and left after the last."""
        if len(self._listeners) >= self._most:
            raise Refused(429, TooMuch("Too many listen already. Try again later."), {"Retry-After": "10"})
        listener = _Listener()
        self._listeners.add(listener)
        return self._lines(listener, valid, meanwhile)

    def _send(self, changes: ChangeSet) -> None:
        for each in self._listeners:
            each.add(changes)

    async def _lines(
        self, listener: _Listener, valid: Callable[[], Awaitable[bool]], meanwhile: AbstractContextManager[None]
    ) -> AsyncIterator[bytes]:
        try:
            with meanwhile:
                yield b": here\n\n"
                while not self._ended:
                    try:
                        async with asyncio.timeout(self._sign_of_life):
                            await listener.news.wait()
                    except TimeoutError:
                        if not await valid():
                            return
                        yield b": still here\n\n"
                    listener.news.clear()
                    while listener.waiting:
                        yield b"event: changes\ndata: " + encoded(listener.waiting.popleft()) + b"\n\n"
        finally:
            self._listeners.discard(listener)
