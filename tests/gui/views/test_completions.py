import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from triage_app.domain.query_completion import Completion
from triage_app.gui.look import Look
from triage_app.gui.views.completions import MOST_SHOWN, CompletionList

FIELDS = tuple(Completion(0, 0, f"field{n}:", f"what field {n} means") for n in range(20))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(700, 500)
    return window


@pytest.fixture
def box(window: QWidget) -> QLineEdit:
    box = QLineEdit(window)
    box.setGeometry(500, 10, 180, 28)
    window.show()
    box.setFocus()
    return box


@pytest.fixture
def offered(look: Look, box: QLineEdit) -> CompletionList:
    found = CompletionList(look, box)
    found.offer(FIELDS)
    return found


def chosen(offered: CompletionList, by: int) -> Completion | None:
    offered.move_by(by)
    return offered.chosen


def test_it_hangs_below_its_box_within_the_window_and_takes_no_keyboard(offered: CompletionList, box: QWidget) -> None:
    window = box.window()
    assert offered.isVisible()
    assert window.rect().contains(offered.geometry())
    assert offered.geometry().top() >= box.geometry().bottom()
    assert offered.focusPolicy() == offered.list.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert window.focusWidget() is box


def test_nothing_is_chosen_at_first_and_the_arrows_go_round_through_nothing(offered: CompletionList) -> None:
    assert offered.chosen is None
    assert [chosen(offered, by) for by in (1, -1, -1, 1)] == [FIELDS[0], None, FIELDS[-1], None]


def test_a_click_takes_one(offered: CompletionList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(offered.taken) as told:
        where = offered.list.visualItemRect(offered.list.item(1)).center()
        QTest.mouseClick(offered.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert told.args == [FIELDS[1]]


def test_without_any_it_hides(offered: CompletionList) -> None:
    offered.offer(())
    assert not offered.isVisible()
    assert offered.chosen is None
    assert offered.first is None


def test_a_long_list_scrolls(offered: CompletionList) -> None:
    rows = offered.list.height() // offered.list.sizeHintForRow(0)
    assert rows == MOST_SHOWN
    offered.move_by(-1)
    last = offered.list.visualItemRect(offered.list.item(len(FIELDS) - 1))
    assert offered.list.viewport().rect().contains(last)
