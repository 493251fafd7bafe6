"""A real server on loopback for a test, and a client for it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from triage_app.adapters.clock import system_clock
from triage_app.adapters.net.listening import listen
from triage_app.domain.token import Scope, TokenName
from triage_app.rest.limits import Limits
from triage_app.rest.server import ApiServer
from triage_app.services.app import App
from triage_app.services.token_commands import AddToken

SECONDS = 30
QUICK = Limits(requests_a_second=100_000, burst=100_000, refusals=100_000)


@dataclass(frozen=True, slots=True)
class Client:
    """Asks a server, with a token of each scope by its name."""

    server: ApiServer
    tokens: Mapping[str, str]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/api/v1"

    def send(self, method: str, path: str, token: str = "", **more: Any) -> requests.Response:
        """`token` is a name of one of the tokens, or a token's text."""
        headers = dict(more.pop("headers", {}))
        if token:
            headers.setdefault("Authorization", f"Bearer {self.tokens.get(token, token)}")
        return requests.request(method, self.base + path, headers=headers, timeout=SECONDS, **more)

    def ask(self, name: str, token: str = "read", **fields: Any) -> requests.Response:
        return self.send("POST", f"/queries/{name}", token, json=fields)

    def execute(self, name: str, token: str = "triage", **fields: Any) -> requests.Response:
        return self.send("POST", f"/commands/{name}", token, json=fields)


@contextmanager
def serving(app: App, limits: Limits = QUICK) -> Iterator[Client]:
    tokens = {
        scope.value: app.execute(
            AddToken(TokenName(scope.value), scope=(scope,), source="edr" if scope is Scope.INTAKE else "")
        ).secret
        for scope in Scope
    }
    server = ApiServer(app, listen("127.0.0.1", 0), clock=system_clock, limits=limits)
    server.start()
    try:
        yield Client(server, tokens)
    finally:
        server.stop()
