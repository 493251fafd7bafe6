"""What is read of an observable equals what can be counted."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.storage.samples import NOW, add_raws, closed, new_ticket, state
from triage_app.adapters.storage import pivot
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.observable import Observable, ObservableKind, Sighting
from triage_app.domain.ticket import TicketId, Verdict

ALL = 10_000


def domain(number: int) -> Observable:
    return Observable(ObservableKind.DOMAIN, f"site{number}.example.org")


def add_tickets(storage: SqlStorage, seen: Sequence[Sequence[int]], own: Sequence[int] = ()) -> None:
    """Store tickets, a minute apart, each with these domains."""
    with storage.write() as uow:
        new = []
        for place, (raw, numbers) in enumerate(zip(add_raws(uow, len(seen)), seen, strict=True)):
            plain = new_ticket(raw, place)
            sightings = tuple(Sighting(domain(number), "text") for number in numbers)
            ours = frozenset(domain(number) for number in own if number in numbers)
            analysis = replace(plain.analysis, sightings=sightings, own=ours)
            new.append(replace(plain, received_at=NOW + timedelta(minutes=place), analysis=analysis))
        uow.tickets.add(new)


def ids(uow: SqlUnitOfWork, *numbers: int) -> list[int]:
    return [each.id for each in uow.similar.find_observables([domain(number) for number in numbers])]


@pytest.mark.parametrize("newest", [ALL, 7])
def test_everything_equals_what_can_be_counted(storage: SqlStorage, newest: int) -> None:
    # given tickets with some of nine domains each, some closed, one taken back; one domain is own, one ignored
    chance = random.Random(7)
    seen = [sorted(chance.sample(range(9), chance.randint(0, 6))) for _ in range(60)]
    add_tickets(storage, seen, own=[8])
    verdicts: dict[int, Verdict] = {}
    with storage.write() as uow:
        for ticket in chance.sample(range(1, 61), 25):
            verdicts[ticket] = chance.choice(list(Verdict))
            uow.tickets.set_state(TicketId(ticket), replace(closed(), verdict=verdicts[ticket]))
        uow.tickets.set_state(TicketId(60), state())
        verdicts.pop(60, None)
        uow.tickets.remove(TicketId(33))
        uow.similar.set_ignored(domain(7), ignored=True)
    seen[32] = []
    carries = {number: [place + 1 for place, each in enumerate(seen) if number in each] for number in range(9)}
    # then
    with storage.read() as uow:
        numbers = ids(uow, *range(9))
        rows = {row.id: row for row in uow.tickets.rows([TicketId(each) for each in range(1, 61)])}
        for place, number in enumerate(numbers):
            every = carries[place][::-1]
            read = every[:newest]
            assert uow.pivot.tickets(number, limit=4, offset=2) == every[2:6]
            assert uow.pivot.span(number) == (
                rows[TicketId(every[-1])].received_at,
                rows[TicketId(every[0])].received_at,
            )
            figures = uow.pivot.figures(number, newest=newest)
            assert figures.counted == len(read)
            assert figures.open == sum(each not in verdicts for each in read)
            assert dict(figures.categories) == Counter(rows[TicketId(each)].category for each in read)
            assert dict(figures.verdicts) == Counter(verdicts[each].value for each in read if each in verdicts)
            together = {other: len(set(read) & set(carries[other])) for other in range(7) if other != place}
            beside = uow.pivot.beside(number, newest=newest, limit=99)
            assert {each.carried.observable: each.together for each in beside} == {
                domain(other): count for other, count in together.items() if count
            }
            assert [each.together for each in beside] == sorted((each.together for each in beside), reverse=True)
            assert all(each.carried.tickets == len(carries[numbers.index(each.carried.id)]) for each in beside)
            few = uow.pivot.beside(number, newest=newest, limit=2)
            assert set(few) <= set(beside)
            assert [each.together for each in few] == [each.together for each in beside[:2]]
            among = uow.pivot.among(number, numbers, newest=newest)
            assert among == {numbers[other]: set(read) & set(carries[other]) for other in range(9)}


def test_an_observable_that_was_only_in_what_was_taken_back_is_in_nothing(storage: SqlStorage) -> None:
    add_tickets(storage, [[1, 2]])
    with storage.write() as uow:
        uow.tickets.remove(TicketId(1))
    with storage.read() as uow:
        (number,) = ids(uow, 1)
        assert uow.pivot.span(number) is None
        assert uow.pivot.tickets(number, limit=9, offset=0) == []
        assert uow.pivot.beside(number, newest=ALL, limit=9) == []
        figures = uow.pivot.figures(number, newest=ALL)
        assert (figures.counted, figures.open, figures.categories, figures.verdicts) == (0, 0, (), ())


def test_of_tickets_with_very_many_observables_not_all_are_read(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_tickets(storage, [range(9)] * 9)
    monkeypatch.setattr(pivot, "MOST_SIGHTINGS", 20)
    with storage.read() as uow:
        (number,) = ids(uow, 1)
        assert sum(each.together for each in uow.pivot.beside(number, newest=ALL, limit=99)) < 20
