"""What search and similar tickets keep in the workspace's database, as Protocols that the storage implements."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from triage_app.domain.observable import Observable
from triage_app.domain.pattern import Pattern, Trait
from triage_app.domain.ticket import TicketId
from triage_app.services.search_shapes import (
    Beside,
    Carried,
    ObservableFigures,
    ReadTicket,
    Shared,
    SimilarCount,
    StoredView,
    Wake,
)


class SimilarRepository(Protocol):
    """What tickets have in common. Ids are given on arrival, so the highest are the newest."""

    def counts(
        self, ids: Sequence[TicketId], is_telling: Callable[[Observable], bool]
    ) -> Mapping[TicketId, SimilarCount]:
        """For each of these tickets how many others are similar.

        Similar is what stands on its own and has the same pattern or shares an observable that few tickets have (at
        most 20), that nobody ignores and for which `is_telling` is true. For a page of a queue: no scan."""

    def newest(self) -> int:
        """The highest id of a ticket: about how many there are."""

    def frequencies(self, terms: Sequence[str]) -> Mapping[str, int]:
        """In how many tickets' texts each term is, with its note: exact up to some hundreds, estimated above.

        Terms are in the form of `domain.terms`."""

    def with_terms(self, terms: Sequence[str], *, limit: int) -> Mapping[str, Sequence[TicketId]]:
        """For each term the newest tickets in whose text it is; some may have been taken back since."""

    def with_observables(self, ids: Sequence[int], *, limit: int) -> Mapping[int, Sequence[TicketId]]:
        """For each observable, by its id, the newest tickets that have it."""

    def with_traits(self, given: Sequence[Trait], *, limit: int) -> Mapping[Trait, Sequence[TicketId]]:
        """For each trait the newest tickets that have it."""

    def with_pattern(self, pattern: Pattern, *, limit: int, offset: int = 0) -> Sequence[TicketId]:
        """The newest tickets of a pattern."""

    def pattern(self, ticket: TicketId) -> Pattern | None:
        """The pattern of a ticket; None where it was never looked at."""

    def records(self, ids: Sequence[TicketId]) -> Mapping[TicketId, bytes]:
        """The words of these tickets in the form of `domain.terms`."""

    def traits(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Sequence[tuple[Trait, int]]]:
        """The traits of these tickets, each with the number of tickets that have it."""

    def patterns(self, ids: Sequence[TicketId]) -> Mapping[TicketId, tuple[Pattern, int]]:
        """The patterns of these tickets, each with the number of tickets that stand on their own and follow it."""

    def carried(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Sequence[Carried]]:
        """The observables of these tickets, in order of first appearance."""

    def find_observables(self, values: Sequence[Observable]) -> Sequence[Carried]:
        """Those of these observables that are stored (`where` is empty)."""

    def shared(
        self, ids: Sequence[TicketId], *, observables: Sequence[int], traits: Sequence[Trait]
    ) -> Mapping[TicketId, Shared]:
        """Which of these observables, by their ids, and of these traits each of the tickets has, and what else is
        compared; those that were taken back are left out."""

    def pattern_id(self, pattern: Pattern) -> int:
        """The id by which `shared` tells a pattern; 0 where no ticket ever followed it."""

    def last_notes(self, ids: Sequence[TicketId], *, besides: str) -> Mapping[TicketId, str]:
        """The newest note in each of these tickets that is by somebody else; those without are left out."""

    def survivors(self, ids: Sequence[TicketId]) -> Mapping[TicketId, TicketId]:
        """For each of these tickets the first ticket of its group; itself where it stands on its own."""

    def set_ignored(self, observable: Observable, *, ignored: bool) -> int:
        """Say that an observable tells nothing, or that it does again; returns in how many tickets it is.

        Raises NotFound where it is in none."""

    def unread(self, *, limit: int, before: TicketId | None = None) -> Sequence[TicketId]:
        """The newest tickets that were never looked at for pattern, traits and words; only older ones than `before`."""

    def count_unread(self) -> int:
        """How many these are."""

    def add(self, read: Sequence[ReadTicket]) -> None:
        """Store for tickets of an earlier version what new ones are stored with; those that have it keep it."""


class CampaignRepository(Protocol):
    """How large a campaign is."""

    def count(self, pattern: Pattern) -> SimilarCount:
        """How many tickets of a pattern stand on their own and are open, and how many others have it."""

    def span(self, pattern: Pattern) -> tuple[datetime, datetime] | None:
        """When the first and the last ticket of a pattern came in; None where it is that of none."""


class PivotRepository(Protocol):
    """The tickets of an observable, and what appears with it. Observables are named by their ids."""

    def tickets(self, observable: int, *, limit: int, offset: int) -> Sequence[TicketId]:
        """The newest tickets that have an observable."""

    def span(self, observable: int) -> tuple[datetime, datetime] | None:
        """When the first and the last ticket that have an observable came in; None where it is in none."""

    def figures(self, observable: int, *, newest: int) -> ObservableFigures:
        """What became of the newest tickets that have an observable."""

    def beside(self, observable: int, *, newest: int, limit: int) -> Sequence[Beside]:
        """What else the newest tickets that have an observable have, the most frequent first.

        Own and ignored observables are left out. Of tickets with thousands of observables not all are read."""

    def among(self, observable: int, others: Sequence[int], *, newest: int) -> Mapping[int, frozenset[TicketId]]:
        """For each of the other observables which of the newest tickets that have an observable have it too."""


class WakeRepository(Protocol):
    """Tickets that come back by themselves."""

    def set(self, wake: Wake) -> Wake | None:
        """Store, in place of what was there; returns that."""

    def clear(self, ticket: TicketId) -> Wake | None:
        """Take away; returns what was there."""

    def of(self, ids: Sequence[TicketId]) -> Mapping[TicketId, Wake]:
        """Those of these tickets."""

    def any_on_change(self) -> bool:
        """Whether any ticket waits until something changes."""

    def due(self, now: datetime, *, limit: int) -> Sequence[Wake]:
        """Those whose time has come, the earliest first."""


class ViewRepository(Protocol):
    """Saved views."""

    def save(self, view: StoredView) -> StoredView | None:
        """Store, in place of one of the same name; returns that."""

    def remove(self, name: str) -> StoredView:
        """Take away; raises NotFound."""

    def all(self) -> Sequence[StoredView]:
        """All, by name."""
