"""The shapes that search and similar tickets share: how alike tickets are and why, saved views, what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.observable import Observable
from triage_app.domain.pattern import Pattern, Trait
from triage_app.domain.ticket import TicketId


@dataclass(frozen=True, slots=True)
class SimilarCount:
    """How many other tickets that stand on their own are similar: open ones, and past ones."""

    open: int
    past: int


@dataclass(frozen=True, slots=True)
class Carried:
    """An observable of a ticket as it is stored: its id, in how many tickets it is, where it was seen here."""

    id: int
    observable: Observable
    tickets: int
    own: bool
    ignored: bool
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """An observable that appears together with another, and in how many of the tickets that were looked at."""

    carried: Carried
    together: int


@dataclass(frozen=True, slots=True)
class ObservableFigures:
    """What became of the newest tickets that have an observable: how many were looked at, how many of them are open,
    and how many have each category and each verdict, the most frequent first.
    """

    counted: int
    open: int
    categories: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReadTicket:
    """What a ticket of an earlier version is found by from now on: see `Analysis`."""

    ticket: TicketId
    pattern: Pattern
    traits: tuple[Trait, ...]
    record: bytes


@dataclass(frozen=True, slots=True)
class Shared:
    """What a ticket has of what was asked for: where its observables were seen, by their ids, and which traits; and how
    many observables it has in all, its pattern's id (0 for none), its words (see `domain.terms`), and its own time, or
    that of its receipt where it has none or a later one.
    """

    observables: Mapping[int, tuple[str, ...]]
    carried: int
    traits: tuple[Trait, ...]
    pattern: int
    record: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Wake:
    """When a ticket comes back by itself: at a time, or as soon as something changes.

    With `follow_up` it was not put off meanwhile. `at` is when `who` said so.
    """

    ticket: TicketId
    until: datetime | None
    on_change: bool
    follow_up: bool
    why: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredView:
    """A saved view: a query under a name, for everybody on the workspace."""

    name: str
    query: str
    sort: str
    who: str
    at: datetime
