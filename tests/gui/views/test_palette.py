import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from triage_app.gui.actions import ACTIONS
from triage_app.gui.look import Look
from triage_app.gui.views.palette import CommandPalette, matches, rank, shown_keys, value_in


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


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ("pivot 198.51.100[.]7", "198.51.100[.]7"),
        ("  Pivot   hxxp://a.example/x y ", "hxxp://a.example/x y"),
        ("pivot", ""),
        ("pivot ", ""),
        ("pivots a.example", ""),
    ],
)
def test_a_value_is_what_follows_the_word(wanted: str, value: str) -> None:
    assert value_in(wanted) == value


def test_a_value_asks_for_its_page_and_the_word_alone_for_the_command(look: Look, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    palette = CommandPalette(look, window)
    actions = [(action, action.text, action.keys) for action in ACTIONS]
    palette.begin(actions)
    palette.line.setText("pivot <b>198.51.100.7</b>")
    row = palette.list.itemWidget(palette.list.item(0))
    assert row is not None
    assert row.accessibleName() == "Open the page of <b>198.51.100.7</b>"
    with qtbot.waitSignal(palette.page_wanted) as wanted, qtbot.assertNotEmitted(palette.chosen):
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert wanted.args == ["<b>198.51.100.7</b>"]
    palette.begin(actions)
    palette.line.setText("observable\u2019s page")
    with qtbot.waitSignal(palette.chosen) as chosen:
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert chosen.args == ["pivot"]
