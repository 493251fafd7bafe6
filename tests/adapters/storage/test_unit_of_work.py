import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.adapters.storage.samples import NOW, add_tickets, raw_item
from triage_app.adapters.storage.engine import open_storage
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import StorageFailed
from triage_app.domain.item import RawId

INCREMENT = """
import sys
from triage_app.adapters.storage.engine import open_storage
from sqlalchemy import text
storage = open_storage(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with storage.write() as uow:
        read = uow.transaction.first(text("SELECT seen FROM sources WHERE id = 1"))
        uow.transaction.run(text("UPDATE sources SET seen = :n WHERE id = 1"), {"n": read.seen + 1})
"""

WRITE_FOR_EVER = """
import sys
from triage_app.adapters.storage.engine import open_storage
sys.path.insert(0, sys.argv[2])
from tests.adapters.storage.samples import add_tickets
storage = open_storage(sys.argv[1])
while True:
    add_tickets(storage, 40)
    print("batch", flush=True)
"""


def test_no_update_is_lost_between_threads_and_processes(storage: SqlStorage, url: str) -> None:
    with storage.write() as uow:
        uow.ledger.add([raw_item(b"x")], NOW)
        uow.transaction.run(text("UPDATE sources SET seen = 0"))

    def increment(_: int) -> None:
        with storage.write() as uow:
            read = uow.transaction.first(text("SELECT seen FROM sources WHERE id = 1"))
            assert read is not None
            uow.transaction.run(text("UPDATE sources SET seen = :n WHERE id = 1"), {"n": read.seen + 1})

    other = subprocess.Popen([sys.executable, "-c", INCREMENT, url, "200"])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(increment, range(200)))
    assert other.wait() == 0
    with storage.read() as uow:
        assert uow.ledger.balance()[0].seen == 400


def test_a_killed_writer_leaves_whole_batches(storage: SqlStorage, url: str, project: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, url, str(project)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(3):
            assert writer.stdout.readline() == "batch\n"
        os.kill(writer.pid, signal.SIGKILL)
    add_tickets(storage, 1)
    with storage.read() as uow:
        (balance,) = uow.ledger.balance()
        assert balance.difference == 0
        assert balance.seen == balance.ticketed
        assert balance.seen % 40 == 1
        assert balance.seen >= 121
        assert uow.tickets.view_counts("ana")["all"] == balance.seen


def test_readers_see_one_state_and_never_wait(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.read() as reader:
        assert reader.tickets.view_counts("ana")["all"] == 1
        with storage.write() as writer:
            writer.ledger.add([raw_item(b"y")], NOW)
            assert reader.ledger.balance()[0].seen == 1
        assert reader.ledger.balance()[0].seen == 1
    with storage.read() as reader:
        assert reader.ledger.balance()[0].seen == 2


def test_a_reader_cannot_write(storage: SqlStorage) -> None:
    with storage.read() as uow, pytest.raises(StorageFailed):
        uow.ledger.add([raw_item(b"z")], NOW)
    with pytest.raises(StorageFailed), storage.read() as uow:
        uow.transaction.connection.execute(text("DELETE FROM sources"))


def test_an_exception_takes_everything_back(storage: SqlStorage) -> None:
    def store_and_fail() -> None:
        with storage.write() as uow:
            uow.ledger.add([raw_item(b"z")], NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store_and_fail()
    with storage.write() as uow:
        assert uow.ledger.balance() == []
        assert uow.ledger.add([raw_item(b"z")], NOW) == [1]


def test_a_writer_inside_a_writer_is_refused_not_waited_for(storage: SqlStorage) -> None:
    with storage.write(), pytest.raises(StorageFailed), storage.write():
        pytest.fail("two writers")
    with storage.write() as uow:
        assert uow.ledger.add([raw_item(b"z")], NOW) == [1]


def test_waiting_for_another_process_ends_with_a_sentence(
    storage: SqlStorage, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage_app.adapters.storage.dialects.TURN_SECONDS", 0.2)
    other = open_storage(url)
    try:
        with storage.write(), pytest.raises(StorageFailed, match="another program"), other.write():
            pytest.fail("two writers")
        with other.write() as uow:
            assert uow.ledger.add([raw_item(b"z")], NOW) == [1]
    finally:
        other.close()


def test_many_threads_read_while_one_writes(storage: SqlStorage) -> None:
    done = threading.Event()

    def read() -> int:
        sums = 0
        while not done.is_set():
            with storage.read() as uow:
                balance = uow.ledger.balance()
                assert all(each.difference == 0 and each.seen == each.ticketed for each in balance)
                assert uow.tickets.view_counts("x")["all"] == sum(each.seen for each in balance)
                sums += 1
        return sums

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        try:
            for _ in range(20):
                add_tickets(storage, 5)
        finally:
            done.set()
        assert all(each.result() for each in readers)
    with storage.read() as uow:
        assert uow.ledger.get(RawId(100)).content == b"item 99"
