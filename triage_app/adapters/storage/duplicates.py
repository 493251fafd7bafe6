"""Groups, repeats, links and what people said about pairs, behind one port.

An item is decided in memory: its key's group is looked up once in a transaction (`expect` does that for a whole batch),
counted there, and what came of it is written in bulk at the end or before anybody reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from triage_app.adapters.storage.bulk_states import close_all, restore_states
from triage_app.adapters.storage.groups import Groups
from triage_app.adapters.storage.judged import judged_pairs
from triage_app.adapters.storage.links import Links
from triage_app.adapters.storage.repeats import Repeats
from triage_app.adapters.storage.rule_figures import Figures
from triage_app.adapters.storage.ticket_totals import Totals
from triage_app.adapters.storage.transaction import Transaction
from triage_app.domain.dedup import Arrival, Group, Level, LinkId, RuleName
from triage_app.domain.item import RawId
from triage_app.domain.ticket import TicketId, Verdict, WorkState
from triage_app.services.dedup_shapes import Link, Memory, Repeat, RuleFigures
from triage_app.services.shapes import JudgedPair


class SqlDuplicates:
    """`DuplicateRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._figures = Figures(transaction)
        self._totals = Totals(transaction)
        self._groups = Groups(transaction, self._figures)
        self._links = Links(transaction, self._groups, self._totals, self._figures)
        self._repeats = Repeats(transaction, self._groups, self._totals, self._figures)

    def expect(self, keys: Iterable[tuple[RuleName, tuple[str, ...]]]) -> None:
        """Look up the current groups of many keys at once, ahead of `current` and `is_open`."""
        self._groups.expect(keys)

    def current(self, rule: RuleName, values: tuple[str, ...]) -> Group | None:
        """The current group of a rule and key; cost independent of the number of groups."""
        return self._groups.current(rule, values)

    def is_open(self, ticket: TicketId) -> bool:
        """Whether a ticket is open; raises NotFound."""
        return self._groups.is_open(ticket)

    def open_group(
        self,
        rule: RuleName,
        values: tuple[str, ...],
        arrival: Arrival,
        primary: TicketId,
        *,
        at: datetime | None = None,
    ) -> Group:
        """A new current group with one item; the group that was current before stays as it is.

        `at` is the item's time as the rule's window measures it: its event time, else its receipt, if left out.
        """
        return self._groups.open(rule, values, arrival, primary, at or arrival.event_at or arrival.received_at)

    def join(
        self, group: Group, arrival: Arrival, level: Level, novelty: tuple[str, ...], *, at: datetime | None = None
    ) -> Group:
        """Count an item into a group: count, first, last, severity, recipients.

        For `comment` a repeat is stored and the first ticket's `duplicates` and `last_seen` follow. `at` as for
        `open_group`.
        """
        at = at or arrival.event_at or arrival.received_at
        after = self._groups.join(group, arrival, at)
        rule = self._figures.rule_id(group.rule)
        if level is Level.COMMENT:
            self._repeats.add(after, arrival, at, novelty)
            self._figures.add(rule, arrival.received_at, matched=1, saved=1)
        elif level is Level.DROP:
            self._groups.keep(after.id, at)
            self._figures.add(rule, arrival.received_at, matched=1, saved=1, dropped=1)
        else:
            self._figures.add(rule, arrival.received_at, matched=1, linked=1)
        return after

    def add_link(self, link: Link, *, again: bool = False) -> LinkId:
        """Store a link, whatever its `id`; the first ticket's `duplicates` follows, and with `again` its group."""
        return self._links.add(link, again=again)

    def remove_link(self, link: LinkId) -> Link:
        """Take a link away; `duplicates` and its group follow. Raises NotFound."""
        return self._links.remove(link)

    def restore_link(self, link: Link) -> None:
        """Bring a removed link back with its id, exactly. Raises NotFound where it was not removed."""
        self._links.restore(link)

    def check_link(self, link: LinkId, *, checked: bool) -> Link:
        """Tick off a potential link, or untick it. Raises NotFound."""
        return self._links.check(link, checked=checked)

    def link(self, link: LinkId) -> Link:
        """One link; raises NotFound."""
        return self._links.get(link)

    def links(self, ticket: TicketId) -> Sequence[Link]:
        """Links in which a ticket is the first or the other, by id."""
        return self._links.of(ticket)

    def above(self, ticket: TicketId) -> Link | None:
        """The link of level child, link or note under which a ticket stands."""
        return self._links.above(ticket)

    def linked(self, primary: TicketId) -> Sequence[TicketId]:
        """The tickets linked under a first ticket by child, link or note, by id."""
        return self._links.linked(primary)

    def repeats(self, ticket: TicketId, *, limit: int) -> Sequence[Repeat]:
        """Items merged into a ticket, the newest first; limit 0 is all."""
        return self._repeats.of(ticket, limit=limit)

    def repeats_among(self, raws: Sequence[RawId]) -> frozenset[RawId]:
        """Those of these items that are merged into a ticket as repeats."""
        return self._repeats.among(raws)

    def split_repeat(self, raw: RawId) -> TicketId:
        """Take a merged item out of its ticket and group; raises InvalidState for one that is not merged."""
        return self._repeats.split(raw)

    def merge_repeat(self, raw: RawId, ticket: TicketId) -> None:
        """Take a split back, exactly, whatever became of the item since; raises InvalidState without one."""
        self._repeats.merge(raw, ticket)

    def set_apart(self, one: TicketId, other: TicketId, by: str, at: datetime, *, apart: bool) -> None:
        """Remember for good that two tickets are not the same (`apart`), or that they are."""
        self._links.remember(one, other, Memory(apart, by, at))

    def forget_pair(self, one: TicketId, other: TicketId) -> None:
        """Take such a memory back (undo only)."""
        self._links.forget_pair(one, other)

    def pairs_apart(self, tickets: Sequence[TicketId]) -> Sequence[tuple[TicketId, TicketId]]:
        """The pairs that people set apart in which one of these tickets is, lower id first, in order."""
        return self._links.apart(tickets)

    def memory(self, one: TicketId, other: TicketId) -> Memory | None:
        """What a person said about these two, in either order."""
        return self._links.memory(one, other)

    def close_all(self, tickets: Sequence[TicketId], verdict: Verdict) -> Sequence[tuple[TicketId, WorkState]]:
        """Close those that are open; returns each with its state before. Raises NotFound."""
        return close_all(self._tx, tickets, verdict)

    def restore_states(self, states: Sequence[tuple[TicketId, WorkState]]) -> None:
        """Write states back in bulk. Raises NotFound."""
        restore_states(self._tx, states)

    def figures(self) -> Sequence[RuleFigures]:
        """What each rule has done, by name."""
        return self._figures.all()

    def merged(self, since: datetime, until: datetime) -> Mapping[RuleName, int]:
        """How many repeats each rule merged in a stretch of time; those that were split since are left out."""
        return self._figures.merged(since, until)

    def judged(self, rule: RuleName, *, limit: int) -> Sequence[JudgedPair]:
        """The newest pairs of a rule: up to `limit` that people took apart, and as many that stand."""
        return judged_pairs(self._tx, rule, limit)

    def count_dropped(self, rule: RuleName, number: int, at: datetime) -> None:
        """Count items that a drop rule dropped without a group: `join` counts those of a group."""
        self._figures.add(self._figures.rule_id(rule), at, matched=number, saved=number, dropped=number)
