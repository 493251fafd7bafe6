import pytest
from sqlalchemy import select

from tests.adapters.storage.samples import DOMAIN
from triage_app.adapters.storage.tables import notes
from triage_app.adapters.storage.transaction import MAX_KNOWN, Deferred, KnownIds
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import StorageFailed
from triage_app.domain.observable import Observable, ObservableKind


def test_ids_are_taken_once(storage: SqlStorage) -> None:
    with storage.write() as uow:
        assert list(uow.transaction.take_ids(notes, 3)) == [1, 2, 3]
        assert list(uow.transaction.take_ids(notes, 1)) == [4]
    with storage.read() as uow, pytest.raises(StorageFailed):
        uow.transaction.take_ids(notes, 1)


def test_what_is_remembered_is_bounded_and_can_be_forgotten() -> None:
    known = KnownIds()
    known.observables[DOMAIN] = 1
    known.observables.update((Observable(ObservableKind.DOMAIN, str(n)), n) for n in range(MAX_KNOWN))
    known.trim()
    assert len(known.observables) == MAX_KNOWN
    assert DOMAIN not in known.observables
    known.sources["x"] = known.rules["y"] = 1
    known.forget()
    assert not known.observables
    assert not known.sources
    assert not known.rules


def test_what_is_written_late_is_written_in_order_before_anybody_reads(storage: SqlStorage) -> None:
    written: list[str] = []
    with storage.write() as uow:
        tx = uow.transaction
        tx.defer(Deferred.TOTALS, lambda: written.append("totals"))
        tx.defer(Deferred.TICKETS, lambda: written.append("tickets"))
        tx.defer(Deferred.TICKETS, lambda: written.append("tickets again"))
        tx.take_ids(notes, 1)
        assert tx.direct is not None
        assert written == []
        tx.first(select(notes))
        assert written == ["tickets again", "totals"]
        tx.defer(Deferred.GROUPS, lambda: tx.defer(Deferred.FIGURES, lambda: written.append("figures")))
    assert written == ["tickets again", "totals", "figures"]
