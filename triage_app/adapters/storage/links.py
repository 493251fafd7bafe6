"""Links between tickets, and what people said about pairs of them."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update

from triage_app.adapters.storage.group_tables import dedup_links, dedup_pairs, dedup_rules
from triage_app.adapters.storage.groups import Groups
from triage_app.adapters.storage.patterns import COUNTED_LEVELS, IN_FORCE, touch
from triage_app.adapters.storage.rule_figures import Figures
from triage_app.adapters.storage.ticket_totals import Totals
from triage_app.adapters.storage.transaction import Deferred, Transaction
from triage_app.adapters.storage.values import plain, to_micros
from triage_app.domain.dedup import GroupId, Level, LinkId, RuleName
from triage_app.domain.errors import NotFound
from triage_app.domain.ticket import TicketId
from triage_app.services.dedup_shapes import Link, Memory

_encode = msgspec.json.Encoder().encode
_texts = msgspec.json.Decoder(tuple[str, ...]).decode

_LINK = select(dedup_links, dedup_rules.c.name.label("rule")).outerjoin_from(
    dedup_links, dedup_rules, dedup_rules.c.id == dedup_links.c.rule_id
)


class Links:
    """The links and pairs of one transaction."""

    def __init__(self, transaction: Transaction, groups: Groups, totals: Totals, figures: Figures) -> None:
        self._tx = transaction
        self._groups = groups
        self._totals = totals
        self._figures = figures
        self._fresh: list[tuple[Any, ...]] = []

    def add(self, link: Link, *, again: bool) -> LinkId:
        """Store a link, whatever its `id`; the first ticket's `duplicates` follows, and with `again` its group."""
        number = LinkId(self._tx.take_ids(dedup_links, 1)[0])
        self._fresh.append(self._row(number, link))
        self._tx.defer(Deferred.LINKS, self._write)
        self._count(link, 1)
        if again:
            self._join_again(link)
        return number

    def remove(self, link: LinkId) -> Link:
        """Take a link away; `duplicates` and its group follow. Raises NotFound."""
        found = self.get(link)
        self._tx.run(update(dedup_links).where(dedup_links.c.id == link).values(removed=True))
        self._count(found, -1)
        if found.group is not None and found.item_at is not None:
            self._groups.leave(found.group, found.item_at)
        return found

    def restore(self, link: Link) -> None:
        """Bring a removed link back with its id, exactly. Raises NotFound where it was not removed."""
        gone = and_(dedup_links.c.id == link.id, dedup_links.c.removed)
        if not self._tx.run(delete(dedup_links).where(gone)):
            raise NotFound(f"Link {link.id} was not taken away, so there is nothing to bring back.")
        self._tx.insert(dedup_links, [self._row(link.id, link)])
        self._count(link, 1)
        self._join_again(link)

    def check(self, link: LinkId, *, checked: bool) -> Link:
        """Tick off a potential link, or untick it. Raises NotFound."""
        self.get(link)
        self._tx.run(update(dedup_links).where(dedup_links.c.id == link).values(checked=checked))
        return self.get(link)

    def of(self, ticket: TicketId) -> Sequence[Link]:
        """Links in which a ticket is the first or the other, by id."""
        either = or_(dedup_links.c.primary_id == ticket, dedup_links.c.other_id == ticket)
        return self._found(and_(either, ~dedup_links.c.removed))

    def above(self, ticket: TicketId) -> Link | None:
        """The link under which a ticket stands; None for the first ticket of a group."""
        found = self._found(and_(dedup_links.c.other_id == ticket, IN_FORCE))
        return found[0] if found else None

    def linked(self, primary: TicketId) -> Sequence[TicketId]:
        """The tickets linked under a first ticket by child, link or note, by id."""
        wanted = select(dedup_links.c.other_id).where(dedup_links.c.primary_id == primary, IN_FORCE).distinct()
        return [TicketId(row.other_id) for row in self._tx.all(wanted.order_by(dedup_links.c.other_id))]

    def remember(self, one: TicketId, other: TicketId, memory: Memory) -> None:
        """Remember about a pair of tickets, in place of what was remembered before."""
        self.forget_pair(one, other)
        row = (*_ordered(one, other), memory.apart, plain(memory.by), to_micros(memory.at))
        self._tx.insert(dedup_pairs, [row])

    def forget_pair(self, one: TicketId, other: TicketId) -> None:
        """Forget what is remembered about a pair."""
        self._tx.run(delete(dedup_pairs).where(_pair(one, other)))

    def memory(self, one: TicketId, other: TicketId) -> Memory | None:
        """What a person said about these two, in either order."""
        row = self._tx.first(select(dedup_pairs).where(_pair(one, other)))
        return None if row is None else Memory(row.apart, row.by, row.at)

    def apart(self, tickets: Sequence[TicketId]) -> Sequence[tuple[TicketId, TicketId]]:
        """The pairs that people set apart in which one of these tickets is."""
        among = (self._tx.dialect.among(each, "tickets") for each in (dedup_pairs.c.lower_id, dedup_pairs.c.higher_id))
        wanted = (
            select(dedup_pairs.c.lower_id, dedup_pairs.c.higher_id)
            .where(dedup_pairs.c.apart, or_(*among))
            .order_by(dedup_pairs.c.lower_id, dedup_pairs.c.higher_id)
        )
        found = self._tx.all(wanted, {"tickets": self._tx.dialect.many(tickets)})
        return [(TicketId(lower), TicketId(higher)) for lower, higher in found]

    def get(self, link: LinkId) -> Link:
        """One link; raises NotFound."""
        found = self._found(and_(dedup_links.c.id == link, ~dedup_links.c.removed))
        if not found:
            raise NotFound(f"There is no link {link} in this workspace.")
        return found[0]

    def _found(self, which: ColumnElement[bool]) -> list[Link]:
        return [_link(row) for row in self._tx.all(_LINK.where(which).order_by(dedup_links.c.id))]

    def _count(self, link: Link, more: int) -> None:
        if link.level in COUNTED_LEVELS:
            self._totals.add(link.primary, more)
            touch(self._tx, [link.other])

    def _join_again(self, link: Link) -> None:
        if link.group is not None and link.item_at is not None:
            self._groups.join_again(link.group, link.item_at)

    def _row(self, number: LinkId, link: Link) -> tuple[Any, ...]:
        """In the order of the columns of `dedup_links`."""
        return (
            number,
            link.primary,
            link.other,
            link.level.value,
            plain(link.by),
            None if link.rule is None else self._figures.rule_id(link.rule),
            to_micros(link.at),
            link.checked,
            _encode([plain(each) for each in link.reasons]).decode(),
            _encode([plain(each) for each in link.novelty]).decode(),
            False,
            link.group,
            None if link.item_at is None else to_micros(link.item_at),
        )

    def _write(self) -> None:
        fresh, self._fresh = self._fresh, []
        self._tx.insert(dedup_links, fresh)


def _ordered(one: TicketId, other: TicketId) -> tuple[TicketId, TicketId]:
    return (one, other) if one < other else (other, one)


def _pair(one: TicketId, other: TicketId) -> ColumnElement[bool]:
    lower, higher = _ordered(one, other)
    return and_(dedup_pairs.c.lower_id == lower, dedup_pairs.c.higher_id == higher)


def _link(row: Row[*tuple[Any, ...]]) -> Link:
    return Link(
        LinkId(row.id),
        TicketId(row.primary_id),
        TicketId(row.other_id),
        Level(row.level),
        row.by,
        None if row.rule is None else RuleName(row.rule),
        row.at,
        row.checked,
        _texts(row.reasons),
        _texts(row.novelty),
        None if row.group_id is None else GroupId(row.group_id),
        row.item_at,
    )
