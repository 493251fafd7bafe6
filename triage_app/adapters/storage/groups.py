"""Groups of items that are the same by a rule and a key: looked up once, changed in memory, written in bulk."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, func, select

from triage_app.adapters.storage.group_tables import dedup_groups, dedup_links, dedup_repeats, dedup_rules
from triage_app.adapters.storage.rule_figures import Figures
from triage_app.adapters.storage.tables import Lane, tickets
from triage_app.adapters.storage.transaction import Deferred, Transaction
from triage_app.adapters.storage.values import from_micros, plain, to_micros
from triage_app.domain.dedup import Arrival, Group, GroupId, RuleName
from triage_app.domain.errors import NotFound
from triage_app.domain.ticket import Severity, TicketId

GroupKey = tuple[RuleName, tuple[str, ...]]
Kept = tuple[datetime, datetime] | None
"""The smallest and largest time of the items that nobody can take out; None for a group from before it was kept."""

_encode = msgspec.json.Encoder().encode
_texts = msgspec.json.Decoder(tuple[str, ...]).decode
_seen = msgspec.json.Decoder(tuple[frozenset[str], frozenset[str]]).decode

_CHANGING = ("first_at", "last_at", "items", "severity", "seen", "kept_first_at", "kept_last_at")


class Groups:
    """The groups of one transaction. The newest group of a key is its current one."""

    def __init__(self, transaction: Transaction, figures: Figures) -> None:
        self._tx = transaction
        self._figures = figures
        self._current: dict[GroupKey, GroupId | None] = {}
        self._groups: dict[GroupId, Group] = {}
        self._kept: dict[GroupId, Kept] = {}
        self._fresh: dict[GroupId, bytes] = {}
        self._changed: set[GroupId] = set()

    def expect(self, keys: Iterable[GroupKey]) -> None:
        """Look up the current groups of many keys, and whether their first tickets are open, all at once."""
        wanted = {key: None for key in keys if key not in self._current}
        self._look_up(list(wanted))
        primaries = (self._groups[found].primary for key in wanted if (found := self._current[key]) is not None)
        self._look_up_lanes({each for each in primaries if each not in self._tx.lanes})

    def current(self, rule: RuleName, values: tuple[str, ...]) -> Group | None:
        """The current group of a rule and key."""
        key = (rule, values)
        if key not in self._current:
            self._look_up([key])
        found = self._current[key]
        return None if found is None else self._groups[found]

    def is_open(self, ticket: TicketId) -> bool:
        """Whether a ticket is open; raises NotFound."""
        lane = self._tx.lanes.get(ticket)
        if lane is None:
            if ticket in self._tx.new_tickets:
                return True
            self._look_up_lanes({ticket})
            lane = self._tx.lanes.get(ticket)
            if lane is None:
                raise NotFound(f"There is no ticket {ticket} in this workspace.")
        return lane != Lane.CLOSED

    def open(self, rule: RuleName, values: tuple[str, ...], arrival: Arrival, primary: TicketId, at: datetime) -> Group:
        """A new group with one item, from now on the current one of its key."""
        number = GroupId(self._tx.take_ids(dedup_groups, 1)[0])
        group = Group(
            number,
            rule,
            tuple(map(plain, values)),
            at,
            at,
            1,
            primary,
            arrival.severity,
            frozenset(map(plain, arrival.recipients)) if arrival.recipients else arrival.recipients,
            frozenset(map(plain, arrival.malicious)) if arrival.malicious else arrival.malicious,
        )
        self._groups[number] = group
        self._kept[number] = (at, at)
        self._fresh[number] = digest_of(rule, group.values)
        self._current[rule, values] = number
        self._figures.add(self._figures.rule_id(rule), arrival.received_at, matched=1, groups=1)
        self._tx.defer(Deferred.GROUPS, self._write)
        return group

    def join(self, group: Group, arrival: Arrival, at: datetime) -> Group:
        """Count an item into a group."""
        before = self._get(group)
        recipients, malicious = before.recipients, before.malicious
        if not arrival.recipients <= recipients:
            recipients |= frozenset(map(plain, arrival.recipients))
        if not arrival.malicious <= malicious:
            malicious |= frozenset(map(plain, arrival.malicious))
        after = Group(
            before.id,
            before.rule,
            before.values,
            min(before.first, at),
            max(before.last, at),
            before.count + 1,
            before.primary,
            max(before.severity, arrival.severity),
            recipients,
            malicious,
        )
        self._change(after)
        return after

    def keep(self, group: GroupId, at: datetime) -> None:
        """An item of that time, which was just counted in, can never be taken out: it was dropped."""
        kept = self._kept[group]
        if kept is not None:
            self._kept[group] = (min(kept[0], at), max(kept[1], at))

    def leave(self, group: GroupId, at: datetime) -> None:
        """Count an item out of a group: once its repeat is marked as split, or its link as removed.

        First and last are those of the items that are left; what the group has seen stays.
        """
        before = self._groups.get(group) or self._load(group)
        first, last = before.first, before.last
        kept = self._kept[group]
        if kept is not None and ((at == first and at != kept[0]) or (at == last and at != kept[1])):
            times = [*kept, *(each for found in self._times(before) for each in found if each is not None)]
            first, last = min(times), max(times)
        self._change(replace(before, first=first, last=last, count=before.count - 1))

    def join_again(self, group: GroupId, at: datetime) -> None:
        """Count an item in that was counted out."""
        before = self._groups.get(group) or self._load(group)
        after = replace(before, first=min(before.first, at), last=max(before.last, at), count=before.count + 1)
        self._change(after)

    def _times(self, group: Group) -> Sequence[Row[*tuple[Any, ...]]]:
        """The smallest and largest time of the items that can be taken out: of repeats, and of linked tickets."""
        merged = select(func.min(dedup_repeats.c.at), func.max(dedup_repeats.c.at)).where(
            dedup_repeats.c.ticket_id == group.primary,
            dedup_repeats.c.group_id == group.id,
            dedup_repeats.c.split_settled_at.is_(None),
        )
        linked = select(func.min(dedup_links.c.item_at), func.max(dedup_links.c.item_at)).where(
            dedup_links.c.group_id == group.id, ~dedup_links.c.removed
        )
        return [*self._tx.all(merged), *self._tx.all(linked)]

    def _change(self, after: Group) -> None:
        self._groups[after.id] = after
        if after.id not in self._fresh:
            self._changed.add(after.id)
        self._tx.defer(Deferred.GROUPS, self._write)

    def _get(self, group: Group) -> Group:
        found = self._groups.get(group.id)
        return self._load(group.id) if found is None else found

    def _load(self, group: GroupId) -> Group:
        wanted = (
            select(dedup_groups, dedup_rules.c.name)
            .join(dedup_rules, dedup_rules.c.id == dedup_groups.c.rule_id)
            .where(dedup_groups.c.id == group)
        )
        row = self._tx.first(wanted)
        if row is None:
            raise NotFound(f"There is no group {group} in this workspace.")
        found = Group(
            group,
            RuleName(row.name),
            _texts(row.parts),
            row.first_at,
            row.last_at,
            row.items,
            TicketId(row.primary_id),
            Severity(row.severity),
            *_what_was_seen(row.seen),
        )
        self._groups[group] = found
        self._kept[group] = None if row.kept_first_at is None else (row.kept_first_at, row.kept_last_at)
        return found

    def _look_up(self, keys: Sequence[GroupKey]) -> None:
        digests = {digest_of(rule, tuple(map(plain, values))): (rule, values) for rule, values in keys}
        self._current.update(dict.fromkeys(keys))
        by_digest = {
            bytes(row[2]): row
            for row in self._tx.dialect.newest(self._tx.direct, dedup_groups, "digest", list(digests))
        }
        for digest, key in digests.items():
            row = by_digest.get(digest)
            if row is not None:
                group = _group(row, key[0])
                # One that is known already has been changed in this transaction.
                self._groups.setdefault(group.id, group)
                self._kept.setdefault(group.id, _kept(row))
                self._current[key] = group.id

    def _look_up_lanes(self, ids: set[TicketId]) -> None:
        if not ids:
            return
        wanted = select(tickets.c.id, tickets.c.lane).where(self._tx.dialect.among(tickets.c.id, "ids"))
        found = self._tx.direct.execute(wanted, {"ids": self._tx.dialect.many(list(ids))})
        self._tx.lanes.update((ticket, lane) for ticket, lane in found)

    def _write(self) -> None:
        fresh, self._fresh = self._fresh, {}
        changed, self._changed = self._changed, set()
        self._tx.insert(dedup_groups, [self._row(self._groups[each], digest) for each, digest in fresh.items()])
        self._tx.update(
            dedup_groups, _CHANGING, [_changing(self._groups[each], self._kept[each]) for each in sorted(changed)]
        )

    def _row(self, group: Group, digest: bytes) -> tuple[Any, ...]:
        """In the order of the columns of `dedup_groups`."""
        return (
            group.id,
            self._figures.rule_id(group.rule),
            digest,
            _encode(group.values).decode(),
            to_micros(group.first),
            to_micros(group.last),
            group.count,
            group.primary,
            int(group.severity),
            _seen_text(group),
            *_kept_micros(self._kept[group.id]),
        )


def digest_of(rule: RuleName, values: tuple[str, ...]) -> bytes:
    """128 bits of a hash of a rule and key values, which must be plain."""
    return hashlib.sha256(_encode((plain(rule), *values))).digest()[:16]


def _changing(group: Group, kept: Kept) -> tuple[Any, ...]:
    return (
        to_micros(group.first),
        to_micros(group.last),
        group.count,
        int(group.severity),
        _seen_text(group),
        *_kept_micros(kept),
        group.id,
    )


def _kept_micros(kept: Kept) -> tuple[int | None, int | None]:
    return (None, None) if kept is None else (to_micros(kept[0]), to_micros(kept[1]))


def _kept(row: tuple[Any, ...]) -> Kept:
    """From the columns of `dedup_groups`."""
    first, last = row[-2:]
    return None if first is None else (from_micros(first), from_micros(last))


def _seen_text(group: Group) -> str:
    if not group.recipients and not group.malicious:
        return ""
    return _encode((sorted(group.recipients), sorted(group.malicious))).decode()


def _what_was_seen(text: str) -> tuple[frozenset[str], frozenset[str]]:
    return _seen(text) if text else (frozenset(), frozenset())


def _group(row: tuple[Any, ...], rule: RuleName) -> Group:
    """From the columns of `dedup_groups`."""
    number, _, _, parts, first, last, count, primary, severity, seen, _, _ = row
    return Group(
        GroupId(number),
        rule,
        _texts(parts),
        from_micros(first),
        from_micros(last),
        count,
        TicketId(primary),
        Severity(severity),
        *_what_was_seen(seen),
    )
