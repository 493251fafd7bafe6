"""The tickets of an observable and what appears with it: along the index of observables, from the newest."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, Subquery, func, select

from triage_app.adapters.storage.tables import Lane, observables, ticket_observables, tickets
from triage_app.adapters.storage.transaction import Transaction
from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.ticket import TicketId
from triage_app.services.search_shapes import Beside, Carried, ObservableFigures

MOST_SIGHTINGS = 60_000
"""Observables of tickets that are read at most, however many each of them has."""

_TO_SPARE = 2
"""Times as many are read as are asked for, since own and ignored ones are left out afterwards."""

_OF = ticket_observables.c


class SqlPivot:
    """`PivotRepository` on SQL. Tickets that were taken back have no observables."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def tickets(self, observable: int, *, limit: int, offset: int) -> Sequence[TicketId]:
        """The newest tickets that have an observable."""
        return [TicketId(row[0]) for row in self._tx.all(_newest(observable, limit).offset(offset))]

    def span(self, observable: int) -> tuple[datetime, datetime] | None:
        """When the first and the last ticket that have an observable came in; None where it is in none."""
        # Each end by itself is one step in the index.
        ends = (
            select(end(_OF.ticket_id)).where(_OF.observable_id == observable).scalar_subquery()
            for end in (func.min, func.max)
        )
        row = self._tx.first(select(*ends))
        if row is None or row[0] is None:
            return None
        at = {
            each.id: each.received_at
            for each in self._tx.all(
                select(tickets.c.id, tickets.c.received_at).where(self._tx.dialect.among(tickets.c.id, "ids")),
                {"ids": self._tx.dialect.many([row[0], row[1]])},
            )
        }
        return at[row[0]], at[row[1]]

    def figures(self, observable: int, *, newest: int) -> ObservableFigures:
        """What became of the newest tickets that have an observable."""
        which = _newest(observable, newest).subquery()
        columns = (tickets.c.lane, tickets.c.category, tickets.c.verdict)
        wanted = (
            select(*columns, func.count().label("number"))
            .join_from(which, tickets, tickets.c.id == which.c.ticket_id)
            .group_by(*columns)
        )
        counted = still_open = 0
        categories: Counter[str] = Counter()
        verdicts: Counter[str] = Counter()
        for row in self._tx.all(wanted):
            counted += row.number
            still_open += row.number if row.lane != Lane.CLOSED else 0
            categories[row.category] += row.number
            if row.verdict is not None:
                verdicts[row.verdict] += row.number
        return ObservableFigures(counted, still_open, _most_frequent(categories), _most_frequent(verdicts))

    def beside(self, observable: int, *, newest: int, limit: int) -> Sequence[Beside]:
        """What else the newest tickets that have an observable have, the most frequent first."""
        seen = _sightings(observable, newest)
        together = func.count().label("together")
        wanted = (
            select(seen.c.observable_id, together)
            .where(seen.c.observable_id != observable)
            .group_by(seen.c.observable_id)
            .order_by(together.desc(), seen.c.observable_id.desc())
            .limit(limit * _TO_SPARE)
        )
        # Looked up by their ids afterwards: joined, PostgreSQL would read all observables there are.
        counts = {row.observable_id: row.together for row in self._tx.all(wanted)}
        telling = select(observables).where(
            self._tx.dialect.among(observables.c.id, "ids"), ~observables.c.own, ~observables.c.ignored
        )
        rows = self._tx.all(telling, {"ids": self._tx.dialect.many(list(counts))})
        found = [
            Beside(
                Carried(row.id, Observable(ObservableKind(row.kind), row.value), row.tickets, row.own, row.ignored, ()),
                counts[row.id],
            )
            for row in rows
        ]
        found.sort(key=lambda each: (-each.together, each.carried.tickets, -each.carried.id))
        return found[:limit]

    def among(self, observable: int, others: Sequence[int], *, newest: int) -> Mapping[int, frozenset[TicketId]]:
        """For each of the other observables which of the newest tickets that have an observable have it too."""
        seen = _sightings(observable, newest)
        wanted = select(seen.c.observable_id, seen.c.ticket_id).where(
            self._tx.dialect.among(seen.c.observable_id, "ids")
        )
        found: defaultdict[int, set[TicketId]] = defaultdict(set)
        for row in self._tx.all(wanted, {"ids": self._tx.dialect.many(others)}):
            found[row.observable_id].add(TicketId(row.ticket_id))
        return {each: frozenset(found[each]) for each in others}


def _newest(observable: int, limit: int) -> Select[int]:
    wanted = select(_OF.ticket_id).where(_OF.observable_id == observable)
    return wanted.order_by(_OF.ticket_id.desc()).limit(limit)


def _sightings(observable: int, newest: int) -> Subquery:
    """The observables of the newest tickets that have one, so many at most."""
    which = _newest(observable, newest).subquery()
    return (
        select(_OF.ticket_id, _OF.observable_id)
        .join_from(which, ticket_observables, _OF.ticket_id == which.c.ticket_id)
        .limit(MOST_SIGHTINGS)
        .subquery()
    )


def _most_frequent(found: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(found.items(), key=lambda each: (-each[1], each[0])))
