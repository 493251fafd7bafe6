"""How many duplicates each first ticket has and when the last one came: gathered, written once for each transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from triage_app.adapters.storage.counts import count_tickets
from triage_app.adapters.storage.queue import lane_of
from triage_app.adapters.storage.tables import Lane, tickets
from triage_app.adapters.storage.transaction import Deferred, Transaction
from triage_app.adapters.storage.values import to_micros
from triage_app.domain.errors import NotFound

_STANDS = select(
    tickets.c.id,
    tickets.c.lane,
    tickets.c.status,
    tickets.c.assignee,
    tickets.c.tier,
    tickets.c.reviewed,
    tickets.c.duplicates,
    tickets.c.last_seen,
).where(tickets.c.lane != Lane.WITHDRAWN)


class Totals:
    """Keeps `tickets.duplicates`, `tickets.last_seen`, the lanes and the counters behind the views right."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._more: Counter[int] = Counter()
        self._seen: dict[int, datetime] = {}

    def add(self, ticket: int, more: int, seen_at: datetime | None = None) -> None:
        """Count duplicates of a ticket; `seen_at` is when one of them was received."""
        if not self._more:
            self._tx.defer(Deferred.TOTALS, self._write)
        self._more[ticket] += more
        if seen_at is not None:
            before = self._seen.get(ticket)
            if before is None or seen_at > before:
                self._seen[ticket] = seen_at

    def set_last_seen(self, ticket: int, at: datetime) -> None:
        """Write when a ticket or a duplicate of it was last received."""
        self._tx.update(tickets, ["last_seen"], [(to_micros(at), ticket)])

    def _write(self) -> None:
        more, self._more = self._more, Counter()
        seen, self._seen = self._seen, {}
        found = standings(self._tx, more)
        rows, moved = [], []
        changes: Counter[tuple[int, str]] = Counter()
        for ticket, number in more.items():
            row = found[ticket]
            duplicates = row.duplicates + number
            lane = lane_of(status=row.status, reviewed=row.reviewed, tier=row.tier, duplicates=duplicates)
            last_seen = to_micros(max(row.last_seen, seen.get(ticket, row.last_seen)))
            if lane == row.lane:
                rows.append((duplicates, last_seen, ticket))
                continue
            moved.append((int(lane), duplicates, last_seen, ticket))
            changes[row.lane, row.assignee] -= 1
            changes[lane, row.assignee] += 1
        # The lane is part of every index, so it is written only where it changes.
        self._tx.update(tickets, ("duplicates", "last_seen"), rows)
        self._tx.update(tickets, ("lane", "duplicates", "last_seen"), moved)
        count_tickets(self._tx, changes)


def standings(tx: Transaction, ids: Iterable[int]) -> Mapping[int, Row[*tuple[Any, ...]]]:
    """Where tickets stand in the views; raises NotFound for one that is not there."""
    wanted = list(ids)
    among = _STANDS.where(tx.dialect.among(tickets.c.id, "ids"))
    found = {row.id: row for row in tx.all(among, {"ids": tx.dialect.many(wanted)})}
    for each in wanted:
        if each not in found:
            raise NotFound(f"There is no ticket {each} in this workspace.")
    return found
