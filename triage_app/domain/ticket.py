"""The ticket: its states, its verdicts, and which step is allowed from which state."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

from triage_app.domain.errors import InvalidState

TicketId = NewType("TicketId", int)
NoteId = NewType("NoteId", int)


class Status(StrEnum):
    """Where the work on a ticket stands."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"


class Verdict(StrEnum):
    """The analyst's conclusion."""

    TRUE_POSITIVE = "true_positive"
    BENIGN_POSITIVE = "benign_positive"
    FALSE_POSITIVE = "false_positive"
    DUPLICATE = "duplicate"
    TEST = "test"
    INSUFFICIENT_DATA = "insufficient_data"


class Severity(IntEnum):
    """How bad the source says it is; ordered, so that it sorts and compares."""

    UNKNOWN = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The lower-case word for it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class TicketRow:
    """The thin row that a queue shows.

    `confidence` is 0..1. `duplicates` counts the repeats merged into or linked under this ticket. `similar_open` and
    `similar_past` count other tickets that are similar; None where they were not asked for. All times are aware UTC.
    `event_at` is the time that the item itself claims, if any. `back_at` is when a ticket that waits comes back by
    itself.
    """

    id: TicketId
    subject: str
    sender: str
    category: str
    confidence: float
    tier: str
    reviewed: bool
    status: Status
    verdict: Verdict | None
    severity: Severity
    priority: int
    assignee: str
    source: str
    form: str
    duplicates: int
    attachments: int
    received_at: datetime
    event_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    similar_open: int | None = None
    similar_past: int | None = None
    back_at: datetime | None = None


def similar_of(row: TicketRow) -> int:
    """How many similar tickets a row tells of, open and past."""
    return (row.similar_open or 0) + (row.similar_past or 0)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a ticket by a person or by the program."""

    id: NoteId
    ticket: TicketId
    at: datetime
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkState:
    """The part of a ticket that people change: what an undo has to restore."""

    status: Status
    verdict: Verdict | None
    assignee: str
    category: str
    confidence: float
    tier: str
    reviewed: bool

    @property
    def is_open(self) -> bool:
        """Whether there is still work to do."""
        return self.status is not Status.RESOLVED


def close(state: WorkState, verdict: Verdict) -> WorkState:
    """The state after closing with a verdict; closing twice is refused so that a verdict is never overwritten
    silently.
    """
    if not state.is_open:
        raise InvalidState("The ticket is closed already. Reopen it first to give another verdict.")
    return replace(state, status=Status.RESOLVED, verdict=verdict)


def reopen(state: WorkState) -> WorkState:
    """The state after reopening; the verdict is cleared."""
    if state.is_open:
        raise InvalidState("The ticket is open already.")
    return replace(state, status=Status.IN_PROGRESS if state.assignee else Status.NEW, verdict=None)


def assign(state: WorkState, who: str) -> WorkState:
    """The state after assigning to somebody, or to nobody with an empty name; an assigned new ticket is in progress."""
    if not state.is_open:
        raise InvalidState("The ticket is closed. Reopen it first to assign it.")
    if who:
        return replace(state, assignee=who, status=Status.IN_PROGRESS if state.status is Status.NEW else state.status)
    return replace(state, assignee="", status=Status.NEW if state.status is Status.IN_PROGRESS else state.status)


def put_off(state: WorkState) -> WorkState:
    """The state after putting off; a ticket that waits already goes on to wait."""
    if not state.is_open:
        raise InvalidState("The ticket is closed. Set a follow-up (`follow-up`), or reopen it first to put it off.")
    return replace(state, status=Status.WAITING)


def wake(state: WorkState) -> WorkState:
    """The state of a ticket that was put off when it is back: in progress where it is somebody's, else new."""
    if state.status is not Status.WAITING:
        raise InvalidState("The ticket is not put off.")
    return replace(state, status=Status.IN_PROGRESS if state.assignee else Status.NEW)
