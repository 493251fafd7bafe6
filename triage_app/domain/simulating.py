"""What a rule set would do to a run of arrivals: the decisions of `domain.deciding` over groups held in memory."""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.deciding import decide
from triage_app.domain.dedup import (
    Arrival,
    DuplicateDecision,
    Group,
    GroupId,
    Level,
    Rule,
    RuleKey,
    RuleName,
    RuleSet,
    grown,
    time_of,
)
from triage_app.domain.ticket import Severity, TicketId

SHOWN_GROUPS = 200
SAMPLE = 5
MAX_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What a rule does at one level. `matched` items are in a group of the rule by it.

    A rule's own level counts the first items of groups and all `groups` as well; another one, to which severity or
    something new raised or lowered repeats, only those repeats and the groups that they are in. `saved` are tickets.
    """

    rule: RuleName
    level: Level
    matched: int
    groups: int
    saved: int


@dataclass(frozen=True, slots=True)
class GroupSample:
    """A group, with the subjects of its first few items."""

    rule: RuleName
    key: tuple[str, ...]
    count: int
    first: datetime
    last: datetime
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What rules would have done: `tickets` for `items`, the largest groups of `group_count`, what would not be seen as
    a ticket of its own by severity, and how many repeats would be kept as tickets only for what is new in them.
    """

    items: int
    tickets: int
    by_rule: tuple[RuleCount, ...]
    group_count: int
    groups: tuple[GroupSample, ...]
    hidden: tuple[tuple[Severity, int], ...]
    novel: int

    @property
    def saved(self) -> int:
        """Tickets fewer than items."""
        return self.items - self.tickets


@dataclass(slots=True)
class _Made:
    """A group that was made, as far as it got, and the subjects of its first items."""

    group: Group
    sample: list[str]


class Simulation:
    """Takes arrivals in their order and keeps what the rules make of them.

    It is the `GroupBook` of its own decisions: first tickets stay open, and nobody has set a pair apart. Only current
    groups and the largest others are kept, so memory grows with the number of keys.
    """

    def __init__(self, rules: RuleSet, *, samples: int = SAMPLE) -> None:
        """`samples` are the subjects kept of a group."""
        self._rules = rules
        self._samples = samples
        self._current: dict[tuple[RuleName, tuple[str, ...]], _Made] = {}
        self._largest: list[tuple[int, int, GroupSample]] = []
        self._groups = 0
        self._items = 0
        self._tickets = 0
        self._novel = 0
        self._first: Counter[RuleName] = Counter()
        self._repeats: Counter[tuple[RuleName, Level]] = Counter()
        self._touched: dict[tuple[RuleName, Level], set[GroupId]] = {}
        self._hidden: Counter[Severity] = Counter()

    def take(self, arrival: Arrival, subject: str) -> DuplicateDecision:
        """Decide the next arrival."""
        decision = decide(self._rules, arrival, self)
        self._items += 1
        hides = decision.level is not None and not decision.level.has_ticket
        if hides:
            self._hidden[arrival.severity] += 1
        else:
            self._tickets += 1
        subject = subject[:MAX_SUBJECT]
        if decision.rule is not None and decision.level is not None and decision.group is not None:
            self._join(decision.rule, decision.level, decision, arrival, subject)
        for key in decision.opens:
            self._open(key, arrival, subject)
        for key in decision.alone:
            self._first[key.rule] += 1
            self._keep_if_large(self._made(key, arrival, subject))
        return decision

    def effect(self) -> Effect:
        """What came of it so far."""
        shown = list(self._largest)
        for made in self._current.values():
            _push(shown, made)
        shown.sort(key=lambda each: (-each[0], -each[1]))
        return Effect(
            items=self._items,
            tickets=self._tickets,
            by_rule=tuple(count for rule in self._rules.rules for count in self._counts(rule)),
            group_count=self._groups,
            groups=tuple(each[2] for each in shown),
            hidden=tuple((severity, self._hidden[severity]) for severity in Severity if self._hidden[severity]),
            novel=self._novel,
        )

    # -- as a book ------------------------------------------------------------------------------------------

    def current(self, rule: RuleName, values: tuple[str, ...]) -> Group | None:
        """The current group of a rule and key."""
        made = self._current.get((rule, values))
        return None if made is None else made.group

    def is_open(self, _ticket: TicketId) -> bool:
        """Nobody closes tickets in a simulation."""
        return True

    def are_apart(self, _arrival: Arrival, _group: Group) -> bool:
        """Nobody sets tickets apart in a simulation."""
        return False

    # -- counting ------------------------------------------------------------------------------------------

    def _join(self, name: RuleName, level: Level, decision: DuplicateDecision, arrival: Arrival, subject: str) -> None:
        rule = self._rules.by_name[name]
        key = next(each for each in arrival.keys if each.rule == name)
        made = self._current[name, key.values]
        made.group = grown(made.group, arrival, time_of(arrival, rule.window))
        if len(made.sample) < self._samples:
            made.sample.append(subject)
        self._repeats[name, level] += 1
        if level is not rule.level:
            self._touched.setdefault((name, level), set()).add(made.group.id)
        ruled = (rule.levels or {}).get(arrival.severity, rule.level)
        if decision.novelty and level.has_ticket and not ruled.has_ticket:
            self._novel += 1

    def _open(self, key: RuleKey, arrival: Arrival, subject: str) -> None:
        before = self._current.get((key.rule, key.values))
        if before is not None:
            self._keep_if_large(before)
        self._first[key.rule] += 1
        self._current[key.rule, key.values] = self._made(key, arrival, subject)

    def _made(self, key: RuleKey, arrival: Arrival, subject: str) -> _Made:
        self._groups += 1
        at = time_of(arrival, self._rules.by_name[key.rule].window)
        group = Group(
            GroupId(self._groups),
            key.rule,
            key.values,
            at,
            at,
            1,
            TicketId(self._tickets),
            arrival.severity,
            arrival.recipients,
            arrival.malicious,
        )
        return _Made(group, [subject] if self._samples else [])

    def _keep_if_large(self, made: _Made) -> None:
        if self._samples:
            _push(self._largest, made)

    def _counts(self, rule: Rule) -> Iterable[RuleCount]:
        others = [level for level in Level if level is not rule.level and self._repeats[rule.name, level]]
        first = self._first[rule.name]
        own = self._repeats[rule.name, rule.level]
        yield RuleCount(rule.name, rule.level, first + own, first, 0 if rule.level.has_ticket else own)
        for level in others:
            repeats = self._repeats[rule.name, level]
            groups = len(self._touched[rule.name, level])
            yield RuleCount(rule.name, level, repeats, groups, 0 if level.has_ticket else repeats)


def _push(largest: list[tuple[int, int, GroupSample]], made: _Made) -> None:
    """Keep a group if it is among the largest, the earliest of equal ones first."""
    group = made.group
    rank = (group.count, -group.id)
    if len(largest) >= SHOWN_GROUPS and rank <= largest[0][:2]:
        return
    sample = GroupSample(group.rule, group.values, group.count, group.first, group.last, tuple(made.sample))
    entry = (*rank, sample)
    if len(largest) < SHOWN_GROUPS:
        heapq.heappush(largest, entry)
    else:
        heapq.heapreplace(largest, entry)
