"""Every query about de-duplication: groups, rules, trying rules, and why; and the shape of each answer."""

from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.dedup import Level, LinkId
from triage_app.domain.item import RawId
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.services.arguments import (
    Query,
    argument,
    needed_option,
    option,
    optional_argument,
    text_option,
    text_or_file,
)
from triage_app.services.commands import CloseReport

# -- answers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DuplicateLink:
    """A link as shown: the ticket at the other end, how it is linked, by which rule or person, when, and why.

    `here` is the ticket of the group at this end; `is_first` tells that the other end is the first of the two.
    """

    id: LinkId
    level: Level
    ticket: TicketRow
    is_first: bool
    here: TicketId
    by: str
    at: datetime
    checked: bool
    reasons: tuple[str, ...]
    novelty: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergedRepeat:
    """An item that was merged: times, where it comes from, by which rule, and what is new in it."""

    raw: RawId
    at: datetime
    received_at: datetime
    source: str
    origin: str
    rule: str
    novelty: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicateTree:
    """A ticket's group: its first ticket, the tickets linked under it, and the newest 500 of the `merged` repeats."""

    first: TicketRow
    links: tuple[DuplicateLink, ...]
    merged: int
    repeats: tuple[MergedRepeat, ...]


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """A mistake in a rule file: its line (1 is the first) and a sentence that says what to do."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule as shown: its settings in words, its own YAML, and what it has done.

    `overruled` of `linked` links were taken back by people; `advice` is empty or offers a field that separates them,
    and `advised_yaml` is the rule with that field added.
    """

    name: str
    title: str
    enabled: bool
    line: int
    key: tuple[str, ...]
    window: str
    level: Level
    on_closed: str
    missing: str
    undoable: bool
    yaml: str
    matched: int
    groups: int
    saved: int
    linked: int
    overruled: int
    last_at: datetime | None
    advice: str
    advised_yaml: str


@dataclass(frozen=True, slots=True)
class RuleList:
    """The rules in force in their order, their text, and its id."""

    rules: tuple[RuleCard, ...]
    text: str
    config_id: str


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """Whether a rule file could be put in force, and every problem with its line."""

    ok: bool
    rules: tuple[str, ...]
    problems: tuple[RuleProblem, ...]


@dataclass(frozen=True, slots=True)
class SimulatedRule:
    """What one rule would do: items that it matches, groups that it makes, tickets that it saves."""

    rule: str
    level: Level
    matched: int
    groups: int
    saved: int


@dataclass(frozen=True, slots=True)
class SimulatedGroup:
    """A group that would be made, by its key's values, with a few members' subjects."""

    rule: str
    key: tuple[str, ...]
    count: int
    first: datetime
    last: datetime
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What rules would have done to `items` items: `tickets` tickets instead, `saved` fewer.

    `today` are the tickets that the rules in force give for the same items. `hidden` counts what would not be seen as a
    ticket of its own by severity; `novel` how many repeats would be kept as tickets for what is new in them. `groups`
    holds the largest 200 of `group_count`.
    """

    items: int
    tickets: int
    saved: int
    today: int
    by_rule: tuple[SimulatedRule, ...]
    group_count: int
    groups: tuple[SimulatedGroup, ...]
    hidden: tuple[tuple[str, int], ...]
    novel: int


@dataclass(frozen=True, slots=True)
class GapCount:
    """How many gaps between arrivals of one key lie in [from_seconds, to_seconds)."""

    from_seconds: float
    to_seconds: float
    count: int


@dataclass(frozen=True, slots=True)
class GapSetting:
    """How many groups a gap setting would yield."""

    gap_seconds: float
    groups: int


@dataclass(frozen=True, slots=True)
class GapReport:
    """The window designer: gaps between arrivals per key as a histogram, and the groups that each setting yields."""

    rule: str
    items: int
    keys: int
    histogram: tuple[GapCount, ...]
    settings: tuple[GapSetting, ...]


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """A key field of one item, or of two."""

    field: str
    one: str | None
    other: str | None
    same: bool


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """What one rule says of an item, or of two: matches, key fields, and a sentence."""

    rule: str
    matches: bool
    fields: tuple[FieldComparison, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a ticket is, or two are, a duplicate or not.

    `decided` is what was decided when it came in, with its reasons.
    """

    decided: tuple[str, ...]
    rules: tuple[RuleExplanation, ...]


# -- questions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GetDuplicates(Query[DuplicateTree]):
    """A ticket's group: the first ticket, what is linked under it, and the repeats merged into it."""

    id: TicketId = argument("The ticket.")


@dataclass(frozen=True, slots=True)
class PlanCloseLinked(Query[CloseReport]):
    """What closing a ticket with all duplicates that are linked under it would close, and what is new in it."""

    id: TicketId = argument("The first ticket, or one linked under it.")


@dataclass(frozen=True, slots=True)
class ListDedupRules(Query[RuleList]):
    """The de-duplication rules in force and what each has done."""


@dataclass(frozen=True, slots=True)
class CheckDedupRules(Query[RuleCheck]):
    """Whether a rule file could be put in force; names every mistake with its line."""

    text: str = text_or_file("The rules, as YAML.")


@dataclass(frozen=True, slots=True)
class SimulateDedup(Query[Simulation]):
    """Replay rules over stored items, or over files, without writing anything."""

    paths: tuple[str, ...] = optional_argument("Files or folders to replay; what the workspace holds if left out.", ())
    rules: str | None = text_option("Rules to try, as YAML; the rules in force if left out.")
    since: str = option("How far back to replay stored items: 7d, 12h, or all.", "7d")


@dataclass(frozen=True, slots=True)
class DesignWindow(Query[GapReport]):
    """The gaps between arrivals for each key of a rule, and how many groups each setting would yield."""

    rule: str = needed_option("The rule's name.")
    rules: str | None = text_option("Rules to try, as YAML; the rules in force if left out.")
    since: str = option("How far back to look: 7d, 12h, or all.", "all")


@dataclass(frozen=True, slots=True)
class ExplainDedup(Query[Explanation]):
    """Why a ticket is a duplicate or not; with a second one, why the two are the same or not, field by field."""

    id: TicketId = argument("The ticket.")
    other: TicketId | None = optional_argument("The ticket to compare it with.")
