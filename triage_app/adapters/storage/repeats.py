"""Items that were merged into a ticket: stored in bulk, read by page, split from it and merged again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, func, select, update

from triage_app.adapters.storage.group_tables import dedup_groups, dedup_repeats, dedup_rules
from triage_app.adapters.storage.groups import Groups
from triage_app.adapters.storage.ledger import SqlLedger
from triage_app.adapters.storage.rule_figures import Figures
from triage_app.adapters.storage.tables import raw_items, sources, tickets
from triage_app.adapters.storage.ticket_totals import Totals
from triage_app.adapters.storage.transaction import Deferred, Transaction
from triage_app.adapters.storage.values import plain, to_micros
from triage_app.domain.dedup import Arrival, Group, GroupId, Level, RuleName
from triage_app.domain.errors import InvalidState, NotFound
from triage_app.domain.item import Outcome, RawId
from triage_app.domain.ticket import TicketId
from triage_app.services.dedup_shapes import Repeat

_encode = msgspec.json.Encoder().encode
_texts = msgspec.json.Decoder(tuple[str, ...]).decode

_REPEATS = (
    select(
        dedup_repeats.c.raw_id,
        dedup_repeats.c.at,
        dedup_repeats.c.received_at,
        sources.c.name.label("source"),
        raw_items.c.origin,
        dedup_rules.c.name.label("rule"),
        dedup_repeats.c.novelty,
    )
    .join_from(dedup_repeats, raw_items, raw_items.c.id == dedup_repeats.c.raw_id)
    .join(sources, sources.c.id == raw_items.c.source_id)
    .join(dedup_groups, dedup_groups.c.id == dedup_repeats.c.group_id)
    .join(dedup_rules, dedup_rules.c.id == dedup_groups.c.rule_id)
    .where(dedup_repeats.c.split_settled_at.is_(None))
    .order_by(dedup_repeats.c.received_at.desc(), dedup_repeats.c.raw_id.desc())
)

_MERGED = select(dedup_repeats, dedup_groups.c.rule_id).join_from(
    dedup_repeats, dedup_groups, dedup_groups.c.id == dedup_repeats.c.group_id
)


class Repeats:
    """The merged items of one transaction."""

    def __init__(self, transaction: Transaction, groups: Groups, totals: Totals, figures: Figures) -> None:
        self._tx = transaction
        self._groups = groups
        self._totals = totals
        self._figures = figures
        self._ledger = SqlLedger(transaction)
        self._fresh: list[tuple[Any, ...]] = []

    def add(self, group: Group, arrival: Arrival, at: datetime, novelty: tuple[str, ...]) -> None:
        """Store an item as merged into the first ticket of a group."""
        self._fresh.append(
            (
                arrival.raw,
                group.primary,
                group.id,
                to_micros(at),
                to_micros(arrival.received_at),
                _encode([plain(each) for each in novelty]).decode() if novelty else "",
                None,
            )
        )
        self._tx.defer(Deferred.REPEATS, self._write)
        self._totals.add(group.primary, 1, arrival.received_at)

    def of(self, ticket: TicketId, *, limit: int) -> Sequence[Repeat]:
        """Items merged into a ticket, the newest first; limit 0 is all."""
        wanted = _REPEATS.where(dedup_repeats.c.ticket_id == ticket)
        return [_repeat(row) for row in self._tx.all(wanted.limit(limit) if limit else wanted)]

    def among(self, raws: Sequence[RawId]) -> frozenset[RawId]:
        """Those of these items that are merged into a ticket and were not split from it."""
        if not raws:
            return frozenset()
        wanted = select(dedup_repeats.c.raw_id).where(
            self._tx.dialect.among(dedup_repeats.c.raw_id, "raws"), dedup_repeats.c.split_settled_at.is_(None)
        )
        return frozenset(RawId(raw) for (raw,) in self._tx.all(wanted, {"raws": self._tx.dialect.many(raws)}))

    def split(self, raw: RawId) -> TicketId:
        """Take a merged item out of its ticket and group: counts and times follow, the item is pending again.

        Raises InvalidState for an item that is not merged.
        """
        row = self._tx.first(_MERGED.where(dedup_repeats.c.raw_id == raw))
        if row is None or row.split_settled_at is not None:
            raise InvalidState(f"Item {raw} is not merged into a ticket, so there is nothing to split.")
        settled = self._tx.first(select(raw_items.c.settled_at).where(raw_items.c.id == raw))
        assert settled is not None
        self._mark(raw, settled.settled_at)
        self._ledger.put(raw, Outcome.PENDING, None, None)
        self._groups.leave(GroupId(row.group_id), row.at)
        self._count(row, -1)
        return TicketId(row.ticket_id)

    def merge(self, raw: RawId, ticket: TicketId) -> None:
        """Take a split back, whatever became of the item since. Raises InvalidState where it was not split."""
        row = self._tx.first(_MERGED.where(dedup_repeats.c.raw_id == raw, dedup_repeats.c.ticket_id == ticket))
        if row is None or row.split_settled_at is None:
            raise InvalidState(f"Item {raw} was not split from ticket {ticket}, so there is nothing to take back.")
        self._mark(raw, None)
        self._ledger.put(raw, Outcome.MERGED, ticket, row.split_settled_at)
        self._groups.join_again(GroupId(row.group_id), row.at)
        self._count(row, 1)

    def _mark(self, raw: RawId, settled_at: datetime | None) -> None:
        self._tx.run(update(dedup_repeats).where(dedup_repeats.c.raw_id == raw).values(split_settled_at=settled_at))

    def _count(self, row: Row[*tuple[Any, ...]], more: int) -> None:
        self._figures.add(row.rule_id, saved=more)
        self._totals.add(row.ticket_id, more)
        self._totals.set_last_seen(row.ticket_id, self._last_seen(row.ticket_id))

    def _last_seen(self, ticket: int) -> datetime:
        """When the ticket or an item merged into it was received last."""
        own = self._tx.first(select(tickets.c.received_at).where(tickets.c.id == ticket))
        if own is None:
            raise NotFound(f"There is no ticket {ticket} in this workspace.")
        newest = select(func.max(dedup_repeats.c.received_at).label("at")).where(
            dedup_repeats.c.ticket_id == ticket, dedup_repeats.c.split_settled_at.is_(None)
        )
        repeat = self._tx.first(newest)
        at: datetime = own.received_at
        return at if repeat is None or repeat.at is None else max(at, repeat.at)

    def _write(self) -> None:
        fresh, self._fresh = self._fresh, []
        self._tx.insert(dedup_repeats, fresh)


def _repeat(row: Row[*tuple[Any, ...]]) -> Repeat:
    return Repeat(
        RawId(row.raw_id),
        row.at,
        row.received_at,
        row.source,
        row.origin,
        RuleName(row.rule),
        Level.COMMENT,
        _texts(row.novelty) if row.novelty else (),
    )
