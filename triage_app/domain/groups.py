"""Groups in memory: the book of a simulation and of tests, which decides as the database does."""

from collections.abc import Callable

from triage_app.domain.dedup import (
    Arrival,
    DuplicateDecision,
    Group,
    GroupId,
    Level,
    RuleKey,
    RuleName,
    RuleSet,
    grown,
    time_of,
)
from triage_app.domain.ticket import TicketId

Key = tuple[RuleName, tuple[str, ...]]


class Groups:
    """A `GroupBook` without a database. Tickets are open until `close` is told otherwise.

    `on_change` is told of each group when it is opened and after each item that joins it. Not safe between threads.
    """

    __slots__ = ("_apart", "_closed", "_current", "_on_change", "_rules", "all")

    def __init__(self, rules: RuleSet, on_change: Callable[[Group], None] | None = None) -> None:
        self._rules = rules
        self._on_change = on_change
        self._current: dict[Key, GroupId] = {}
        self._closed: set[TicketId] = set()
        self._apart: set[frozenset[TicketId]] = set()
        self.all: dict[GroupId, Group] = {}

    def current(self, rule: RuleName, values: tuple[str, ...]) -> Group | None:
        """The current group of a rule and key."""
        number = self._current.get((rule, values))
        return None if number is None else self.all[number]

    def is_open(self, ticket: TicketId) -> bool:
        """Whether a first ticket is open."""
        return ticket not in self._closed

    def are_apart(self, arrival: Arrival, group: Group) -> bool:
        """Whether the item's ticket and the group's first ticket, the only one known here, were set apart."""
        return arrival.ticket is not None and frozenset((arrival.ticket, group.primary)) in self._apart

    def open(self, key: RuleKey, arrival: Arrival, primary: TicketId) -> Group:
        """A new group with one item, from now on the current one of its key."""
        t = time_of(arrival, self._rules.by_name[key.rule].window)
        number = GroupId(len(self.all) + 1)
        group = Group(
            number,
            key.rule,
            key.values,
            t,
            t,
            1,
            primary,
            arrival.severity,
            arrival.recipients,
            arrival.malicious,
        )
        self._current[key.rule, key.values] = number
        return self._keep(group)

    def join(self, group: GroupId, arrival: Arrival) -> Group:
        """Count an item into a group."""
        before = self.all[group]
        return self._keep(grown(before, arrival, time_of(arrival, self._rules.by_name[before.rule].window)))

    def apply(self, decision: DuplicateDecision, arrival: Arrival, ticket: TicketId) -> bool:
        """Do what was decided; `ticket` is the one that the item gets. Whether it got one."""
        if decision.reopens and decision.primary is not None:
            self._closed.discard(decision.primary)
        if decision.group is not None:
            self.join(decision.group, arrival)
        for key in decision.opens:
            self.open(key, arrival, ticket)
        return decision.level not in (Level.DROP, Level.COMMENT)

    def close(self, ticket: TicketId) -> None:
        """A ticket is closed."""
        self._closed.add(ticket)

    def set_apart(self, one: TicketId, other: TicketId) -> None:
        """Two tickets are not the same, for good."""
        self._apart.add(frozenset((one, other)))

    def _keep(self, group: Group) -> Group:
        self.all[group.id] = group
        if self._on_change is not None:
            self._on_change(group)
        return group
