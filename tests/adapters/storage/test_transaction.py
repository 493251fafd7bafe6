import pytest

from tests.adapters.storage.samples import DOMAIN
from triage_app.adapters.storage.tables import notes
from triage_app.adapters.storage.transaction import MAX_KNOWN, KnownIds
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
    known.forget()
    assert not known.observables
