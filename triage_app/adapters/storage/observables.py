"""Stores the observables of tickets in bulk, each with the number of tickets that have it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select, update

from triage_app.adapters.storage.met import digest_of, met
from triage_app.adapters.storage.tables import observables, ticket_observables
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import address_key, plain
from triage_app.domain.observable import Observable, Sighting
from triage_app.domain.ticket import TicketId
from triage_app.services.shapes import NewTicket

_SEEN_AGAIN = (
    update(observables)
    .where(observables.c.id == bindparam("which"))
    .values(tickets=observables.c.tickets + bindparam("more"))
)
_IS_OWN = update(observables).where(observables.c.id == bindparam("which")).values(own=True)


def add_observables(tx: Transaction, ids: Sequence[int], new: Sequence[NewTicket]) -> None:
    """Store what was seen in new tickets."""
    seen: list[dict[Observable, list[str]]] = []
    number_of_tickets: Counter[Observable] = Counter()
    own: set[Observable] = set()
    for each in new:
        places = _places(each.analysis.sightings)
        seen.append(places)
        number_of_tickets.update(places.keys())
        own.update(map(_plain, each.analysis.own))
    stored = _ids_of(tx, number_of_tickets, own)
    tx.insert(
        ticket_observables,
        [
            (ticket, position, stored[observable], plain("\n".join(where)))
            for ticket, places in zip(ids, seen, strict=True)
            for position, (observable, where) in enumerate(places.items())
        ],
    )


def add_sightings(tx: Transaction, ticket: TicketId, sightings: Sequence[Sighting], own: Collection[Observable]) -> int:
    """Store what was seen in an answer and not in its ticket before; returns how many observables that were."""
    places = _places(sightings)
    digests = {observable_digest(each): each for each in places}
    if not digests:
        return 0
    has = (
        select(observables.c.digest)
        .join_from(ticket_observables, observables, ticket_observables.c.observable_id == observables.c.id)
        .where(ticket_observables.c.ticket_id == ticket)
    )
    for (digest,) in tx.all(has):
        digests.pop(digest, None)
    fresh = {each: places[each] for each in digests.values()}
    if not fresh:
        return 0
    stored = _ids_of(tx, Counter(fresh.keys()), {_plain(each) for each in own})
    last = tx.first(
        select(func.coalesce(func.max(ticket_observables.c.position), -1)).where(
            ticket_observables.c.ticket_id == ticket
        )
    )
    begin = 0 if last is None else int(last[0]) + 1
    tx.insert(
        ticket_observables,
        [
            (ticket, position, stored[observable], plain("\n".join(where)))
            for position, (observable, where) in enumerate(fresh.items(), start=begin)
        ],
    )
    return len(fresh)


def _places(sightings: Sequence[Sighting]) -> dict[Observable, list[str]]:
    """Each observable as it is stored, in order of appearance, with the places where it was seen."""
    places: dict[Observable, list[str]] = {}
    for sighting in sightings:
        observable = _plain(sighting.observable)
        known = places.get(observable)
        if known is None:
            places[observable] = [sighting.where]
        elif sighting.where not in known:
            known.append(sighting.where)
    return places


def _ids_of(tx: Transaction, counts: Counter[Observable], own: set[Observable]) -> Mapping[Observable, int]:
    """The ids of observables, stored where they are new, with the number of tickets brought up to date."""

    def row(number: int, digest: str, each: Observable) -> tuple[Any, ...]:
        return number, digest, each.kind.value, plain(each.value), each in own, counts[each], False, address_key(each)

    found = met(tx, observables, tx.writer.observables, counts, observable_digest, row)
    if found.before:
        tx.run(_SEEN_AGAIN, [{"which": number, "more": counts[each]} for each, number in found.before.items()])
    own_before = [{"which": number} for each, number in found.before.items() if each in own]
    if own_before:
        tx.run(_IS_OWN, own_before)
    return found.ids


def _plain(observable: Observable) -> Observable:
    """As it is stored, before it is told apart from others: two values may differ only in what cannot be stored."""
    value = plain(observable.value)
    return observable if value is observable.value else Observable(observable.kind, value)


def observable_digest(observable: Observable) -> str:
    """The digest by which an observable is known: its value may be longer than an index entry can be."""
    return digest_of(observable.kind.value, plain(observable.value))
