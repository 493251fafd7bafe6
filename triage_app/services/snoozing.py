"""Tickets that are put off, and follow-ups: set, and brought back when their time has come.

A ticket that is put off waits: its status is `waiting`, and it comes back at a time, by a change, or by hand. With a
follow-up a ticket stays where it is; at its time it is opened again where it is closed, and gets a note where it is
open. A ticket has one of the two: the last that was set.
"""

from dataclasses import replace

from triage_app.domain import ticket as tickets
from triage_app.domain.changes import NOTHING, ChangeKind, ChangeSet, changed, merged
from triage_app.domain.errors import InvalidInput, InvalidState
from triage_app.domain.reply_template import one_line
from triage_app.domain.snooze import moment_of
from triage_app.domain.ticket import Status, TicketId, TicketRow
from triage_app.services.commands import ReopenTicket
from triage_app.services.context import Context
from triage_app.services.inverse import Inverse, Step, WakeStep, state_of
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result
from triage_app.services.search_commands import FollowUp, SnoozeTicket, WakeTickets, Woken
from triage_app.services.search_shapes import Wake
from triage_app.services.timeline import PROGRAM
from triage_app.services.triage import reopen_ticket
from triage_app.services.waking import awake, time_words

MAX_WHY = 500
NEVER = "never"
"""What takes a follow-up away."""

MAX_WOKEN = 1_000
"""Tickets that come back in one transaction, so that other writers are not kept waiting."""


def snooze_ticket(command: SnoozeTicket, uow: UnitOfWork, ports: Ports, context: Context) -> Result[TicketRow]:
    """Put an open ticket off; one that waits already, or has a follow-up, comes back as said now.

    Raises InvalidState for a closed one, InvalidInput where neither a time nor a change is given. The log keeps the
    time that was meant.
    """
    if not command.until.strip() and not command.until_change:
        raise InvalidInput(
            "Say how long the ticket is put off: until a time (--until tomorrow), or until something changes "
            "(--until-change)."
        )
    until = moment_of(command.until, context.now, ports.settings.zone) if command.until.strip() else None
    row = uow.tickets.row(command.id)
    before, after = state_of(row), tickets.put_off(state_of(row))
    wake = Wake(
        row.id,
        until,
        on_change=command.until_change,
        follow_up=False,
        why=_why(command.why),
        who=context.actor,
        at=context.now,
    )
    uow.tickets.set_state(row.id, after)
    earlier = uow.wakes.set(wake)
    meant = replace(command, until="" if until is None else until.isoformat())
    return Result(
        uow.tickets.row(row.id),
        _touched(row.id),
        Inverse(steps=(Step(row.id, before, after),), wakes=(WakeStep(row.id, earlier, wake),)),
        redacted=meant,
    )


def follow_up(command: FollowUp, uow: UnitOfWork, ports: Ports, context: Context) -> Result[TicketRow]:
    """Have a ticket looked at again at a time, in place of an earlier follow-up; `never` takes that away.

    Raises InvalidState for a ticket that is put off, and where there is none to take away.
    """
    row = uow.tickets.row(command.id)
    if row.status is Status.WAITING:
        raise InvalidState(f"Ticket {row.id} is put off. Put it off until another time, or bring it back first.")
    if command.at.strip().lower() == NEVER:
        earlier = uow.wakes.clear(row.id)
        if earlier is None:
            raise InvalidState(f"Ticket {row.id} has no follow-up.")
        return Result(row, _touched(row.id), Inverse(wakes=(WakeStep(row.id, earlier, None),)))
    at = moment_of(command.at, context.now, ports.settings.zone)
    why = _why(command.why)
    wake = Wake(row.id, at, on_change=False, follow_up=True, why=why, who=context.actor, at=context.now)
    earlier = uow.wakes.set(wake)
    return Result(
        row,
        _touched(row.id),
        Inverse(wakes=(WakeStep(row.id, earlier, wake),)),
        redacted=replace(command, at=at.isoformat()),
    )


def wake_tickets(command: WakeTickets, uow: UnitOfWork, ports: Ports, context: Context) -> Result[Woken]:
    """Bring one ticket back now, or all whose time has come, the first thousand of them.

    Those whose time has come get a note; that is not taken back, since they would come back at once. Raises
    InvalidState for a ticket that is neither put off nor has a follow-up.
    """
    if command.id is not None:
        return _by_hand(command.id, uow, ports, context)
    wakes = {each.ticket: each for each in uow.wakes.due(context.now, limit=MAX_WOKEN)}
    for ticket in wakes:
        uow.wakes.clear(ticket)
    changes = NOTHING
    rows = uow.tickets.rows(tuple(wakes))
    for row in rows:
        changes = merged(changes, _come_back(row, wakes[row.id], uow, ports, context))
    return Result(Woken(tuple(row.id for row in rows)), changes)


def _by_hand(ticket: TicketId, uow: UnitOfWork, ports: Ports, context: Context) -> Result[Woken]:
    row = uow.tickets.row(ticket)
    wake = uow.wakes.clear(ticket)
    if wake is None and row.status is not Status.WAITING:
        raise InvalidState(f"Ticket {ticket} is not put off, and has no follow-up.")
    inverse = Inverse()
    changes = _touched(ticket)
    if row.status is Status.WAITING:
        inverse = Inverse(steps=(awake(uow, row),))
    elif row.status is Status.RESOLVED:
        opened = reopen_ticket(ReopenTicket(ticket), uow, ports, context)
        inverse, changes = opened.inverse or inverse, merged(changes, opened.changes)
    return Result(Woken((ticket,)), changes, replace(inverse, wakes=(WakeStep(ticket, wake, None),)))


def _come_back(row: TicketRow, wake: Wake, uow: UnitOfWork, ports: Ports, context: Context) -> ChangeSet:
    """A ticket whose time has come; returns what changed. One that was put off and is closed stays closed."""
    changes = changed(ChangeKind.TICKETS_CHANGED, ChangeKind.NOTES, tickets=frozenset({row.id}))
    what = "Follow-up"
    if row.status is Status.WAITING:
        awake(uow, row)
        what = "Back"
    elif row.status is Status.RESOLVED:
        if not wake.follow_up:
            return NOTHING
        changes = merged(changes, reopen_ticket(ReopenTicket(row.id), uow, ports, context).changes)
        what = "Opened again"
    uow.tickets.add_note(row.id, context.now, PROGRAM, f"{what}: {time_words(wake)}")
    return changes


def _why(text: str) -> str:
    """A reason as it is kept, in one line; raises InvalidInput for one that is too long."""
    if len(text) > MAX_WHY:
        raise InvalidInput(f"What is waited for has at most {MAX_WHY} characters; this has {len(text)}. Write a note.")
    return one_line(text, MAX_WHY)


def _touched(ticket: TicketId) -> ChangeSet:
    return changed(ChangeKind.TICKETS_CHANGED, tickets=frozenset({ticket}))
