"""An analyst's decisions, on real tickets in a real workspace."""

import json
from typing import Any

import pytest

from triage_app.domain.errors import InvalidInput, InvalidState, NotFound, NothingToUndo
from triage_app.domain.learning import Decision
from triage_app.domain.ticket import Status, TicketId, TicketRow, Verdict
from triage_app.services.app import App
from triage_app.services.commands import (
    AcceptLabel,
    AddNote,
    AssignTicket,
    CloseLinked,
    CloseTicket,
    CorrectLabel,
    LinkTickets,
    ReopenTicket,
    Undo,
)
from triage_app.services.queries import ExportCorrections, ExportFormat, GetTicket, ListTickets


def first(app: App) -> TicketRow:
    return app.ask(ListTickets(limit=1)).tickets[0]


def test_closing_sets_status_and_verdict_and_leaves_the_inbox(demo: App) -> None:
    # given
    before = app_total(demo)
    ticket = first(demo)
    # when
    row = demo.execute(CloseTicket(ticket.id, verdict=Verdict.FALSE_POSITIVE))
    # then
    assert (row.status, row.verdict) == (Status.RESOLVED, Verdict.FALSE_POSITIVE)
    assert app_total(demo) == before - 1
    (closed,) = demo.ask(ListTickets(view="closed")).tickets
    assert (closed.id, closed.status, closed.verdict) == (row.id, row.status, row.verdict)


def app_total(app: App) -> int:
    return app.ask(ListTickets(limit=1)).total


def test_a_verdict_is_never_overwritten(demo: App) -> None:
    ticket = first(demo)
    demo.execute(CloseTicket(ticket.id, verdict=Verdict.TRUE_POSITIVE))
    with pytest.raises(InvalidState, match="Reopen it first"):
        demo.execute(CloseTicket(ticket.id, verdict=Verdict.TEST))
    assert demo.execute(ReopenTicket(ticket.id)).verdict is None


def test_me_is_the_caller_and_a_dash_is_nobody(demo: App) -> None:
    ticket = first(demo)
    mine = demo.execute(AssignTicket(ticket.id, "me"), actor="maria")
    assert (mine.assignee, mine.status) == ("maria", Status.IN_PROGRESS)
    assert demo.ask(ListTickets(view="mine"), actor="maria").total == 1
    nobody = demo.execute(AssignTicket(ticket.id, "-"))
    assert (nobody.assignee, nobody.status) == ("", Status.NEW)


def test_a_correction_keeps_what_was_predicted_and_by_which_model(demo: App) -> None:
    # given a ticket and what the model said of it
    ticket = first(demo)
    predicted = demo.ask(GetTicket(ticket.id)).predictions[0]
    wanted = "DeviceLost" if ticket.category != "DeviceLost" else "Spam"
    # when
    row = demo.execute(CorrectLabel(ticket.id, wanted.lower(), why="it was a phone"), actor="maria")
    # then the queue shows the person's word and the log keeps both
    assert (row.category, row.tier, row.reviewed) == (wanted, "person", True)
    lines = demo.ask(ExportCorrections(format=ExportFormat.JSONL)).content.splitlines()
    assert len(lines) == 1
    for part in (wanted, ticket.category, "maria", "it was a phone", predicted.model_id, Decision.CORRECTED.value):
        assert part in lines[0]


def test_accepting_is_logged_as_a_confirmation_once(demo: App) -> None:
    ticket = first(demo)
    row = demo.execute(AcceptLabel(ticket.id))
    assert (row.category, row.reviewed) == (ticket.category, True)
    assert '"confirmed"' in demo.ask(ExportCorrections()).content
    with pytest.raises(InvalidState):
        demo.execute(AcceptLabel(ticket.id))


def corrections(app: App) -> list[dict[str, Any]]:
    return [json.loads(line) for line in app.ask(ExportCorrections()).content.splitlines()]


def test_a_decision_keeps_what_the_model_found_where_the_ticket_came_from_and_how_long_it_took(demo: App) -> None:
    # given
    ticket = first(demo)
    predicted = demo.ask(GetTicket(ticket.id)).predictions[0]
    # when
    demo.execute(CorrectLabel(ticket.id, "Spam", seconds=12.5))
    # then
    (kept,) = corrections(demo)
    best = predicted.best
    assert (kept["best"], kept["best_confidence"]) == ((best.label, best.confidence) if best else ("", 0.0))
    assert (kept["sender"], kept["source"], kept["seconds"]) == (ticket.sender, ticket.source, 12.5)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 8 * 86_400.0])
def test_time_that_nobody_can_have_taken_is_refused(demo: App, seconds: float) -> None:
    ticket = first(demo)
    with pytest.raises(InvalidInput, match="seconds"):
        demo.execute(CorrectLabel(ticket.id, "Spam", seconds=seconds))
    with pytest.raises(InvalidInput, match="seconds"):
        demo.execute(AcceptLabel(ticket.id, seconds=seconds))
    with pytest.raises(InvalidInput, match="seconds"):
        demo.execute(CloseTicket(ticket.id, verdict=Verdict.TEST, seconds=seconds))
    assert corrections(demo) == []


def test_a_suggestion_stands_where_its_ticket_is_closed_without_a_word(demo: App) -> None:
    # given
    ticket = first(demo)
    # when
    demo.execute(CloseTicket(ticket.id, verdict=Verdict.TRUE_POSITIVE, seconds=40.0))
    # then it is kept, and nothing is taught by it
    (kept,) = corrections(demo)
    assert (kept["decision"], kept["old"], kept["new"]) == ("stood", ticket.category, ticket.category)
    assert (kept["text"], kept["seconds"], kept["undone"]) == ("", 40.0, False)
    assert demo.ask(ExportCorrections(format=ExportFormat.FASTTEXT)).content == ""


def test_closing_what_somebody_reviewed_adds_nothing(demo: App) -> None:
    ticket = first(demo)
    demo.execute(AcceptLabel(ticket.id))
    demo.execute(CloseTicket(ticket.id, verdict=Verdict.TRUE_POSITIVE))
    assert [each["decision"] for each in corrections(demo)] == ["confirmed"]


def test_closing_many_at_once_says_nothing_of_their_suggestions(demo: App) -> None:
    one, other = (row.id for row in demo.ask(ListTickets(limit=2)).tickets)
    demo.execute(LinkTickets((one, other)))
    closed = demo.execute(CloseLinked(one, verdict=Verdict.TRUE_POSITIVE))
    assert set(closed.tickets) >= {one, other}
    assert corrections(demo) == []


def test_reopening_takes_back_that_a_suggestion_stood_and_undo_brings_it_again(demo: App) -> None:
    ticket = first(demo)
    demo.execute(CloseTicket(ticket.id, verdict=Verdict.TRUE_POSITIVE))
    demo.execute(ReopenTicket(ticket.id))
    assert [each["undone"] for each in corrections(demo)] == [True]
    demo.execute(Undo())
    assert [each["undone"] for each in corrections(demo)] == [False]
    demo.execute(Undo())
    assert [each["undone"] for each in corrections(demo)] == [True]
    assert demo.ask(GetTicket(ticket.id)).row == ticket


def test_a_label_that_the_dataset_lacks_is_refused_with_those_it_has(demo: App) -> None:
    with pytest.raises(InvalidInput, match="Phishing, DeviceLost, Enrichment"):
        demo.execute(CorrectLabel(first(demo).id, "Phisching"))


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
def test_notes_that_say_nothing_or_too_much_are_refused(demo: App, text: str) -> None:
    with pytest.raises(InvalidInput):
        demo.execute(AddNote(first(demo).id, text))


def test_a_note_keeps_any_text_and_stays_text(demo: App) -> None:
    ticket = first(demo)
    demo.execute(AddNote(ticket.id, "=cmd|' /C calc'!A1 {ticket} <b>\ud800\0 日本"))
    note = demo.ask(GetTicket(ticket.id)).notes[0]
    assert note.text == "=cmd|' /C calc'!A1 {ticket} <b>? 日本"


def test_a_ticket_that_is_not_there_is_named(demo: App) -> None:
    with pytest.raises(NotFound, match="4711"):
        demo.execute(CloseTicket(TicketId(4711), verdict=Verdict.TEST))


def test_undo_walks_back_through_decisions_and_restores_each_exactly(demo: App) -> None:
    # given a ticket and four decisions on it
    ticket = first(demo)
    before = demo.ask(GetTicket(ticket.id))
    wanted = "Malware" if ticket.category != "Malware" else "Spam"
    demo.execute(AssignTicket(ticket.id, "me"))
    demo.execute(AddNote(ticket.id, "looked at it"))
    demo.execute(CorrectLabel(ticket.id, wanted))
    demo.execute(CloseTicket(ticket.id, verdict=Verdict.TRUE_POSITIVE))
    # when all are taken back
    commands = [demo.execute(Undo()).command for _ in range(4)]
    # then
    assert commands == ["close", "correct", "note", "assign"]
    after = demo.ask(GetTicket(ticket.id))
    assert (after.row, after.notes, after.predictions) == (before.row, before.notes, before.predictions)
    assert demo.ask(ExportCorrections(format=ExportFormat.FASTTEXT)).content == ""
    with pytest.raises(NothingToUndo):
        demo.execute(Undo())


def test_undo_never_takes_back_what_somebody_else_did_since(demo: App) -> None:
    # given my assignment, and a colleague's decision after it
    ticket = first(demo)
    demo.execute(AssignTicket(ticket.id, "me"), actor="maria")
    demo.execute(CloseTicket(ticket.id, verdict=Verdict.TEST), actor="jo")
    # when / then
    with pytest.raises(InvalidState, match="changed by somebody since"):
        demo.execute(Undo(), actor="maria")
    assert demo.ask(GetTicket(ticket.id)).row.verdict is Verdict.TEST


def test_undo_is_each_persons_own(demo: App) -> None:
    ticket = first(demo)
    demo.execute(AssignTicket(ticket.id, "me"), actor="maria")
    with pytest.raises(NothingToUndo):
        demo.execute(Undo(), actor="jo")
