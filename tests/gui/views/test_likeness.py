import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.gui.views.test_window import press
from triage_app.domain.ticket import Status, TicketId, Verdict
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.app import App
from triage_app.services.commands import AddNote, CloseTicket, CorrectLabel
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.queries import GetTicket, ListTicketIds
from triage_app.services.search_queries import GetSimilar, SimilarTicket


@pytest.fixture
def hit(opened: OpenedDesk, qtbot: QtBot) -> SimilarTicket:
    """A similar ticket that was closed with a note; it is in hand in the tab of an open one."""
    app, window = opened.desk.app, opened.window
    ticket, other = alike(app)
    app.execute(CorrectLabel(id=other, label="Phishing"))
    app.execute(AddNote(id=other, text="Blocked at the proxy."))
    app.execute(CloseTicket(id=other, verdict=Verdict.TRUE_POSITIVE))
    # It has left the list when it is known there that it is closed.
    qtbot.waitUntil(lambda: window.queue.table.place_of(other) < 0)
    settle(opened)
    window.queue.wait_for(ticket)
    settle(opened)
    window.do("tab-similar")
    choose(opened, other, qtbot)
    chosen = window.pane.similar.hit
    assert chosen is not None
    return chosen


def alike(app: App) -> tuple[TicketId, TicketId]:
    """An open ticket that stands in no group, and an open one that is like it."""
    for ticket in app.ask(ListTicketIds()).ids:
        found = app.ask(GetSimilar(what=str(ticket), status="open")).similar
        if found and not app.ask(GetDuplicates(id=ticket)).links:
            return ticket, found[0].id
    raise AssertionError("No two sample tickets are alike.")


def choose(opened: OpenedDesk, other: TicketId, qtbot: QtBot) -> None:
    tab = opened.window.pane.similar
    qtbot.waitUntil(lambda: tab.lines.place_of(other) >= 0 and tab.hit is not None)
    settle(opened)
    tab.list.setCurrentIndex(tab.lines.index(tab.lines.place_of(other)))


def in_hand(opened: OpenedDesk) -> TicketId:
    ticket = opened.window.queue.current
    assert ticket is not None
    return ticket


def test_the_tab_says_how_many_are_similar_and_lists_them(opened: OpenedDesk, hit: SimilarTicket) -> None:
    pane = opened.window.pane
    answer = opened.desk.app.ask(GetSimilar(what=str(in_hand(opened))))
    assert {each.id for each in pane.similar.lines.hits} == {each.id for each in answer.similar}
    number = answer.open + answer.past
    assert pane.tabs.tabText(3) == (f"Similar {number}" if number else "Similar")
    assert hit.note == "Blocked at the proxy."


def test_it_is_decided_like_the_similar_one_and_the_next_ticket_comes_up(
    opened: OpenedDesk, hit: SimilarTicket
) -> None:
    app, ticket = opened.desk.app, in_hand(opened)
    press(opened, Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ShiftModifier)
    row = app.ask(GetTicket(id=ticket)).row
    assert (row.category, row.verdict) == ("Phishing", Verdict.TRUE_POSITIVE)
    assert in_hand(opened) != ticket
    assert f"like ticket {hit.id}" in opened.window.toast.text.text()
    # and one key takes it back
    press(opened, Qt.Key.Key_Z)
    assert app.ask(GetTicket(id=ticket)).row.status is Status.NEW


def test_both_are_linked_and_unlinked_again(opened: OpenedDesk, hit: SimilarTicket) -> None:
    app, ticket = opened.desk.app, in_hand(opened)
    press(opened, Qt.Key.Key_L)
    assert app.ask(GetDuplicates(id=ticket)).links
    assert "Linked 1 ticket under" in opened.window.toast.text.text()
    press(opened, Qt.Key.Key_Z)
    assert not app.ask(GetDuplicates(id=ticket)).links


def test_its_note_is_copied_to_the_ticket_and_the_clipboard(opened: OpenedDesk, hit: SimilarTicket) -> None:
    press(opened, Qt.Key.Key_N, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().text() == hit.note
    assert hit.note in [entry.text for entry in opened.desk.app.ask(GetTicket(id=in_hand(opened))).timeline]


def test_it_is_taken_in_hand(opened: OpenedDesk, hit: SimilarTicket) -> None:
    press(opened, Qt.Key.Key_O)
    assert in_hand(opened) == hit.id
    assert opened.window.pane.row is not None
    assert opened.window.pane.row.id == hit.id


def test_return_puts_both_side_by_side(opened: OpenedDesk, hit: SimilarTicket) -> None:
    opened.window.pane.similar.list.setFocus()
    press(opened, Qt.Key.Key_Return)
    panel = opened.window.comparing.side_by_side
    assert panel.isVisible()
    assert panel.comparison is not None
    assert panel.comparison.ticket.id == in_hand(opened)
    assert panel.comparison.other.id == hit.id


def test_without_a_hit_in_hand_it_is_said_what_to_do(opened: OpenedDesk) -> None:
    press(opened, Qt.Key.Key_L)
    assert "Choose a similar ticket" in opened.window.toast.text.text()


def test_what_changes_is_seen_in_the_list(opened: OpenedDesk, hit: SimilarTicket, qtbot: QtBot) -> None:
    tab = opened.window.pane.similar
    opened.desk.app.execute(AddNote(id=hit.id, text="Seen again."))
    qtbot.waitUntil(lambda: any(each.note == "Seen again." for each in tab.lines.hits))
