"""Where a browser comes back to after a sign-in: a port of this machine that takes one visit (RFC 8252, 7.3)."""

import threading
from collections.abc import Mapping, Sequence
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, Final
from urllib.parse import parse_qsl

from triage_app.adapters.net.listening import bound
from triage_app.domain.errors import SourceFailed, Trouble

HOST: Final = "127.0.0.1"
LONGEST_VISIT: Final = 5.0
"""Seconds between two bytes of a visit; browsers open connections that they then do not use."""

_MOST_FIELDS = 50
_HEADERS = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
_WELCOME = b"You may close this window.\n"
_NOT_THIS = b"This is not the sign-in that is waited for.\n"


class Landing:
    """Listens from its making to `close`; raises SourceFailed where this machine gives it no port.

    The visit that counts is the first GET of `/` with the right `state`, addressed to this machine by its name. All
    others are turned away and change nothing. A visitor is told nothing that came with a visit.
    """

    def __init__(self, state: str) -> None:
        self._state = state.encode()
        self._lock = threading.Lock()
        self._brought: Mapping[str, str] | None = None
        self._answered = threading.Event()
        try:
            self._server = _Server(self)
        except OSError as error:
            raise SourceFailed(
                Trouble.NETWORK,
                f"No port of this machine can be listened on for the browser ({error.strerror or error}). "
                "Allow this program to listen on 127.0.0.1, or sign in by a code.",
            ) from error
        self.port: Final[int] = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="landing", daemon=True)
        self._thread.start()

    @property
    def brought(self) -> Mapping[str, str] | None:
        """What the visit that counts came with; None before."""
        return self._brought

    def visit(self, hosts: Sequence[str], target: str) -> HTTPStatus:
        """How a GET is answered."""
        if list(hosts) not in ([f"{HOST}:{self.port}"], [f"localhost:{self.port}"]):
            return HTTPStatus.MISDIRECTED_REQUEST
        path, _, query = target.partition("?")
        if path != "/":
            return HTTPStatus.NOT_FOUND
        try:
            fields = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        given = dict(fields)
        if len(given) != len(fields) or not compare_digest(given.get("state", "").encode(), self._state):
            return HTTPStatus.BAD_REQUEST
        with self._lock:
            if self._brought is not None:
                return HTTPStatus.GONE
            self._brought = given
        return HTTPStatus.OK

    def answered(self) -> None:
        """The visit that counts has had its answer, or wants none any more."""
        self._answered.set()

    def close(self) -> None:
        """Listen no more, when the visitor has seen the page."""
        if self._brought is not None:
            self._answered.wait(LONGEST_VISIT)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, landing: Landing) -> None:
        super().__init__((HOST, 0), lambda *connection: _Visit(landing, *connection), bind_and_activate=False)
        self.socket.close()
        self.socket = bound(HOST, 0)


class _Visit(BaseHTTPRequestHandler):
    timeout = LONGEST_VISIT

    def __init__(self, landing: Landing, *connection: Any) -> None:
        self._landing = landing
        super().__init__(*connection)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def do_GET(self) -> None:
        status = self._landing.visit(self.headers.get_all("Host") or [], self.path)
        try:
            self._say(status)
        finally:
            if status is HTTPStatus.OK:
                self._landing.answered()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """In place of the library's page, which repeats what was asked."""
        self._say(HTTPStatus(code))

    def _say(self, status: HTTPStatus) -> None:
        page = _WELCOME if status is HTTPStatus.OK else _NOT_THIS
        self.send_response_only(status)
        for name, value in (*_HEADERS, ("Content-Length", str(len(page)))):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def log_message(self, *_arguments: Any) -> None:
        """What is asked holds the code, which belongs into no log."""
