"""A ticket's history in words."""

from triage_app.domain.ticket import Verdict
from triage_app.services.app import App
from triage_app.services.commands import (
    AcceptLabel,
    AddNote,
    AssignTicket,
    CloseTicket,
    CorrectLabel,
    ReopenTicket,
    Undo,
)
from triage_app.services.queries import GetTicket, ListTickets


def test_every_decision_is_a_sentence(demo: App) -> None:
    ticket = demo.ask(ListTickets(limit=1)).tickets[0].id
    for command in (
        AssignTicket(ticket, "me"),
        AddNote(ticket, "asked the user"),
        AcceptLabel(ticket),
        CorrectLabel(ticket, "Malware", why="a macro"),
        CloseTicket(ticket, verdict=Verdict.TRUE_POSITIVE),
        ReopenTicket(ticket),
        Undo(),
    ):
        demo.execute(command, actor="maria")
    entries = demo.ask(GetTicket(ticket)).timeline
    assert [each.text for each in entries[2:]] == [
        "Assigned to maria",
        "asked the user",
        "Suggested category confirmed",
        "Category set to Malware: a macro",
        "Closed as true positive",
        "Reopened",
        "Last decision taken back",
    ]
    assert {each.who for each in entries[2:]} == {"maria"}
    assert entries[0].text.startswith("Received from ")
    assert " suggested at " in entries[1].text
