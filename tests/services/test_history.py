"""The log of executed commands is a chain that shows gaps and edits."""

import dataclasses

from triage_app.domain.history import GENESIS, AuditEntry, entry_hash
from triage_app.domain.ticket import Verdict
from triage_app.services.app import App
from triage_app.services.commands import AddNote, CloseTicket, LoadDemo, Undo
from triage_app.services.queries import ListAudit, ListTickets


def computed(entry: AuditEntry) -> str:
    return entry_hash(
        entry.previous, entry.writer, str(entry.number), entry.at.isoformat(), entry.actor, entry.command,
        entry.arguments, entry.result, entry.inverse, ",".join(map(str, entry.tickets)),
    )  # fmt: skip


def test_every_command_is_logged_and_chained(demo: App) -> None:
    # given
    ticket = demo.ask(ListTickets(limit=1)).tickets[0].id
    # when
    demo.execute(AddNote(ticket, "first"), actor="maria")
    demo.execute(CloseTicket(ticket, verdict=Verdict.TEST), actor="maria")
    demo.execute(Undo(), actor="maria")
    # then the newest comes first, each names the one before
    entries = demo.ask(ListAudit()).entries
    mine = [each for each in entries if each.actor == "maria"]
    assert [each.command for each in mine] == ["undo", "close", "note"]
    assert [each.number for each in mine] == [3, 2, 1]
    assert [each.previous for each in mine] == [mine[1].hash, mine[2].hash, GENESIS]
    assert [computed(each) for each in mine] == [each.hash for each in mine]
    # and the import before it has a chain of its own
    assert entries[-1].command == "demo"


def test_an_edited_entry_no_longer_fits_its_hash(demo: App) -> None:
    demo.execute(AddNote(demo.ask(ListTickets(limit=1)).tickets[0].id, "first"))
    entry = demo.ask(ListAudit(limit=1)).entries[0]
    assert computed(dataclasses.replace(entry, actor="somebody else")) != entry.hash


def test_entries_can_be_asked_for_by_ticket(demo: App) -> None:
    one, other = (each.id for each in demo.ask(ListTickets(limit=2)).tickets)
    demo.execute(AddNote(one, "this"))
    demo.execute(AddNote(other, "that"))
    (entry,) = demo.ask(ListAudit(ticket=one)).entries
    assert entry.tickets == (one,)


def test_loading_the_demo_twice_is_logged_and_adds_nothing(demo: App) -> None:
    report = demo.execute(LoadDemo())
    assert (report.ticketed, report.known) == (0, report.found)
    assert demo.ask(ListAudit(limit=1)).entries[0].command == "demo"
