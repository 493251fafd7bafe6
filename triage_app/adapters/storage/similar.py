"""What tickets have in common: patterns, rare observables, traits and words, read through indexes."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Table, func, select, update

from triage_app.adapters.storage.group_tables import dedup_links
from triage_app.adapters.storage.observables import observable_digest
from triage_app.adapters.storage.patterns import IN_FORCE, NOTHING, count, pattern_ids, stored_id
from triage_app.adapters.storage.search_tables import patterns, ticket_traits, ticket_words, traits
from triage_app.adapters.storage.shared import shared
from triage_app.adapters.storage.similar_counts import similar_counts
from triage_app.adapters.storage.tables import Lane, notes, observables, ticket_observables, tickets
from triage_app.adapters.storage.traits import add_traits, trait_digest
from triage_app.adapters.storage.transaction import Transaction, plain_rows
from triage_app.adapters.storage.values import plain
from triage_app.domain.errors import NotFound
from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait, TraitKind
from triage_app.domain.ticket import TicketId
from triage_app.services.search_shapes import Carried, ReadTicket, Shared, SimilarCount

_CARRIED = (
    select(
        ticket_observables.c.ticket_id,
        ticket_observables.c.places,
        observables.c.id,
        observables.c.kind,
        observables.c.value,
        observables.c.tickets,
        observables.c.own,
        observables.c.ignored,
    )
    .join_from(ticket_observables, observables, ticket_observables.c.observable_id == observables.c.id)
    .order_by(ticket_observables.c.ticket_id, ticket_observables.c.position)
)
_TRAITS = (
    select(ticket_traits.c.ticket_id, traits.c.id, traits.c.kind, traits.c.value, traits.c.tickets)
    .join_from(ticket_traits, traits, ticket_traits.c.trait_id == traits.c.id)
    .order_by(ticket_traits.c.ticket_id, traits.c.kind)
)
_PATTERNS = select(tickets.c.id, patterns.c.template, patterns.c.scope, patterns.c.total).join_from(
    tickets, patterns, tickets.c.pattern_id == patterns.c.id
)

_UNREAD = (tickets.c.pattern_id.is_(None), tickets.c.lane != Lane.WITHDRAWN)


class SqlSimilar:
    """`SimilarRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def counts(
        self, ids: Sequence[TicketId], is_telling: Callable[[Observable], bool]
    ) -> Mapping[TicketId, SimilarCount]:
        """For each of these tickets how many others are similar; unknown ids are left out."""
        return similar_counts(self._tx, ids, is_telling)

    def newest(self) -> int:
        """The highest id of a ticket: about how many there are."""
        return int(self._tx.connection.execute(select(func.coalesce(func.max(tickets.c.id), 0))).scalar_one())

    def frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """In how many tickets' texts each term is: exact up to some hundreds, estimated above."""
        return self._tx.dialect.frequencies(self._tx.connection, [plain(each) for each in dict.fromkeys(terms)])

    def with_terms(self, terms: Sequence[str], *, limit: int) -> Mapping[str, Sequence[TicketId]]:
        """For each term the newest tickets in whose text it is; some may have been taken back since."""
        found = self._tx.dialect.with_terms(self._tx.connection, [plain(each) for each in terms], limit)
        return {term: [TicketId(each) for each in ids] for term, ids in zip(terms, found, strict=True)}

    def with_observables(self, ids: Sequence[int], *, limit: int) -> Mapping[int, Sequence[TicketId]]:
        """For each observable, by its id, the newest tickets that have it."""
        return self._newest_with(ticket_observables, "observable_id", ids, limit)

    def with_traits(self, given: Sequence[Trait], *, limit: int) -> Mapping[Trait, Sequence[TicketId]]:
        """For each trait the newest tickets that have it."""
        numbers = self._trait_ids(given)
        found = self._newest_with(ticket_traits, "trait_id", list(numbers), limit)
        return {each: [] for each in given} | {each: found[number] for number, each in numbers.items()}

    def with_pattern(self, pattern: Pattern, *, limit: int, offset: int = 0) -> Sequence[TicketId]:
        """The newest tickets of a pattern."""
        number = stored_id(self._tx, pattern)
        if number is None:
            return []
        wanted = (
            select(tickets.c.id)
            .where(tickets.c.pattern_id == number, tickets.c.lane != Lane.WITHDRAWN)
            .order_by(tickets.c.id.desc())
        )
        return [TicketId(row[0]) for row in self._tx.all(wanted.limit(limit).offset(offset))]

    def pattern(self, ticket: TicketId) -> Pattern | None:
        """The pattern of a ticket, `NO_PATTERN` where it has none; None where it was never looked at."""
        row = self._tx.first(
            select(tickets.c.pattern_id, patterns.c.template, patterns.c.scope)
            .outerjoin_from(tickets, patterns, tickets.c.pattern_id == patterns.c.id)
            .where(tickets.c.id == ticket)
        )
        if row is None or row.pattern_id is None:
            return None
        return NO_PATTERN if row.template is None else Pattern(row.template, row.scope)

    def records(self, ids: Sequence[TicketId]) -> Mapping[TicketId, bytes]:
        """The words of these tickets in the form of `domain.terms`; those without are left out."""
        wanted = select(ticket_words).where(self._tx.dialect.among(ticket_words.c.ticket_id, "ids"))
        return {TicketId(row.ticket_id): bytes(row.record) for row in self._tx.all(wanted, self._among(ids))}

    def traits(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Sequence[tuple[Trait, int]]]:
        """The traits of these tickets, each with the number of tickets that have it."""
        found: dict[TicketId, list[tuple[Trait, int]]] = {each: [] for each in ids}
        known: dict[int, tuple[Trait, int]] = {}
        wanted = _TRAITS.where(self._tx.dialect.among(ticket_traits.c.ticket_id, "ids"))
        for ticket, number, kind, value, total in plain_rows(self._tx, wanted, self._among(ids)):
            trait = known.get(number)
            if trait is None:
                trait = known[number] = (Trait(TraitKind(kind), value), total)
            found[ticket].append(trait)
        return found

    def patterns(self, ids: Sequence[TicketId]) -> Mapping[TicketId, tuple[Pattern, int]]:
        """The patterns of these tickets, each with the number of tickets that stand on their own and follow it."""
        wanted = _PATTERNS.where(self._tx.dialect.among(tickets.c.id, "ids"))
        return {
            TicketId(row.id): (Pattern(row.template, row.scope), row.total)
            for row in self._tx.all(wanted, self._among(ids))
        }

    def carried(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Sequence[Carried]]:
        """The observables of these tickets, in order of first appearance."""
        found: dict[TicketId, list[Carried]] = {each: [] for each in ids}
        # Many tickets have the same ones.
        known: dict[int, Observable] = {}
        wanted = _CARRIED.where(self._tx.dialect.among(ticket_observables.c.ticket_id, "ids"))
        for ticket, places, number, kind, value, total, own, ignored in plain_rows(self._tx, wanted, self._among(ids)):
            observable = known.get(number)
            if observable is None:
                observable = known[number] = Observable(ObservableKind(kind), value)
            where = tuple(places.split("\n"))
            found[ticket].append(Carried(number, observable, total, bool(own), bool(ignored), where))
        return found

    def find_observables(self, values: Sequence[Observable]) -> Sequence[Carried]:
        """Those of these observables that are stored (`where` is empty), in the order given."""
        digests = [observable_digest(each) for each in dict.fromkeys(values)]
        wanted = select(observables).where(self._tx.dialect.among(observables.c.digest, "digests"))
        found = {
            row.digest: Carried(
                row.id, Observable(ObservableKind(row.kind), row.value), row.tickets, row.own, row.ignored, ()
            )
            for row in self._tx.all(wanted, {"digests": self._tx.dialect.many(digests)})
        }
        return [found[each] for each in digests if each in found]

    def shared(
        self, ids: Sequence[TicketId], *, observables: Sequence[int], traits: Sequence[Trait]
    ) -> Mapping[TicketId, Shared]:
        """Which of these observables, by their ids, and of these traits each of the tickets has, and what else is
        compared; those that were taken back are left out."""
        return shared(self._tx, ids, frozenset(observables), self._trait_ids(traits))

    def pattern_id(self, pattern: Pattern) -> int:
        """The id by which `shared` tells a pattern; 0 where no ticket ever followed it."""
        return stored_id(self._tx, pattern) or NOTHING

    def last_notes(self, ids: Sequence[TicketId], *, besides: str) -> Mapping[TicketId, str]:
        """The newest note in each of these tickets that is by somebody else; those without are left out."""
        wanted = (
            select(notes.c.ticket_id, notes.c.text)
            .where(self._tx.dialect.among(notes.c.ticket_id, "ids"), ~notes.c.removed, notes.c.who != besides)
            .order_by(notes.c.id)
        )
        return {TicketId(row.ticket_id): row.text for row in self._tx.all(wanted, self._among(ids))}

    def survivors(self, ids: Sequence[TicketId]) -> Mapping[TicketId, TicketId]:
        """For each of these tickets the first ticket of its group; itself where it stands on its own."""
        found = dict(zip(ids, ids, strict=True))
        above: dict[TicketId, TicketId] = {}
        wanted = (
            select(dedup_links.c.other_id, dedup_links.c.primary_id)
            .where(self._tx.dialect.among(dedup_links.c.other_id, "ids"), IN_FORCE)
            .order_by(dedup_links.c.id.desc())
        )
        ahead = set(ids)
        while ahead:
            step = {TicketId(low): TicketId(high) for low, high in self._tx.all(wanted, self._among(sorted(ahead)))}
            above.update(step)
            ahead = set(step.values()) - above.keys()
        for each in ids:
            # A circle of links ends where it began.
            passed = {each}
            while (higher := above.get(found[each])) is not None and higher not in passed:
                passed.add(higher)
                found[each] = higher
        return found

    def set_ignored(self, observable: Observable, *, ignored: bool) -> int:
        """Say that an observable tells nothing, or that it does again; returns in how many tickets it is.

        Raises NotFound where it is in none."""
        which = observables.c.digest == observable_digest(observable)
        row = self._tx.first(select(observables.c.tickets).where(which))
        if row is None:
            raise NotFound(f"{observable.value} is in no ticket of this workspace.")
        self._tx.run(update(observables).where(which).values(ignored=ignored))
        return int(row.tickets)

    def unread(self, *, limit: int, before: TicketId | None = None) -> Sequence[TicketId]:
        """The newest tickets that were never looked at for pattern, traits and words; only older ones than `before`."""
        older = () if before is None else (tickets.c.id < before,)
        wanted = select(tickets.c.id).where(*_UNREAD, *older).order_by(tickets.c.id.desc()).limit(limit)
        return [TicketId(row[0]) for row in self._tx.all(wanted)]

    def count_unread(self) -> int:
        """How many these are."""
        return int(self._tx.connection.execute(select(func.count(tickets.c.id)).where(*_UNREAD)).scalar_one())

    def add(self, read: Sequence[ReadTicket]) -> None:
        """Store for tickets of an earlier version what new ones are stored with; what was looked at stays as it is."""
        wanted = select(tickets.c.id, tickets.c.counted).where(
            self._tx.dialect.among(tickets.c.id, "ids"),
            tickets.c.pattern_id.is_(None),
            tickets.c.lane != Lane.WITHDRAWN,
        )
        unread = {row.id: row.counted for row in self._tx.all(wanted, self._among([each.ticket for each in read]))}
        fresh = [each for each in read if each.ticket in unread]
        numbers = pattern_ids(self._tx, [each.pattern for each in fresh])
        self._tx.update(tickets, ("pattern_id",), [(numbers[each.pattern], each.ticket) for each in fresh])
        count(self._tx, Counter((numbers[each.pattern], unread[each.ticket]) for each in fresh))
        add_traits(self._tx, [(each.ticket, each.traits) for each in fresh])
        self._tx.insert(ticket_words, [(each.ticket, each.record) for each in fresh if each.record])

    def _trait_ids(self, given: Sequence[Trait]) -> dict[int, Trait]:
        """Those of these traits that are stored, by their ids."""
        digests = {trait_digest(each): each for each in given}
        wanted = select(traits.c.digest, traits.c.id).where(self._tx.dialect.among(traits.c.digest, "digests"))
        rows = self._tx.all(wanted, {"digests": self._tx.dialect.many(list(digests))})
        return {row.id: digests[row.digest] for row in rows}

    def _newest_with(self, of: Table, name: str, values: Sequence[int], limit: int) -> dict[int, list[TicketId]]:
        found = self._tx.dialect.newest_with(self._tx.connection, of, name, values, limit)
        return {value: [TicketId(each) for each in ids] for value, ids in zip(values, found, strict=True)}

    def _among(self, ids: Sequence[int]) -> dict[str, object]:
        return {"ids": self._tx.dialect.many(ids)}
