"""The App of another machine's workspace, over its local API."""

import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
import requests

from triage_app.adapters.net.tls import failure
from triage_app.domain.changes import EVERYTHING, ChangeSet
from triage_app.domain.errors import (
    InvalidInput,
    InvalidRules,
    ServerUnreachable,
    SourceFailed,
    TriageError,
    Trouble,
    Unexpected,
)
from triage_app.domain.secret import Secret
from triage_app.services.app import Listener
from triage_app.services.arguments import Command, Query
from triage_app.services.context import CancelToken, Progress, ignore_progress
from triage_app.services.registry import verb_of

R = TypeVar("R")

CONNECT_SECONDS = 10.0
SILENT_SECONDS = 60.0
"""Without a byte for so long the server counts as gone; it sends a sign of life more often."""

RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
LINES = "application/x-ndjson"


class Line(msgspec.Struct):
    """One line of an answer: progress, or how it ended."""

    progress: Progress | None = None
    value: msgspec.Raw = msgspec.Raw()
    error: "Failure | None" = None


class Failure(msgspec.Struct):
    """The API's one shape of an error."""

    code: str
    message: str
    problems: tuple[tuple[int, str], ...] = ()
    trouble: str = ""


class Wrapped(msgspec.Struct):
    """An answer that is not a stream of lines and failed."""

    error: Failure


class Me(msgspec.Struct):
    """Whose token it is."""

    user: str


class RemoteApp:
    """`App` over HTTP. Safe from any thread: each thread has its own connection."""

    def __init__(self, url: str, token: Secret, session: Callable[[], requests.Session]) -> None:
        """`session` makes sessions that follow the program's policy for TLS. Asks the server once who the token is.

        Raises InvalidInput for an address that is none, ServerUnreachable and AccessDenied.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput(f"{url!r} is no address of a server. Give one like https://desk.example.org:8443.")
        self._base = f"{parts.scheme}://{parts.netloc}/api/v1"
        self._token = token
        self._session = session
        self._local = threading.local()
        self._closed = CancelToken()
        self._streams: set[_Events] = set()
        with self._request("GET", "/me") as answer:
            self._me: Me = _decoded(answer.content, Me)

    @property
    def user(self) -> str:
        """The name that the server gives the token's owner."""
        return self._me.user

    def execute(
        self,
        command: Command[R],
        *,
        actor: str = "",
        progress: Callable[[Progress], None] = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> R:
        """Carry out a command there. The server knows the actor by the token, so `actor` is not sent."""
        del actor
        value: R = self._run("commands", command, progress, cancel or CancelToken())
        return value

    def ask(
        self,
        query: Query[R],
        *,
        actor: str = "",
        progress: Callable[[Progress], None] = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> R:
        """Answer a query there."""
        del actor
        answer: R = self._run("queries", query, progress, cancel or CancelToken())
        return answer

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on a thread of its own; after a break once with everything, for what was missed."""
        stream = _Events(self, listener)
        self._streams.add(stream)

        def unsubscribe() -> None:
            self._streams.discard(stream)
            stream.end()

        return unsubscribe

    def close(self) -> None:
        """End the listening; calls that run end with an error."""
        self._closed.cancel()
        for stream in tuple(self._streams):
            stream.end()
        self._streams.clear()

    def events(self) -> Iterator[bytes]:
        """The lines of the server's event stream as they come. Raises ServerUnreachable when it ends."""
        with self._request("GET", "/events", stream=True) as answer:
            try:
                yield from answer.iter_lines(chunk_size=1)
            except requests.RequestException as error:
                raise _unreachable(self._base, error) from error

    def _run(self, road: str, what: Any, progress: Callable[[Progress], None], cancel: CancelToken) -> Any:
        verb = verb_of(type(what))
        cancel.check()
        with self._request(
            "POST", f"/{road}/{quote(verb.name)}", body=msgspec.json.encode(what), accept=LINES, stream=True
        ) as answer:
            try:
                for text in answer.iter_lines(chunk_size=None):
                    # Leaving the block closes the connection, which is how the server is told to stop.
                    cancel.check()
                    self._closed.check()
                    if not text.strip():
                        continue
                    line = _decoded(text, Line)
                    if line.progress is not None:
                        progress(line.progress)
                    elif line.error is not None:
                        raise _error_of(line.error)
                    elif bytes(line.value):
                        return _decoded(line.value, verb.answer)
            except requests.RequestException as error:
                raise _unreachable(self._base, error) from error
        raise ServerUnreachable("The server ended its answer too early. Look at the server's log and try again.")

    def _request(
        self, method: str, path: str, *, body: bytes | None = None, accept: str = "*/*", stream: bool = False
    ) -> requests.Response:
        if not hasattr(self._local, "session"):
            self._local.session = self._session()
        headers = {"Authorization": f"Bearer {self._token.reveal()}", "Accept": accept}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            answer: requests.Response = self._local.session.request(
                method,
                self._base + path,
                data=body,
                headers=headers,
                stream=stream,
                timeout=(CONNECT_SECONDS, SILENT_SECONDS),
                allow_redirects=False,
            )
            if answer.status_code == requests.codes.ok:
                return answer
            content = answer.content
        except requests.RequestException as error:
            raise _unreachable(self._base, error) from error
        answer.close()
        try:
            raise _error_of(msgspec.json.decode(content, type=Wrapped).error)
        except msgspec.DecodeError as error:
            raise ServerUnreachable(
                f"{self._base} answered with status {answer.status_code}, and not as this program does. Check the "
                f"address and the port."
            ) from error


class _Events:
    """Listens on a thread until it is ended."""

    def __init__(self, app: RemoteApp, listener: Listener) -> None:
        self._app = app
        self._listener = listener
        self._ended = threading.Event()
        threading.Thread(target=self._listen, daemon=True, name="events").start()

    def end(self) -> None:
        """Call the listener no more."""
        self._ended.set()

    def _listen(self) -> None:
        failures = 0
        while not self._ended.is_set():
            try:
                for line in self._app.events():
                    if self._ended.is_set():
                        return
                    if failures:
                        failures = 0
                        self._listener(EVERYTHING)
                    if line.startswith(b"data:"):
                        self._listener(_decoded(line.removeprefix(b"data:").strip(), ChangeSet))
            except TriageError:
                pass  # the next call of a command or query tells the person
            pause = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
            failures += 1
            self._ended.wait(pause)


def _decoded(text: bytes | msgspec.Raw, kind: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as error:
        raise ServerUnreachable(
            f"The server's answer was not understood ({error}). Are both of the same version?"
        ) from error


def _unreachable(base: str, error: requests.RequestException) -> ServerUnreachable:
    return ServerUnreachable(failure(error, urlsplit(base).netloc).message)


def _error_of(failure: Failure) -> TriageError:
    """The same error as it was raised there."""
    if failure.code == InvalidRules.code:
        return InvalidRules(failure.problems)
    if failure.code == SourceFailed.code:
        return SourceFailed(Trouble(failure.trouble or Trouble.PROTOCOL), failure.message)
    found = _CLASSES.get(failure.code)
    return Unexpected(f"{failure.message} ({failure.code})") if found is None else found(failure.message)


def _all_errors(kind: type[TriageError]) -> Iterator[type[TriageError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _all_errors(each)


_CLASSES = {each.code: each for each in _all_errors(TriageError)}
