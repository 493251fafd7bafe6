"""How many similar tickets the rows of a page have: by the counters of patterns and the carriers of what is rare."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import and_, bindparam, select

from triage_app.adapters.storage.patterns import Counted
from triage_app.adapters.storage.search_tables import patterns
from triage_app.adapters.storage.tables import observables, ticket_observables, tickets
from triage_app.adapters.storage.transaction import Transaction, plain_rows
from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.similarity import FEW
from triage_app.domain.ticket import TicketId
from triage_app.services.search_shapes import SimilarCount

_STANDS = select(
    tickets.c.id, tickets.c.pattern_id, tickets.c.counted, patterns.c.open, patterns.c.past
).outerjoin_from(tickets, patterns, tickets.c.pattern_id == patterns.c.id)
_RARE = select(
    ticket_observables.c.ticket_id, ticket_observables.c.observable_id, observables.c.kind, observables.c.value
).join_from(
    ticket_observables,
    observables,
    and_(
        ticket_observables.c.observable_id == observables.c.id,
        observables.c.tickets.between(2, FEW),
        ~observables.c.own,
        ~observables.c.ignored,
    ),
)
_CARRIERS = (
    select(ticket_observables.c.observable_id, tickets.c.id, tickets.c.pattern_id, tickets.c.counted)
    .join_from(ticket_observables, tickets, ticket_observables.c.ticket_id == tickets.c.id)
    .where(tickets.c.counted != bindparam("nothing", Counted.NOT.value))
)


def similar_counts(
    tx: Transaction, ids: Sequence[TicketId], is_telling: Callable[[Observable], bool]
) -> Mapping[TicketId, SimilarCount]:
    """See `SimilarRepository.counts`."""
    among = {"ids": tx.dialect.many(ids)}
    shared = defaultdict[int, list[int]](list)
    rare: dict[int, bool] = {}
    its = _RARE.where(tx.dialect.among(ticket_observables.c.ticket_id, "ids"))
    for ticket, number, kind, value in plain_rows(tx, its, among):
        if number not in rare:
            rare[number] = is_telling(Observable(ObservableKind(kind), value))
        if rare[number]:
            shared[ticket].append(number)
    carriers = defaultdict[int, list[tuple[int, int | None, int]]](list)
    telling = [number for number, tells in rare.items() if tells]
    if telling:
        wanted = _CARRIERS.where(tx.dialect.among(ticket_observables.c.observable_id, "ids"))
        for number, ticket, pattern, counted in plain_rows(tx, wanted, {"ids": tx.dialect.many(telling)}):
            carriers[number].append((ticket, pattern, counted))
    found = {}
    for ticket, pattern, counted, is_open, is_past in plain_rows(
        tx, _STANDS.where(tx.dialect.among(tickets.c.id, "ids")), among
    ):
        total = [0, is_open or 0, is_past or 0]
        if pattern:
            # The ticket itself is among those of its pattern.
            total[counted] -= 1
        met = {ticket}
        for number in shared[ticket]:
            for other, its_pattern, how in carriers[number]:
                if other not in met and (not pattern or its_pattern != pattern):
                    met.add(other)
                    total[how] += 1
        found[TicketId(ticket)] = SimilarCount(total[Counted.OPEN], total[Counted.PAST])
    return found
