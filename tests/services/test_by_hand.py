"""Tickets that people make: real workers read them, and every way back is exact."""

from pathlib import Path

import pytest

from triage_app.domain.errors import InvalidInput, InvalidState
from triage_app.domain.ticket import Severity, Status, TicketId, TicketRow, Verdict
from triage_app.services.app import App
from triage_app.services.commands import (
    AddNote,
    AssignTicket,
    CloseTicket,
    ImportFiles,
    SaveDedupRules,
    Undo,
)
from triage_app.services.dedup_queries import GetDuplicates
from triage_app.services.queries import (
    CountViews,
    ExportCorrections,
    ExportFormat,
    GetBalance,
    GetTicket,
    ListTickets,
)
from triage_app.services.search_commands import AddTicket, FollowUp, SnoozeTicket

RULES = """
rules:
  - {name: said, title: The same subject, key: [subject|lower], window: forever, level: LEVEL, on_closed: reopen}
"""


def row(app: App, ticket: TicketId) -> TicketRow:
    return app.ask(GetTicket(ticket)).row


def balance(app: App) -> tuple[int, int, int, int]:
    sheet = app.ask(GetBalance())
    return sheet.ticketed, sheet.merged, sheet.dropped, sheet.difference


def test_what_was_said_is_a_ticket_like_any_other(demo: App) -> None:
    before = balance(demo)
    made = demo.execute(
        AddTicket(
            subject="Call from sales",
            text="Somebody\nwants our password at hxxps://evil[.]example/login",
            sender="Ana <ana@example.org>",
            severity=Severity.HIGH,
        ),
        actor="maria",
    )
    assert (made.subject, made.sender, made.source, made.form) == (
        "Call from sales",
        "ana@example.org",
        "by hand",
        "mail",
    )
    assert (made.severity, made.status, made.reviewed) == (Severity.HIGH, Status.NEW, False)
    view = demo.ask(GetTicket(made.id))
    assert view.predictions
    assert "https://evil.example/login" in {each.value for each in view.observables}
    assert not {each.value for each in view.observables if "by-hand" in each.value}
    assert view.messages[0].text.splitlines()[0] == "Somebody"
    assert view.messages[0].defects == ()
    assert [each.who for each in view.timeline if each.text == "Made by hand"] == ["maria"]
    # and it is found, counted and in balance
    assert demo.ask(ListTickets(limit=1)).tickets[0].id == made.id
    assert balance(demo) == (before[0] + 1, before[1], before[2], 0)
    assert demo.ask(ListTickets(view="all", query="wants our password")).total == 1


def test_whoever_writes_it_down_has_said_it_if_nobody_is_named(demo: App) -> None:
    made = demo.execute(AddTicket(subject="A laptop is gone"), actor="maria")
    assert made.sender == "maria"
    assert demo.execute(AddTicket(subject="A laptop is gone", sender="Ana at the door")).sender == "Ana at the door"


def test_a_category_by_hand_is_a_decision_that_is_learnt_from(demo: App) -> None:
    made = demo.execute(AddTicket(subject="A laptop is gone", category="devicelost"), actor="maria")
    assert (made.category, made.tier, made.reviewed) == ("DeviceLost", "person", True)
    lines = demo.ask(ExportCorrections(format=ExportFormat.JSONL)).content
    assert '"DeviceLost"' in lines
    assert "laptop" in lines
    # then undo takes both back
    demo.execute(Undo(), actor="maria")
    (line,) = demo.ask(ExportCorrections(format=ExportFormat.JSONL)).content.splitlines()
    assert '"undone": true' in line
    with pytest.raises(InvalidInput, match="no label"):
        demo.execute(AddTicket(subject="A laptop is gone", category="Nonsense"))


def test_undo_takes_the_ticket_back_exactly(demo: App) -> None:
    before, counts = balance(demo), demo.ask(CountViews(saved=False))
    made = demo.execute(AddTicket(subject="Call", text="See evil.example", category="Spam"))
    twin = demo.execute(AddTicket(subject="Call", text="See evil.example"))
    assert made.id != twin.id
    assert demo.ask(GetDuplicates(twin.id)).links == ()
    demo.execute(Undo())
    demo.execute(Undo())
    # then nothing is left of them but their rows in the ledger
    assert demo.ask(CountViews(saved=False)) == counts
    assert balance(demo) == (before[0], before[1], before[2] + 2, 0)
    assert demo.ask(ListTickets(view="all", query="evil.example")).total == 0


@pytest.mark.parametrize("worked", ["note", "assign", "follow-up"])
def test_a_ticket_that_was_worked_on_is_not_taken_back(demo: App, worked: str) -> None:
    made = demo.execute(AddTicket(subject="Call"), actor="maria")
    command = {
        "note": AddNote(made.id, "seen"),
        "assign": AssignTicket(made.id, "jo"),
        "follow-up": FollowUp(made.id, at="2d"),
    }[worked]
    demo.execute(command, actor="jo")
    with pytest.raises(InvalidState, match="changed by somebody since"):
        demo.execute(Undo(), actor="maria")
    assert row(demo, made.id).subject == "Call"


@pytest.mark.parametrize(
    ("level", "shown"), [("comment", "link"), ("drop", "link"), ("link", "link"), ("note", "note")]
)
def test_where_a_rule_holds_it_for_a_repeat_it_is_linked_and_stays_a_ticket(
    demo: App, tmp_path: Path, level: str, shown: str
) -> None:
    # given a mail, which waits for a change
    demo.execute(SaveDedupRules(RULES.replace("LEVEL", level)))
    path = tmp_path / "call.eml"
    path.write_bytes(b"From: bob@there.example\r\nSubject: Call from sales\r\n\r\nHello\r\n")
    demo.execute(ImportFiles((str(path),)))
    first = demo.ask(ListTickets(limit=1)).tickets[0]
    demo.execute(SnoozeTicket(first.id, until_change=True))
    waiting = row(demo, first.id)
    counts = demo.ask(CountViews(saved=False))
    # when
    made = demo.execute(AddTicket(subject="CALL from sales", severity=Severity.HIGH))
    # then
    (link,) = demo.ask(GetDuplicates(made.id)).links
    assert (link.ticket.id, link.level.value, link.reasons != ()) == (made.id, shown, True)
    assert row(demo, first.id).duplicates == 1
    (note,) = demo.ask(GetTicket(first.id)).notes
    assert note.text == f"Back: a duplicate came in (ticket {made.id}) with a higher severity (high)."
    # and undo puts it all back
    demo.execute(Undo())
    assert row(demo, first.id) == waiting
    assert demo.ask(GetTicket(first.id)).notes == ()
    assert demo.ask(CountViews(saved=False)) == counts


def test_it_opens_no_closed_ticket_and_no_group(demo: App, tmp_path: Path) -> None:
    demo.execute(SaveDedupRules(RULES.replace("LEVEL", "comment")))
    first = demo.execute(AddTicket(subject="Call from sales"))
    path = tmp_path / "call.eml"
    path.write_bytes(b"From: bob@there.example\r\nSubject: Call from sales\r\n\r\nHello\r\n")
    # a mail of the same subject is the first of its group
    assert demo.execute(ImportFiles((str(path),))).ticketed == 1
    second = demo.ask(ListTickets(limit=1)).tickets[0]
    assert second.id != first.id
    demo.execute(CloseTicket(second.id, verdict=Verdict.TEST))
    made = demo.execute(AddTicket(subject="Call from sales"))
    assert row(demo, second.id).status is Status.RESOLVED
    assert [each.ticket.id for each in demo.ask(GetDuplicates(made.id)).links] == [made.id]


def test_what_cannot_be_written_down_makes_nothing(demo: App) -> None:
    before = balance(demo)
    with pytest.raises(InvalidInput, match="A subject has"):
        demo.execute(AddTicket(subject=" "))
    assert balance(demo) == before
