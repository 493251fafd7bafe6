from typing import Any

from tests.gui.groups import a_link, a_repeat, a_row, a_tree
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


def test_who_decided_is_read_from_the_group() -> None:
    # given ticket 1 with a repeat and a ticket linked under it, which is suggested under another one itself
    tree = a_tree(
        a_link(1, Level.LINK, a_row(2), by="vpn"),
        a_link(2, Level.SUGGEST, a_row(9), by="like-it", is_first=True),
        a_link(3, Level.SUGGEST, a_row(8), by="ana", here=TicketId(2)),
        repeats=(a_repeat(7, 3),),
    )
    deciders = dedup_operations.deciders
    # then for one ticket: what brought it under another one, and what was merged into it
    assert deciders(tree, TicketId(1), None) == {"like-it", "vpn"}
    assert deciders(tree, TicketId(2), None) == {"vpn"}
    assert deciders(tree, TicketId(9), None) == frozenset()
    # then for two: what links them
    assert deciders(tree, TicketId(2), TicketId(1)) == {"vpn"}
    assert deciders(tree, TicketId(8), TicketId(2)) == {"ana"}
    assert deciders(tree, TicketId(8), TicketId(1)) == frozenset()
