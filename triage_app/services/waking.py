"""Tickets that were put off come back: by a change, in the transaction that changes something; by time, by whichever
program follows the sources.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from triage_app.domain import ticket as tickets
from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import NoteId, Status, TicketId, TicketRow, WorkState
from triage_app.services.context import CancelToken, Context
from triage_app.services.inverse import Step, WakeStep, state_of
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.search_commands import WakeTickets
from triage_app.services.search_shapes import Wake
from triage_app.services.timeline import PROGRAM

ACTOR = "schedule"
"""Who brings tickets back by time, in the log."""

LOOK_SECONDS = 20.0
"""How often it is looked whether a ticket's time has come."""

MAX_NEWS = 3
"""Changes that one note tells one by one."""

_END = datetime.max.replace(tzinfo=UTC)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Back:
    """Tickets that came back, with what takes that back."""

    steps: tuple[Step, ...] = ()
    wakes: tuple[WakeStep, ...] = ()
    notes: tuple[NoteId, ...] = ()

    @property
    def tickets(self) -> frozenset[TicketId]:
        """Which came back."""
        return frozenset(step.ticket for step in self.steps)


def any_by_time(uow: UnitOfWork) -> bool:
    """Whether any ticket comes back at a time, whenever that is."""
    return bool(uow.wakes.due(_END, limit=1))


def end_wait(uow: UnitOfWork, before: Sequence[tuple[TicketId, WorkState]]) -> tuple[WakeStep, ...]:
    """Tickets that wait no more do not come back; of states before that, those that waited are looked at.

    A follow-up stays.
    """
    waited = tuple(ticket for ticket, state in before if state.status is Status.WAITING)
    found = [each for each in uow.wakes.of(waited).values() if not each.follow_up] if waited else []
    return tuple(WakeStep(each.ticket, uow.wakes.clear(each.ticket), None) for each in found)


def bring_back(uow: UnitOfWork, news: Mapping[TicketId, Sequence[str]], now: datetime) -> Back:
    """Of tickets of which there is news those come back that wait for a change, each with a note of what it is."""
    if not news or not uow.wakes.any_on_change():
        return Back()
    wakes = [each for each in uow.wakes.of(tuple(news)).values() if each.on_change and not each.follow_up]
    rows = uow.tickets.rows([each.ticket for each in wakes])
    waiting = [row for row in rows if row.status is Status.WAITING]
    steps = tuple(awake(uow, row) for row in waiting)
    notes = tuple(uow.tickets.add_note(row.id, now, PROGRAM, _news_words(news[row.id])) for row in waiting)
    return Back(steps, tuple(WakeStep(row.id, uow.wakes.clear(row.id), None) for row in waiting), notes)


def awake(uow: UnitOfWork, row: TicketRow) -> Step:
    """A ticket that waits goes on; raises InvalidState for one that does not wait."""
    before = state_of(row)
    after = tickets.wake(before)
    uow.tickets.set_state(row.id, after)
    return Step(row.id, before, after)


def duplicate_words(ticket: TicketId | None, severity: str) -> str:
    """A duplicate that came in, in words: the ticket that it became, if any, and how bad it is where that is worse."""
    which = f" (ticket {ticket})" if ticket is not None else ""
    return f"a duplicate came in{which}{f' with a higher severity ({severity})' if severity else ''}"


def _news_words(news: Sequence[str]) -> str:
    more = f", and {len(news) - MAX_NEWS:,} more such" if len(news) > MAX_NEWS else ""
    return f"Back: {'; '.join(news[:MAX_NEWS])}{more}."


def time_words(wake: Wake) -> str:
    """That a ticket's time has come, in words."""
    return f"the time that {wake.who} set has come" + (f": {wake.why}" if wake.why else ".")


class Waking:
    """Brings tickets back whose time has come, as the `WakeTickets` of the actor `schedule`."""

    def __init__(self, ports: Ports, context: Context) -> None:
        self._ports = ports
        self._context = context

    def follow(self, cancel: CancelToken) -> None:
        """Look every 20 seconds until a cancel."""
        while not cancel.cancelled:
            try:
                self.once(cancel)
            except TriageError as error:
                _LOG.warning("Tickets that were put off could not be brought back: %s", error.message)
            self._ports.runner.wait(LOOK_SECONDS, cancel)

    def once(self, cancel: CancelToken) -> None:
        """Bring back all that are due. The command looks again as the only writer: of two programs one finds none."""
        while not cancel.cancelled:
            with self._ports.storage.read() as uow:
                if not uow.wakes.due(self._ports.clock(), limit=1):
                    return
            self._context.carry_out(WakeTickets(), ACTOR, cancel)
