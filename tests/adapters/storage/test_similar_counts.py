from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.adapters.storage.samples import add_raws, add_tickets, link, new_ticket, state
from triage_app.adapters.storage.patterns import Counted
from triage_app.adapters.storage.search_tables import patterns
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.dedup import Level, LinkId
from triage_app.domain.observable import Observable, ObservableKind, Sighting
from triage_app.domain.pattern import NO_PATTERN, Pattern
from triage_app.domain.similarity import FEW
from triage_app.domain.ticket import Status, TicketId, Verdict, WorkState
from triage_app.services.dedup_shapes import Link
from triage_app.services.search_shapes import SimilarCount

PATTERNS = (NO_PATTERN, Pattern("port scan", "host-1"), Pattern("port scan", "host-2"), Pattern("invoice <num>", ""))
VALUES = tuple(Observable(ObservableKind.DOMAIN, f"site{number}.example.org") for number in range(6))
ALLOWED, OURS = VALUES[0], VALUES[1]


class GivenBackError(Exception):
    """Ends a history: nothing of it stays for the next."""


@dataclass
class Kept:
    """A ticket as this test keeps it."""

    pattern: Pattern
    values: frozenset[Observable]
    status: Status = Status.NEW
    gone: bool = False


@dataclass
class History:
    """What happened to a workspace, kept in plain Python beside the database."""

    uow: SqlUnitOfWork
    tickets: dict[TicketId, Kept] = field(default_factory=dict)
    links: dict[LinkId, Link] = field(default_factory=dict)
    unlinked: list[Link] = field(default_factory=list)
    closed: list[Sequence[tuple[TicketId, WorkState]]] = field(default_factory=list)
    ignored: set[Observable] = field(default_factory=set)

    def step(self, name: str, one: int, other: int, level: Level) -> None:
        there = [each for each, kept in self.tickets.items() if not kept.gone]
        if name == "take in" or not there:
            self.take_in(one, other)
            return
        first, second = there[one % len(there)], there[other % len(there)]
        match name:
            case "link" if first != second:
                given = link(first, second, level)
                number = self.uow.duplicates.add_link(given)
                self.links[number] = replace(given, id=number)
            case "unlink" if self.links:
                number = sorted(self.links)[one % len(self.links)]
                self.unlinked.append(self.uow.duplicates.remove_link(number))
                del self.links[number]
            case "undo unlink" if self.unlinked:
                given = self.unlinked.pop()
                self.uow.duplicates.restore_link(given)
                self.links[given.id] = given
            case "close" | "open" | "snooze":
                status = {"close": Status.RESOLVED, "open": Status.IN_PROGRESS, "snooze": Status.WAITING}[name]
                self.uow.tickets.set_state(first, state(status=status))
                self.tickets[first].status = status
            case "close all":
                some = [each for each in there if each % 3 == one % 3]
                self.closed.append(self.uow.duplicates.close_all(some, Verdict.TEST))
                for each in some:
                    self.tickets[each].status = Status.RESOLVED
            case "undo close all" if self.closed:
                before = [each for each in self.closed.pop() if not self.tickets[each[0]].gone]
                self.uow.duplicates.restore_states(before)
                for each, was in before:
                    self.tickets[each].status = was.status
            case "take back" if not any(first in {each.primary, each.other} for each in self.links.values()):
                self.uow.tickets.remove(first)
                self.tickets[first].gone = True
                self.unlinked = [each for each in self.unlinked if first not in {each.primary, each.other}]
            case "ignore" | "heed":
                value = VALUES[one % len(VALUES)]
                if any(value in kept.values for kept in self.tickets.values()):
                    self.uow.similar.set_ignored(value, ignored=name == "ignore")
                    self.ignored = self.ignored | {value} if name == "ignore" else self.ignored - {value}

    def take_in(self, one: int, other: int) -> None:
        """Between one ticket and more than an observable may have to be rare."""
        many = FEW if one % 7 == 0 else 1 + one % 4
        kinds = [Kept(PATTERNS[(one + n) % 4], self.values(other + n // 3)) for n in range(many)]
        new = []
        for raw, kept in zip(add_raws(self.uow, many), kinds, strict=True):
            plain = new_ticket(raw)
            analysis = replace(
                plain.analysis,
                pattern=kept.pattern,
                sightings=tuple(Sighting(each, "text") for each in sorted(kept.values, key=lambda value: value.value)),
                own=frozenset({OURS}),
            )
            new.append(replace(plain, analysis=analysis))
        self.tickets.update(zip(self.uow.tickets.add(new), kinds, strict=True))

    @staticmethod
    def values(bits: int) -> frozenset[Observable]:
        return frozenset(each for number, each in enumerate(VALUES) if bits >> number & 1)

    def here(self) -> list[Kept]:
        return [each for each in self.tickets.values() if not each.gone]

    def stands(self, ticket: TicketId) -> bool:
        linked = {each.other for each in self.links.values() if each.level is not Level.SUGGEST}
        return not self.tickets[ticket].gone and ticket not in linked

    def counted(self, ticket: TicketId) -> SimilarCount:
        """By the words of the definition: every other ticket is looked at."""
        mine = self.tickets[ticket]
        carriers = Counter(value for kept in self.here() for value in kept.values)
        telling = {each for each in mine.values - {ALLOWED, OURS} - self.ignored if 2 <= carriers[each] <= FEW}
        alike = [
            kept.status
            for number, kept in self.tickets.items()
            if number != ticket
            and self.stands(number)
            and ((kept.pattern == mine.pattern != NO_PATTERN) or kept.values & telling)
        ]
        past = alike.count(Status.RESOLVED)
        return SimilarCount(len(alike) - past, past)


STEPS = (
    "take in", "take in", "take in", "link", "link", "unlink", "undo unlink", "close", "open", "snooze",
    "close all", "close all", "close all", "undo close all", "undo close all", "undo close all", "take back",
    "ignore", "heed",
)  # fmt: skip
histories = st.lists(
    st.tuples(
        st.sampled_from(STEPS),
        st.integers(0, 60),
        st.integers(0, 60),
        st.sampled_from([Level.CHILD, Level.LINK, Level.NOTE, Level.SUGGEST]),
    ),
    min_size=8,
    max_size=30,
)


@given(steps=histories)
# Nothing of a history is committed, so that each starts in an empty workspace.
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_are_exact_after_any_history(storage: SqlStorage, steps: list[tuple[str, int, int, Level]]) -> None:
    def tells(observable: Observable) -> bool:
        return observable != ALLOWED

    try:
        with storage.write() as uow:
            history = History(uow)
            for name, one, other, level in steps:
                history.step(name, one, other, level)
            here = [each for each, kept in history.tickets.items() if not kept.gone]
            found = uow.similar.counts(here, tells)
            assert found == {each: history.counted(each) for each in here}
            check_counters(history)
            raise GivenBackError
    except GivenBackError:
        pass


def check_counters(history: History) -> None:
    """The counters of patterns are what can be counted."""
    expected = defaultdict[Pattern, Counter[Counted]](Counter)
    for ticket, kept in history.tickets.items():
        if history.stands(ticket) and kept.pattern != NO_PATTERN:
            expected[kept.pattern][Counted.PAST if kept.status is Status.RESOLVED else Counted.OPEN] += 1
    for row in history.uow.transaction.all(select(patterns)):
        its = expected[Pattern(row.template, row.scope)]
        assert (row.open, row.past, row.total) == (its[Counted.OPEN], its[Counted.PAST], its.total()), row


def test_each_transaction_sees_the_counts_of_those_before(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 15)
    eighth = ids[8]

    def count() -> SimilarCount:
        with storage.read() as uow:
            return uow.similar.counts([eighth], lambda _: True)[eighth]

    # Every ticket here has the same address and the same site; the one is ours, and both are in fifteen tickets.
    assert count() == SimilarCount(14, 0)
    with storage.write() as uow:
        number = uow.duplicates.add_link(link(ids[0], ids[1], Level.LINK))
        uow.tickets.set_state(ids[2], state(status=Status.RESOLVED))
    assert count() == SimilarCount(12, 1)
    with storage.write() as uow:
        uow.duplicates.remove_link(number)
        uow.similar.set_ignored(Observable(ObservableKind.DOMAIN, "evil.example.org"), ignored=True)
    # What is left is the one of its own kind.
    assert count() == SimilarCount(1, 0)


def test_what_is_not_there_is_left_out(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.read() as uow:
        assert uow.similar.counts([TicketId(7)], lambda _: True) == {}
        assert uow.similar.counts([], lambda _: True) == {}
