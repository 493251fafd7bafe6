"""The counters behind the views: how many tickets each lane and assignee has."""

from collections import Counter

from sqlalchemy import delete, func, insert, select, update

from triage_app.adapters.storage.tables import queue_counts, tickets
from triage_app.adapters.storage.transaction import Transaction


def count_tickets(tx: Transaction, changes: Counter[tuple[int, str]]) -> None:
    """Add to the counters of (lane, assignee), in the transaction that changes the tickets."""
    for (lane, assignee), number in changes.items():
        if not number:
            continue
        counter = (queue_counts.c.lane == lane) & (queue_counts.c.assignee == assignee)
        changed = update(queue_counts).where(counter).values(tickets=queue_counts.c.tickets + number)
        if not tx.run(changed):
            tx.run(insert(queue_counts).values(lane=lane, assignee=assignee, tickets=number))


def recount(tx: Transaction) -> None:
    """Count all tickets anew: for what was written by other means than the repositories."""
    tx.run(delete(queue_counts))
    counted = select(tickets.c.lane, tickets.c.assignee, func.count()).group_by(tickets.c.lane, tickets.c.assignee)
    tx.run(insert(queue_counts).from_select(["lane", "assignee", "tickets"], counted))
