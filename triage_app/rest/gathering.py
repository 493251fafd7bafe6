"""Group commit: posts that arrive while others are written go into the next transaction together."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from triage_app.domain.errors import Cancelled, TooMuch, TriageError
from triage_app.domain.token import Token
from triage_app.rest.failures import Refused
from triage_app.rest.work import foreseen
from triage_app.services.app import App
from triage_app.services.push_commands import Post, PushAlerts

BATCH_BYTES = 4_000_000
BATCH_POSTS = 1_000


@dataclass(slots=True)
class _Waiting:
    """A post and who waits for it."""

    text: str
    key: str
    answer: "asyncio.Future[Post]"


@dataclass(slots=True)
class _Lane:
    """The posts of one token."""

    token: Token
    posts: list[_Waiting] = field(default_factory=list)


class Gatherer:
    """Takes posts one by one and has them written in batches, one command a batch. Belongs to the server's loop."""

    def __init__(self, app: App, most_bytes: int) -> None:
        self._app = app
        self._most = most_bytes
        self._held = 0
        self._lanes: dict[str, _Lane] = {}
        self._news = asyncio.Event()
        self._closed = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write what comes, until the end of the block; what waits then is still written."""
        with ThreadPoolExecutor(1, thread_name_prefix="push") as executor:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write_all(executor))
                try:
                    yield
                finally:
                    self._closed = True
                    self._news.set()

    async def push(self, token: Token, text: str, key: str) -> Post:
        """Have a post written; comes back when its alerts are safe. Raises TriageError, and Refused where too much
        waits already."""
        if self._closed:
            raise Cancelled("The server is stopping. Send it again when it is back.")
        size = len(text)
        if self._held + size > self._most:
            raise Refused(429, TooMuch("More is sent than can be written. Send it again later."), {"Retry-After": "1"})
        self._held += size
        waiting = _Waiting(text, key, asyncio.get_running_loop().create_future())
        self._lanes.setdefault(token.name, _Lane(token)).posts.append(waiting)
        self._news.set()
        try:
            return await waiting.answer
        finally:
            self._held -= size

    async def _write_all(self, executor: ThreadPoolExecutor) -> None:
        while not (self._closed and not self._lanes):
            await self._news.wait()
            self._news.clear()
            while self._lanes:
                for name in tuple(self._lanes):
                    await self._write(name, executor)

    async def _write(self, name: str, executor: ThreadPoolExecutor) -> None:
        lane = self._lanes[name]
        batch = _taken(lane.posts)
        if not lane.posts:
            del self._lanes[name]
        command = PushAlerts(
            tuple(each.text for each in batch), source=lane.token.source, keys=tuple(each.key for each in batch)
        )
        loop = asyncio.get_running_loop()
        try:
            report = await loop.run_in_executor(
                executor, foreseen, lambda: self._app.execute(command, actor=lane.token.name)
            )
        except TriageError as error:
            for each in batch:
                if not each.answer.done():
                    each.answer.set_exception(error)
            return
        for each, post in zip(batch, report.posts, strict=True):
            if not each.answer.done():
                each.answer.set_result(post)


def _taken(posts: list[_Waiting]) -> list[_Waiting]:
    """Take posts from the front, up to the size of a batch, but at least one."""
    size = count = 0
    for each in posts:
        size += len(each.text)
        if count and (size > BATCH_BYTES or count >= BATCH_POSTS):
            break
        count += 1
    taken = posts[:count]
    del posts[:count]
    return taken
