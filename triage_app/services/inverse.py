"""Undo: what a handler records so that its decision can be taken back exactly, and the taking back."""

from dataclasses import dataclass

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import InvalidState
from triage_app.domain.labels import ModelId
from triage_app.domain.learning import CorrectionId
from triage_app.domain.ledger import ParkedItem
from triage_app.domain.ticket import NoteId, TicketId, TicketRow, WorkState
from triage_app.services.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Step:
    """A ticket's state before and after a decision."""

    ticket: TicketId
    before: WorkState
    after: WorkState


@dataclass(frozen=True, slots=True)
class Inverse:
    """All that takes one decision back: ticket states, a correction, a note, the model that was in force, a parked
    item.
    """

    steps: tuple[Step, ...] = ()
    correction: CorrectionId | None = None
    note: NoteId | None = None
    model: ModelId | None = None
    dismissed: ParkedItem | None = None


def state_of(row: TicketRow) -> WorkState:
    """The part of a row that people change."""
    return WorkState(row.status, row.verdict, row.assignee, row.category, row.confidence, row.tier, row.reviewed)


def take_back(inverse: Inverse, uow: UnitOfWork) -> ChangeSet:
    """Restore what was before. Raises InvalidState, and restores nothing, where somebody changed a ticket since."""
    kinds = set()
    tickets = set()
    for step in inverse.steps:
        row = uow.tickets.row(step.ticket)
        if state_of(row) != step.after:
            raise InvalidState(
                f"Ticket {step.ticket} was changed by somebody since: the decision stays. Open it and set it as wanted."
            )
        uow.tickets.set_state(step.ticket, step.before)
        kinds.add(ChangeKind.TICKETS_CHANGED)
        tickets.add(step.ticket)
    if inverse.correction is not None:
        tickets.add(uow.corrections.set_undone(inverse.correction, undone=True).ticket)
        kinds |= {ChangeKind.CORRECTIONS, ChangeKind.TICKETS_CHANGED}
    if inverse.note is not None:
        tickets.add(uow.tickets.remove_note(inverse.note))
        kinds.add(ChangeKind.NOTES)
    if inverse.model is not None:
        uow.models.activate(inverse.model)
        kinds.add(ChangeKind.MODELS)
    if inverse.dismissed is not None:
        uow.ledger.restore_parked(inverse.dismissed)
        kinds.add(ChangeKind.LEDGER)
    return ChangeSet(frozenset(kinds), frozenset(tickets))
