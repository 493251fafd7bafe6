import pytest

from tests.adapters.storage.samples import add_tickets, check_totals, closed, link, state
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound
from triage_app.domain.ticket import Status, TicketId, Verdict


def test_closing_leaves_alone_what_is_closed_and_comes_back_exactly(storage: SqlStorage) -> None:
    tickets = add_tickets(storage, 6, tier="keyword")
    with storage.write() as uow:
        uow.tickets.set_state(tickets[1], closed(assignee="bo"))
        uow.tickets.set_state(tickets[2], state(status=Status.IN_PROGRESS, assignee="ana", reviewed=True))
        uow.duplicates.add_link(link(tickets[0], tickets[2]))
    with storage.read() as uow:
        before, views = uow.tickets.rows(tickets), uow.tickets.view_counts("ana")
    with storage.write() as uow:
        states = uow.duplicates.close_all([*tickets[:4], tickets[0]], Verdict.DUPLICATE)
        check_totals(uow)
    assert [each for each, _ in states] == [tickets[0], tickets[2], tickets[3]]
    assert states[1][1] == state(status=Status.IN_PROGRESS, assignee="ana", reviewed=True)
    with storage.read() as uow:
        verdicts = [row.verdict for row in uow.tickets.rows(tickets)]
        assert verdicts == [
            Verdict.DUPLICATE, Verdict.BENIGN_POSITIVE, Verdict.DUPLICATE, Verdict.DUPLICATE, None, None,
        ]  # fmt: skip
        assert uow.tickets.view_counts("ana")["closed"] == 4
    with storage.write() as uow:
        uow.duplicates.restore_states(states)
        check_totals(uow)
    with storage.read() as uow:
        assert uow.tickets.rows(tickets) == before
        assert uow.tickets.view_counts("ana") == views


def test_nothing_is_written_where_a_ticket_is_missing(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)
    with storage.write() as uow:
        with pytest.raises(NotFound, match="99"):
            uow.duplicates.close_all([ticket, TicketId(99)], Verdict.TEST)
        with pytest.raises(NotFound):
            uow.duplicates.restore_states([(TicketId(99), closed())])
        assert uow.duplicates.close_all([], Verdict.TEST) == []
        uow.duplicates.restore_states([])
        assert uow.tickets.row(ticket).verdict is None


def test_thousands_are_closed_and_opened_again(storage: SqlStorage) -> None:
    tickets = add_tickets(storage, 2_500)
    with storage.write() as uow:
        states = uow.duplicates.close_all(tickets, Verdict.FALSE_POSITIVE)
    with storage.write() as uow:
        assert uow.tickets.view_counts("ana")["closed"] == len(states) == 2_500
        uow.duplicates.restore_states(states)
        assert uow.tickets.view_counts("ana")["closed"] == 0
        check_totals(uow)
