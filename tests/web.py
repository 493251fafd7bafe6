"""A web server on loopback for tests: it answers by a function, and keeps what it was asked."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> Mapping[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: JSON, unless `body` are bytes. `hangs` seconds pass first, or until the server ends."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: float = 0.0


@dataclass(slots=True)
class Web:
    """A running server."""

    url: str
    asked: list[Asked]


@contextmanager
def serving(answer: Callable[[Asked], Reply], shield: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve on a free port of loopback; over TLS with a context, whose certificate must be for `localhost`."""
    asked: list[Asked] = []
    ending = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10
        # Headers and body are two writes, and the second must not wait for the receipt of the first.
        disable_nagle_algorithm = True

        def _any(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Asked(self.command, parts.path, query, dict(self.headers.items()), body)
            asked.append(request)
            reply = answer(request)
            if reply.hangs:
                ending.wait(reply.hangs)
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in reply.headers:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_PATCH = do_DELETE = _any  # noqa: N815 - named by the library

        def log_message(self, *_arguments: Any) -> None:
            """Silence."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def finish_request(self, request: Any, client_address: Any) -> None:
            try:
                if shield is not None:
                    request.settimeout(10)
                    request = shield.wrap_socket(request, server_side=True)
                super().finish_request(request, client_address)
            except OSError:
                return
            finally:
                request.close()

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    scheme = "http" if shield is None else "https"
    try:
        yield Web(f"{scheme}://localhost:{server.server_address[1]}", asked)
    finally:
        ending.set()
        server.shutdown()
        server.server_close()
        thread.join()
