from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.gui.api import call, serving_desk, token_of
from tests.gui.desks import desk_on
from triage_app.domain.errors import AccessDenied
from triage_app.domain.token import Scope
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.tokens import NEVER
from triage_app.services.app import App
from triage_app.services.queries import ListAudit
from triage_app.services.token_queries import ListTokens


@pytest.fixture
def opened(empty: App, tmp_path: Path, qtbot: QtBot) -> Iterator[OpenedDesk]:
    """A desk at its API screen."""
    with desk_on(empty, tmp_path) as found:
        found.window.do("go-api")
        settle(found)
        yield found


def choose_first(opened: OpenedDesk) -> None:
    tree = opened.window.api.tokens.list
    first = tree.topLevelItem(0)
    assert first is not None
    tree.setCurrentItem(first)


def lines(opened: OpenedDesk) -> list[list[str]]:
    tree = opened.window.api.tokens.list
    items = [tree.topLevelItem(place) for place in range(tree.topLevelItemCount())]
    return [[item.text(column) for column in range(5)] for item in items if item is not None]


def test_a_token_is_made_shown_once_and_revoked(empty: App, tmp_path: Path, qtbot: QtBot) -> None:
    with serving_desk(empty, tmp_path) as opened:
        panel = opened.window.api.tokens
        settle(opened)
        assert panel.total.text() == "Nobody can sign in yet"
        assert not panel.revoke.isEnabled()
        # when one is made
        panel.add.click()
        panel.form.name.put("edr")
        panel.form.scopes[Scope.INTAKE].click()
        panel.form.source.put("sensor")
        panel.form.add.click()
        settle(opened)
        # then it can be copied, and it works
        assert not panel.form.isVisible()
        panel.secret.copy.click()
        secret = QGuiApplication.clipboard().text()
        assert lines(opened) == [["edr", "read, intake", "sensor", "now", NEVER]]
        assert opened.window.api.serving is not None
        opened.window.api.serving.switch.click()
        settle(opened)
        assert opened.desk.server is not None
        address = opened.desk.server.address
        assert call(address, "/me", secret).json()["source"] == "sensor"
        # when it is put away, then it stands nowhere any more
        panel.put_away.click()
        assert panel.secret.text == ""
        assert not panel.made.isVisible()
        assert secret not in repr(empty.ask(ListAudit()))
        # when it is revoked, which is asked first
        choose_first(opened)
        panel.revoke.click()
        assert panel.question.isVisible()
        assert empty.ask(ListTokens()).tokens[0].is_valid
        panel.sure.click()
        settle(opened)
        # then it is worthless
        assert lines(opened) == [["edr", "read, intake", "sensor", "now", "now"]]
        assert opened.window.toast.text.text() == "edr is revoked"
        assert not panel.revoke.isEnabled()
        assert call(address, "/me", secret).status_code == 401


def test_a_name_that_is_taken_is_said_at_the_name(opened: OpenedDesk, empty: App) -> None:
    panel = opened.window.api.tokens
    token_of(empty, "siem")
    panel.add.click()
    panel.form.name.put("siem")
    panel.form.add.click()
    settle(opened)
    assert panel.form.name.problem.text() == "There is a token named siem already. Choose another name."
    assert panel.form.isVisible()
    assert not panel.made.isVisible()


def test_whoever_hesitates_keeps_the_token(opened: OpenedDesk, empty: App, qtbot: QtBot) -> None:
    token_of(empty, "siem")
    qtbot.waitUntil(lambda: len(lines(opened)) == 1, timeout=20_000)
    panel = opened.window.api.tokens
    choose_first(opened)
    panel.revoke.click()
    panel.keep.click()
    assert not panel.question.isVisible()
    settle(opened)
    assert empty.ask(ListTokens()).tokens[0].is_valid


def test_tokens_that_may_not_be_seen_are_said_so(opened: OpenedDesk) -> None:
    panel = opened.window.api.tokens
    panel._fail(AccessDenied("The token ana does not have the scope admin."))
    assert panel.total.text() == "The token ana does not have the scope admin."
