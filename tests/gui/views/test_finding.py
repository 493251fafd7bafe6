from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.views.test_window import press
from triage_app.domain.ticket import Status, TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.sidebar import KIND, SAVED
from triage_app.services.queries import CountViews, GetTicket
from triage_app.services.search_commands import RemoveView, SaveView, SnoozeTicket

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def names(opened: OpenedDesk) -> list[str]:
    return [each.view.name for each in opened.desk.app.ask(CountViews(saved=True)).saved]


def status(opened: OpenedDesk, ticket: TicketId) -> Status:
    return opened.desk.app.ask(GetTicket(id=ticket)).row.status


def save(opened: OpenedDesk, *views: tuple[str, str]) -> None:
    for name, query in views:
        opened.desk.app.execute(SaveView(name=name, query=query))
    settle(opened)


def search(opened: OpenedDesk, query: str) -> None:
    opened.window.queue.search.setText(query)
    opened.window.queue.search_now()
    settle(opened)


def listed(opened: OpenedDesk) -> Sequence[str]:
    return [each.view.name for each in opened.window.sidebar.saved]


# -- saved views -------------------------------------------------------------------------------------------------------


def test_a_search_is_saved_with_a_key_and_stands_in_the_sidebar(opened: OpenedDesk) -> None:
    # given a search in the inbox
    window = opened.window
    search(opened, "account")
    # when it is saved
    press(opened, Qt.Key.Key_S, modifier=CTRL)
    form = window.finding.view_form
    assert form.isVisible()
    assert form.query.text() == "is:open account"
    form.name.setText("Accounts")
    press(opened, Qt.Key.Key_Return)
    # then everybody has it, it is shown, and it is counted
    assert names(opened) == listed(opened) == ["Accounts"]
    assert window.queue.saved is not None
    assert window.queue.title.text() == "Accounts"
    assert window.sidebar.list.currentItem().data(KIND) == SAVED + "Accounts"
    counted = opened.desk.app.ask(CountViews(saved=True)).saved[0]
    assert window.queue.table.rowCount() == counted.tickets
    # and undo takes it back
    press(opened, Qt.Key.Key_Z)
    assert names(opened) == listed(opened) == []


def test_without_a_search_there_is_nothing_to_save(opened: OpenedDesk) -> None:
    press(opened, Qt.Key.Key_S, modifier=CTRL)
    assert not opened.window.finding.view_form.isVisible()
    assert "Search for something first" in opened.window.toast.text.text()


def test_what_cannot_be_saved_says_why_in_its_form(opened: OpenedDesk) -> None:
    search(opened, "account")
    press(opened, Qt.Key.Key_S, modifier=CTRL)
    form = opened.window.finding.view_form
    form.name.setText("Broken")
    form.query.setText("nofield:(")
    press(opened, Qt.Key.Key_Return)
    assert form.isVisible()
    assert form.note.property("wrong")
    assert names(opened) == []


def test_two_keys_go_to_a_saved_view(opened: OpenedDesk) -> None:
    window = opened.window
    save(opened, ("accounts", "account"), ("closed ones", "is:closed"))
    press(opened, Qt.Key.Key_G, Qt.Key.Key_2)
    assert window.queue.title.text() == "closed ones"
    assert window.queue.search.text() == "is:closed"
    assert window.actions_by_id["saved-1"].text() == "accounts"
    assert window.actions_by_id["saved-2"].isVisible()
    assert not window.actions_by_id["saved-3"].isVisible()
    # the other views are as before
    press(opened, Qt.Key.Key_G, Qt.Key.Key_I)
    assert window.queue.title.text() == "Inbox"
    assert window.queue.search.text() == ""
    assert window.queue.saved is None


def test_a_view_saved_by_somebody_else_comes_up_by_itself(opened: OpenedDesk) -> None:
    save(opened, ("accounts", "account"))
    assert listed(opened) == ["accounts"]
    opened.desk.app.execute(RemoveView(name="accounts"))
    settle(opened)
    assert listed(opened) == []


def test_a_saved_view_whose_search_is_changed_is_all_tickets_again(opened: OpenedDesk) -> None:
    window = opened.window
    save(opened, ("accounts", "account"))
    press(opened, Qt.Key.Key_G, Qt.Key.Key_1)
    search(opened, "account is:open")
    assert window.queue.saved is None
    assert window.queue.title.text() == "All tickets"
    assert window.sidebar.list.currentItem().data(KIND) == "all"


def test_a_saved_view_is_renamed_and_both_steps_are_taken_back(opened: OpenedDesk) -> None:
    save(opened, ("accounts", "account"))
    press(opened, Qt.Key.Key_G, Qt.Key.Key_1)
    opened.window.do("rename-view")
    opened.window.finding.view_form.name.setText("all accounts")
    press(opened, Qt.Key.Key_Return)
    assert names(opened) == ["all accounts"]
    assert opened.window.queue.title.text() == "all accounts"
    press(opened, Qt.Key.Key_Z)
    assert names(opened) == ["accounts"]


def test_a_saved_view_is_removed_and_brought_back(opened: OpenedDesk) -> None:
    save(opened, ("accounts", "account"))
    opened.window.do("remove-view")
    assert "Go to a saved view first" in opened.window.toast.text.text()
    press(opened, Qt.Key.Key_G, Qt.Key.Key_1)
    opened.window.do("remove-view")
    settle(opened)
    assert names(opened) == []
    assert opened.window.queue.title.text() == "All tickets"
    press(opened, Qt.Key.Key_Z)
    assert names(opened) == ["accounts"]


# -- putting off -------------------------------------------------------------------------------------------------------


def test_h_puts_off_and_the_next_ticket_is_in_hand(opened: OpenedDesk) -> None:
    # given a ticket in hand
    window = opened.window
    ticket, second = window.queue.table.id_at(0), window.queue.table.id_at(1)
    assert ticket is not None
    # when it is put off until tomorrow
    press(opened, Qt.Key.Key_H)
    assert window.pane.later.isVisible()
    press(opened, Qt.Key.Key_T)
    # then it waits, and the next one is in hand
    row = opened.desk.app.ask(GetTicket(id=ticket)).row
    assert row.status is Status.WAITING
    assert row.back_at is not None
    assert window.queue.current == second
    assert "comes back tomorrow" in window.toast.text.text()
    assert not window.sidebar._items["waiting"].isHidden()
    # and undo brings it back
    press(opened, Qt.Key.Key_Z)
    assert status(opened, ticket) is Status.NEW


def test_what_waits_says_when_it_comes_back_and_is_brought_back_by_hand(opened: OpenedDesk) -> None:
    window = opened.window
    ticket = window.queue.current
    assert ticket is not None
    opened.desk.app.execute(SnoozeTicket(id=ticket, until_change=True, why="the user is away"))
    settle(opened)
    press(opened, Qt.Key.Key_G, Qt.Key.Key_W)
    assert window.queue.current == ticket
    assert "back when something changes" in window.pane.status.text()
    assert window.queue.list.painter.waits
    assert window.queue.header.waits
    assert window.pane.wake_button.isVisible()
    assert not window.pane.later_button.isVisible()
    press(opened, Qt.Key.Key_H, modifier=SHIFT)
    assert status(opened, ticket) is Status.NEW
    assert window.queue.table.rowCount() == 0


def test_marked_tickets_are_put_off_together(opened: OpenedDesk) -> None:
    window = opened.window
    ids = [window.queue.table.id_at(place) for place in range(3)]
    window.queue.state.marked.update(ids)  # type: ignore[arg-type]
    press(opened, Qt.Key.Key_H)
    assert "3 marked tickets" in window.pane.later.title.text()
    press(opened, Qt.Key.Key_C, Qt.Key.Key_Return)
    assert opened.desk.app.ask(CountViews()).waiting == 3
    press(opened, Qt.Key.Key_Z)
    assert opened.desk.app.ask(CountViews()).waiting == 0


def test_a_follow_up_leaves_the_ticket_where_it_is(opened: OpenedDesk) -> None:
    window = opened.window
    ticket = window.queue.current
    assert ticket is not None
    press(opened, Qt.Key.Key_F)
    assert window.pane.later.isVisible()
    press(opened, Qt.Key.Key_T)
    assert window.queue.current == ticket
    assert status(opened, ticket) is Status.NEW
    view = opened.desk.app.ask(GetTicket(id=ticket))
    assert view.wake is not None
    assert view.wake.follow_up


def test_another_ticket_in_hand_closes_the_question(opened: OpenedDesk) -> None:
    press(opened, Qt.Key.Key_H)
    opened.window.do("next")
    settle(opened)
    assert not opened.window.pane.later.isVisible()


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_a_ticket_is_made_by_hand_and_is_in_hand_then(opened: OpenedDesk) -> None:
    # given a form that was filled in
    window = opened.window
    before = window.queue.table.rowCount()
    press(opened, Qt.Key.Key_N, modifier=CTRL)
    form = window.finding.new_ticket
    assert form.isVisible()
    QTest.keyClicks(form.subject, "Badge reader on floor 3")
    assert not window.why.isVisible()
    form.text.setPlainText("Called from 198.51.100.7, the door stays shut.")
    # when it is made
    press(opened, Qt.Key.Key_Return, modifier=CTRL)
    # then the ticket is there and in hand
    assert not form.isVisible()
    row = window.pane.row
    assert row is not None
    assert row.subject == "Badge reader on floor 3"
    assert window.queue.table.rowCount() == before + 1
    # and undo takes it away again
    press(opened, Qt.Key.Key_Z)
    assert window.queue.table.rowCount() == before
