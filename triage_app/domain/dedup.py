"""What makes two items the same, for how long, and what happens then: rules, windows, groups and the decision.

The reading of windows is exact, so that groups can be computed by hand:

- An item's time `t` is its event time or its time of receipt, as the rule says (`time: event` falls back to receipt for
  an item without an event time). `first` and `last` are the smallest and largest `t` of a group's items.
- Each rule has one *current* group for each key. Items are taken in the order of their arrival. An item joins the
  current group if the window lets it, otherwise it opens a group of its own, which becomes the current one; but a
  *late* item (`t < first`) that does not join opens no current group: it stands alone.
- `same_time`: joins where `t == first`, compared to the second.
- `forever`: joins always.
- `calendar`: joins where `t` and `first` lie in the same hour or day (of the rule's time zone, UTC unless set).
- `gap: N`: joins where `t - last <= N` and `first - t <= N` (both ends included; the gap is from the last one).
- `max_life: N`: joins only where `t - first <= N` as well. `max_count: N`: only while the group holds fewer than N
  items.

Rules are asked in the order of the file; the first whose current group lets the item join decides. Where several
rules apply, each keeps groups of its own; see `deciding.decide` for what becomes of those that did not decide.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NewType, Protocol
from zoneinfo import ZoneInfo

from triage_app.domain.item import RawId
from triage_app.domain.ticket import Severity, TicketId

GroupId = NewType("GroupId", int)
LinkId = NewType("LinkId", int)
RuleName = NewType("RuleName", str)


class Level(StrEnum):
    """What happens to a repeat, from most to least aggressive."""

    DROP = "drop"
    COMMENT = "comment"
    CHILD = "child"
    LINK = "link"
    NOTE = "note"
    SUGGEST = "suggest"

    @property
    def has_ticket(self) -> bool:
        """Whether the repeat becomes a ticket of its own."""
        return self not in (Level.DROP, Level.COMMENT)


class OnClosed(StrEnum):
    """What a repeat does whose first ticket is closed: never silently swallowed."""

    REOPEN = "reopen"
    NEW_AND_LINK = "new_and_link"
    NEW = "new"


class Missing(StrEnum):
    """What an item does that lacks a key field: the rule is skipped, missing is a value like any other, or the item is
    never a duplicate, whatever later rules say."""

    SKIP = "skip"
    GROUP = "group"
    NEVER = "never"


class TimeBase(StrEnum):
    """Which time of an item a window measures."""

    EVENT = "event"
    RECEIVED = "received"


class WindowKind(StrEnum):
    """How long items belong together."""

    SAME_TIME = "same_time"
    FOREVER = "forever"
    HOUR = "hour"
    DAY = "day"
    GAP = "gap"


class Novelty(StrEnum):
    """What a repeat becomes that brings something its group has not seen: a linked ticket, or a highlighted note."""

    LINK = "link"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Window:
    """See the module's reading. `zone` is an IANA name, for the calendar kinds."""

    kind: WindowKind
    gap: timedelta = timedelta(0)
    max_life: timedelta | None = None
    max_count: int | None = None
    time: TimeBase = TimeBase.EVENT
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One field of a key as written, such as `user.name|lower` or `source.ip|subnet: 24`."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as compiled: `when` and `key` are closures over an item's fields (see `conditions` and `fingerprint`).

    `key(fields)` gives one value for each part, None for a missing one. `levels` raises or lowers the level by
    severity. `text` is the rule's own YAML, `line` where it begins.
    """

    name: RuleName
    title: str
    enabled: bool
    when: Callable[[Mapping[str, object]], bool]
    parts: tuple[KeyPart, ...]
    key: Callable[[Mapping[str, object]], tuple[str | None, ...]]
    window: Window
    level: Level
    on_closed: OnClosed = OnClosed.NEW_AND_LINK
    missing: Missing = Missing.SKIP
    novelty: Novelty = Novelty.LINK
    levels: Mapping[Severity, Level] | None = None
    text: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules in force, in order: the first that makes an item a duplicate decides.

    `config_id` names this very text.
    """

    rules: tuple[Rule, ...]
    config_id: str
    by_name: Mapping[RuleName, Rule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {rule.name: rule for rule in self.rules})


@dataclass(frozen=True, slots=True)
class RuleKey:
    """What one rule says of one item before any group is looked at; crosses from the workers to the writer.

    `values` are shown to people; `never` means that a key field is missing and the rule forbids any later match.
    """

    rule: RuleName
    values: tuple[str, ...]
    never: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are the same by one rule and key.

    `primary` is the first ticket; `count` counts items, the first one too. `severity` is the highest seen, `recipients`
    and `malicious` (observables marked malicious) all that were seen.
    """

    id: GroupId
    rule: RuleName
    values: tuple[str, ...]
    first: datetime
    last: datetime
    count: int
    primary: TicketId
    severity: Severity = Severity.UNKNOWN
    recipients: frozenset[str] = frozenset()
    malicious: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a decision needs to know of an item. `ticket` is set where an item that has one already is decided anew."""

    raw: RawId
    event_at: datetime | None
    received_at: datetime
    severity: Severity
    keys: tuple[RuleKey, ...]
    recipients: frozenset[str] = frozenset()
    malicious: frozenset[str] = frozenset()
    ticket: TicketId | None = None


@dataclass(frozen=True, slots=True)
class DuplicateDecision:
    """What becomes of an arrival, and why.

    `level` None means a new ticket; then `links_to` is a closed first ticket that it follows, if any. `group` is the
    group that it joins; `reopens` that the closed first ticket is opened again. `opens` are the keys for which its
    ticket opens a current group, whatever the level; `alone` those for which it opens none, being late or set apart.
    `novelty` says what is new in it; it is empty where nothing is. `reasons` are sentences for a person.
    """

    level: Level | None
    rule: RuleName | None = None
    group: GroupId | None = None
    primary: TicketId | None = None
    reopens: bool = False
    links_to: TicketId | None = None
    opens: tuple[RuleKey, ...] = ()
    alone: tuple[RuleKey, ...] = ()
    novelty: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class GroupBook(Protocol):
    """Where the current groups are found: a dictionary in a simulation, the database in earnest."""

    def current(self, rule: RuleName, values: tuple[str, ...]) -> Group | None:
        """The current group of a rule and key."""

    def is_open(self, ticket: TicketId) -> bool:
        """Whether a group's first ticket is open."""

    def are_apart(self, arrival: Arrival, group: Group) -> bool:
        """Whether a person has said that this item and a ticket of the group are not the same."""


# -- windows ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """A time zone by its IANA name; raises KeyError (ZoneInfoNotFoundError) or ValueError for what is none."""
    return ZoneInfo(name)


def time_of(arrival: Arrival, window: Window) -> datetime:
    """The time of an item that a window measures."""
    if window.time is TimeBase.EVENT and arrival.event_at is not None:
        return arrival.event_at
    return arrival.received_at


def joins(window: Window, group: Group, t: datetime) -> bool:
    """Whether an item of time `t` joins a group: exactly the module's reading."""
    kind = window.kind
    if kind is WindowKind.GAP:
        if t - group.last > window.gap or group.first - t > window.gap:
            return False
    elif kind is WindowKind.SAME_TIME:
        if t.replace(microsecond=0) != group.first.replace(microsecond=0):
            return False
    elif kind is not WindowKind.FOREVER and _calendar(window, t) != _calendar(window, group.first):
        return False
    if window.max_life is not None and t - group.first > window.max_life:
        return False
    return window.max_count is None or group.count < window.max_count


def _calendar(window: Window, t: datetime) -> tuple[object, ...]:
    """The hour or day that a time lies in, on the clocks of the zone.

    The offset is part of an hour: the one that comes twice when clocks are put back is two hours."""
    local = t.astimezone(UTC if window.zone == "UTC" else zone_of(window.zone))
    if window.kind is WindowKind.DAY:
        return (local.year, local.month, local.day)
    return (local.year, local.month, local.day, local.hour, local.utcoffset())


def grown(group: Group, arrival: Arrival, t: datetime) -> Group:
    """A group with one item more."""
    return Group(
        group.id,
        group.rule,
        group.values,
        min(group.first, t),
        max(group.last, t),
        group.count + 1,
        group.primary,
        max(group.severity, arrival.severity),
        group.recipients | arrival.recipients,
        group.malicious | arrival.malicious,
    )


# -- keys ------------------------------------------------------------------------------------------------------------


def keys_of(rules: RuleSet, fields: Mapping[str, object]) -> tuple[RuleKey, ...]:
    """What each enabled rule says of an item's fields, in the order of the rules. A rule that does not match, or that
    skips items without a key field, says nothing.
    """
    found = []
    for rule in rules.rules:
        if not rule.enabled or not rule.when(fields):
            continue
        values = rule.key(fields)
        if None not in values:
            found.append(RuleKey(rule.name, values))  # type: ignore[arg-type]  # None was just ruled out
        elif rule.missing is not Missing.SKIP:
            shown = tuple([value or "" for value in values])
            found.append(RuleKey(rule.name, shown, never=rule.missing is Missing.NEVER))
    return tuple(found)
