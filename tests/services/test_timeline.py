"""A ticket's history in words."""

from tests.fakes.workbench import Item, workbench
from triage_app.domain.dedup import Level
from triage_app.domain.ticket import Severity, TicketId, Verdict
from triage_app.services.app import App
from triage_app.services.commands import (
    AcceptLabel,
    AddNote,
    AssignTicket,
    CheckLink,
    CloseLinked,
    CloseTicket,
    CorrectLabel,
    LinkTickets,
    ReopenTicket,
    SplitRepeat,
    Undo,
    UnlinkTicket,
)
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.queries import GetTicket, ListTickets
from triage_app.services.timeline import MAX_REPEATS


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


def test_merges_links_and_what_people_say_of_them_are_told_too() -> None:
    one, two, three = TicketId(1), TicketId(2), TicketId(3)
    with workbench() as bench:
        # given a repeat, a worse one, and a ticket of its own
        bench.intake(*[Item("comment-new", "a")] * 2, Item("comment-new", "a", Severity.HIGH), Item("", ""))
        raw = bench.app.ask(GetDuplicates(one)).repeats[0].raw
        # when people disagree with the rules
        bench.app.execute(SplitRepeat(raw))
        bench.app.execute(UnlinkTicket(one, two))
        bench.app.execute(LinkTickets((one, three), level=Level.NOTE))
        bench.app.execute(CheckLink(bench.app.ask(GetDuplicates(one)).links[0].id))
        bench.app.execute(CloseLinked(one, verdict=Verdict.BENIGN_POSITIVE))
        # then
        told = [each.text for each in bench.app.ask(GetTicket(one)).timeline]
        assert told[1:] == [
            f"Item {raw} split off as a ticket of its own: not the same",
            "Ticket 1 unlinked from 2: not the same",
            "Tickets 1, 3 linked as the same (note)",
            "Potential link 2 ticked off",
            "Closed as benign positive with all linked duplicates",
        ]


def test_a_storm_is_told_by_its_newest_repeats_and_a_number() -> None:
    with workbench() as bench:
        bench.intake(*[Item("comment-new", "a")] * 150, Item("comment-new", "a", Severity.HIGH))
        told = [each.text for each in bench.app.ask(GetTicket(TicketId(1))).timeline]
        assert len([each for each in told if each.startswith("Repeat of 2026-11-23")]) == MAX_REPEATS
        assert "49 earlier repeats merged" in told
        (linked,) = [each for each in told if "is a duplicate" in each]
        assert linked.startswith("Ticket 2 is a duplicate (rule comment-new); new: Severity high")
        (other,) = [each.text for each in bench.app.ask(GetTicket(TicketId(2))).timeline if each.kind == "linked"]
        assert other.startswith("Is a duplicate of ticket 1 (rule comment-new)")
