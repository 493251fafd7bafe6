"""The leaves of a search as parts: which condition a ticket must meet, and which index finds it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from triage_app.adapters.storage.full_text import TextIndex
from triage_app.adapters.storage.group_tables import dedup_links
from triage_app.adapters.storage.learning_tables import ticket_tags
from triage_app.adapters.storage.observables import observable_digest
from triage_app.adapters.storage.patterns import IN_FORCE, NOTHING
from triage_app.adapters.storage.search_combined import AnyOf
from triage_app.adapters.storage.search_parts import Listed, Part, Rows, Words
from triage_app.adapters.storage.search_reading import Reading, Source
from triage_app.adapters.storage.search_tables import patterns, text_additions, ticket_traits, traits, wakes
from triage_app.adapters.storage.tables import MINE, Lane, notes, observables, sources, ticket_observables, tickets
from triage_app.adapters.storage.traits import trait_digest
from triage_app.adapters.storage.values import plain, to_micros
from triage_app.adapters.storage.words import search_words
from triage_app.domain.errors import InvalidInput
from triage_app.domain.observable import Observable
from triage_app.domain.pattern import Trait
from triage_app.domain.query import (
    Alike,
    Among,
    Carries,
    Column,
    Equal,
    Flag,
    InNetwork,
    Leaf,
    Named,
    Number,
    Phrase,
    Range,
    SamePattern,
    Says,
    Tagged,
    TextPlace,
)
from triage_app.domain.ticket import Status

MAX_SPELLINGS = 1_000
"""Different values of a column that are looked through for one that is asked for without regard to case."""

_LARGEST = 2**63 - 1
_RARE_KIND = 20_000
"""Observables of a kind up to which their tickets are looked up one by one."""

_PLAIN = {
    Column.STATUS: tickets.c.status,
    Column.VERDICT: func.coalesce(tickets.c.verdict, ""),
    Column.FORM: tickets.c.form,
    Column.TIER: tickets.c.tier,
}
_SPELLED = {Column.CATEGORY: tickets.c.category, Column.ASSIGNEE: tickets.c.assignee}
_similar = func.coalesce(
    select(case((patterns.c.total > 0, patterns.c.total - 1), else_=0))
    .where(patterns.c.id == tickets.c.pattern_id)
    .correlate(tickets)
    .scalar_subquery(),
    0,
)
_NUMBERS: dict[Number, ColumnElement[Any]] = {
    Number.ID: tickets.c.id,
    Number.CONFIDENCE: tickets.c.confidence,
    Number.SEVERITY: tickets.c.severity,
    Number.PRIORITY: tickets.c.priority,
    Number.DUPLICATES: tickets.c.duplicates,
    Number.ATTACHMENTS: tickets.c.attachments,
    # The plus keeps the database from sorting what this index finds instead of reading tickets in order.
    Number.RECEIVED: literal_column("+tickets.received_at"),
    Number.EVENT: tickets.c.event_at,
    Number.SIMILAR: _similar,
}
_BY_LANE = {
    Number.CONFIDENCE: tickets.c.confidence,
    Number.SEVERITY: tickets.c.severity,
    Number.DUPLICATES: tickets.c.duplicates,
}
_carried = ticket_observables.c
_IS_OPEN = tickets.c.status != Status.RESOLVED.value


class Leaves:
    """Makes parts of leaves. `lanes` are those of the view that is searched."""

    def __init__(self, reading: Reading, lanes: Sequence[Lane]) -> None:
        self._reading = reading
        self._tx = reading.tx
        self._lanes = lanes

    @cached_property
    def _has_additions(self) -> bool:
        return self._tx.first(select(text_additions.c.id).limit(1)) is not None

    def part(self, leaf: Leaf) -> Part:
        """A leaf as a part. Raises InvalidInput for one that was to be resolved before."""
        match leaf:
            case Phrase():
                return self._phrase(leaf)
            case Equal():
                return self._equal(leaf)
            case Range():
                return self._range(leaf)
            case Carries(value=""):
                return self._of_kind(leaf)
            case Carries():
                return self._carrying(leaf)
            case InNetwork():
                return self._in_network(leaf)
            case Named():
                return self._named(leaf)
            case Tagged():
                return self._tagged(leaf)
            case Says():
                return self._says(leaf.flag)
            case Among():
                return Listed(self._reading, leaf.ids)
            case SamePattern():
                return self._same_pattern(leaf)
            case Alike():
                raise InvalidInput(f"What is similar to ticket {leaf.ticket} was not looked up before it was searched.")

    def nothing(self) -> Part:
        """No ticket."""
        return Listed(self._reading, ())

    def lanes(self, lanes: Sequence[Lane], number: int) -> Rows:
        """The tickets of lanes, whose number is known."""
        lane: ColumnElement[int] = literal_column("+tickets.lane")
        return Rows(
            self._reading,
            lane.in_([literal_column(str(int(each))) for each in lanes]),
            [_ordered(select(tickets.c.id).where(in_lane(each)), tickets.c.id) for each in lanes],
            number=number,
        )

    def mine(self, actor: str) -> Rows:
        """The open tickets of a person."""
        lane: ColumnElement[int] = literal_column("+tickets.lane")
        condition = and_(lane.between(1, 4), tickets.c.assignee == actor, tickets.c.assignee != "")
        found = select(tickets.c.id).where(MINE, tickets.c.assignee == actor)
        return Rows(self._reading, condition, [_ordered(found, tickets.c.id)])

    # -- words ------------------------------------------------------------------------------------------

    def _phrase(self, phrase: Phrase) -> Part:
        if not search_words(phrase.text):
            return Rows(self._reading, true())
        if phrase.place in (TextPlace.SUBJECT, TextPlace.SENDER):
            return self._words(TextIndex.HEADS, phrase)
        added = self._added(phrase)
        if phrase.place is TextPlace.NOTE:
            return added or self.nothing()
        parts: list[Part] = [self._words(TextIndex.TEXTS, phrase)]
        if added is not None:
            parts.append(added)
        if phrase.observable is not None:
            seen = self._carrying(Carries(frozenset((phrase.observable.kind,)), phrase.observable.value))
            if isinstance(seen, Rows):
                parts.append(seen)
        return AnyOf(self._reading, parts) if len(parts) > 1 else parts[0]

    def _words(self, index: TextIndex, phrase: Phrase) -> Words:
        wanted = self._tx.dialect.full_text.spelled_out(self._tx.connection, index, phrase)
        return Words(self._reading, index, wanted)

    def _added(self, phrase: Phrase) -> Rows | None:
        """The tickets to which the words were added; None where there are none."""
        if not self._has_additions:
            return None
        text = self._tx.dialect.full_text
        rows, number = text.rows(TextIndex.ADDITIONS)
        wanted = text.spelled_out(self._tx.connection, TextIndex.ADDITIONS, phrase)
        stands = [~text_additions.c.removed]
        if phrase.place is TextPlace.NOTE:
            stands.append(text_additions.c.kind == "note")
        found = (
            select(text_additions.c.ticket_id.label("id"))
            .select_from(rows)
            .join(text_additions, text_additions.c.id == number)
            .where(text.holds(TextIndex.ADDITIONS, wanted), *stands)
        )
        if self._tx.first(found.limit(1)) is None:
            return None
        holds = (
            select(number)
            .select_from(rows)
            .where(text.holds(TextIndex.ADDITIONS, wanted), number == text_additions.c.id)
            .correlate(text_additions)
        )
        condition = exists().where(text_additions.c.ticket_id == tickets.c.id, *stands, holds.exists())
        source = Source(found, text_additions.c.ticket_id, is_ordered=False)
        return Rows(self._reading, condition, [source], is_far=True)

    # -- columns ------------------------------------------------------------------------------------------

    def _equal(self, leaf: Equal) -> Part:
        wanted = leaf.value.casefold()
        if leaf.column in _PLAIN:
            return Rows(self._reading, _PLAIN[leaf.column] == plain(wanted))
        if leaf.column is Column.SOURCE:
            rows = self._tx.all(select(sources.c.id, sources.c.name))
            numbers = [row.id for row in rows if row.name.casefold() == wanted]
            return Rows(self._reading, tickets.c.source_id.in_(numbers)) if numbers else self.nothing()
        column = _SPELLED[leaf.column]
        spelled = [each for lane in self._lanes for each in self._spellings(column, in_lane(lane))]
        same = sorted({each for each in spelled if each.casefold() == wanted})
        if not same:
            return self.nothing()
        indexed = [
            _ordered(select(tickets.c.id).where(in_lane(lane), column == each), tickets.c.id)
            for lane in self._lanes
            for each in same
        ]
        return Rows(self._reading, column.in_(same), indexed)

    def _spellings(self, column: ColumnElement[str], *conditions: ColumnElement[bool]) -> list[str]:
        """The different values of an indexed column, each looked up behind the one before."""
        first = select(func.min(column).label("value")).where(*conditions).cte("found", recursive=True)
        after = select(func.min(column)).where(*conditions, column > first.c.value).correlate(first).scalar_subquery()
        found = first.union_all(select(after).where(first.c.value.is_not(None)))
        wanted = select(found.c.value).where(found.c.value.is_not(None)).limit(MAX_SPELLINGS)
        return [row[0] for row in self._tx.all(wanted)]

    def _range(self, leaf: Range) -> Part:
        number = _NUMBERS[leaf.number]
        condition = func.coalesce(and_(number.is_not(None), *_bounds(leaf, number)), false())
        spanned = None
        if leaf.number in _BY_LANE:
            bounds = _bounds(leaf, _BY_LANE[leaf.number])
            indexed = [
                Source(select(tickets.c.id).where(in_lane(lane), *bounds), tickets.c.id, is_ordered=False)
                for lane in self._lanes
            ]
        elif leaf.number is Number.RECEIVED:
            wanted = select(tickets.c.id).where(*_bounds(leaf, tickets.c.received_at))
            indexed = [Source(wanted, tickets.c.id, is_ordered=False)]
            spanned = select(func.min(tickets.c.id), func.max(tickets.c.id)).where(
                *_bounds(leaf, tickets.c.received_at)
            )
        elif leaf.number is Number.ID:
            indexed = [_ordered(select(tickets.c.id).where(*_bounds(leaf, tickets.c.id)), tickets.c.id)]
        else:
            indexed = []
        return Rows(self._reading, condition, indexed, is_far=leaf.number is Number.SIMILAR, spanned=spanned)

    # -- what tickets have ------------------------------------------------------------------------------------

    def _carrying(self, leaf: Carries) -> Part:
        digests = [observable_digest(Observable(kind, leaf.value)) for kind in leaf.kinds]
        numbers = [row[0] for row in self._tx.all(select(observables.c.id).where(observables.c.digest.in_(digests)))]
        if not numbers:
            return self.nothing()
        conditions = [_carried.observable_id.in_(numbers), *_seen_at(leaf.where)]
        found = select(_carried.ticket_id.label("id")).where(*conditions)
        source = Source(found, _carried.ticket_id, is_ordered=len(numbers) == 1)
        return Rows(self._reading, _has(ticket_observables, *conditions), [source], is_far=True)

    def _of_kind(self, leaf: Carries) -> Part:
        kinds = observables.c.kind.in_(sorted(kind.value for kind in leaf.kinds))
        of_kind = _carried.observable_id == observables.c.id
        condition = _has(ticket_observables, exists().where(of_kind, kinds), *_seen_at(leaf.where))
        few = select(func.count()).select_from(select(observables.c.id).where(kinds).limit(_RARE_KIND).subquery())
        if self._tx.connection.execute(few).scalar_one() == _RARE_KIND:
            return Rows(self._reading, condition, is_far=True)
        found = select(_carried.ticket_id.label("id")).join_from(observables, ticket_observables, of_kind)
        source = Source(found.where(kinds, *_seen_at(leaf.where)), _carried.ticket_id, is_ordered=False)
        return Rows(self._reading, condition, [source], is_far=True)

    def _in_network(self, leaf: InNetwork) -> Part:
        of_it = _carried.observable_id == observables.c.id
        # What is coalesced is no index: the ticket's own observables are looked at.
        address = func.coalesce(observables.c.address, "")
        condition = _has(ticket_observables, exists().where(of_it, address >= leaf.low, address <= leaf.high))
        found = (
            select(_carried.ticket_id.label("id"))
            .join_from(observables, ticket_observables, of_it)
            .where(observables.c.address >= leaf.low, observables.c.address <= leaf.high)
        )
        return Rows(self._reading, condition, [Source(found, _carried.ticket_id, is_ordered=False)], is_far=True)

    def _named(self, leaf: Named) -> Part:
        digest = trait_digest(Trait(leaf.kind, leaf.value.casefold()))
        number = self._tx.first(select(traits.c.id).where(traits.c.digest == digest))
        if number is None:
            return self.nothing()
        having = ticket_traits.c.trait_id == number[0]
        found = _ordered(select(ticket_traits.c.ticket_id.label("id")).where(having), ticket_traits.c.ticket_id)
        return Rows(self._reading, _has(ticket_traits, having), [found], is_far=True)

    def _tagged(self, leaf: Tagged) -> Part:
        wanted = leaf.label.casefold()
        effects = [leaf.effect] if leaf.effect else self._spellings(ticket_tags.c.effect)
        tags = [
            and_(ticket_tags.c.effect == effect, ticket_tags.c.label == label)
            for effect in effects
            for label in self._spellings(ticket_tags.c.label, ticket_tags.c.effect == effect)
            if label.casefold() == wanted
        ]
        if not tags:
            return self.nothing()
        number = ticket_tags.c.ticket_id
        found = [Source(select(number.label("id")).where(each), number, is_ordered=len(tags) == 1) for each in tags]
        return Rows(self._reading, _has(ticket_tags, or_(*tags)), found, is_far=True)

    def _same_pattern(self, leaf: SamePattern) -> Part:
        row = self._tx.first(select(tickets.c.pattern_id).where(tickets.c.id == leaf.ticket))
        if row is None or row.pattern_id is None or row.pattern_id == NOTHING:
            return Listed(self._reading, (leaf.ticket,))
        number: ColumnElement[int] = literal_column("+tickets.pattern_id")
        found = _ordered(select(tickets.c.id).where(tickets.c.pattern_id == row.pattern_id), tickets.c.id)
        return Rows(self._reading, func.coalesce(number == row.pattern_id, false()), [found])

    # -- flags ------------------------------------------------------------------------------------------------

    def _says(self, flag: Flag) -> Part:
        return _FLAGS[flag](self._reading)


def in_lane(lane: Lane) -> ColumnElement[bool]:
    """A condition: a ticket is in a lane; written out, so that the database sees which part of an index is meant."""
    return tickets.c.lane == literal_column(str(int(lane)))


def _ordered(wanted: Select[Any], number: ColumnElement[int]) -> Source:
    return Source(wanted, number, is_ordered=True)


def _bounds(leaf: Range, number: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    found = []
    if leaf.low is not None:
        low = _stored(leaf.low)
        found.append(number > low if leaf.above else number >= low)
    if leaf.high is not None:
        high = _stored(leaf.high)
        found.append(number < high if leaf.below else number <= high)
    return found


def _stored(bound: float | datetime) -> ColumnElement[Any]:
    """A bound as the database holds it, whatever the type of the column; no column holds more than 64 bits."""
    if isinstance(bound, datetime):
        return literal(to_micros(bound), BigInteger)
    return literal(max(-_LARGEST, min(bound, _LARGEST)) if isinstance(bound, int) else bound)


def _has(of: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition on tickets: a row of another table belongs to it and meets these."""
    return exists().where(of.c.ticket_id == tickets.c.id, *conditions)


def _seen_at(where: str) -> list[ColumnElement[bool]]:
    """A condition on where an observable was seen: places stand one a line."""
    if not where:
        return []
    places = "\n" + _carried.places
    return [func.replace(places, "\n" + plain(where), "") != places]


def _with(table: Any, *conditions: ColumnElement[bool]) -> Callable[[Reading], Rows]:
    """Tickets to which a row of another table belongs."""
    found = _ordered(select(table.c.ticket_id.label("id")).where(*conditions).distinct(), table.c.ticket_id)
    return lambda reading: Rows(reading, _has(table, *conditions), [found], is_far=True)


_FLAGS: dict[Flag, Callable[[Reading], Rows]] = {
    Flag.OPEN: lambda reading: Rows(reading, _IS_OPEN),
    Flag.REVIEWED: lambda reading: Rows(reading, tickets.c.reviewed.is_(true())),
    Flag.ASSIGNED: lambda reading: Rows(reading, tickets.c.assignee != ""),
    Flag.STANDING: lambda reading: Rows(reading, ~exists().where(dedup_links.c.other_id == tickets.c.id, IN_FORCE)),
    Flag.NOTE: _with(notes, ~notes.c.removed),
    Flag.ANSWER: _with(text_additions, text_additions.c.kind == "answer", ~text_additions.c.removed),
    Flag.FOLLOW_UP: _with(wakes, wakes.c.follow_up),
}
