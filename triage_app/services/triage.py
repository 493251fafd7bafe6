"""An analyst's decisions on a ticket: close, reopen, assign, note, correct, accept."""

from dataclasses import replace

from triage_app.domain import ticket as tickets
from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import InvalidInput, InvalidState
from triage_app.domain.labels import Dataset, ModelId, Prediction, Tier
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.parsing import parse
from triage_app.domain.ticket import Note, TicketId, TicketRow, WorkState
from triage_app.services.analysis import model_text
from triage_app.services.commands import (
    AcceptLabel,
    AddNote,
    AssignTicket,
    CloseTicket,
    CorrectLabel,
    ReopenTicket,
)
from triage_app.services.context import Context
from triage_app.services.groups import unchecked_links, waiting_words
from triage_app.services.inverse import Inverse, Step, state_of
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result

CATEGORY = "category"
"""The dataset that names a ticket's category."""

MAX_NOTE = 20_000
MAX_NAME = 200


def close_ticket(command: CloseTicket, uow: UnitOfWork, _ports: Ports, _context: Context) -> Result[TicketRow]:
    """Close with a verdict. Raises InvalidState where the ticket is closed already, or has unchecked potential links.

    Nothing that is linked with it is closed.
    """
    row = uow.tickets.row(command.id)
    after = tickets.close(state_of(row), command.verdict)
    waiting = len(unchecked_links(uow, row.id))
    if waiting:
        raise InvalidState(waiting_words(row.id, waiting))
    return _move(uow, row, after)


def reopen_ticket(command: ReopenTicket, uow: UnitOfWork, _ports: Ports, _context: Context) -> Result[TicketRow]:
    """Open again. Raises InvalidState where the ticket is open."""
    row = uow.tickets.row(command.id)
    return _move(uow, row, tickets.reopen(state_of(row)))


def assign_ticket(command: AssignTicket, uow: UnitOfWork, _ports: Ports, context: Context) -> Result[TicketRow]:
    """Give the ticket to somebody: `me` is the caller, `-` is nobody."""
    who = _plain(command.who.strip())
    if not who or len(who) > MAX_NAME:
        raise InvalidInput(f"A name has 1 to {MAX_NAME} characters. Use `me` for yourself and `-` for nobody.")
    name = {"me": context.actor, "-": ""}.get(who, who)
    row = uow.tickets.row(command.id)
    return _move(uow, row, tickets.assign(state_of(row), name))


def add_note(command: AddNote, uow: UnitOfWork, _ports: Ports, context: Context) -> Result[Note]:
    """Write a note; an empty one or one above 20,000 characters is refused."""
    text = _plain(command.text.strip())
    if not text or len(text) > MAX_NOTE:
        raise InvalidInput(f"A note has 1 to {MAX_NOTE} characters; this one has {len(text)}.")
    row = uow.tickets.row(command.id)
    note = uow.tickets.add_note(row.id, context.now, context.actor, text)
    changes = changed(ChangeKind.NOTES, tickets=frozenset({row.id}))
    return Result(Note(note, row.id, context.now, context.actor, text), changes, Inverse(note=note))


def correct_label(command: CorrectLabel, uow: UnitOfWork, ports: Ports, context: Context) -> Result[TicketRow]:
    """Say which label is right. The same label as suggested counts as a confirmation."""
    dataset = ports.datasets.get(command.dataset)
    label = _label(dataset, command.label)
    return _decide(uow, ports, uow.tickets.row(command.id), dataset, label, _plain(command.why), context)


def accept_label(command: AcceptLabel, uow: UnitOfWork, ports: Ports, context: Context) -> Result[TicketRow]:
    """Say that the shown label is right. Raises InvalidState where a person has said so before."""
    dataset = ports.datasets.get(command.dataset)
    row = uow.tickets.row(command.id)
    if dataset.name != CATEGORY:
        return _decide(uow, ports, row, dataset, _prediction(uow, row, dataset).label, "", context)
    if row.reviewed:
        raise InvalidState(f"Ticket {row.id} has been reviewed already; correct it to change its category.")
    return _decide(uow, ports, row, dataset, row.category, "", context)


def _move(uow: UnitOfWork, row: TicketRow, after: WorkState) -> Result[TicketRow]:
    """Write a new state, with the inverse that brings the old one back."""
    before = state_of(row)
    uow.tickets.set_state(row.id, after)
    changes = changed(ChangeKind.TICKETS_CHANGED, tickets=frozenset({row.id}))
    return Result(uow.tickets.row(row.id), changes, Inverse(steps=(Step(row.id, before, after),)))


def _decide(
    uow: UnitOfWork, ports: Ports, row: TicketRow, dataset: Dataset, label: str, why: str, context: Context
) -> Result[TicketRow]:
    predicted = _prediction(uow, row, dataset)
    shown = row.category if dataset.name == CATEGORY else predicted.label
    correction = Correction(
        id=CorrectionId(0),
        ticket=row.id,
        dataset=dataset.name,
        decision=Decision.CONFIRMED if label == shown else Decision.CORRECTED,
        old=shown,
        new=label,
        who=context.actor,
        at=context.now,
        why=why,
        model_id=predicted.model_id,
        tier=predicted.tier,
        confidence=predicted.confidence,
        text=_text(uow, ports, row.id, dataset),
    )
    number = uow.corrections.add(correction)
    changes = changed(ChangeKind.CORRECTIONS, ChangeKind.TICKETS_CHANGED, tickets=frozenset({row.id}))
    if dataset.name != CATEGORY:
        return Result(row, changes, Inverse(correction=number))
    after = replace(state_of(row), category=label, confidence=1.0, tier=Tier.PERSON.value, reviewed=True)
    moved = _move(uow, row, after)
    steps = moved.inverse.steps if moved.inverse else ()
    return Result(moved.value, changes, Inverse(steps=steps, correction=number))


def _prediction(uow: UnitOfWork, row: TicketRow, dataset: Dataset) -> Prediction:
    """What was predicted for this dataset last; for a ticket without prediction what its row shows."""
    for prediction in uow.tickets.predictions(row.id):
        if prediction.dataset == dataset.name:
            return prediction
    return Prediction(dataset.name, row.category, row.confidence, Tier(row.tier), ModelId(""))


def _text(uow: UnitOfWork, ports: Ports, ticket: TicketId, dataset: Dataset) -> str:
    """The text that the model sees of a ticket's first item."""
    first = uow.ledger.of_ticket(ticket)[0]
    parsed = parse(first.content, first.form, near=first.received_at, mappings=ports.mappings.load())
    return model_text(parsed, dataset)


def _label(dataset: Dataset, wanted: str) -> str:
    """The dataset's own spelling of a label, whatever the case; raises InvalidInput with the labels there are."""
    for label in dataset.labels:
        if label.casefold() == wanted.strip().casefold():
            return label
    raise InvalidInput(f"{dataset.name} has no label {wanted!r}. It has: {', '.join(dataset.labels)}.")


def _plain(text: str) -> str:
    """Text that can be stored and sent everywhere: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
