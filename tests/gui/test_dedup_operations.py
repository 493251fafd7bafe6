from typing import Any

from triage_app.domain.dedup import Level
from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import dedup_operations
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.queries import GetTicket, ListTicketIds


def test_what_cannot_be_done_is_handed_to_the_one_who_asked(opened: OpenedDesk) -> None:
    errors: list[TriageError] = []
    desk, nobody = opened.desk, TicketId(99_999_999)
    dedup_operations.load_duplicates(desk, nobody, lambda _tree: None, errors.append)
    dedup_operations.plan_close_linked(desk, nobody, lambda _report: None, errors.append)
    dedup_operations.design_window(desk, "nobody", None, "all", lambda _r: None, errors.append, lambda _p: None)
    settle(opened, 60_000)
    assert sorted(error.code for error in errors)[-2:] == ["not_found", "not_found"]
    assert len(errors) == 3


def test_a_plan_changes_nothing(opened: OpenedDesk) -> None:
    one, other = list(opened.desk.app.ask(ListTicketIds(limit=2)).ids)
    plans: list[Any] = []
    dedup_operations.link(opened.desk, (one, other), Level.LINK, lambda _linked: None)
    dedup_operations.plan_close_linked(opened.desk, one, plans.append, plans.append)
    settle(opened)
    assert plans[0].planned
    assert {one, other} <= set(plans[0].tickets)
    assert opened.desk.app.ask(GetTicket(id=one)).row.verdict is None
