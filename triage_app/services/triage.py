"""An analyst's decisions on a ticket: close, reopen, assign, note, correct, accept."""

from collections.abc import Mapping
from dataclasses import replace

from triage_app.domain import ticket as tickets
from triage_app.domain.changes import ChangeKind, ChangeSet, changed
from triage_app.domain.errors import InvalidInput, InvalidState
from triage_app.domain.labels import Dataset, ModelId, Prediction, Tier
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.parsing import parse
from triage_app.domain.relabelling import label_now
from triage_app.domain.ticket import Note, Status, TicketId, TicketRow, WorkState
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
from triage_app.services.inverse import Inverse, Step, TagBefore, state_of
from triage_app.services.labelling import in_todays_words, own_label, tag
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.promises import keep_promise
from triage_app.services.result import Result
from triage_app.services.second_looks import ask
from triage_app.services.waking import end_wait

CATEGORY = "category"
"""The dataset that names a ticket's category."""

MAX_NOTE = 20_000
MAX_NAME = 200
MAX_SECONDS = 7 * 86_400
"""A week: whoever had a ticket open for longer did not work on it."""


def close_ticket(command: CloseTicket, uow: UnitOfWork, ports: Ports, context: Context) -> Result[TicketRow]:
    """Close with a verdict. Raises InvalidState where the ticket is closed already, or has unchecked potential links.

    One that was put off does not come back; a follow-up stays.

    Nothing that is linked with it is closed. A suggestion that nobody has reviewed stands then: that counts for how
    often it is right, and nothing is learnt from it.
    """
    seconds = _seconds(command.seconds)
    row = uow.tickets.row(command.id)
    after = tickets.close(state_of(row), command.verdict)
    waiting = len(unchecked_links(uow, row.id))
    if waiting:
        raise InvalidState(waiting_words(row.id, waiting))
    moved = _move(uow, row, after)
    if row.reviewed:
        return moved
    stood = replace(
        _word(row, CATEGORY, _prediction(uow, row, CATEGORY), row.category, seconds, context), decision=Decision.STOOD
    )
    number, changes = _record(uow, ports, in_todays_words(stood, ports))
    return Result(moved.value, changes, replace(_inverse(moved), correction=number))


def reopen_ticket(command: ReopenTicket, uow: UnitOfWork, ports: Ports, _context: Context) -> Result[TicketRow]:
    """Open again; what stood only because it was closed stands no more. Raises InvalidState where it is open."""
    row = uow.tickets.row(command.id)
    moved = _move(uow, row, tickets.reopen(state_of(row)))
    stood = [each for each in uow.corrections.of_ticket(row.id) if each.decision is Decision.STOOD and not each.undone]
    if not stood:
        return moved
    last = uow.corrections.set_undone(stood[-1].id, undone=True)
    kinds = moved.changes.kinds | {ChangeKind.CORRECTIONS}
    if keep_promise(uow, ports, last):
        kinds |= {ChangeKind.MODELS}
    return Result(moved.value, ChangeSet(kinds, moved.changes.tickets), replace(_inverse(moved), stood=last.id))


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
    label = own_label(dataset, command.label)
    seconds = _seconds(command.seconds)
    return _decide(uow, ports, uow.tickets.row(command.id), dataset, label, _plain(command.why), seconds, context)


def accept_label(command: AcceptLabel, uow: UnitOfWork, ports: Ports, context: Context) -> Result[TicketRow]:
    """Say that the shown label is right. Raises InvalidState where a person has said so before."""
    dataset = ports.datasets.get(command.dataset)
    seconds = _seconds(command.seconds)
    row = uow.tickets.row(command.id)
    if dataset.name != CATEGORY:
        shown = label_now(_prediction(uow, row, dataset.name).label, dataset)
        return _decide(uow, ports, row, dataset, shown, "", seconds, context)
    if row.reviewed:
        raise InvalidState(f"Ticket {row.id} has been reviewed already; correct it to change its category.")
    return _decide(uow, ports, row, dataset, label_now(row.category, dataset), "", seconds, context)


def decide_all(
    uow: UnitOfWork,
    ports: Ports,
    texts: Mapping[TicketId, str],
    dataset: Dataset,
    label: str,
    context: Context,
    why: str,
) -> Result[tuple[TicketId, ...]]:
    """Give a label to many tickets whose texts for the model are known already, each with a correction of its own.

    Of the first of them a second opinion may be asked: the others have nearly the same text.
    """
    predicted = uow.candidates.predictions(tuple(texts), dataset.name)
    rows = uow.tickets.rows(tuple(texts))
    told = []
    steps: list[Step] = []
    tags: list[TagBefore] = []
    asked = None
    words: dict[tuple[str, str], Correction] = {}
    for row in rows:
        known = predicted.get(row.id) or _prediction(uow, row, dataset.name)
        word = in_todays_words(_word(row, dataset.name, known, label, None, context), ports)
        word = replace(word, why=why, text=texts[row.id])
        told.append(uow.corrections.add(word))
        words[word.model_id, word.best] = word
        if len(told) == 1:
            asked = ask(uow, ports.settings.learning.second_looks, word)
        if dataset.name == CATEGORY:
            after = _reviewed(row, label)
            uow.tickets.set_state(row.id, after)
            steps.append(Step(row.id, state_of(row), after))
        else:
            tags.append(tag(uow, row.id, dataset, label))
    ids = tuple(row.id for row in rows)
    kinds = {ChangeKind.CORRECTIONS, ChangeKind.TICKETS_CHANGED}
    if sum(keep_promise(uow, ports, word) for word in words.values()):
        kinds.add(ChangeKind.MODELS)
    inverse = Inverse(steps=tuple(steps), told=tuple(told), asked=asked, tags=tuple(tags))
    return Result(ids, changed(*kinds, tickets=frozenset(ids)), inverse)


def _move(uow: UnitOfWork, row: TicketRow, after: WorkState) -> Result[TicketRow]:
    """Write a new state, with the inverse that brings the old one back; a ticket that waited may wait no more."""
    before = state_of(row)
    uow.tickets.set_state(row.id, after)
    wakes = () if after.status is Status.WAITING else end_wait(uow, [(row.id, before)])
    changes = changed(ChangeKind.TICKETS_CHANGED, tickets=frozenset({row.id}))
    return Result(uow.tickets.row(row.id), changes, Inverse(steps=(Step(row.id, before, after),), wakes=wakes))


def _inverse(moved: Result[TicketRow]) -> Inverse:
    return moved.inverse or Inverse()


def _decide(
    uow: UnitOfWork,
    ports: Ports,
    row: TicketRow,
    dataset: Dataset,
    label: str,
    why: str,
    seconds: float | None,
    context: Context,
) -> Result[TicketRow]:
    word = in_todays_words(
        _word(row, dataset.name, _prediction(uow, row, dataset.name), label, seconds, context), ports
    )
    number, changes = _record(uow, ports, replace(word, why=why, text=_text(uow, ports, row.id, dataset)))
    asked = ask(uow, ports.settings.learning.second_looks, word)
    if dataset.name != CATEGORY:
        before = tag(uow, row.id, dataset, label)
        return Result(row, changes, Inverse(correction=number, asked=asked, tags=(before,)))
    moved = _move(uow, row, _reviewed(row, label))
    return Result(moved.value, changes, replace(_inverse(moved), correction=number, asked=asked))


def _reviewed(row: TicketRow, label: str) -> WorkState:
    return replace(state_of(row), category=label, confidence=1.0, tier=Tier.PERSON.value, reviewed=True)


def _word(
    row: TicketRow, dataset: str, predicted: Prediction, label: str, seconds: float | None, context: Context
) -> Correction:
    """What a person says of a prediction, without a reason and without the text."""
    shown = row.category if dataset == CATEGORY else predicted.label
    return Correction(
        id=CorrectionId(0),
        ticket=row.id,
        dataset=dataset,
        decision=Decision.CONFIRMED if label == shown else Decision.CORRECTED,
        old=shown,
        new=label,
        who=context.actor,
        at=context.now,
        why="",
        model_id=predicted.model_id,
        tier=predicted.tier,
        confidence=predicted.confidence,
        text="",
        best=predicted.best.label if predicted.best else "",
        best_confidence=predicted.best.confidence if predicted.best else 0.0,
        held=predicted.held,
        sender=row.sender,
        source=row.source,
        seconds=seconds,
    )


def _record(uow: UnitOfWork, ports: Ports, correction: Correction) -> tuple[CorrectionId, ChangeSet]:
    """Store a decision and keep the gate's promise; returns its id and what changed with it."""
    number = uow.corrections.add(correction)
    kinds = {ChangeKind.CORRECTIONS, ChangeKind.TICKETS_CHANGED}
    if keep_promise(uow, ports, correction):
        kinds.add(ChangeKind.MODELS)
    return number, changed(*kinds, tickets=frozenset({correction.ticket}))


def _prediction(uow: UnitOfWork, row: TicketRow, dataset: str) -> Prediction:
    """What was predicted for this dataset last; for a ticket without prediction what its row shows."""
    for prediction in uow.tickets.predictions(row.id):
        if prediction.dataset == dataset:
            return prediction
    return Prediction(dataset, row.category, row.confidence, Tier(row.tier), ModelId(""))


def _seconds(measured: float | None) -> float | None:
    """Seconds that somebody may have taken for a decision; raises InvalidInput for what cannot be."""
    if measured is None or 0 <= measured <= MAX_SECONDS:
        return measured
    raise InvalidInput(
        f"A decision takes 0 to {MAX_SECONDS:,} seconds from opening the ticket; {measured} was given. "
        "Leave it out where it was not measured."
    )


def _text(uow: UnitOfWork, ports: Ports, ticket: TicketId, dataset: Dataset) -> str:
    """The text that the model sees of a ticket's first item."""
    first = uow.ledger.of_ticket(ticket)[0]
    parsed = parse(first.content, first.form, near=first.received_at, mappings=ports.mappings.load())
    return model_text(parsed, dataset)


def _plain(text: str) -> str:
    """Text that can be stored and sent everywhere: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
