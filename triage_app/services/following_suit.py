"""Decisions that follow others: a ticket decided as a similar one was, and observables that tell nothing."""

from dataclasses import replace

from triage_app.domain.changes import ChangeKind, ChangeSet, changed, merged
from triage_app.domain.errors import InvalidInput, InvalidState
from triage_app.domain.observable import Observable
from triage_app.domain.ticket import TicketRow
from triage_app.services.commands import AddNote, CloseTicket, CorrectLabel
from triage_app.services.context import Context
from triage_app.services.inverse import IgnoreStep, Inverse, Step, state_of
from triage_app.services.pivot import observable_named
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result
from triage_app.services.search_commands import DecideLike, HeedObservable, IgnoreObservable, ObservableSwitched
from triage_app.services.similar import resolution_note
from triage_app.services.triage import add_note, close_ticket, correct_label


def decide_like(command: DecideLike, uow: UnitOfWork, ports: Ports, context: Context) -> Result[TicketRow]:
    """Give a ticket the category of another one and, where that is closed, its verdict; one undo takes all back.

    Raises InvalidState where the other was never decided, or where this one cannot be decided like that.
    """
    if command.id == command.other:
        raise InvalidInput("A ticket cannot be decided like itself. Name another one.")
    row, other = uow.tickets.row(command.id), uow.tickets.row(command.other)
    if not other.reviewed and other.verdict is None:
        raise InvalidState(f"Nobody has decided ticket {other.id} yet: there is nothing to follow.")
    before = state_of(row)
    why = f"like ticket {other.id}"
    inverse, changes = Inverse(), ChangeSet()
    if other.verdict is not None and not before.is_open:
        raise InvalidState(f"Ticket {row.id} is closed already. Reopen it first to give it another verdict.")
    if command.note and (text := resolution_note(uow, other.id)):
        noted = add_note(AddNote(row.id, text), uow, ports, context)
        inverse, changes = noted.inverse or inverse, merged(changes, noted.changes)
    if not row.reviewed or row.category != other.category:
        told = correct_label(CorrectLabel(row.id, other.category, why=why), uow, ports, context)
        of = told.inverse or Inverse()
        inverse = replace(of, note=inverse.note)
        changes = merged(changes, told.changes)
    if other.verdict is not None:
        closed = close_ticket(CloseTicket(row.id, verdict=other.verdict), uow, ports, context)
        of = closed.inverse or Inverse()
        inverse = replace(inverse, wakes=(*inverse.wakes, *of.wakes), stood=of.stood)
        changes = merged(changes, closed.changes)
    after = uow.tickets.row(row.id)
    inverse = replace(inverse, steps=(Step(row.id, before, state_of(after)),))
    return Result(after, changes, inverse)


def ignore_observable(
    command: IgnoreObservable, uow: UnitOfWork, _ports: Ports, _context: Context
) -> Result[ObservableSwitched]:
    """From now on an observable tells nothing. Raises NotFound where it is in no ticket."""
    return _switch(command.value, uow, ignored=True)


def heed_observable(
    command: HeedObservable, uow: UnitOfWork, _ports: Ports, _context: Context
) -> Result[ObservableSwitched]:
    """An observable that was ignored tells something again. Raises NotFound where it is in no ticket."""
    return _switch(command.value, uow, ignored=False)


def _switch(value: str, uow: UnitOfWork, *, ignored: bool) -> Result[ObservableSwitched]:
    carried = observable_named(value, uow)
    observable: Observable = carried.observable
    tickets = uow.similar.set_ignored(observable, ignored=ignored)
    step = IgnoreStep(observable.kind, observable.value, before=carried.ignored, after=ignored)
    switched = ObservableSwitched(observable.kind, observable.value, ignored, tickets)
    return Result(switched, changed(ChangeKind.TICKETS_CHANGED), Inverse(ignored=step))
