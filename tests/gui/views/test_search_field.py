import pytest
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.search_field import PAUSE_MS, SearchField


@pytest.fixture
def field(look: Look, qtbot: QtBot) -> SearchField:
    field = SearchField(look, "Search this view")
    qtbot.addWidget(field)
    return field


def test_it_tells_once_when_typing_pauses(field: SearchField, qtbot: QtBot) -> None:
    told: list[str] = []
    field.wanted.connect(lambda: told.append(field.words))
    for text in ("l", "la", " lap "):
        field.setText(text)
    assert told == []
    qtbot.waitUntil(lambda: told == ["lap"], timeout=20 * PAUSE_MS)


def test_nothing_is_told_of_what_is_forgotten(field: SearchField, qtbot: QtBot) -> None:
    field.setText("laptop")
    field.forget()
    assert field.words == ""
    with qtbot.assertNotEmitted(field.wanted, wait=2 * PAUSE_MS):
        pass


def test_it_need_not_wait_for_the_pause(field: SearchField, qtbot: QtBot) -> None:
    field.setText("laptop")
    with qtbot.waitSignal(field.wanted, timeout=0):
        field.search_now()
    with qtbot.assertNotEmitted(field.wanted, wait=2 * PAUSE_MS):
        pass
