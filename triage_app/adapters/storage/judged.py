"""Pairs of items that a rule held for the same, with what people thought of that."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_, select

from triage_app.adapters.storage.group_tables import (
    dedup_groups,
    dedup_links,
    dedup_pairs,
    dedup_repeats,
    dedup_rules,
)
from triage_app.adapters.storage.tables import raw_items
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import OUTCOME_CODES, plain
from triage_app.domain.dedup import Level, RuleName
from triage_app.domain.item import Outcome, RawId
from triage_app.services.shapes import JudgedPair

_RULE = dedup_rules.c.name == bindparam("rule")
_OF_RULE = and_(_RULE, dedup_rules.c.id == dedup_links.c.rule_id)
_SAID = or_(
    and_(dedup_links.c.primary_id == dedup_pairs.c.lower_id, dedup_links.c.other_id == dedup_pairs.c.higher_id),
    and_(dedup_links.c.primary_id == dedup_pairs.c.higher_id, dedup_links.c.other_id == dedup_pairs.c.lower_id),
)
_LINKED = select(dedup_links.c.primary_id, dedup_links.c.other_id).order_by(dedup_links.c.id.desc())
_UNLINKED = (
    _LINKED.join_from(dedup_pairs, dedup_links, _SAID)
    .join(dedup_rules, _OF_RULE)
    .where(dedup_pairs.c.apart, dedup_links.c.removed)
)
_STANDING = _LINKED.join_from(dedup_links, dedup_rules, _OF_RULE).where(
    ~dedup_links.c.removed, dedup_links.c.level != Level.SUGGEST.value
)
_REPEATED = (
    select(dedup_repeats.c.ticket_id, dedup_repeats.c.raw_id)
    .join_from(dedup_repeats, dedup_groups, dedup_groups.c.id == dedup_repeats.c.group_id)
    .join(dedup_rules, and_(_RULE, dedup_rules.c.id == dedup_groups.c.rule_id))
    .order_by(dedup_repeats.c.raw_id.desc())
)
_SPLIT = _REPEATED.where(dedup_repeats.c.split_settled_at.is_not(None))
_MERGED = _REPEATED.where(dedup_repeats.c.split_settled_at.is_(None))


def judged_pairs(tx: Transaction, rule: RuleName, limit: int) -> Sequence[JudgedPair]:
    """The newest pairs of a rule: up to `limit` that people took apart, and as many that stand."""
    apart = [*_tickets(tx, _UNLINKED, rule, limit), *_repeats(tx, _SPLIT, rule, limit)][:limit]
    standing = [*_tickets(tx, _STANDING, rule, limit), *_repeats(tx, _MERGED, rule, limit)][:limit]
    return [JudgedPair(one, other, overruled=True) for one, other in apart] + [
        JudgedPair(one, other, overruled=False) for one, other in standing
    ]


def _tickets(tx: Transaction, wanted: Select[tuple[int, int]], rule: RuleName, limit: int) -> list[tuple[RawId, RawId]]:
    rows = [(one, other) for one, other in tx.all(wanted.limit(limit), {"rule": plain(rule)})]
    raws = _first_items(tx, {each for row in rows for each in row})
    return [(raws[one], raws[other]) for one, other in rows if one in raws and other in raws]


def _repeats(tx: Transaction, wanted: Select[tuple[int, int]], rule: RuleName, limit: int) -> list[tuple[RawId, RawId]]:
    rows = [(ticket, raw) for ticket, raw in tx.all(wanted.limit(limit), {"rule": plain(rule)})]
    raws = _first_items(tx, {ticket for ticket, _ in rows})
    return [(raws[ticket], RawId(raw)) for ticket, raw in rows if ticket in raws]


def _first_items(tx: Transaction, tickets: Iterable[int]) -> dict[int, RawId]:
    """The item that each ticket was made from."""
    made = raw_items.c.outcome == literal_column(str(OUTCOME_CODES[Outcome.TICKETED]))
    wanted = (
        select(raw_items.c.ticket_id, func.min(raw_items.c.id))
        .where(tx.dialect.among(raw_items.c.ticket_id, "tickets"), made)
        .group_by(raw_items.c.ticket_id)
    )
    return {ticket: RawId(raw) for ticket, raw in tx.all(wanted, {"tickets": tx.dialect.many(sorted(tickets))})}
