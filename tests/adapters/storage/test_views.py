from dataclasses import replace

import pytest

from tests.adapters.storage.samples import NOW
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound
from triage_app.services.search_shapes import StoredView

BANKS = StoredView("Banks", "from:bank.example is:open", "-received", "alice", NOW)


def test_a_view_comes_back_as_it_was_saved_and_the_next_of_its_name_takes_its_place(storage: SqlStorage) -> None:
    again = replace(BANKS, query="from:other.example", who="bob")
    with storage.write() as uow:
        assert uow.views.save(BANKS) is None
        assert uow.views.save(replace(BANKS, name="alerts")) is None
        assert uow.views.save(replace(BANKS, name="banks")) is None
        assert uow.views.save(again) == BANKS
    with storage.read() as uow:
        assert uow.views.all() == [replace(BANKS, name="alerts"), again, replace(BANKS, name="banks")]


def test_a_view_is_removed_once(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.views.save(BANKS)
        assert uow.views.remove("Banks") == BANKS
        assert uow.views.all() == []
        with pytest.raises(NotFound, match="no saved view named Banks"):
            uow.views.remove("Banks")


def test_what_no_database_holds_is_stored_as_a_sign_for_it(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.views.save(replace(BANKS, name="a\0b", query="\ud800"))
        assert uow.views.all() == [replace(BANKS, name="a\ufffdb", query="\ufffd")]
        assert uow.views.remove("a\0b").query == "\ufffd"
