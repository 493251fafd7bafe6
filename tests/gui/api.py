"""A desk that can serve its own workspace, and a program that calls it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.gui.desks import desk_on
from triage_app.bootstrap import DeskServer
from triage_app.domain.token import Scope, TokenName
from triage_app.gui.application import OpenedDesk
from triage_app.services.app import App
from triage_app.services.token_commands import AddToken

SECONDS = 30


def token_of(app: App, name: str = "siem") -> str:
    """The text of a new token that reads."""
    return app.execute(AddToken(TokenName(name), scope=(Scope.READ,))).secret


def call(address: str, path: str, token: str = "") -> requests.Response:
    """One request to a server that runs."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(f"{address}/api/v1{path}", headers=headers, timeout=SECONDS)


@contextmanager
def serving_desk(app: App, folder: Path, *, width: int = 1440, height: int = 900) -> Iterator[OpenedDesk]:
    """A desk on an app, at its API screen; the server's port is a free one."""
    server = DeskServer(app, folder / "workspace")
    with desk_on(app, folder, width=width, height=height, server=server) as opened:
        serving = opened.window.api.serving
        assert serving is not None
        serving.port.put("0")
        opened.window.do("go-api")
        yield opened
