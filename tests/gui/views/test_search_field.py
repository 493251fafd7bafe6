from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from triage_app.domain.query_completion import Completion
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


# -- completions and problems ----------------------------------------------------------------------------------------

OPEN, CLOSED = Completion(3, 5, "open", "there is work to do"), Completion(3, 5, "closed", "resolved")


@pytest.fixture
def typed(look: Look, qtbot: QtBot) -> Iterator[SearchField]:
    """A field in a window beside another one, with something typed and two ways to go on."""
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    field = SearchField(look, "Search", "from:example.com")
    row.addWidget(field)
    row.addWidget(QLineEdit())
    window.resize(600, 400)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    field.setText("is:cl")
    field.setFocus()
    field.completions.offer((OPEN, CLOSED))
    yield field
    window.close()


def test_return_without_a_chosen_completion_searches(typed: SearchField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(typed.entered), qtbot.assertNotEmitted(typed.took):
        QTest.keyClick(typed, Qt.Key.Key_Return)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_chosen_completion_is_taken(typed: SearchField, qtbot: QtBot, key: Qt.Key) -> None:
    QTest.keyClick(typed, Qt.Key.Key_Down)
    QTest.keyClick(typed, Qt.Key.Key_Down)
    with qtbot.waitSignal(typed.took) as told, qtbot.assertNotEmitted(typed.entered):
        QTest.keyClick(typed, key)
    assert told.args == [CLOSED]
    assert typed.hasFocus()


def test_tab_takes_the_first_for_a_word_that_was_begun_and_else_goes_on(typed: SearchField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(typed.took) as told:
        QTest.keyClick(typed, Qt.Key.Key_Tab)
    assert told.args == [OPEN]
    # nothing is begun: Tab is the way out
    typed.completions.offer((Completion(5, 5, "x", ""),))
    with qtbot.assertNotEmitted(typed.took):
        QTest.keyClick(typed, Qt.Key.Key_Tab)
    assert not typed.hasFocus()
    assert not typed.completions.isVisible()


def test_escape_closes_the_list_and_nothing_else(typed: SearchField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(typed.dismissed):
        QTest.keyClick(typed, Qt.Key.Key_Escape)
    assert not typed.completions.isVisible()
    assert typed.text() == "is:cl"
    assert typed.hasFocus()


def test_what_is_wrong_is_underlined_at_its_place_until_it_is_changed(typed: SearchField) -> None:
    typed.setText("invoice subjekt:x open")
    assert typed.wave() is None
    typed.mark((8, 17))
    wave = typed.wave()
    assert wave is not None
    metrics, text = typed.fontMetrics(), typed.text()
    assert wave[1] - wave[0] == pytest.approx(metrics.horizontalAdvance(text[8:17]), abs=2)
    # the place moves with the text when the line scrolls, and stays within the line
    typed.setText(f"{text} {'word ' * 60}")
    typed.mark((8, 17))
    typed.setCursorPosition(len(typed.text()))
    typed.grab()
    assert typed.wave() is None
    typed.setCursorPosition(8)
    typed.grab()
    assert typed.wave() is not None
    typed.setText("invoice")
    assert typed.marked is None


def test_a_text_is_put_in_without_telling(typed: SearchField, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(typed.wanted, wait=2 * PAUSE_MS):
        typed.put("is:open")
    assert typed.text() == "is:open"
    assert not typed.completions.isVisible()
