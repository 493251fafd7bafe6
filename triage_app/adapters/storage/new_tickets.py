"""Stores tickets in bulk with their observables, predictions and full text: the busiest writer of the program."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from triage_app.adapters.storage.counts import count_tickets
from triage_app.adapters.storage.learning_tables import ticket_tags
from triage_app.adapters.storage.ledger import source_id
from triage_app.adapters.storage.observables import add_observables
from triage_app.adapters.storage.patterns import Counted, count, pattern_ids
from triage_app.adapters.storage.queue import lane_of
from triage_app.adapters.storage.search_tables import ticket_words
from triage_app.adapters.storage.tables import predictions, tickets
from triage_app.adapters.storage.traits import add_traits
from triage_app.adapters.storage.transaction import Deferred, Transaction
from triage_app.adapters.storage.values import plain, sort_key, to_micros
from triage_app.domain.labels import Prediction
from triage_app.domain.ticket import Status, TicketId
from triage_app.services.shapes import NewTicket

MAX_SUBJECT = 1_000
MAX_SENDER = 500

_encode = msgspec.json.Encoder().encode


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
    patterns = pattern_ids(tx, [each.analysis.pattern for each in new])
    rows = [
        _ticket_row(number, each, sources[each.source], patterns[each.analysis.pattern])
        for number, each in zip(ids, new, strict=True)
    ]
    tx.insert(tickets, rows)
    count_tickets(tx, Counter((row[1], "") for row in rows))
    count(tx, Counter((row[-1], Counted.OPEN) for row in rows))
    add_traits(tx, [(number, each.analysis.traits) for number, each in zip(ids, new, strict=True)])
    records = [(number, each.analysis.record) for number, each in zip(ids, new, strict=True)]
    tx.insert(ticket_words, [each for each in records if each[1]])
    tx.insert(predictions, [row for number, each in zip(ids, new, strict=True) for row in _predictions(number, each)])
    tx.insert(ticket_tags, [row for number, each in zip(ids, new, strict=True) for row in _tags(number, each)])
    add_observables(tx, ids, new)
    tx.dialect.index_texts(
        tx.connection,
        [
            (row[0], f"{row[2]}\n{row[3]}\n{plain(each.analysis.search_text)}")
            for row, each in zip(rows, new, strict=True)
        ],
    )
    tx.dialect.index_heads(tx.connection, [(row[0], row[2], row[3]) for row in rows])


def _ticket_row(number: int, new: NewTicket, source: int, pattern: int) -> tuple[Any, ...]:
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
        int(Counted.OPEN),
        analysis.attachments,
        received,
        None if analysis.event_at is None else to_micros(analysis.event_at),
        received,
        received,
        sort_key(subject),
        sort_key(sender),
        pattern,
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
