from dataclasses import replace
from datetime import timedelta

from tests.adapters.storage.samples import NOW, new_ticket, raw_item
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.ticket import TicketId
from triage_app.services.search_shapes import Wake

LATER = NOW + timedelta(hours=2)


def tickets(storage: SqlStorage, count: int) -> list[TicketId]:
    with storage.write() as uow:
        raws = uow.ledger.add([raw_item(b"%d" % number) for number in range(count)], NOW)
        return list(uow.tickets.add([new_ticket(raw) for raw in raws if raw is not None]))


def wake(ticket: TicketId, **changes: object) -> Wake:
    return replace(Wake(ticket, LATER, True, False, "the user calls back", "alice", NOW), **changes)  # type: ignore[arg-type]


def test_a_wake_comes_back_as_it_was_stored_and_the_next_one_takes_its_place(storage: SqlStorage) -> None:
    one, two, three = tickets(storage, 3)
    first = wake(one)
    second = wake(one, until=None, follow_up=True, on_change=False, why="")
    with storage.write() as uow:
        assert uow.wakes.set(first) is None
        assert uow.wakes.set(second) == first
        assert uow.wakes.set(wake(two)) is None
    with storage.read() as uow:
        assert uow.wakes.of((one, two, three)) == {one: second, two: wake(two)}
        assert uow.wakes.of(()) == {}
    with storage.write() as uow:
        assert uow.wakes.clear(one) == second
        assert uow.wakes.clear(one) is None
        assert uow.wakes.of((one, two)) == {two: wake(two)}


def test_those_whose_time_has_come_are_due_the_earliest_first(storage: SqlStorage) -> None:
    one, two, three, four = tickets(storage, 4)
    with storage.write() as uow:
        for each in (
            wake(one, until=LATER),
            wake(two, until=NOW),
            wake(three, until=None),
            wake(four, until=LATER + timedelta(microseconds=1)),
        ):
            uow.wakes.set(each)
    with storage.read() as uow:
        assert [each.ticket for each in uow.wakes.due(LATER, limit=9)] == [two, one]
        assert [each.ticket for each in uow.wakes.due(LATER, limit=1)] == [two]
        assert uow.wakes.due(NOW - timedelta(microseconds=1), limit=9) == []


def test_whether_any_waits_for_a_change_is_known(storage: SqlStorage) -> None:
    one, two = tickets(storage, 2)
    with storage.write() as uow:
        uow.wakes.set(wake(one, on_change=False))
        assert not uow.wakes.any_on_change()
        uow.wakes.set(wake(two))
        assert uow.wakes.any_on_change()


def test_what_no_database_holds_is_stored_as_a_sign_for_it(storage: SqlStorage) -> None:
    (one,) = tickets(storage, 1)
    with storage.write() as uow:
        uow.wakes.set(wake(one, why="a\0b", who="\ud800"))
        assert (uow.wakes.of((one,))[one].why, uow.wakes.of((one,))[one].who) == ("a\ufffdb", "\ufffd")
