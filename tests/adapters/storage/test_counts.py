from collections import Counter

from sqlalchemy import func, select

from tests.adapters.storage.samples import add_tickets, closed
from triage_app.adapters.storage.counts import count_tickets, recount
from triage_app.adapters.storage.tables import queue_counts, tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.ticket import TicketId


def test_counters_equal_a_count_and_can_be_made_anew(storage: SqlStorage) -> None:
    add_tickets(storage, 6, tier="keyword")
    counted = select(tickets.c.lane, tickets.c.assignee, func.count()).group_by(tickets.c.lane, tickets.c.assignee)
    with storage.write() as uow:
        for number in (1, 2, 2):
            uow.tickets.set_state(TicketId(number), closed(assignee="ana"))
        tx = uow.transaction
        kept = select(queue_counts).where(queue_counts.c.tickets != 0)
        before = {tuple(row) for row in tx.all(kept)}
        assert before == {tuple(row) for row in tx.all(counted)}
        count_tickets(tx, Counter({(3, "x"): 5}))
        recount(tx)
        assert {tuple(row) for row in tx.all(kept)} == before
