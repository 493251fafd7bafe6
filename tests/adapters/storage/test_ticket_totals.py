from datetime import timedelta

import pytest

from tests.adapters.storage.samples import NOW, add_tickets, check_totals, closed, link, merge_into_one, which
from triage_app.adapters.storage.ticket_totals import Totals, standings
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound


def test_many_changes_of_a_ticket_are_one(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)
    later = NOW + timedelta(hours=2)
    with storage.write() as uow:
        totals = Totals(uow.transaction)
        totals.add(ticket, 2)
        totals.add(ticket, 1, later)
        totals.add(ticket, 1, NOW)
        row = uow.tickets.row(ticket)
        assert (row.duplicates, row.last_seen) == (4, later)
        totals.add(ticket, -4)
        assert uow.tickets.row(ticket).duplicates == 0
        totals.set_last_seen(ticket, NOW)
        check_totals(uow)


def test_a_ticket_moves_between_the_views_as_repeats_come_and_go(storage: SqlStorage) -> None:
    ticket, raws = merge_into_one(storage, 2)
    with storage.write() as uow:
        assert list(uow.tickets.ids(which("duplicates"), limit=0, offset=0)) == [ticket]
        uow.tickets.set_state(ticket, closed())
        assert uow.tickets.view_counts("ana")["duplicates"] == 0
        uow.duplicates.split_repeat(raws[1])
        uow.duplicates.merge_repeat(raws[1], ticket)
        assert uow.tickets.view_counts("ana")["closed"] == 1
        check_totals(uow)


def test_a_ticket_that_is_not_there_is_named(storage: SqlStorage) -> None:
    tickets = add_tickets(storage, 2)
    with storage.write() as uow:
        uow.tickets.remove(tickets[1])
        assert list(standings(uow.transaction, [tickets[0]])) == [tickets[0]]
        with pytest.raises(NotFound, match="2"):
            standings(uow.transaction, tickets)
        uow.duplicates.add_link(link(tickets[1], tickets[0]))
        with pytest.raises(NotFound):
            uow.transaction.flush()
