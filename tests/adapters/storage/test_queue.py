import itertools
import random
from array import array
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.adapters.storage.samples import add_tickets, closed, state, which
from triage_app.adapters.storage.counts import count_tickets
from triage_app.adapters.storage.patterns import recount_all
from triage_app.adapters.storage.queue import lane_of
from triage_app.adapters.storage.tables import Lane, tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.errors import InvalidInput
from triage_app.domain.ticket import Status, TicketRow, WorkState
from triage_app.services.shapes import SORTS, VIEWS


def test_lanes() -> None:
    assert lane_of(status="resolved", reviewed=False, tier="default", duplicates=3) is Lane.CLOSED
    assert lane_of(status="new", reviewed=False, tier="default", duplicates=0) is Lane.REVIEW
    assert lane_of(status="new", reviewed=False, tier="keyword", duplicates=1) is Lane.REPEATED_REVIEW
    assert lane_of(status="new", reviewed=True, tier="default", duplicates=0) is Lane.OPEN
    assert lane_of(status="new", reviewed=False, tier="model", duplicates=0) is Lane.OPEN
    assert lane_of(status="new", reviewed=False, tier="person", duplicates=2) is Lane.REPEATED
    assert lane_of(status="waiting", reviewed=False, tier="default", duplicates=2) is Lane.WAITING


def in_view(row: TicketRow, view: str, actor: str) -> bool:
    is_open = row.status not in {Status.RESOLVED, Status.WAITING}
    match view:
        case "all":
            return True
        case "closed":
            return row.status is Status.RESOLVED
        case "waiting":
            return row.status is Status.WAITING
        case "review":
            return is_open and not row.reviewed and row.tier in {"keyword", "default"}
        case "mine":
            return is_open and row.assignee == actor
        case "duplicates":
            return is_open and row.duplicates > 0
    return is_open


def in_order(
    rows: list[TicketRow], sort: str, *, descending: bool, kinds: dict[int, tuple[int, int]] | None = None
) -> list[int]:
    """By plain Python: equals come newest first; `age` upwards is newest first. `kinds` are, for each ticket, how many
    follow its pattern, and the pattern's id.
    """
    newest = sorted(rows, key=lambda row: -row.id)
    if sort == "age":
        return [row.id for row in (newest[::-1] if descending else newest)]
    keys: dict[str, Callable[[TicketRow], Any]] = {
        "subject": lambda row: row.subject.casefold(),
        "sender": lambda row: row.sender.casefold(),
        "similar": lambda row: (kinds or {})[row.id],
    }
    key = keys.get(sort, lambda row: getattr(row, sort))
    return (
        [row.id for row in sorted(newest, key=key, reverse=descending)]
        if not descending
        else [row.id for _, group in itertools.groupby(sorted(newest, key=key)[::-1], key) for row in list(group)[::-1]]
    )


def kinds(uow: SqlUnitOfWork) -> dict[int, tuple[int, int]]:
    """For each ticket how many follow its pattern and stand on their own, and the pattern's id, -1 for none."""
    rows = uow.transaction.all(select(tickets.c.id, tickets.c.pattern_id, tickets.c.counted))
    totals = Counter(row.pattern_id for row in rows if row.counted and row.pattern_id)
    return {row.id: (totals[row.pattern_id], -1 if row.pattern_id is None else row.pattern_id) for row in rows}


def waiting(**changes: object) -> WorkState:
    return state(status=Status.WAITING, **changes)


def shuffled(storage: SqlStorage, count: int = 90) -> list[TicketRow]:
    """Tickets in all states, with few different values, so that there are many equals."""
    chance = random.Random(3)
    ids = add_tickets(storage, count)
    with storage.write() as uow:
        for each in ids:
            make = closed if chance.random() < 0.3 else waiting if chance.random() < 0.1 else state
            uow.tickets.set_state(
                each,
                make(
                    assignee=chance.choice(("", "", "ana", "ben")),
                    category=chance.choice(("Spam", "Phishing", "Other")),
                    confidence=chance.choice((0.25, 0.5, 1.0)),
                    tier=chance.choice(("model", "keyword", "default", "person")),
                    reviewed=chance.random() < 0.5,
                ),
            )
        give_duplicates(uow)
        # Some are of an earlier version, and were not looked at since.
        uow.transaction.run(tickets.update().where(tickets.c.id % 11 == 0).values(pattern_id=None))
        recount_all(uow.transaction)
        return list(uow.tickets.rows(ids))


def give_duplicates(uow: SqlUnitOfWork) -> None:
    """Some tickets have repeats; what gives them any is not built here, so the tables are written."""
    for row in uow.transaction.all(select(tickets).where(tickets.c.id % 7 == 0)):
        lane = lane_of(status=row.status, reviewed=row.reviewed, tier=row.tier, duplicates=1)
        uow.transaction.run(
            tickets.update().where(tickets.c.id == row.id).values(lane=int(lane), duplicates=row.id % 3 + 1)
        )
        changes = Counter({(row.lane, row.assignee): -1})
        changes[int(lane), row.assignee] += 1
        count_tickets(uow.transaction, changes)


def test_every_view_sort_and_direction(storage: SqlStorage) -> None:
    rows = shuffled(storage)
    with storage.read() as uow:
        for view, sort, descending in itertools.product(VIEWS, SORTS, (False, True)):
            there = [row for row in rows if in_view(row, view, "ana")]
            wanted = in_order(there, sort, descending=descending, kinds=kinds(uow))
            assert wanted, view
            asked = which(view, sort=sort, descending=descending)
            found = uow.tickets.ids(asked, limit=0, offset=0)
            assert list(found) == wanted, asked
            for limit, offset in ((5, 0), (7, 3), (10, 20), (1, 1), (500, 0), (0, 4), (3, 500)):
                page = uow.tickets.ids(asked, limit=limit, offset=offset)
                assert list(page) == wanted[offset : offset + limit if limit else None], (asked, limit, offset)
            assert uow.tickets.count(asked) == len(wanted) == uow.tickets.view_counts("ana")[view]


def test_a_search_keeps_view_sort_and_direction(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = shuffled(storage)
    for many in (20_000, 1):
        monkeypatch.setattr("triage_app.adapters.storage.queue._MANY_HITS", many)
        with storage.read() as uow:
            for view, sort, descending in itertools.product(VIEWS, SORTS, (False, True)):
                hits = [row for row in rows if in_view(row, view, "ana") and "bob1" in row.sender]
                wanted = in_order(hits, sort, descending=descending, kinds=kinds(uow))
                asked = which(view, "bob1", sort, descending=descending)
                assert list(uow.tickets.ids(asked, limit=0, offset=0)) == wanted
                assert list(uow.tickets.ids(asked, limit=4, offset=2)) == wanted[2:6]
                assert uow.tickets.count(asked) == len(wanted)


def test_ids_are_eight_bytes_each(storage: SqlStorage) -> None:
    add_tickets(storage, 20)
    with storage.read() as uow:
        found = uow.tickets.ids(which(), limit=0, offset=0)
    assert isinstance(found, array)
    assert found.itemsize == 8


def test_nobody_has_no_tickets(storage: SqlStorage) -> None:
    add_tickets(storage, 3)
    with storage.read() as uow:
        assert list(uow.tickets.ids(which("mine", actor=""), limit=0, offset=0)) == []
        assert uow.tickets.view_counts("")["mine"] == 0


def test_people_who_have_or_had_tickets_are_known(storage: SqlStorage) -> None:
    # given two people with tickets, one of whom gives them back
    first, second, third = add_tickets(storage, 3)
    with storage.write() as uow:
        for ticket, who in ((first, "zoe"), (second, "ana"), (third, "ana")):
            uow.tickets.set_state(ticket, state(assignee=who))
        uow.tickets.set_state(first, state(assignee=""))
    # then
    with storage.read() as uow:
        assert uow.tickets.assignees() == ["ana", "zoe"]


def test_a_view_or_sort_that_is_not_there_is_refused(storage: SqlStorage) -> None:
    with storage.read() as uow:
        for wrong in (which("everything"), which(sort="id; DROP TABLE tickets")):
            with pytest.raises(InvalidInput):
                uow.tickets.ids(wrong, limit=1, offset=0)
            with pytest.raises(InvalidInput):
                uow.tickets.count(wrong)
