import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.adapters.storage.samples import (
    KEY,
    NOW,
    RULE,
    add_raws,
    add_tickets,
    arrival,
    check_totals,
    closed,
    merge_into_one,
    take,
)
from triage_app.adapters.storage.group_tables import dedup_groups
from triage_app.adapters.storage.groups import digest_of
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.dedup import Group, GroupId, Level, RuleName
from triage_app.domain.errors import NotFound
from triage_app.domain.item import RawId
from triage_app.domain.ticket import Severity, TicketId

TWIN = """
import sys
sys.path.insert(0, sys.argv[2])
from tests.adapters.storage.samples import NOW, raw_item, take
from triage_app.adapters.storage.engine import open_storage
storage = open_storage(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[4])):
    with storage.write() as uow:
        (raw,) = uow.ledger.add([raw_item(f"{sys.argv[3]} {number}".encode())], NOW)
        take(uow, raw, number)
"""


def add_raw(storage: SqlStorage) -> RawId:
    with storage.write() as uow:
        return add_raws(uow, 1)[0]


def test_a_group_comes_back_as_it_was_left(storage: SqlStorage) -> None:
    tickets = add_tickets(storage, 2)
    item = arrival(
        add_raw(storage),
        5,
        severity=Severity.HIGH,
        recipients=frozenset({"b@x", "a@x"}),
        malicious=frozenset({"1.2.3.4"}),
    )
    with storage.write() as uow:
        assert uow.duplicates.current(RULE, KEY) is None
        opened = uow.duplicates.open_group(RULE, KEY, item, tickets[1])
        assert uow.duplicates.current(RULE, KEY) == opened
    at = NOW + timedelta(seconds=5)
    assert opened == Group(
        GroupId(1), RULE, KEY, at, at, 1, tickets[1], Severity.HIGH, frozenset({"b@x", "a@x"}), frozenset({"1.2.3.4"})
    )
    with storage.read() as uow:
        assert uow.duplicates.current(RULE, KEY) == opened
        assert uow.duplicates.current(RuleName("other"), KEY) is None
        assert uow.duplicates.current(RULE, (KEY[0] + KEY[1],)) is None


def test_items_that_join_widen_the_group(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)
    with storage.write() as uow:
        raws = add_raws(uow, 3)
        group = uow.duplicates.open_group(RULE, KEY, arrival(raws[0], 10), ticket)
        later = arrival(raws[1], 30, severity=Severity.CRITICAL, recipients=frozenset({"c@x"}))
        uow.duplicates.join(group, later, Level.LINK, ())
    with storage.write() as uow:
        found = uow.duplicates.current(RULE, KEY)
        assert found is not None
        # A group that was looked at before the last join counts on from what is known.
        uow.duplicates.join(group, arrival(raws[2], 7), Level.LINK, ())
    with storage.read() as uow:
        assert uow.duplicates.current(RULE, KEY) == replace(
            group,
            first=NOW + timedelta(seconds=7),
            last=NOW + timedelta(seconds=30),
            count=3,
            severity=Severity.CRITICAL,
            recipients=frozenset({"c@x"}),
        )


def test_the_time_is_that_which_the_window_measures(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)
    received = NOW + timedelta(hours=1)
    with storage.write() as uow:
        raws = add_raws(uow, 3)
        item = arrival(raws[0], received_at=received)
        assert uow.duplicates.open_group(RULE, ("event",), item, ticket).first == NOW
        assert uow.duplicates.open_group(RULE, ("given",), item, ticket, at=received).first == received
        without = uow.duplicates.open_group(RULE, ("none",), replace(item, event_at=None), ticket)
        assert without.first == received
        assert uow.duplicates.join(without, item, Level.NOTE, (), at=NOW).first == NOW


def test_a_new_group_takes_the_place_of_the_current_one(storage: SqlStorage) -> None:
    tickets = add_tickets(storage, 3)
    opened: list[Group] = []
    for ticket in tickets:
        with storage.write() as uow:
            (raw,) = add_raws(uow, 1)
            assert uow.duplicates.current(RULE, KEY) == (opened[-1] if opened else None)
            opened.append(uow.duplicates.open_group(RULE, KEY, arrival(raw), ticket))
            assert uow.duplicates.current(RULE, KEY) == opened[-1]
    with storage.write() as uow:
        (raw,) = add_raws(uow, 1)
        assert uow.duplicates.join(opened[0], arrival(raw), Level.LINK, ()).count == 2
        assert uow.duplicates.current(RULE, KEY) == opened[2]


def test_many_keys_are_looked_up_at_once(storage: SqlStorage) -> None:
    ticket = merge_into_one(storage, 2, ("a",))[0]
    other = merge_into_one(storage, 1, ("b",))[0]
    with storage.write() as uow:
        uow.tickets.set_state(other, closed())
    with storage.read() as uow:
        uow.duplicates.expect([(RULE, (name,)) for name in "abca"])
        found = [uow.duplicates.current(RULE, (name,)) for name in "abc"]
        assert [each and each.primary for each in found] == [ticket, other, None]
        assert uow.duplicates.is_open(ticket)
        assert not uow.duplicates.is_open(other)
        uow.duplicates.expect([])


def test_whether_a_first_ticket_is_open_is_never_out_of_date(storage: SqlStorage) -> None:
    ticket, _ = merge_into_one(storage, 1)
    with storage.write() as uow:
        assert uow.duplicates.is_open(ticket)
        before = uow.tickets.row(ticket)
        uow.tickets.set_state(ticket, closed())
        assert not uow.duplicates.is_open(ticket)
        uow.duplicates.restore_states([(ticket, closed())])
        assert not uow.duplicates.is_open(ticket)
        assert before.verdict is None
        (raw,) = add_raws(uow, 1)
        assert uow.duplicates.is_open(take(uow, raw, key=("new",)))
        with pytest.raises(NotFound):
            uow.duplicates.is_open(TicketId(999))


def test_hostile_values_are_a_key_like_any_other(storage: SqlStorage) -> None:
    keys = [("a", "b"), ("a\nb",), ('a","b',), ("",), ("", ""), ("\ud800\0",), ("x" * 100_000,), ("ü", "\U0001f600")]
    (ticket,) = add_tickets(storage, 1)
    with storage.write() as uow:
        for raw, key in zip(add_raws(uow, len(keys)), keys, strict=True):
            recipients = frozenset({f"{key[0]}\0"})
            uow.duplicates.open_group(RULE, key, arrival(raw, recipients=recipients), ticket)
    with storage.read() as uow:
        found = [uow.duplicates.current(RULE, key) for key in keys]
    assert [each and each.id for each in found] == list(range(1, len(keys) + 1))
    assert found[5] is not None
    assert found[5].values == ("\ufffd\ufffd",)


def test_a_key_is_cut_where_its_parts_are() -> None:
    assert len(digest_of(RULE, KEY)) == 16
    assert len({digest_of(RULE, key) for key in (("a", "b"), ("ab",), ("a,b",), ('a","b',), ("", "ab"))}) == 5
    assert digest_of(RuleName("x"), ("a",)) != digest_of(RuleName("y"), ("a",))


def test_what_was_rolled_back_is_looked_up_again(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)

    def open_and_fail() -> None:
        with storage.write() as uow:
            uow.duplicates.open_group(RULE, KEY, arrival(add_raws(uow, 1)[0]), ticket)
            uow.transaction.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        open_and_fail()
    with storage.write() as uow:
        assert uow.duplicates.current(RULE, KEY) is None
        uow.duplicates.open_group(RULE, KEY, arrival(add_raws(uow, 1)[0]), ticket)
    with storage.read() as uow:
        assert [each.groups for each in uow.duplicates.figures()] == [1]


def test_twins_through_two_processes_are_one_group(storage: SqlStorage, url: str, project: Path) -> None:
    number = 500
    twins = [
        subprocess.Popen(
            [sys.executable, "-c", TWIN, url, str(project), name, str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for name in ("one", "two")
    ]  # fmt: skip
    for each in twins:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in twins:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in twins:
        each.communicate()
        assert each.returncode == 0
    with storage.read() as uow:
        assert uow.transaction.all(select(func.count()).select_from(dedup_groups))[0][0] == 1
        group = uow.duplicates.current(RULE, KEY)
        assert group is not None
        assert (group.count, group.last - group.first) == (2 * number, timedelta(seconds=number - 1))
        assert uow.tickets.row(group.primary).duplicates == 2 * number - 1
        assert len(uow.duplicates.repeats(group.primary, limit=0)) == 2 * number - 1
        (balance,) = uow.ledger.balance()
        assert (balance.ticketed, balance.merged, balance.pending) == (1, 2 * number - 1, 0)
        check_totals(uow)
