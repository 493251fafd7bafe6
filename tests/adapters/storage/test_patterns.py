from sqlalchemy import select

from tests.adapters.storage.samples import add_tickets, closed, link
from triage_app.adapters.storage.patterns import NOTHING, Counted, pattern_ids, recount_all, stored_id
from triage_app.adapters.storage.search_tables import patterns
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.dedup import Level
from triage_app.domain.pattern import NO_PATTERN, Pattern
from triage_app.domain.ticket import Verdict


def counters(uow: SqlUnitOfWork) -> dict[str, tuple[int, int, int]]:
    rows = uow.transaction.all(select(patterns))
    return {row.template: (row.open, row.past, row.total) for row in rows}


def counted(uow: SqlUnitOfWork) -> list[int]:
    rows = uow.transaction.all(select(tickets.c.id, tickets.c.counted).order_by(tickets.c.id))
    return [row.counted for row in rows]


def test_a_pattern_keeps_its_id_whoever_stores_it(storage: SqlStorage) -> None:
    one, other = Pattern("port scan", "host-1"), Pattern("port scan", "\0")
    with storage.write() as uow:
        first = pattern_ids(uow.transaction, [one, other, one, NO_PATTERN])
    with storage.write() as uow:
        assert pattern_ids(uow.transaction, [NO_PATTERN, other, one]) == first
        # What cannot be stored is told apart by what is stored of it.
        assert (
            pattern_ids(uow.transaction, [Pattern("port scan", "\ufffd")])[Pattern("port scan", "\ufffd")]
            == first[other]
        )
    assert first[NO_PATTERN] == NOTHING
    assert len(set(first.values())) == 3
    with storage.read() as uow:
        assert stored_id(uow.transaction, one) == first[one]
        assert stored_id(uow.transaction, Pattern("port scan", "host-9")) is None


def test_a_rolled_back_pattern_is_forgotten(storage: SqlStorage) -> None:
    class StoppedError(Exception):
        pass

    pattern = Pattern("port scan", "host-1")
    try:
        with storage.write() as uow:
            pattern_ids(uow.transaction, [pattern])
            raise StoppedError
    except StoppedError:
        pass
    with storage.write() as uow:
        number = pattern_ids(uow.transaction, [pattern])[pattern]
        assert stored_id(uow.transaction, pattern) == number


def test_thousands_that_are_closed_and_opened_again_are_counted_at_once(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 70)
    with storage.write() as uow:
        for each in ids[1:8]:
            uow.duplicates.add_link(link(ids[0], each, Level.CHILD))
        uow.duplicates.add_link(link(ids[0], ids[9], Level.SUGGEST))
    with storage.read() as uow:
        begun = counters(uow)
        assert begun["subject <num> of kind 1"] == (9, 0, 9)
        assert counted(uow) == [1, *(0,) * 7, *(1,) * 62]
    with storage.write() as uow:
        before = uow.duplicates.close_all(ids, Verdict.TEST)
        uow.tickets.set_state(ids[8], closed())
    with storage.read() as uow:
        assert counters(uow)["subject <num> of kind 1"] == (0, 9, 9)
        assert set(counted(uow)) == {Counted.NOT, Counted.PAST}
    with storage.write() as uow:
        uow.duplicates.restore_states(before)
    with storage.read() as uow:
        assert counters(uow) == begun


def test_all_can_be_counted_anew(storage: SqlStorage) -> None:
    add_tickets(storage, 20)
    with storage.write() as uow:
        right = counters(uow)
        uow.transaction.run(patterns.update().values(open=7, past=7, total=7))
        recount_all(uow.transaction)
        assert counters(uow) == right
