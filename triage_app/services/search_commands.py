"""Commands around search: putting off, tickets by hand, saved views, what tells nothing, deciding like before."""

from dataclasses import dataclass

from triage_app.domain.observable import ObservableKind
from triage_app.domain.ticket import Severity, TicketId, TicketRow
from triage_app.services.arguments import Command, argument, needed_option, option, optional_argument, text_option
from triage_app.services.search_shapes import StoredView


@dataclass(frozen=True, slots=True)
class SnoozeTicket(Command[TicketRow]):
    """Put a ticket off until a time, until something changes (a new duplicate, a higher severity, a new observable), or
    whichever comes first.
    """

    id: TicketId = argument("The ticket.")
    until: str = option("A time (2026-12-01T09:00, 09:00, tomorrow, monday) or how long (4h, 2d).", "")
    until_change: bool = option("Until something changes.", default=False)
    why: str = option("What is waited for.", "")


@dataclass(frozen=True, slots=True)
class FollowUp(Command[TicketRow]):
    """Have a ticket, open or closed, come back to the queue at a time."""

    id: TicketId = argument("The ticket.")
    at: str = needed_option("A time (2026-12-01T09:00, 09:00, tomorrow, monday), in how long (4h, 2d), or never.")
    why: str = option("What is to be looked at then.", "")


@dataclass(frozen=True, slots=True)
class Woken:
    """The tickets that came back."""

    tickets: tuple[TicketId, ...]


@dataclass(frozen=True, slots=True)
class WakeTickets(Command[Woken]):
    """Bring a ticket that was put off back now, or all whose time has come."""

    id: TicketId | None = optional_argument("The ticket; a thousand whose time has come if left out.")


@dataclass(frozen=True, slots=True)
class AddTicket(Command[TicketRow]):
    """Make a ticket by hand: a phone call, somebody at the door. It is read like any other item; where a rule holds it
    for a repeat it is linked, and stays a ticket of its own.
    """

    subject: str = needed_option("What it is about.")
    text: str | None = text_option("What was said.")
    sender: str = option("Who said it: a name or a mail address; you if left out.", "")
    severity: Severity | None = option("unknown, low, medium, high or critical.", None)
    category: str = option("Its category; suggested like any other's if left out.", "")


@dataclass(frozen=True, slots=True)
class SaveView(Command[StoredView]):
    """Save a query as a view for everybody on this workspace, in place of one of the same name."""

    name: str = argument("What it is called.")
    query: str = argument("The query.")
    sort: str = option("As for `tickets`.", "age")


@dataclass(frozen=True, slots=True)
class RemoveView(Command[StoredView]):
    """Remove a saved view."""

    name: str = argument("The view.")


@dataclass(frozen=True, slots=True)
class ObservableSwitched:
    """An observable that tells nothing from now on, or something again, and in how many tickets it is."""

    kind: ObservableKind
    value: str
    ignored: bool
    tickets: int


@dataclass(frozen=True, slots=True)
class IgnoreObservable(Command[ObservableSwitched]):
    """Say that an observable tells nothing about a ticket: it makes no tickets similar any more."""

    value: str = argument("The observable, live or defanged.")


@dataclass(frozen=True, slots=True)
class HeedObservable(Command[ObservableSwitched]):
    """Say that an observable that was ignored tells something again."""

    value: str = argument("The observable, live or defanged.")


@dataclass(frozen=True, slots=True)
class DecideLike(Command[TicketRow]):
    """Decide a ticket as a similar one was decided: its category, and its verdict where it is closed."""

    id: TicketId = argument("The ticket.")
    other: TicketId = argument("The ticket that was decided before.")
    note: bool = option("Copy its resolution note as well.", default=False)


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How many tickets of earlier versions were read again, and how many were not since their item is gone."""

    tickets: int
    without_item: int


@dataclass(frozen=True, slots=True)
class ReindexTickets(Command[Reindexed]):
    """Read tickets of earlier versions again, so that similar ones are found among them. Open desks do it by
    themselves.
    """
