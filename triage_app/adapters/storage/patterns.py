"""Patterns of tickets and their counters: how many tickets of each stand on their own, open and past.

`tickets.counted` says how each ticket is counted now. Whoever may have changed that says so by `touch`; the tickets
named are looked at once, in bulk, before the next reader.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import IntEnum

from sqlalchemy import and_, bindparam, exists, func, select, update

from triage_app.adapters.storage.group_tables import dedup_links
from triage_app.adapters.storage.met import digest_of, met
from triage_app.adapters.storage.search_tables import patterns
from triage_app.adapters.storage.tables import Lane, tickets
from triage_app.adapters.storage.transaction import Deferred, Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.dedup import Level
from triage_app.domain.pattern import NO_PATTERN, Pattern

NOTHING = 0
"""The pattern id of a ticket that was looked at and has none."""


class Counted(IntEnum):
    """How a ticket counts among similar ones. The numbers are stored."""

    NOT = 0
    OPEN = 1
    PAST = 2


COUNTED_LEVELS = (Level.CHILD, Level.LINK, Level.NOTE)
"""Levels at which a link puts its other ticket under its first one."""

IN_FORCE = and_(~dedup_links.c.removed, dedup_links.c.level.in_([each.value for each in COUNTED_LEVELS]))

_COUNT = (
    update(patterns)
    .where(patterns.c.id == bindparam("which"))
    .values(
        open=patterns.c.open + bindparam("more_open"),
        past=patterns.c.past + bindparam("more_past"),
        total=patterns.c.total + bindparam("more"),
    )
)
_STANDS = select(
    tickets.c.id,
    tickets.c.lane,
    tickets.c.pattern_id,
    tickets.c.counted,
    exists().where(dedup_links.c.other_id == tickets.c.id, IN_FORCE).label("is_under"),
)


def touch(tx: Transaction, ids: Iterable[int]) -> None:
    """Say that these tickets may stand on their own now and did not, or the other way round, or were closed or
    opened.
    """
    tx.touched.update(ids)
    tx.defer(Deferred.PATTERNS, lambda: _recount(tx))


def pattern_ids(tx: Transaction, wanted: Iterable[Pattern]) -> Mapping[Pattern, int]:
    """The ids of patterns, stored with empty counters where they are new."""
    stored_as = {each: _plain(each) for each in wanted if each != NO_PATTERN}
    found = met(
        tx,
        patterns,
        tx.writer.patterns,
        stored_as.values(),
        _digest,
        lambda number, digest, each: (number, digest, each.template, each.scope, 0, 0, 0),
    )
    return {each: found.ids[stored] for each, stored in stored_as.items()} | {NO_PATTERN: NOTHING}


def stored_id(tx: Transaction, pattern: Pattern) -> int | None:
    """The id of a pattern; None where no ticket ever followed it."""
    row = tx.first(select(patterns.c.id).where(patterns.c.digest == _digest(_plain(pattern))))
    return None if row is None else int(row[0])


def count(tx: Transaction, changes: Counter[tuple[int, int]]) -> None:
    """Add to the counters of (pattern id, `Counted`)."""
    more: dict[int, list[int]] = {}
    for (pattern, how), number in changes.items():
        if pattern != NOTHING and how != Counted.NOT and number:
            more.setdefault(pattern, [0, 0, 0])[how] += number
    rows = [
        {"which": pattern, "more_open": added[Counted.OPEN], "more_past": added[Counted.PAST], "more": sum(added)}
        for pattern, added in more.items()
        if added[Counted.OPEN] or added[Counted.PAST]
    ]
    if rows:
        tx.run(_COUNT, rows)


def recount_all(tx: Transaction) -> None:
    """Count all patterns anew: for what was written by other means than the repositories."""
    of = tickets.c.pattern_id == patterns.c.id
    counters = {
        name: select(func.count()).where(of, tickets.c.counted == how).scalar_subquery()
        for name, how in (("open", Counted.OPEN), ("past", Counted.PAST))
    }
    tx.run(update(patterns).values(**counters))
    tx.run(update(patterns).values(total=patterns.c.open + patterns.c.past))


def _recount(tx: Transaction) -> None:
    touched = sorted(tx.touched)
    tx.touched.clear()
    rows = []
    changes: Counter[tuple[int, int]] = Counter()
    found = _STANDS.where(tx.dialect.among(tickets.c.id, "ids"))
    for row in tx.all(found, {"ids": tx.dialect.many(touched)}):
        now = _standing(row.lane, is_under=row.is_under)
        if now == row.counted:
            continue
        rows.append((int(now), row.id))
        if row.pattern_id is not None:
            changes[row.pattern_id, row.counted] -= 1
            changes[row.pattern_id, now] += 1
    tx.update(tickets, ("counted",), rows)
    count(tx, changes)


def _standing(lane: int, *, is_under: bool) -> Counted:
    if is_under or lane == Lane.WITHDRAWN:
        return Counted.NOT
    return Counted.PAST if lane == Lane.CLOSED else Counted.OPEN


def _plain(pattern: Pattern) -> Pattern:
    """As it is stored, before it is told apart from others."""
    return Pattern(plain(pattern.template), plain(pattern.scope))


def _digest(pattern: Pattern) -> str:
    return digest_of(pattern.template, pattern.scope)
