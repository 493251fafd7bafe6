from typing import Any

from triage_app.domain.errors import Cancelled, InvalidInput, TriageError
from triage_app.domain.ticket import Status, TicketId, Verdict
from triage_app.gui import operations
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.context import Progress
from triage_app.services.queries import GetTicket, ListTicketIds


def some(opened: OpenedDesk, number: int) -> list[TicketId]:
    return list(opened.desk.app.ask(ListTicketIds(limit=number)).ids)


def test_a_decision_about_many_reports_progress_and_its_outcome(opened: OpenedDesk) -> None:
    ids, told, outcomes = some(opened, 5), list[Progress](), list[operations.Outcome]()
    operations.close(opened.desk, ids, Verdict.TEST, outcomes.append, told.append)
    settle(opened)
    assert outcomes == [operations.Outcome(5, 5)]
    assert told[-1] == Progress(5, 5, "tickets")
    assert all(opened.desk.app.ask(GetTicket(id=ticket)).row.verdict is Verdict.TEST for ticket in ids)


def test_what_is_closed_already_is_left_and_told(opened: OpenedDesk) -> None:
    ids, outcomes = some(opened, 3), list[operations.Outcome]()
    operations.close(opened.desk, ids[:1], Verdict.TEST, lambda _o: None)
    operations.close(opened.desk, ids, Verdict.FALSE_POSITIVE, outcomes.append)
    settle(opened)
    assert (outcomes[0].asked, outcomes[0].done, len(outcomes[0].refused)) == (3, 2, 1)
    assert opened.desk.app.ask(GetTicket(id=ids[0])).row.verdict is Verdict.TEST


def test_undo_takes_back_as_many_steps_as_were_made(opened: OpenedDesk) -> None:
    ids, back = some(opened, 4), list[Any]()
    operations.close(opened.desk, ids, Verdict.TEST, lambda _o: None)
    operations.undo(opened.desk, 4, back.append, back.append)
    settle(opened)
    assert set(back[0]) == set(ids)
    assert all(opened.desk.app.ask(GetTicket(id=ticket)).row.status is Status.NEW for ticket in ids)


def test_nothing_to_undo_is_an_error(opened: OpenedDesk) -> None:
    errors: list[TriageError] = []
    operations.undo(opened.desk, 1, lambda _t: None, errors.append)
    settle(opened)
    assert [error.code for error in errors] == ["nothing_to_undo"]


def test_cancelled_is_no_failure() -> None:
    assert operations.was_cancelled(Cancelled("x"))
    assert not operations.was_cancelled(InvalidInput("x"))
