"""States of many tickets at once: thousands are closed, and opened again, in a fraction of a second."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from triage_app.adapters.storage.counts import count_tickets
from triage_app.adapters.storage.patterns import touch
from triage_app.adapters.storage.queue import lane_of
from triage_app.adapters.storage.tables import Lane, tickets
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import NotFound
from triage_app.domain.ticket import Status, TicketId, Verdict, WorkState

_NAMES = ("lane", "status", "verdict", "assignee", "category", "confidence", "tier", "reviewed")

_STATES = select(
    tickets.c.id,
    tickets.c.lane,
    tickets.c.duplicates,
    tickets.c.status,
    tickets.c.verdict,
    tickets.c.assignee,
    tickets.c.category,
    tickets.c.confidence,
    tickets.c.tier,
    tickets.c.reviewed,
).where(tickets.c.lane != Lane.WITHDRAWN)


def close_all(tx: Transaction, ids: Sequence[TicketId], verdict: Verdict) -> Sequence[tuple[TicketId, WorkState]]:
    """Close those that are open; returns each with its state before, in the order given. Raises NotFound."""
    found = _found(tx, ids)
    opened = [each for each in dict.fromkeys(ids) if found[each].lane != Lane.CLOSED]
    rows = [(int(Lane.CLOSED), Status.RESOLVED.value, verdict.value, each) for each in opened]
    tx.update(tickets, ("lane", "status", "verdict"), rows)
    changes: Counter[tuple[int, str]] = Counter()
    for each in opened:
        changes[found[each].lane, found[each].assignee] -= 1
        changes[Lane.CLOSED, found[each].assignee] += 1
    count_tickets(tx, changes)
    touch(tx, opened)
    tx.lanes.clear()
    return [(each, _state(found[each])) for each in opened]


def restore_states(tx: Transaction, states: Sequence[tuple[TicketId, WorkState]]) -> None:
    """Write states back. Raises NotFound."""
    found = _found(tx, [each for each, _ in states])
    rows = []
    changes: Counter[tuple[int, str]] = Counter()
    for ticket, state in dict(states).items():
        before, tier, assignee = found[ticket], str(state.tier), plain(state.assignee)
        lane = int(lane_of(status=state.status.value, reviewed=state.reviewed, tier=tier, duplicates=before.duplicates))
        rows.append(
            (
                lane,
                state.status.value,
                None if state.verdict is None else state.verdict.value,
                assignee,
                plain(state.category),
                state.confidence,
                tier,
                state.reviewed,
                ticket,
            )
        )
        changes[before.lane, before.assignee] -= 1
        changes[lane, assignee] += 1
    tx.update(tickets, _NAMES, rows)
    count_tickets(tx, changes)
    touch(tx, found)
    tx.lanes.clear()


def _found(tx: Transaction, ids: Sequence[TicketId]) -> dict[int, Row[*tuple[Any, ...]]]:
    wanted = _STATES.where(tx.dialect.among(tickets.c.id, "ids"))
    found = {row.id: row for row in tx.all(wanted, {"ids": tx.dialect.many(ids)})}
    for each in ids:
        if each not in found:
            raise NotFound(f"There is no ticket {each} in this workspace.")
    return found


def _state(row: Row[*tuple[Any, ...]]) -> WorkState:
    return WorkState(
        Status(row.status),
        None if row.verdict is None else Verdict(row.verdict),
        row.assignee,
        row.category,
        row.confidence,
        row.tier,
        row.reviewed,
    )
