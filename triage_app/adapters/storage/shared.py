"""What many tickets have of what one has, read with as few look-ups as there can be, since hundreds are compared."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from triage_app.adapters.storage.search_tables import ticket_traits, ticket_words
from triage_app.adapters.storage.tables import Lane, ticket_observables, tickets
from triage_app.adapters.storage.transaction import Transaction, plain_rows
from triage_app.adapters.storage.values import from_micros
from triage_app.domain.pattern import Trait
from triage_app.domain.ticket import TicketId
from triage_app.services.search_shapes import Shared

_TICKETS = (
    select(tickets.c.id, tickets.c.pattern_id, tickets.c.received_at, tickets.c.event_at, ticket_words.c.record)
    .outerjoin_from(tickets, ticket_words, ticket_words.c.ticket_id == tickets.c.id)
    .where(tickets.c.lane != Lane.WITHDRAWN)
)
_OBSERVABLES = select(ticket_observables.c.ticket_id, ticket_observables.c.observable_id, ticket_observables.c.places)
_TRAITS = select(ticket_traits.c.ticket_id, ticket_traits.c.trait_id)


def shared(
    tx: Transaction, ids: Sequence[TicketId], observables: frozenset[int], traits: Mapping[int, Trait]
) -> Mapping[TicketId, Shared]:
    """See `SimilarRepository.shared`; traits come by their ids."""
    among = {"ids": tx.dialect.many(ids)}
    carried: Counter[int] = Counter()
    seen = defaultdict[int, dict[int, tuple[str, ...]]](dict)
    its = _OBSERVABLES.where(tx.dialect.among(ticket_observables.c.ticket_id, "ids"))
    for ticket, number, places in plain_rows(tx, its, among):
        carried[ticket] += 1
        if number in observables:
            seen[ticket][number] = tuple(places.split("\n"))
    having = defaultdict[int, list[Trait]](list)
    if traits:
        for ticket, number in plain_rows(tx, _TRAITS.where(tx.dialect.among(ticket_traits.c.ticket_id, "ids")), among):
            if number in traits:
                having[ticket].append(traits[number])
    found = {
        ticket: Shared(
            seen[ticket],
            carried[ticket],
            tuple(having[ticket]),
            pattern or 0,
            b"" if record is None else bytes(record),
            from_micros(received if event is None else min(event, received)),
        )
        for ticket, pattern, received, event, record in plain_rows(
            tx, _TICKETS.where(tx.dialect.among(tickets.c.id, "ids")), among
        )
    }
    return {each: found[each] for each in ids if each in found}
