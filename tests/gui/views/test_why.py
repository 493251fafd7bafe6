import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.views.test_window import press
from triage_app.domain.dedup import Level
from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.look import Scheme
from triage_app.gui.screens import settle
from triage_app.gui.views.why import WhyPanel
from triage_app.services.commands import LinkTickets
from triage_app.services.dedup_queries import GetDuplicates, ListDedupRules
from triage_app.services.queries import ListTicketIds, ListTickets

LONG_PATIENCE_MS = 60_000


@pytest.fixture
def why(opened: OpenedDesk) -> WhyPanel:
    return opened.window.why


def merged_ticket(opened: OpenedDesk) -> tuple[TicketId, str]:
    """A ticket with a merged repeat, and the rule that merged it."""
    app = opened.desk.app
    for row in app.ask(ListTickets(view="duplicates", limit=50)).tickets:
        tree = app.ask(GetDuplicates(id=row.id))
        if tree.repeats and tree.first.id == row.id:
            return row.id, tree.repeats[0].rule
    raise AssertionError("The sample mail has no repeat.")


def test_a_key_says_of_the_ticket_in_hand_which_rule_decided(opened: OpenedDesk, why: WhyPanel) -> None:
    # given a ticket into which a rule merged a repeat
    ticket, rule = merged_ticket(opened)
    opened.window.do("go-all")
    opened.window.queue.wait_for(ticket)
    settle(opened)
    # when
    press(opened, Qt.Key.Key_W)
    settle(opened, LONG_PATIENCE_MS)
    # then every rule says something, and the one that decided is marked
    text = why.body.toPlainText()
    assert why.isVisible()
    assert str(ticket) in why.title.text()
    assert all(card.name in text for card in opened.desk.app.ask(ListDedupRules()).rules)
    line = next(line for line in text.splitlines() if "decided" in line)
    assert line.startswith(rule)
    assert f"by rule {rule}" in text
    # when it is left, the keyboard is back
    press(opened, Qt.Key.Key_Escape)
    assert not why.isVisible()
    assert opened.window.queue.list.hasFocus()


def test_two_marked_tickets_are_compared_and_three_are_not(opened: OpenedDesk, why: WhyPanel) -> None:
    one, other = sorted(opened.desk.app.ask(ListTicketIds(limit=2)).ids)
    press(opened, Qt.Key.Key_J, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert opened.window.queue.state.marked == {one, other}
    press(opened, Qt.Key.Key_W)
    settle(opened, LONG_PATIENCE_MS)
    assert why.title.text().startswith(f"Tickets {one} and {other}")
    assert "came in first" in why.body.toPlainText()
    press(opened, Qt.Key.Key_Escape)
    press(opened, Qt.Key.Key_J, modifier=Qt.KeyboardModifier.ShiftModifier)
    press(opened, Qt.Key.Key_W)
    assert not why.isVisible()
    assert "Two marked tickets" in opened.window.toast.text.text()


def test_the_line_in_hand_is_compared_with_what_it_is_linked_to(opened: OpenedDesk, why: WhyPanel) -> None:
    # given a group whose tab has the keyboard, and a linked ticket in it
    app = opened.desk.app
    ids = app.ask(ListTicketIds(limit=2)).ids
    app.execute(LinkTickets(ids=tuple(ids), level=Level.LINK))
    settle(opened)
    tree = app.ask(GetDuplicates(id=ids[0]))
    opened.window.queue.wait_for(tree.first.id)
    settle(opened)
    tab = opened.window.pane.duplicates
    opened.window.do("tab-duplicates")
    tab.list.setCurrentIndex(tab.lines.index(tab.lines.place_of(("ticket", tree.links[0].ticket.id))))
    # when by key and by button
    press(opened, Qt.Key.Key_W)
    settle(opened, LONG_PATIENCE_MS)
    assert "Tickets" in why.title.text()
    assert f"as link by {app.user}" in why.body.toPlainText()
    why.close_button.click()
    assert not why.isVisible()
    tab.why.click()
    settle(opened)
    # then
    assert why.isVisible()
    assert str(tree.first.id) in why.title.text()


def test_an_error_is_said_with_another_try(opened: OpenedDesk, why: WhyPanel) -> None:
    why.ask(TicketId(99_999_999))
    assert why.state.sentence == "Asking each rule\u2026"
    settle(opened, LONG_PATIENCE_MS)
    assert "99999999" in why.state.sentence
    assert why.state.isVisible()


def test_who_leaves_waits_for_nothing(opened: OpenedDesk, why: WhyPanel) -> None:
    why.ask(opened.desk.app.ask(ListTicketIds(limit=1)).ids[0])
    QTest.keyClick(why.body, Qt.Key.Key_Escape)
    settle(opened, LONG_PATIENCE_MS)
    assert not why.isVisible()
    assert why.body.toPlainText() == ""


def test_it_follows_the_theme_and_is_no_higher_than_it_need_be(opened: OpenedDesk, why: WhyPanel) -> None:
    why.ask(opened.desk.app.ask(ListTicketIds(limit=1)).ids[0])
    settle(opened, LONG_PATIENCE_MS)
    light = why.body.toHtml()
    opened.window.set_scheme(Scheme.DARK)
    assert why.body.toHtml() != light
    assert why.height() <= opened.window.height()
    assert why.body.document().size().width() <= why.body.viewport().width()
