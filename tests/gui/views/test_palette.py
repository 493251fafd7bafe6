import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from triage_app.gui.actions import ACTIONS
from triage_app.gui.look import Look
from triage_app.gui.views.palette import CommandPalette, matches, rank, shown_keys


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("Assign to me", "assign", True),
        ("Assign to me", "atm", True),
        ("Assign to me", "mta", False),
        ("Inbox", "", True),
    ],
)
def test_letters_match_in_their_order(text: str, wanted: str, found: bool) -> None:
    assert matches(text, wanted) is found


def test_words_as_typed_come_before_scattered_letters() -> None:
    assert sorted(["Show more", "Theme: dark", "The mead"], key=lambda text: rank(text, "theme"))[0] == "Theme: dark"


def test_keys_are_shown_as_words() -> None:
    assert shown_keys(("G, I",)) == "G then I"
    assert shown_keys(("Z", "Ctrl+Z")) == "Z or Ctrl+Z"
    assert shown_keys(()) == ""


def test_down_and_return_choose(look: Look, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    palette = CommandPalette(look, window)
    palette.begin([(action, action.text, action.keys) for action in ACTIONS[:5]])
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.chosen) as chosen:
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert chosen.args == [ACTIONS[2].id]
    assert not palette.isVisible()


def test_nothing_found_chooses_nothing(look: Look, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    palette = CommandPalette(look, window)
    palette.begin([(action, action.text, action.keys) for action in ACTIONS])
    palette.line.setText("qqqqzzzz")
    with qtbot.assertNotEmitted(palette.chosen):
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
