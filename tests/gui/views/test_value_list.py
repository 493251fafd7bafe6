from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.value_list import ValueList, in_tickets
from triage_app.services.search_queries import ComparedValue

VALUES = (
    ComparedValue("url", "hxxp://evil[.]example/1", 3),
    ComparedValue("file_name", "form.docm", 1),
    ComparedValue("rule", "vpn", 0),
)


def test_a_list_is_as_high_as_its_lines_and_copies_what_is_chosen(look: Look, qtbot: QtBot) -> None:
    shown = ValueList(look, "In both")
    qtbot.addWidget(shown)
    shown.resize(600, 100)
    shown.show_values(VALUES)
    shown.show()
    assert [shown.lines.index(row, 0).data() for row in range(3)] == ["URL", "File name", "Rule"]
    assert [shown.lines.index(row, 2).data() for row in range(3)] == ["in 3 tickets", "in 1 ticket", ""]
    assert shown.height() == 3 * shown.verticalHeader().defaultSectionSize()
    assert not shown.isColumnHidden(2)
    # when two lines are chosen and copied
    shown.selectRow(0)
    shown.selectionModel().select(
        shown.lines.index(1, 0),
        shown.selectionModel().SelectionFlag.Select | shown.selectionModel().SelectionFlag.Rows,
    )
    QTest.keyClick(shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "hxxp://evil[.]example/1\nform.docm"
    # when there is little room, the value has it
    shown.resize(200, shown.height())
    assert shown.isColumnHidden(2)
    shown.grab()
    # when there is nothing, it takes no room
    shown.show_values(())
    assert shown.isHidden()


def test_the_keyboard_finds_a_line_and_leaves_none_behind(look: Look, qtbot: QtBot) -> None:
    shown = ValueList(look, "In both")
    qtbot.addWidget(shown)
    shown.show_values(VALUES)
    shown.show()
    shown.activateWindow()
    QTest.qWaitForWindowActive(shown)
    shown.clearFocus()
    shown.setFocus(Qt.FocusReason.TabFocusReason)
    assert shown.currentIndex().row() == 0
    shown.clearFocus()
    assert not shown.selectionModel().hasSelection()


def test_what_was_not_counted_is_not_told() -> None:
    assert in_tickets(0) == ""
    assert in_tickets(1) == "in 1 ticket"
    assert in_tickets(12) == "in 12 tickets"


def test_return_on_an_observable_asks_for_its_page(look: Look, qtbot: QtBot) -> None:
    shown = ValueList(look, "In both")
    qtbot.addWidget(shown)
    shown.show_values(VALUES)
    shown.show()
    shown.selectRow(1)
    with qtbot.waitSignal(shown.page_wanted) as wanted:
        QTest.keyClick(shown, Qt.Key.Key_Return)
    assert wanted.args == ["form.docm"]
    # but a rule has none
    shown.selectRow(2)
    with qtbot.assertNotEmitted(shown.page_wanted):
        QTest.keyClick(shown, Qt.Key.Key_Return)
