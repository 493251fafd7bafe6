import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.pivot import PivotPanel
from triage_app.services.queries import GetTicket, ListTicketIds, SeenObservable
from triage_app.services.search_commands import IgnoreObservable


@pytest.fixture
def panel(opened: OpenedDesk) -> PivotPanel:
    return opened.window.pivoting.panel


def shared(opened: OpenedDesk) -> tuple[TicketId, SeenObservable]:
    """An observable that is in several tickets and not our own, with a ticket that it is in."""
    app = opened.desk.app
    for ticket in app.ask(ListTicketIds(view="all")).ids:
        for seen in app.ask(GetTicket(id=ticket)).observables:
            if seen.tickets > 2 and not seen.own:
                return ticket, seen
    raise AssertionError("No two sample tickets share anything.")


def test_a_page_tells_where_an_observable_was_seen_and_with_what(opened: OpenedDesk, panel: PivotPanel) -> None:
    _ticket, seen = shared(opened)
    panel.begin(seen.defanged)
    settle(opened)
    assert panel.isVisible()
    assert panel.value.text() == seen.defanged
    assert panel.facts.text().startswith(f"{seen.tickets} tickets")
    assert panel.tickets.rowCount() == seen.tickets
    assert panel.neighbours.rowCount() > 0
    assert sum(int(each.split(": ")[1].split(",")[0]) for each in panel.categories.shown) == seen.tickets
    assert panel.verdicts.isHidden()
    # when the value is copied, nobody can follow it by mistake
    panel.copy()
    assert QGuiApplication.clipboard().text() == seen.defanged
    # when a neighbour is followed, the first page is behind it
    assert not panel.back_button.isEnabled()
    panel.neighbour_list.activated.emit(panel.neighbours.index(0, 0))
    settle(opened)
    assert panel.value.text() != seen.defanged
    QTest.keyClick(panel, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    settle(opened)
    assert panel.value.text() == seen.defanged
    QTest.keyClick(panel, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    settle(opened)
    assert panel.value.text() != seen.defanged


def test_return_on_a_ticket_takes_it_in_hand(opened: OpenedDesk, panel: PivotPanel) -> None:
    _ticket, seen = shared(opened)
    panel.begin(seen.value)
    settle(opened)
    row = panel.tickets.key_at(1)
    panel.ticket_list.activated.emit(panel.tickets.index(1, 0))
    settle(opened)
    assert not panel.isVisible()
    assert opened.window.queue.current == row.id


def test_all_its_tickets_are_shown_in_the_queue(opened: OpenedDesk, panel: PivotPanel) -> None:
    _ticket, seen = shared(opened)
    panel.begin(seen.value)
    settle(opened)
    panel.all_button.click()
    settle(opened)
    assert not panel.isVisible()
    assert opened.window.queue.table.which.view == "all"
    assert opened.window.queue.table.rowCount() == seen.tickets


def test_a_switch_says_that_it_tells_nothing_and_back(opened: OpenedDesk, panel: PivotPanel) -> None:
    ticket, seen = shared(opened)
    panel.begin(seen.value)
    settle(opened)
    panel.switch_button.click()
    settle(opened)
    ignored = {each.value: each.ignored for each in opened.desk.app.ask(GetTicket(id=ticket)).observables}
    assert ignored[seen.value]
    assert "ignored" in panel.facts.text()
    assert panel.switch_button.text() == "Heed again"
    panel.switch_button.click()
    settle(opened)
    assert "ignored" not in panel.facts.text()
    assert panel.switch_button.text() == "Ignore"


def test_what_is_nowhere_and_what_is_nothing_are_said(opened: OpenedDesk, panel: PivotPanel) -> None:
    panel.begin("nowhere.example.com")
    settle(opened)
    assert panel.state.isVisible()
    assert not panel.switch_button.isEnabled()
    panel.begin("no observable at all")
    settle(opened)
    assert panel.state.isVisible()
    assert panel.pivot is None


def test_a_page_of_what_is_ignored_already_offers_to_heed_it(opened: OpenedDesk, panel: PivotPanel) -> None:
    _ticket, seen = shared(opened)
    opened.desk.app.execute(IgnoreObservable(seen.value))
    panel.begin(seen.value)
    settle(opened)
    assert panel.switch_button.text() == "Heed again"
