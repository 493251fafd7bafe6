import pytest

from tests.adapters.storage.samples import NOW, add_tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound, StorageFailed
from triage_app.domain.history import GENESIS, AuditEntry
from triage_app.domain.ticket import TicketId


def entry(number: int, *tickets: int, writer: str = "w1", actor: str = "ana", inverse: str = "{}") -> AuditEntry:
    touched = tuple(map(TicketId, tickets))
    return AuditEntry(
        writer, number, NOW, actor, "note", '{"a":"ü"}', "null", inverse, touched, GENESIS, f"{number:064}"
    )


def test_entries_come_back_whole(storage: SqlStorage) -> None:
    add_tickets(storage, 3)
    first, second, third = entry(1, 1, 2), entry(2), entry(1, 2, writer="w2")
    with storage.write() as uow:
        for each in (first, second, third):
            uow.audit.append(each)
        assert uow.audit.last("w1") == second
        assert uow.audit.last("nobody") is None
        assert uow.audit.entries(None, 2) == [third, second]
        assert uow.audit.entries(TicketId(2), 5) == [third, first]
        assert uow.audit.entries(TicketId(2), 1) == [third]
        assert uow.audit.timeline(TicketId(2)) == [first, third]
        assert uow.audit.timeline(TicketId(3)) == []


def test_the_latest_undoable_is_the_actors_own_and_not_taken_back(storage: SqlStorage) -> None:
    with storage.write() as uow:
        assert uow.audit.latest_undoable("ana") is None
        for each in (entry(1), entry(2), entry(3, actor="ben"), entry(4, inverse="")):
            uow.audit.append(each)
        assert uow.audit.latest_undoable("ana") == entry(2)
        uow.audit.mark_undone("w1", 2)
        assert uow.audit.latest_undoable("ana") == entry(1)
        uow.audit.mark_undone("w1", 1)
        assert uow.audit.latest_undoable("ana") is None
        with pytest.raises(NotFound):
            uow.audit.mark_undone("w1", 9)


def test_a_number_is_used_once_by_a_writer(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.audit.append(entry(1))
    with pytest.raises(StorageFailed), storage.write() as uow:
        uow.audit.append(entry(1))
