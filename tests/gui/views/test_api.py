import threading
from pathlib import Path

import pytest
import requests
from pytestqt.qtbot import QtBot

from tests.gui.api import SECONDS, call, serving_desk, token_of
from tests.gui.desks import desk_on
from triage_app.bootstrap import DeskServer
from triage_app.gui.screens import settle
from triage_app.gui.views.api import ELSEWHERE
from triage_app.services.app import App


def test_the_desk_serves_and_shows_who_calls(empty: App, tmp_path: Path, qtbot: QtBot) -> None:
    with serving_desk(empty, tmp_path) as opened:
        screen, server = opened.window.api, opened.desk.server
        assert screen.serving is not None
        assert screen.callers is not None
        assert server is not None
        assert screen.sentence.text() == "Not served"
        # when it is started, while the desk runs
        screen.serving.switch.click()
        assert not screen.serving.switch.isEnabled()
        settle(opened)
        address = server.address
        assert screen.sentence.text() == "Served to this machine alone"
        # and a program reads, another guesses, and one listens
        secret = token_of(empty)
        assert call(address, "/me", secret).json()["user"] == "siem"
        assert call(address, "/me", "wrong").status_code == 401
        headers = {"Authorization": f"Bearer {secret}"}
        with requests.get(f"{address}/api/v1/events", headers=headers, stream=True, timeout=SECONDS) as stream:
            lines = stream.iter_lines(chunk_size=1)
            assert next(lines) == b": here"
            # then the screen shows all of them by itself
            table = screen.callers.table
            qtbot.waitUntil(lambda: table.topLevelItemCount() == 2, timeout=20_000)
            shown = {
                item.text(0): [item.text(column) for column in (1, 4, 5, 6)]
                for item in map(table.topLevelItem, range(2))
                if item is not None
            }
            assert shown == {"siem": ["127.0.0.1", "2", "1", "0"], "no valid token": ["127.0.0.1", "1", "0", "1"]}
            # when it is stopped, then whoever listens is let go and nobody is connected
            screen.serving.switch.click()
            settle(opened)
            assert list(lines) in ([b""], [])
        assert screen.sentence.text() == "Not served"
        assert screen.callers.table.topLevelItemCount() == 0
        with pytest.raises(requests.ConnectionError):
            call(address, "/health")


def test_closing_the_window_ends_the_serving(empty: App, tmp_path: Path, qtbot: QtBot) -> None:
    with serving_desk(empty, tmp_path) as opened:
        server = opened.desk.server
        assert opened.window.api.serving is not None
        assert server is not None
        opened.window.api.serving.switch.click()
        settle(opened)
        address = server.address
        assert call(address, "/health").status_code == 200
    assert server.address == ""
    with pytest.raises(requests.ConnectionError):
        call(address, "/health")
    assert "api server" not in {thread.name for thread in threading.enumerate()}


def test_it_is_served_from_the_next_start_on_only_where_the_user_said_so(
    empty: App, tmp_path: Path, qtbot: QtBot
) -> None:
    # given a workspace that was served, and one for which that is to be so always
    with serving_desk(empty, tmp_path) as opened:
        assert opened.window.api.serving is not None
        opened.window.api.serving.switch.click()
        settle(opened)
    own, other = DeskServer(empty, tmp_path / "workspace"), DeskServer(empty, tmp_path / "other")
    with desk_on(empty, tmp_path, server=own) as opened:
        assert own.address == ""
        assert opened.window.api.serving is not None
        opened.window.api.serving.always.click()
    # when desks are opened, then the one is served and the other is not
    with desk_on(empty, tmp_path, server=own):
        assert own.address.startswith("http://127.0.0.1:")
    with desk_on(empty, tmp_path, server=other):
        assert other.address == ""
    # until the user takes that back
    with desk_on(empty, tmp_path, server=own) as opened:
        assert opened.window.api.serving is not None
        opened.window.api.serving.always.click()
    with desk_on(empty, tmp_path, server=own):
        assert own.address == ""


def test_a_desk_on_another_machines_workspace_says_where_it_is_served(empty: App, tmp_path: Path, qtbot: QtBot) -> None:
    with desk_on(empty, tmp_path) as opened:
        opened.window.do("go-api")
        settle(opened)
        screen = opened.window.api
        assert (screen.serving, screen.callers) == (None, None)
        assert screen.sentence.text() == ELSEWHERE
        # and its tokens are there, as they are now
        token_of(empty)
        qtbot.waitUntil(lambda: screen.list.topLevelItemCount() == 1, timeout=20_000)
