"""Tickets: rows of the queue, the state that people change, observables, predictions and notes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, and_, bindparam, delete, insert, select, update

from triage_app.adapters.storage.additions import AdditionKind, add_texts, set_removed
from triage_app.adapters.storage.counts import count_tickets
from triage_app.adapters.storage.learning_tables import ticket_tags
from triage_app.adapters.storage.new_tickets import NewTickets
from triage_app.adapters.storage.observables import add_sightings
from triage_app.adapters.storage.patterns import touch
from triage_app.adapters.storage.queue import Queue, lane_of
from triage_app.adapters.storage.search_tables import ticket_words, wakes
from triage_app.adapters.storage.tables import (
    Lane,
    notes,
    observables,
    predictions,
    sources,
    ticket_observables,
    tickets,
)
from triage_app.adapters.storage.traits import remove_traits
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import NotFound
from triage_app.domain.item import RawId
from triage_app.domain.labels import Held, ModelId, Prediction, Reason, Score, Tier
from triage_app.domain.observable import Observable, ObservableKind, Sighting
from triage_app.domain.ticket import Note, NoteId, Severity, Status, TicketId, TicketRow, Verdict, WorkState
from triage_app.services.shapes import NewTicket, TicketFilter, TicketObservable, TicketPage

_ROW = (
    select(
        tickets.c.id,
        tickets.c.subject,
        tickets.c.sender,
        tickets.c.category,
        tickets.c.confidence,
        tickets.c.tier,
        tickets.c.reviewed,
        tickets.c.status,
        tickets.c.verdict,
        tickets.c.severity,
        tickets.c.priority,
        tickets.c.assignee,
        sources.c.name,
        tickets.c.form,
        tickets.c.duplicates,
        tickets.c.attachments,
        tickets.c.received_at,
        tickets.c.event_at,
        tickets.c.first_seen,
        tickets.c.last_seen,
        wakes.c.until,
    )
    .join_from(tickets, sources, tickets.c.source_id == sources.c.id)
    .outerjoin(wakes, and_(wakes.c.ticket_id == tickets.c.id, ~wakes.c.follow_up))
    .where(tickets.c.lane != Lane.WITHDRAWN)
)

_OBSERVABLES = (
    select(
        observables.c.kind,
        observables.c.value,
        ticket_observables.c.places,
        observables.c.tickets,
        observables.c.own,
        observables.c.ignored,
    )
    .join_from(ticket_observables, observables, ticket_observables.c.observable_id == observables.c.id)
    .where(ticket_observables.c.ticket_id == bindparam("ticket"))
    .order_by(ticket_observables.c.position)
)

_PREDICTIONS = (
    select(predictions).where(predictions.c.ticket_id == bindparam("ticket")).order_by(predictions.c.number.desc())
)

_pairs = msgspec.json.Decoder(list[tuple[str, float]]).decode


class SqlTickets:
    """`TicketRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._queue = Queue(transaction)
        self._new = NewTickets(transaction)

    def add(self, new: Sequence[NewTicket]) -> Sequence[TicketId]:
        """Store tickets with their sightings, predictions and full text; ids rise in the order given."""
        return self._new.add(new)

    def ids(self, which: TicketFilter, *, limit: int, offset: int) -> Sequence[TicketId]:
        """Ids in order, eight bytes each; limit 0 is all. `age` upwards and equals come newest first."""
        return self._queue.ids(which, limit=limit, offset=offset)

    def count(self, which: TicketFilter, *, most: int = 0) -> int:
        """How many tickets match; above `most`, where it is given, `most + 1`."""
        return self._queue.count(which, most=most)

    def page(self, which: TicketFilter, *, limit: int, offset: int, most: int) -> TicketPage:
        """A page of ids with how many there are; a search counts up to `most`, or less where that takes long."""
        return self._queue.page(which, limit=limit, offset=offset, most=most)

    def view_counts(self, actor: str) -> Mapping[str, int]:
        """A count for each of `VIEWS`."""
        return self._queue.view_counts(actor)

    def assignees(self) -> Sequence[str]:
        """The people who have tickets or had some, by name."""
        return self._queue.assignees()

    def rows(self, ids: Sequence[TicketId]) -> Sequence[TicketRow]:
        """Rows in the order of `ids`; unknown ids are left out."""
        wanted = _ROW.where(self._tx.dialect.among(tickets.c.id, "ids"))
        found = {row[0]: row for row in self._tx.all(wanted, {"ids": self._tx.dialect.many(ids)})}
        return [_ticket_row(found[each]) for each in ids if each in found]

    def row(self, ticket: TicketId) -> TicketRow:
        """One row; raises NotFound."""
        found = self._tx.first(_ROW.where(tickets.c.id == ticket))
        if found is None:
            raise _no_ticket(ticket)
        return _ticket_row(found)

    def set_state(self, ticket: TicketId, state: WorkState) -> None:
        """Write the part of a ticket that people change; raises NotFound."""
        before = self._standing(ticket)
        tier, assignee = str(state.tier), plain(state.assignee)
        lane = int(lane_of(status=state.status.value, reviewed=state.reviewed, tier=tier, duplicates=before.duplicates))
        self._tx.run(
            update(tickets)
            .where(tickets.c.id == ticket)
            .values(
                lane=lane,
                status=state.status.value,
                verdict=None if state.verdict is None else state.verdict.value,
                assignee=assignee,
                category=plain(state.category),
                confidence=state.confidence,
                tier=tier,
                reviewed=state.reviewed,
            )
        )
        changes: Counter[tuple[int, str]] = Counter()
        changes[lane, assignee] += 1
        changes[before.lane, before.assignee] -= 1
        count_tickets(self._tx, changes)
        touch(self._tx, [ticket])
        self._tx.lanes.pop(ticket, None)

    def remove(self, ticket: TicketId) -> None:
        """Take a ticket back: it stands in no view, count or search any more, and is not found. Raises NotFound."""
        before = self._standing(ticket)
        seen = select(ticket_observables.c.observable_id).where(ticket_observables.c.ticket_id == ticket)
        self._tx.run(update(observables).where(observables.c.id.in_(seen)).values(tickets=observables.c.tickets - 1))
        self._tx.run(delete(ticket_observables).where(ticket_observables.c.ticket_id == ticket))
        self._tx.run(delete(predictions).where(predictions.c.ticket_id == ticket))
        self._tx.run(delete(ticket_tags).where(ticket_tags.c.ticket_id == ticket))
        self._tx.run(delete(ticket_words).where(ticket_words.c.ticket_id == ticket))
        remove_traits(self._tx, ticket)
        self._tx.run(update(tickets).where(tickets.c.id == ticket).values(lane=Lane.WITHDRAWN.value, assignee=""))
        changes: Counter[tuple[int, str]] = Counter()
        changes[before.lane, before.assignee] -= 1
        changes[Lane.WITHDRAWN, ""] += 1
        count_tickets(self._tx, changes)
        touch(self._tx, [ticket])
        self._tx.lanes.pop(ticket, None)

    def _standing(self, ticket: TicketId) -> Row[*tuple[Any, ...]]:
        wanted = select(tickets.c.lane, tickets.c.assignee, tickets.c.duplicates)
        found = self._tx.first(wanted.where(tickets.c.id == ticket, tickets.c.lane != Lane.WITHDRAWN))
        if found is None:
            raise _no_ticket(ticket)
        return found

    def observables(self, ticket: TicketId) -> Sequence[TicketObservable]:
        """A ticket's observables in order of first appearance."""
        return [
            TicketObservable(
                Observable(ObservableKind(row.kind), row.value),
                tuple(row.places.split("\n")),
                row.tickets,
                row.own,
                row.ignored,
            )
            for row in self._tx.all(_OBSERVABLES, {"ticket": ticket})
        ]

    def add_sightings(self, ticket: TicketId, sightings: Sequence[Sighting], own: Collection[Observable]) -> int:
        """Store what was seen in an answer and not in its ticket before; returns how many observables that were."""
        return add_sightings(self._tx, ticket, sightings, own)

    def add_answers(self, answers: Sequence[tuple[TicketId, RawId, str]]) -> None:
        """Make tickets findable by the texts of answers, given with their items."""
        add_texts(self._tx, AdditionKind.ANSWER, answers)

    def predictions(self, ticket: TicketId) -> Sequence[Prediction]:
        """A ticket's predictions, the newest first; those that came with the ticket in the order given."""
        return [prediction_of(row) for row in self._tx.all(_PREDICTIONS, {"ticket": ticket})]

    def add_note(self, ticket: TicketId, at: datetime, who: str, text: str) -> NoteId:
        """Store a note; raises NotFound."""
        if self._tx.first(select(tickets.c.id).where(tickets.c.id == ticket)) is None:
            raise _no_ticket(ticket)
        number = self._tx.take_ids(notes, 1)[0]
        self._tx.run(
            insert(notes).values(id=number, ticket_id=ticket, at=at, who=plain(who), text=plain(text), removed=False)
        )
        add_texts(self._tx, AdditionKind.NOTE, [(ticket, number, text)])
        return NoteId(number)

    def remove_note(self, note: NoteId) -> TicketId:
        """Take a note back; raises NotFound. The row stays, so that its id is never another note's."""
        found = self._tx.first(select(notes.c.ticket_id).where(notes.c.id == note, ~notes.c.removed))
        if found is None:
            raise NotFound(f"There is no note {note} in this workspace.")
        self._tx.run(update(notes).where(notes.c.id == note).values(removed=True))
        set_removed(self._tx, AdditionKind.NOTE, found.ticket_id, note, removed=True)
        return TicketId(found.ticket_id)

    def notes(self, ticket: TicketId) -> Sequence[Note]:
        """A ticket's notes, the oldest first."""
        wanted = select(notes).where(notes.c.ticket_id == ticket, ~notes.c.removed).order_by(notes.c.id)
        return [
            Note(NoteId(row.id), TicketId(row.ticket_id), row.at, row.who, row.text) for row in self._tx.all(wanted)
        ]


def _no_ticket(ticket: TicketId) -> NotFound:
    return NotFound(f"There is no ticket {ticket} in this workspace.")


def _ticket_row(row: Row[*tuple[Any, ...]]) -> TicketRow:
    return TicketRow(
        id=row.id,
        subject=row.subject,
        sender=row.sender,
        category=row.category,
        confidence=row.confidence,
        tier=row.tier,
        reviewed=row.reviewed,
        status=Status(row.status),
        verdict=None if row.verdict is None else Verdict(row.verdict),
        severity=Severity(row.severity),
        priority=row.priority,
        assignee=row.assignee,
        source=row.name,
        form=row.form,
        duplicates=row.duplicates,
        attachments=row.attachments,
        received_at=row.received_at,
        event_at=row.event_at,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        back_at=row.until,
    )


def prediction_of(row: Row[*tuple[Any, ...]]) -> Prediction:
    """The prediction of a row of its table."""
    return Prediction(
        dataset=row.dataset,
        label=row.label,
        confidence=row.confidence,
        tier=Tier(row.tier),
        model_id=ModelId(row.model_id),
        alternatives=tuple(Score(label, confidence) for label, confidence in _pairs(row.alternatives)),
        reasons=tuple(Reason(word, weight) for word, weight in _pairs(row.reasons)),
        best=Score(row.best_label, row.best_confidence) if row.best_label else None,
        held=Held(row.held) if row.held else None,
        likeness=row.likeness,
    )
