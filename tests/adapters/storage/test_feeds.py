from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.storage.samples import NOW, raw_item
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import InvalidInput, NotFound, Trouble
from triage_app.domain.source import Cursor, Source, SourceName, SourceState

BOX = SourceName("soc mailbox")
SOURCE = Source(BOX, "imap", {"host": "mail.example", "folders": "INBOX\nReports"})
FAILING = SourceState(
    last_success=NOW,
    last_item=NOW - timedelta(hours=1),
    next_try=NOW + timedelta(minutes=5),
    error="The password was refused. Give the right one.",
    trouble=Trouble.AUTHENTICATION,
    failures=3,
    tls="TLS 1.3",
    on_server=5_000_000_000,
    skipped=7,
)


def test_a_source_is_kept_with_its_settings_and_its_state(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.sources.add(SOURCE, NOW)
        uow.sources.add(replace(SOURCE, name=SourceName("eve"), kind="tail", paused=True), NOW)
        assert uow.sources.state(BOX) == SourceState()
        uow.sources.save_state(BOX, FAILING)
    with storage.read() as uow:
        assert uow.sources.get(BOX) == SOURCE
        assert uow.sources.state(BOX) == FAILING
        assert [(each.name, each.paused, state.failures) for each, state in uow.sources.all()] == [
            ("eve", True, 0),
            (BOX, False, 3),
        ]


def test_each_change_is_a_new_revision(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.sources.add(SOURCE, NOW)
        uow.sources.put(replace(SOURCE, paused=True))
        uow.sources.put(replace(SOURCE, settings={"host": "other.example"}))
        assert uow.sources.get(BOX) == replace(SOURCE, settings={"host": "other.example"}, revision=2)


def test_a_name_is_given_once_and_an_unknown_one_is_an_error(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.sources.add(SOURCE, NOW)
        with pytest.raises(InvalidInput, match="already"):
            uow.sources.add(SOURCE, NOW)
        nobody = SourceName("nobody")
        for call in (uow.sources.get, uow.sources.state, uow.sources.remove):
            with pytest.raises(NotFound, match="nobody"):
                call(nobody)
        with pytest.raises(NotFound, match="nobody"):
            uow.sources.put(replace(SOURCE, name=nobody))


def test_cursors_are_kept_for_each_folder(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.sources.add(SOURCE, NOW)
        assert uow.sources.cursors(BOX) == {}
        uow.sources.save_cursor(BOX, Cursor("INBOX", 4_000_000_000, "17"))
        uow.sources.save_cursor(BOX, Cursor("Reports", 1, "3"))
        uow.sources.save_cursor(BOX, Cursor("INBOX", 4_000_000_001, "2"))
    with storage.read() as uow:
        assert uow.sources.cursors(BOX) == {
            "INBOX": Cursor("INBOX", 4_000_000_001, "2"),
            "Reports": Cursor("Reports", 1, "3"),
        }


def test_what_a_removed_source_brought_stays_under_its_name(storage: SqlStorage) -> None:
    # given a source that brought an item
    with storage.write() as uow:
        uow.sources.add(SOURCE, NOW)
        uow.ledger.add([raw_item(b"x", source=BOX)], NOW)
        uow.sources.save_cursor(BOX, Cursor("INBOX", 1, "1"))
    # when it is removed, while somebody still follows it
    with storage.write() as uow:
        uow.sources.remove(BOX)
        uow.sources.save_state(BOX, FAILING)
        uow.sources.save_cursor(BOX, Cursor("INBOX", 1, "2"))
        # then nothing of it is left but what it brought
        assert uow.sources.all() == []
        assert uow.sources.cursors(BOX) == {}
        assert [(each.source, each.seen) for each in uow.ledger.balance()] == [(BOX, 1)]
        # and the name can be used again: it goes on counting there
        uow.sources.add(SOURCE, NOW)
        uow.ledger.add([raw_item(b"y", source=BOX)], NOW)
        assert [(each.source, each.seen) for each in uow.ledger.balance()] == [(BOX, 2)]
