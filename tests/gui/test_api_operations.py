from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.gui.api import serving_desk
from triage_app.domain.token import Scope, TokenName
from triage_app.gui import api_operations
from triage_app.gui.screens import settle
from triage_app.services.app import App


def test_starts_and_stops_follow_one_another(empty: App, tmp_path: Path, qtbot: QtBot) -> None:
    with serving_desk(empty, tmp_path) as opened:
        server = opened.desk.server
        told: list[object] = []
        assert server is not None
        # when both are asked for at once, twice
        for _ in range(2):
            api_operations.start(opened.desk, server, "127.0.0.1", 0, lambda _n: told.append("started"), told.append)
            api_operations.stop(opened.desk, server, lambda _n: told.append("stopped"), told.append)
        settle(opened)
        # then it ends as the last one says
        assert told == ["started", "stopped", "started", "stopped"]
        assert server.address == ""


def test_tokens_are_made_listed_and_revoked(empty: App, tmp_path: Path, qtbot: QtBot) -> None:
    with serving_desk(empty, tmp_path) as opened:
        desk = opened.desk
        told: list[object] = []
        api_operations.add_token(
            desk, "siem", (Scope.READ,), "", lambda made: told.append(made.secret[:7]), told.append
        )
        api_operations.revoke_token(desk, TokenName("siem"), lambda gone: told.append(gone.is_valid), told.append)
        settle(opened)
        api_operations.load_tokens(desk, lambda found: told.append(len(found.tokens)), told.append)
        settle(opened)
        assert told == ["triage_", False, 1]
