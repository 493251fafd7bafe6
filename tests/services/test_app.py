"""The one public interface."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import NotFound
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.commands import AddNote, AssignTicket
from triage_app.services.queries import GetTicket, ListAudit, ListTickets


def test_listeners_hear_what_changed_until_they_stop(demo: App) -> None:
    heard: list[ChangeSet] = []
    stop = demo.subscribe(heard.append)
    ticket = demo.ask(ListTickets(limit=1)).tickets[0].id
    demo.execute(AssignTicket(ticket, "me"))
    stop()
    demo.execute(AssignTicket(ticket, "-"))
    (changes,) = heard
    assert changes == ChangeSet(frozenset({ChangeKind.TICKETS_CHANGED}), frozenset({ticket}))


def test_a_refused_command_changes_nothing_and_is_not_logged(demo: App) -> None:
    before = demo.ask(ListAudit())
    with pytest.raises(NotFound, match="99999"):
        demo.execute(AddNote(TicketId(99_999), "lost"))
    assert demo.ask(ListAudit()) == before


def test_commands_from_many_threads_are_all_done_and_all_logged(demo: App) -> None:
    ticket = demo.ask(ListTickets(limit=1)).tickets[0].id
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: demo.execute(AddNote(ticket, f"note {number}")), range(40)))
    notes = demo.ask(GetTicket(ticket)).notes
    assert sorted(each.text for each in notes) == sorted(f"note {number}" for number in range(40))
    numbers = [each.number for each in demo.ask(ListAudit(ticket=ticket)).entries]
    assert sorted(numbers) == list(range(1, 41))
