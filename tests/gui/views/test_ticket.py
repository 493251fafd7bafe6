from triage_app.domain.errors import NotFound
from triage_app.domain.ticket import Verdict
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.commands import CloseTicket


def test_the_head_says_who_what_and_how_it_stands(opened: OpenedDesk) -> None:
    pane = opened.window.pane
    assert pane.row is not None
    assert pane.subject.text() in pane.row.subject
    assert pane.row.sender in pane.facts.text()
    assert f"ticket {pane.row.id}" in pane.times.text()
    assert pane.status.text() == "New \u00b7 nobody's yet"
    assert pane.close_button.isVisible()
    assert not pane.reopen_button.isVisible()


def test_what_somebody_else_changes_shows_by_itself(opened: OpenedDesk) -> None:
    pane, ticket = opened.window.pane, opened.window.queue.current
    assert ticket is not None
    opened.window.do("go-all")
    settle(opened)
    opened.window.queue.wait_for(ticket)
    settle(opened)
    opened.desk.app.execute(CloseTicket(id=ticket, verdict=Verdict.FALSE_POSITIVE))
    settle(opened)
    assert pane.status.text().startswith("Closed: false positive")
    assert pane.reopen_button.isVisible()
    assert not pane.close_button.isVisible()


def test_a_ticket_that_cannot_be_read_says_so_and_offers_another_try(opened: OpenedDesk) -> None:
    pane = opened.window.pane
    pane.show_error(NotFound("There is no ticket 4711."))
    assert pane.state.isVisible()
    assert pane.state.sentence == "There is no ticket 4711."


def test_the_observables_are_counted_on_their_tab(opened: OpenedDesk) -> None:
    view = opened.window.pane.view
    assert view is not None
    number = len(view.observables)
    assert opened.window.pane.tabs.tabText(1) == (f"Observables {number}" if number else "Observables")
