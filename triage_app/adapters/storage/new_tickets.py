"""Stores tickets in bulk with their observables, predictions and full text: the busiest writer of the program."""

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select, update

from triage_app.adapters.storage.counts import count_tickets
from triage_app.adapters.storage.learning_tables import ticket_tags
from triage_app.adapters.storage.ledger import source_id
from triage_app.adapters.storage.queue import lane_of
from triage_app.adapters.storage.tables import observables, predictions, ticket_observables, tickets
from triage_app.adapters.storage.transaction import Deferred, Transaction
from triage_app.adapters.storage.values import address_key, plain, sort_key, to_micros
from triage_app.domain.labels import Prediction
from triage_app.domain.observable import Observable, Sighting
from triage_app.domain.ticket import Status, TicketId
from triage_app.services.shapes import NewTicket

MAX_SUBJECT = 1_000
MAX_SENDER = 500

_encode = msgspec.json.Encoder().encode

_SEEN_AGAIN = (
    update(observables)
    .where(observables.c.id == bindparam("which"))
    .values(tickets=observables.c.tickets + bindparam("more"))
)
_IS_OWN = update(observables).where(observables.c.id == bindparam("which")).values(own=True)


class NewTickets:
    """Gathers tickets, which are written in bulk however few are given at a time."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._gathered: list[NewTicket] = []
        self._first = 0

    def add(self, new: Sequence[NewTicket]) -> Sequence[TicketId]:
        """Store tickets; ids rise in the order given."""
        if not new:
            return []
        ids = self._tx.take_ids(tickets, len(new))
        if not self._gathered:
            self._first = ids[0]
            self._tx.defer(Deferred.TICKETS, self._write)
        self._gathered.extend(new)
        self._tx.new_tickets.update(ids)
        return [TicketId(number) for number in ids]

    def _write(self) -> None:
        new, self._gathered = self._gathered, []
        _add_tickets(self._tx, range(self._first, self._first + len(new)), new)
        self._tx.new_tickets.clear()


def _add_tickets(tx: Transaction, ids: Sequence[int], new: Sequence[NewTicket]) -> None:
    sources = {name: source_id(tx, plain(name)) for name in {each.source for each in new}}
    rows = [_ticket_row(number, each, sources[each.source]) for number, each in zip(ids, new, strict=True)]
    tx.insert(tickets, rows)
    count_tickets(tx, Counter((row[1], "") for row in rows))
    tx.insert(predictions, [row for number, each in zip(ids, new, strict=True) for row in _predictions(number, each)])
    tx.insert(ticket_tags, [row for number, each in zip(ids, new, strict=True) for row in _tags(number, each)])
    _add_observables(tx, ids, new)
    tx.dialect.index_texts(
        tx.connection,
        [
            (row[0], f"{row[2]}\n{row[3]}\n{plain(each.analysis.search_text)}")
            for row, each in zip(rows, new, strict=True)
        ],
    )


def _ticket_row(number: int, new: NewTicket, source: int) -> tuple[Any, ...]:
    """In the order of the columns of `tickets`."""
    analysis = new.analysis
    subject = plain(analysis.subject[:MAX_SUBJECT])
    sender = plain(analysis.sender[:MAX_SENDER])
    tier = str(new.tier)
    received = to_micros(new.received_at)
    return (
        number,
        int(lane_of(status=Status.NEW.value, reviewed=False, tier=tier, duplicates=0)),
        subject,
        sender,
        plain(new.category),
        new.confidence,
        tier,
        False,
        Status.NEW.value,
        None,
        int(analysis.severity),
        0,
        "",
        source,
        analysis.form.value,
        0,
        0,
        analysis.attachments,
        received,
        None if analysis.event_at is None else to_micros(analysis.event_at),
        received,
        received,
        sort_key(subject),
        sort_key(sender),
        None,
    )


def _tags(ticket: int, new: NewTicket) -> list[tuple[Any, ...]]:
    """In the order of the columns of `ticket_tags`."""
    return [(ticket, plain(tag.dataset), tag.effect.value, plain(tag.label)) for tag in new.analysis.tags]


def _predictions(ticket: int, new: NewTicket) -> list[tuple[Any, ...]]:
    """In the order of the columns of `predictions`; the first given is the newest."""
    given = new.analysis.predictions
    return [
        (
            ticket,
            len(given) - position,
            plain(each.dataset),
            plain(each.label),
            each.confidence,
            each.tier.value,
            plain(each.model_id),
            *_explanations(each),
            plain(each.best.label) if each.best else "",
            each.best.confidence if each.best else 0.0,
            each.held.value if each.held else "",
            each.likeness,
        )
        for position, each in enumerate(given)
    ]


def _explanations(prediction: Prediction) -> tuple[bytes, bytes]:
    """Alternatives and reasons as JSON: [[text, number], ...]."""
    return (
        _encode([(plain(each.label), each.confidence) for each in prediction.alternatives]),
        _encode([(plain(each.word), each.weight) for each in prediction.reasons]),
    )


def _add_observables(tx: Transaction, ids: Sequence[int], new: Sequence[NewTicket]) -> None:
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
    digests = {_digest(each): each for each in places}
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


def _ids_of(tx: Transaction, counts: Counter[Observable], own: set[Observable]) -> dict[Observable, int]:
    """The ids of observables, stored where they are new, with the number of tickets brought up to date."""
    known = tx.writer.observables
    found = {each: known[each] for each in counts if each in known}
    digests = {_digest(each): each for each in counts if each not in found}
    if digests:
        wanted = select(observables.c.digest, observables.c.id).where(tx.dialect.among(observables.c.digest, "digests"))
        for digest, number in tx.all(wanted, {"digests": tx.dialect.many(list(digests))}):
            found[digests.pop(digest)] = number
    if found:
        again = [{"which": number, "more": counts[each]} for each, number in found.items()]
        tx.run(_SEEN_AGAIN, again)
    own_before = [{"which": number} for each, number in found.items() if each in own]
    if own_before:
        tx.run(_IS_OWN, own_before)
    numbers = tx.take_ids(observables, len(digests))
    tx.insert(
        observables,
        [
            (number, digest, each.kind.value, plain(each.value), each in own, counts[each], False, address_key(each))
            for number, (digest, each) in zip(numbers, digests.items(), strict=True)
        ],
    )
    found.update(zip(digests.values(), numbers, strict=True))
    known.update(found)
    for each in found:
        known.move_to_end(each)
    tx.writer.trim()
    return found


def _plain(observable: Observable) -> Observable:
    """As it is stored, before it is told apart from others: two values may differ only in what cannot be stored."""
    value = plain(observable.value)
    return observable if value is observable.value else Observable(observable.kind, value)


def _digest(observable: Observable) -> str:
    """120 bits of a hash, as 20 characters: short enough for an index, too long to be made to collide."""
    text = f"{observable.kind.value}\n{observable.value}"
    return b64encode(hashlib.blake2b(text.encode(), digest_size=15).digest()).decode()
