from typing import Any

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import pair_operations
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.queries import ListTicketIds

NOWHERE = TicketId(4711)


def test_what_cannot_be_done_is_handed_to_the_one_who_asked(opened: OpenedDesk) -> None:
    desk = opened.desk
    ticket = desk.app.ask(ListTicketIds(limit=1)).ids[0]
    errors: list[TriageError] = []
    done: list[Any] = []
    pair_operations.compare(desk, ticket, NOWHERE, done.append, errors.append)
    pair_operations.find_most_alike(desk, NOWHERE, done.append, errors.append)
    pair_operations.load_campaign(desk, NOWHERE, done.append, errors.append)
    pair_operations.link(desk, ticket, NOWHERE, done.append, errors.append)
    pair_operations.decide_like(desk, ticket, NOWHERE, done.append, errors.append)
    pair_operations.copy_note(desk, NOWHERE, "Seen.", done.append, errors.append)
    settle(opened)
    assert [error.code for error in errors] == ["not_found"] * 6
    assert done == []


def test_the_most_alike_is_one(opened: OpenedDesk) -> None:
    ticket = opened.desk.app.ask(ListTicketIds(limit=1)).ids[0]
    found: list[Any] = []
    pair_operations.find_most_alike(opened.desk, ticket, found.append, found.append)
    settle(opened)
    assert len(found) == 1
    assert len(found[0].similar) <= 1
