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
from triage_app.domain.errors import InvalidState
from triage_app.domain.ticket import Severity, TicketId

SHOWN_GROUPS = 200
SAMPLE = 5
MAX_SUBJECT = 200

MOST_KEYS = 2_000_000
"""Different keys that one simulation holds: about a gigabyte."""

_NOBODY: frozenset[str] = frozenset()


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
    """A group that was made, as far as it got, and the subjects of its first items. There are very many."""

    id: GroupId
    first: datetime
    last: datetime
    count: int
    severity: Severity
    recipients: frozenset[str]
    malicious: frozenset[str]
    sample: tuple[str, ...]

    def group(self, rule: RuleName, values: tuple[str, ...]) -> Group:
        """The same as decisions see it; its ticket has no other number than the group."""
        return Group(
            self.id,
            rule,
            values,
            self.first,
            self.last,
            self.count,
            TicketId(self.id),
            self.severity,
            self.recipients,
            self.malicious,
        )


class Simulation:
    """Takes arrivals in their order and keeps what the rules make of them.

    It is the `GroupBook` of its own decisions: first tickets stay open, and nobody has set a pair apart. Only current
    groups and the largest others are kept, so memory grows with the number of keys: about half a kilobyte for each.
    """

    def __init__(self, rules: RuleSet, *, samples: int = SAMPLE) -> None:
        """`samples` are the subjects kept of a group."""
        self._rules = rules
        self._samples = samples
        self._current: dict[RuleName, dict[str, _Made]] = {rule.name: {} for rule in rules.rules}
        self._largest: list[tuple[int, int, GroupSample]] = []
        self._groups = 0
        self._keys = 0
        self._items = 0
        self._tickets = 0
        self._novel = 0
        self._first: Counter[RuleName] = Counter()
        self._repeats: Counter[tuple[RuleName, Level]] = Counter()
        self._touched: dict[tuple[RuleName, Level], set[GroupId]] = {}
        self._hidden: Counter[Severity] = Counter()

    def take(self, arrival: Arrival, subject: str) -> DuplicateDecision:
        """Decide the next arrival."""
        decision = decide(self._rules, arrival, self, told=False)
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
            self._keep_if_large(key.rule, _joined(key.values), self._made(key, arrival, subject))
        return decision

    def effect(self) -> Effect:
        """What came of it so far."""
        shown = list(self._largest)
        for rule, current in self._current.items():
            for key, made in current.items():
                _push(shown, rule, key, made)
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
        made = self._current[rule].get(_joined(values))
        return None if made is None else made.group(rule, values)

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
        made = self._current[name][_joined(key.values)]
        after = grown(made.group(name, key.values), arrival, time_of(arrival, rule.window))
        made.first, made.last, made.count = after.first, after.last, after.count
        made.severity = after.severity
        made.recipients, made.malicious = after.recipients or _NOBODY, after.malicious or _NOBODY
        if len(made.sample) < self._samples:
            made.sample = (*made.sample, subject)
        self._repeats[name, level] += 1
        if level is not rule.level:
            self._touched.setdefault((name, level), set()).add(made.id)
        ruled = (rule.levels or {}).get(arrival.severity, rule.level)
        if decision.novelty and level.has_ticket and not ruled.has_ticket:
            self._novel += 1

    def _open(self, key: RuleKey, arrival: Arrival, subject: str) -> None:
        current, joined = self._current[key.rule], _joined(key.values)
        before = current.get(joined)
        if before is not None:
            self._keep_if_large(key.rule, joined, before)
        elif self._keys >= MOST_KEYS:
            raise InvalidState(
                f"These rules make more than {MOST_KEYS:,} different keys of these items, too many to hold. Look at a "
                "shorter time, at fewer rules, or leave out of the keys what is different in every item."
            )
        else:
            self._keys += 1
        self._first[key.rule] += 1
        current[joined] = self._made(key, arrival, subject)

    def _made(self, key: RuleKey, arrival: Arrival, subject: str) -> _Made:
        self._groups += 1
        at = time_of(arrival, self._rules.by_name[key.rule].window)
        return _Made(
            GroupId(self._groups),
            at,
            at,
            1,
            arrival.severity,
            arrival.recipients or _NOBODY,
            arrival.malicious or _NOBODY,
            (subject,) if self._samples else (),
        )

    def _keep_if_large(self, rule: RuleName, key: str, made: _Made) -> None:
        if self._samples:
            _push(self._largest, rule, key, made)

    def _counts(self, rule: Rule) -> Iterable[RuleCount]:
        others = [level for level in Level if level is not rule.level and self._repeats[rule.name, level]]
        first = self._first[rule.name]
        own = self._repeats[rule.name, rule.level]
        yield RuleCount(rule.name, rule.level, first + own, first, 0 if rule.level.has_ticket else own)
        for level in others:
            repeats = self._repeats[rule.name, level]
            groups = len(self._touched[rule.name, level])
            yield RuleCount(rule.name, level, repeats, groups, 0 if level.has_ticket else repeats)


def _joined(values: tuple[str, ...]) -> str:
    """A key in one text, which takes a third of the memory; values hold no NUL."""
    return values[0] if len(values) == 1 else "\0".join(values)


def _push(largest: list[tuple[int, int, GroupSample]], rule: RuleName, key: str, made: _Made) -> None:
    """Keep a group if it is among the largest, the earliest of equal ones first."""
    rank = (made.count, -made.id)
    if len(largest) >= SHOWN_GROUPS and rank <= largest[0][:2]:
        return
    sample = GroupSample(rule, tuple(key.split("\0")), made.count, made.first, made.last, made.sample)
    entry = (*rank, sample)
    if len(largest) < SHOWN_GROUPS:
        heapq.heappush(largest, entry)
    else:
        heapq.heapreplace(largest, entry)
