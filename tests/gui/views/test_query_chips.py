import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.domain.query_parsing import Chip
from triage_app.gui.look import Look
from triage_app.gui.views.query_chips import QueryChips

FROM = Chip(0, 16, "from", "example.com", excluded=False)
NOT_OPEN = Chip(17, 25, "is", "open", excluded=True)
WORD = Chip(26, 33, "", "invoice", excluded=False)


@pytest.fixture
def chips(look: Look, qtbot: QtBot) -> QueryChips:
    chips = QueryChips(look)
    qtbot.addWidget(chips)
    chips.resize(600, 80)
    chips.show_chips((FROM, NOT_OPEN, WORD), "Inbox")
    chips.show()
    return chips


def test_each_part_is_a_chip_behind_the_view(chips: QueryChips) -> None:
    assert [chip.text() for chip in chips.chips] == ["in: Inbox", "from: example.com", "not is: open", "invoice"]
    assert [chip.excluded for chip in chips.chips] == [False, False, True, False]
    assert chips.chips[2].accessibleName() == "not is: open, remove"


def test_a_click_on_the_cross_removes_and_one_beside_it_does_not(chips: QueryChips, qtbot: QtBot) -> None:
    chip = chips.chips[1]
    with qtbot.assertNotEmitted(chips.removed):
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip.rect().center())
    with qtbot.waitSignal(chips.removed) as told:
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip.cross().center())
    assert told.args == [FROM]


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_key_removes(chips: QueryChips, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(chips.removed) as told:
        QTest.keyClick(chips.chips[3], key)
    assert told.args == [WORD]


def test_arrows_go_from_chip_to_chip_and_back_to_the_box(chips: QueryChips, qtbot: QtBot) -> None:
    chips.chips[0].setFocus()
    QTest.keyClick(chips.chips[0], Qt.Key.Key_Right)
    assert chips.focusWidget() is chips.chips[1]
    QTest.keyClick(chips.chips[1], Qt.Key.Key_Left)
    with qtbot.waitSignal(chips.left):
        QTest.keyClick(chips.chips[0], Qt.Key.Key_Left)


def test_taking_the_view_away_searches_everything(chips: QueryChips, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chips.widened):
        QTest.keyClick(chips.chips[0], Qt.Key.Key_Delete)


def test_it_is_there_only_where_it_says_something(chips: QueryChips) -> None:
    chips.show_chips((), "Inbox")
    assert not chips.isVisible()
    chips.say("There is no field `subjekt:`.")
    assert chips.isVisible()
    assert chips.problem.text() == "There is no field `subjekt:`."
    chips.say("")
    assert not chips.isVisible()
