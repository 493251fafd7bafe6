import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.views.test_window import press
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.completions import CompletionList
from triage_app.gui.views.search_field import PAUSE_MS
from triage_app.services.queries import ListTicketIds


def search(opened: OpenedDesk, query: str) -> None:
    opened.window.queue.search.setText(query)
    opened.window.queue.search_now()
    settle(opened)


def type_in(opened: OpenedDesk, qtbot: QtBot, text: str) -> CompletionList:
    """Type into the box as a person does, and wait until it was read."""
    queue = opened.window.queue
    press(opened, Qt.Key.Key_Slash)
    QTest.keyClicks(queue.search, text)
    queue.search.search_now()
    settle(opened)
    return queue.search.completions


def found(opened: OpenedDesk, query: str, view: str = "inbox") -> int:
    return len(opened.desk.app.ask(ListTicketIds(view=view, query=query)).ids)


def test_a_query_is_drawn_as_chips_and_carried_out(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    search(opened, "is:open -category:Spam account")
    assert [chip.text() for chip in queue.chips.chips] == [
        "in: Inbox",
        "is: open",
        "not category: Spam",
        "account",
    ]
    assert 0 < queue.table.rowCount() == found(opened, "is:open -category:Spam account")
    assert queue.list.hasFocus()


def test_a_chip_is_taken_away_by_key_and_the_keyboard_stays_among_the_chips(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    search(opened, "is:open account")
    queue.chips.chips[1].setFocus()
    press(opened, Qt.Key.Key_Delete)
    assert queue.search.text() == "account"
    assert queue.table.rowCount() == found(opened, "account")
    assert [chip.text() for chip in queue.chips.chips] == ["in: Inbox", "account"]
    assert queue.chips.chips[1].hasFocus()
    press(opened, Qt.Key.Key_Delete)
    assert queue.search.text() == ""
    assert not queue.chips.isVisible()
    assert queue.search.hasFocus()
    assert queue.table.rowCount() == found(opened, "")


def test_taking_the_view_away_searches_everything(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    search(opened, "account")
    press(opened, Qt.Key.Key_A, modifier=Qt.KeyboardModifier.NoModifier)
    search(opened, "is:open OR is:closed")
    queue.chips.chips[0].setFocus()
    press(opened, Qt.Key.Key_Delete)
    assert queue.title.text() == "All tickets"
    assert queue.table.rowCount() == found(opened, "", "all")
    assert not any(chip.field == "in: " for chip in queue.chips.chips)


def test_what_is_wrong_is_said_at_its_place_and_the_list_stays(opened: OpenedDesk) -> None:
    # given a result
    queue = opened.window.queue
    search(opened, "account")
    rows = queue.table.rowCount()
    # when the query becomes one that cannot be read
    search(opened, "account age:<sometime")
    # then what is wrong is underlined, said, and the result is still there
    wrong = queue.search.marked
    assert wrong is not None
    assert "sometime" in queue.search.text()[wrong[0] : wrong[1]]
    assert queue.chips.problem.isVisible()
    assert queue.chips.problem.text()
    assert queue.table.rowCount() == rows
    assert queue.table.which.query == "account"
    # when it is mended, nothing is said any more
    search(opened, "account age:<900d")
    assert queue.search.marked is None
    assert not queue.chips.problem.isVisible()


def test_completions_come_while_one_types_and_are_taken_by_key(opened: OpenedDesk, qtbot: QtBot) -> None:
    queue = opened.window.queue
    completions = type_in(opened, qtbot, "cate")
    assert completions.isVisible()
    assert completions.first is not None
    assert completions.first.text == "category:"
    QTest.keyClick(queue.search, Qt.Key.Key_Tab)
    settle(opened)
    assert queue.search.text() == "category:"
    QTest.keyClicks(queue.search, "sp")
    queue.search.search_now()
    settle(opened)
    press(opened, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert queue.search.text() == "category:Spam "
    assert queue.search.hasFocus()
    press(opened, Qt.Key.Key_Return)
    assert queue.list.hasFocus()
    assert not completions.isVisible()
    assert queue.table.rowCount() == found(opened, "category:Spam")


def test_a_completion_goes_where_it_belongs_behind_an_emoji(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    press(opened, Qt.Key.Key_Slash)
    queue.search.setText("\U0001f389\U0001f389 ")
    QTest.keyClicks(queue.search, "cate")
    queue.search.search_now()
    settle(opened)
    assert queue.search.completions.isVisible()
    QTest.keyClick(queue.search, Qt.Key.Key_Tab)
    assert queue.search.text() == "\U0001f389\U0001f389 category:"
    assert queue.search.cursor_place == len(queue.search.text())


def test_an_empty_box_shows_what_can_be_typed(opened: OpenedDesk, qtbot: QtBot) -> None:
    queue = opened.window.queue
    press(opened, Qt.Key.Key_Slash)
    qtbot.waitUntil(queue.search.completions.isVisible, timeout=20 * PAUSE_MS)
    first = queue.search.completions.first
    assert first is not None
    assert first.meaning
    # Escape closes it, and once more goes back to the list
    press(opened, Qt.Key.Key_Escape)
    assert not queue.search.completions.isVisible()
    assert queue.search.hasFocus()
    press(opened, Qt.Key.Key_Escape)
    assert queue.list.hasFocus()


def test_what_is_still_typed_is_not_called_wrong(opened: OpenedDesk, qtbot: QtBot) -> None:
    queue = opened.window.queue
    completions = type_in(opened, qtbot, "is:")
    assert completions.isVisible()
    assert queue.search.marked is None
    assert not queue.chips.problem.isVisible()
    press(opened, Qt.Key.Key_Escape)
    assert queue.chips.problem.isVisible()


@pytest.mark.parametrize(("key", "view"), [(Qt.Key.Key_F, "all")])
def test_a_key_searches_everything(opened: OpenedDesk, key: Qt.Key, view: str) -> None:
    press(opened, key, modifier=Qt.KeyboardModifier.ControlModifier)
    assert opened.window.queue.table.which.view == view
    assert opened.window.queue.search.hasFocus()
