"""What each rule of de-duplication has done: counted in memory, written once for each transaction.

What people took back is not counted but found: the removed links of pairs that are set apart, and the split repeats.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select, union_all, update

from triage_app.adapters.storage.group_tables import (
    FIGURES,
    dedup_groups,
    dedup_links,
    dedup_pairs,
    dedup_repeats,
    dedup_rules,
)
from triage_app.adapters.storage.transaction import Deferred, Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.dedup import RuleName
from triage_app.services.dedup_shapes import RuleFigures

_AT = bindparam("at", type_=dedup_rules.c.last_at.type)
_ADD = (
    update(dedup_rules)
    .where(dedup_rules.c.id == bindparam("rule"))
    .values({dedup_rules.c[name]: dedup_rules.c[name] + bindparam(f"more_{name}") for name in FIGURES})
    .values(last_at=func.coalesce(_AT, dedup_rules.c.last_at))
)
_UNLINKED = (
    select(dedup_links.c.rule_id)
    .join_from(
        dedup_pairs,
        dedup_links,
        or_(
            and_(dedup_links.c.primary_id == dedup_pairs.c.lower_id, dedup_links.c.other_id == dedup_pairs.c.higher_id),
            and_(dedup_links.c.primary_id == dedup_pairs.c.higher_id, dedup_links.c.other_id == dedup_pairs.c.lower_id),
        ),
    )
    .where(dedup_pairs.c.apart, dedup_links.c.removed, dedup_links.c.rule_id.is_not(None))
)
_SPLIT = (
    select(dedup_groups.c.rule_id)
    .join_from(dedup_repeats, dedup_groups, dedup_groups.c.id == dedup_repeats.c.group_id)
    .where(dedup_repeats.c.split_settled_at.is_not(None))
)
_OVERRULED = union_all(_UNLINKED, _SPLIT).subquery()


class Figures:
    """Counts what rules do. A rule has a row, and so an id, from the first time that it does anything."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._more: dict[int, Counter[str]] = {}
        self._at: dict[int, datetime] = {}

    def rule_id(self, rule: RuleName) -> int:
        """The number of a rule, given when it is first met."""
        known = self._tx.writer.rules
        found = known.get(rule)
        if found is None:
            name = plain(rule)
            row = self._tx.direct.execute(select(dedup_rules.c.id).where(dedup_rules.c.name == name)).first()
            found = self._tx.take_ids(dedup_rules, 1)[0] if row is None else int(row.id)
            if row is None:
                self._tx.dialect.insert(self._tx.direct, dedup_rules, [(found, name, *(0 for _ in FIGURES), None)])
            known[rule] = found
        return found

    def add(self, rule: int, at: datetime | None = None, /, **more: int) -> None:
        """Count; `at` is when the rule last did anything, the latest one stays."""
        counter = self._more.get(rule)
        if counter is None:
            counter = self._more[rule] = Counter()
            self._tx.defer(Deferred.FIGURES, self._write)
        for name, number in more.items():
            counter[name] += number
        if at is not None:
            before = self._at.get(rule)
            if before is None or at > before:
                self._at[rule] = at

    def all(self) -> Sequence[RuleFigures]:
        """What each rule has done, by name."""
        counted = select(_OVERRULED.c.rule_id, func.count().label("number")).group_by(_OVERRULED.c.rule_id)
        overruled = {row.rule_id: row.number for row in self._tx.all(counted)}
        found = self._tx.all(select(dedup_rules).order_by(dedup_rules.c.name))
        return [
            RuleFigures(
                RuleName(row.name),
                row.matched,
                row.groups,
                row.saved,
                row.dropped,
                row.linked,
                overruled.get(row.id, 0),
                row.last_at,
            )
            for row in found
        ]

    def merged(self, since: datetime, until: datetime) -> Mapping[RuleName, int]:
        """How many repeats each rule merged in a stretch of time; those that were split since are left out."""
        counted = (
            select(dedup_rules.c.name, func.count().label("number"))
            .join_from(dedup_repeats, dedup_groups, dedup_groups.c.id == dedup_repeats.c.group_id)
            .join(dedup_rules, dedup_rules.c.id == dedup_groups.c.rule_id)
            .where(
                dedup_repeats.c.received_at >= since,
                dedup_repeats.c.received_at < until,
                dedup_repeats.c.split_settled_at.is_(None),
            )
            .group_by(dedup_rules.c.name)
        )
        return {RuleName(row.name): row.number for row in self._tx.all(counted)}

    def _write(self) -> None:
        more, self._more = self._more, {}
        latest, self._at = self._at, {}
        self._tx.run(
            _ADD,
            [
                {"rule": rule, "at": latest.get(rule)} | {f"more_{name}": counter[name] for name in FIGURES}
                for rule, counter in more.items()
            ],
        )
