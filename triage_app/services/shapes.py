"""What crosses the ports: items, what was read from them, and which tickets are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.conversation import MailHead
from triage_app.domain.dedup import RuleKey
from triage_app.domain.item import Form, Outcome, RawId
from triage_app.domain.labels import Prediction
from triage_app.domain.observable import Observable, Sighting
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait
from triage_app.domain.query import Node
from triage_app.domain.tags import TicketTag
from triage_app.domain.ticket import Severity, TicketId


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was read from one raw item by stages 2 to 6, small enough to cross a process border: all its ticket needs.

    `reason` is non-empty where the item must be parked, with `code` as its stable name; then the rest is empty.
    `search_text` is what full text search finds beside subject and sender. `tags` are what datasets beside the
    first one give the ticket. `pattern`, `traits` and `record` (its words, in the form of `domain.terms`) are what
    similar tickets are found by. `shadows` are answers of versions that judge unseen. `fields` and `headers` are not
    kept: they are read again from the raw item when somebody looks.
    """

    subject: str = ""
    sender: str = ""
    event_at: datetime | None = None
    severity: Severity = Severity.UNKNOWN
    form: Form = Form.UNKNOWN
    attachments: int = 0
    head: MailHead | None = None
    search_text: str = ""
    sightings: tuple[Sighting, ...] = ()
    own: frozenset[Observable] = frozenset()
    predictions: tuple[Prediction, ...] = ()
    tags: tuple[TicketTag, ...] = ()
    pattern: Pattern = NO_PATTERN
    traits: tuple[Trait, ...] = ()
    record: bytes = b""
    shadows: tuple[Prediction, ...] = ()
    keys: tuple[RuleKey, ...] = ()
    recipients: frozenset[str] = frozenset()
    defects: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two items that a rule held for the same, the earlier first; `overruled` is that people took them apart."""

    one: RawId
    other: RawId
    overruled: bool


@dataclass(frozen=True, slots=True)
class PendingItem:
    """A raw item that is committed and not yet a ticket; `reason` is why it was parked before, where it was."""

    id: RawId
    source: str
    form: Form
    content: bytes
    received_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to store: the raw item that it comes from and what was read from it."""

    raw: RawId
    source: str
    received_at: datetime
    analysis: Analysis
    category: str
    confidence: float
    tier: str


@dataclass(frozen=True, slots=True)
class StoredRaw:
    """A raw item as stored, with its content."""

    id: RawId
    source: str
    form: Form
    origin: str
    content: bytes
    received_at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item lay at its source when it was taken in: what tells it from all others there."""

    source: str
    folder: str
    uid_validity: int
    uid: str


@dataclass(frozen=True, slots=True)
class TicketObservable:
    """An observable of a ticket with the number of tickets that it is in. `ignored` is that somebody said that it tells
    nothing.
    """

    observable: Observable
    where: tuple[str, ...]
    tickets: int
    own: bool
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets, in which order.

    `view` is one of `VIEWS`, `query` what a ticket of it must meet, `sort` a column of `SORTS`.
    """

    view: str
    query: Node
    sort: str
    descending: bool
    actor: str


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Ids of a page in order; `total` is how many there are in all, or more than that where it is not `exact`."""

    ids: Sequence[TicketId]
    total: int
    exact: bool


VIEWS = ("inbox", "review", "mine", "duplicates", "waiting", "closed", "all")
SORTS = ("age", "category", "subject", "duplicates", "similar", "severity", "confidence", "sender", "assignee")
