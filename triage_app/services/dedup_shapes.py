"""What crosses the ports about de-duplication: repeats, links, what people said of pairs, figures, and trying rules."""

from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.dedup import GroupId, Level, LinkId, RuleKey, RuleName
from triage_app.domain.item import RawId
from triage_app.domain.ticket import Severity, TicketId


@dataclass(frozen=True, slots=True)
class Draft:
    """Rule files to try on stored items, as YAML (None: the one in force).

    With `only`, just that rule of each, switched on whatever it says. `fully` asks for every rule's parts and for all
    fields as well.
    """

    texts: tuple[str | None, ...]
    fully: bool = False
    only: RuleName | None = None


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What one rule sees in an item: whether its `when` matches, and a value for each part of its key."""

    rule: RuleName
    matches: bool
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a replay needs to know of an item, and no more. `keys` are one tuple for each rule file of the draft.

    `rules` (of the first file) and `fields` (as text, long ones cut) are there where they were asked for. `reason` is
    why the item cannot be read; then it would be parked.
    """

    subject: str = ""
    event_at: datetime | None = None
    severity: Severity = Severity.UNKNOWN
    keys: tuple[tuple[RuleKey, ...], ...] = ()
    recipients: frozenset[str] = frozenset()
    rules: tuple[RuleReading, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """An item that was merged into a ticket: when it was, where it comes from, by which rule, and what is new in it."""

    raw: RawId
    at: datetime
    received_at: datetime
    source: str
    origin: str
    rule: RuleName
    level: Level
    novelty: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link from a first ticket to another one; `primary` is the first. `by` is a rule's or a person's name.

    `checked` is for level `note`: the potential link was ticked off or waived. `group` is the group that the linked
    item is counted in, if any, and `item_at` its time as the rule's window measures it.
    """

    id: LinkId
    primary: TicketId
    other: TicketId
    level: Level
    by: str
    rule: RuleName | None
    at: datetime
    checked: bool
    reasons: tuple[str, ...]
    novelty: tuple[str, ...]
    group: GroupId | None = None
    item_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What a person said about two tickets for good: that they are not the same (`apart`), or that they are."""

    apart: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What a rule has done: items that matched, groups, tickets saved, and links of it that people took back."""

    rule: RuleName
    matched: int
    groups: int
    saved: int
    dropped: int
    linked: int
    overruled: int
    last_at: datetime | None
