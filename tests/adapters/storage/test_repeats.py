from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.adapters.storage.samples import (
    KEY,
    NOW,
    RULE,
    add_raws,
    add_tickets,
    arrival,
    check_groups,
    check_totals,
    merge_into_one,
)
from triage_app.adapters.storage.group_tables import dedup_groups
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.dedup import Level
from triage_app.domain.errors import InvalidState
from triage_app.domain.item import Outcome, RawId
from triage_app.services.dedup_shapes import Repeat


def test_repeats_come_the_newest_first(storage: SqlStorage) -> None:
    ticket, raws = merge_into_one(storage, 4)
    with storage.read() as uow:
        found = uow.duplicates.repeats(ticket, limit=2)
        row = uow.tickets.row(ticket)
        stored = uow.ledger.of_ticket(ticket)
    at = NOW + timedelta(seconds=3)
    assert found[0] == Repeat(raws[3], at, at, "files", "box/1.eml", RULE, Level.COMMENT, ())
    assert [each.raw for each in found] == [raws[3], raws[2]]
    assert (row.duplicates, row.first_seen, row.last_seen) == (3, NOW, at)
    assert [(each.id, each.outcome) for each in stored] == [(raws[0], Outcome.TICKETED)]


def test_what_is_new_in_a_repeat_is_kept(storage: SqlStorage) -> None:
    ticket, _ = merge_into_one(storage, 1)
    with storage.write() as uow:
        (raw,) = add_raws(uow, 1)
        group = uow.duplicates.current(RULE, KEY)
        assert group is not None
        uow.duplicates.join(group, arrival(raw, -5), Level.COMMENT, ("recipient b@x", "\0"))
        # Seen at once, though it is written late; an earlier item does not move the last sight back.
        assert uow.duplicates.repeats(ticket, limit=9)[0].novelty == ("recipient b@x", "\ufffd")
        assert uow.tickets.row(ticket).last_seen == NOW


def test_a_dropped_item_counts_in_the_group_and_leaves_no_content(storage: SqlStorage) -> None:
    ticket, _ = merge_into_one(storage, 1)
    with storage.write() as uow:
        raws = add_raws(uow, 2)
        for raw in raws:
            group = uow.duplicates.current(RULE, KEY)
            assert group is not None
            uow.duplicates.join(group, arrival(raw), Level.DROP, ())
        uow.ledger.settle(dict.fromkeys(raws, (Outcome.DROPPED, None)), NOW)
        uow.ledger.discard(raws)
    with storage.read() as uow:
        group = uow.duplicates.current(RULE, KEY)
        assert group is not None
        assert group.count == 3
        assert uow.duplicates.repeats(ticket, limit=9) == []
        assert uow.tickets.row(ticket).duplicates == 0
        check_totals(uow)


def test_a_split_item_is_pending_and_can_be_merged_again(storage: SqlStorage) -> None:
    ticket, raws = merge_into_one(storage, 3)
    with storage.write() as uow:
        assert uow.duplicates.split_repeat(raws[2]) == ticket
        assert [each.id for each in uow.ledger.pending(9)] == [raws[2]]
        assert [each.raw for each in uow.duplicates.repeats(ticket, limit=9)] == [raws[1]]
        row, group = uow.tickets.row(ticket), uow.duplicates.current(RULE, KEY)
        assert group is not None
        assert (row.duplicates, row.last_seen, group.count) == (1, NOW + timedelta(seconds=1), 2)
        check_totals(uow)
        with pytest.raises(InvalidState):
            uow.duplicates.split_repeat(raws[2])
    with storage.write() as uow:
        uow.duplicates.merge_repeat(raws[2], ticket)
        assert uow.ledger.pending(9) == []
        row, group = uow.tickets.row(ticket), uow.duplicates.current(RULE, KEY)
        assert group is not None
        assert (row.duplicates, row.last_seen, group.count) == (2, NOW + timedelta(seconds=2), 3)
        check_totals(uow)


def test_a_group_begins_and_ends_with_the_items_that_are_left(storage: SqlStorage) -> None:
    # given a group of four, and one more that was dropped in between
    ticket, raws = merge_into_one(storage, 4)
    with storage.write() as uow:
        dropped, early = add_raws(uow, 2)
        group = uow.duplicates.current(RULE, KEY)
        assert group is not None
        uow.duplicates.join(group, arrival(dropped, 2), Level.DROP, ())
        uow.duplicates.join(group, arrival(early, -9), Level.COMMENT, ())
        uow.ledger.settle({dropped: (Outcome.DROPPED, None), early: (Outcome.MERGED, ticket)}, NOW)
    for raw, left in ((raws[3], (5, -9, 2)), (early, (4, 0, 2)), (raws[2], (3, 0, 2))):
        with storage.write() as uow:
            # when one is split off, then the group is as if it had never come
            uow.duplicates.split_repeat(raw)
            assert counted(uow) == left
    with storage.write() as uow:
        for raw in (raws[2], early, raws[3]):
            uow.duplicates.merge_repeat(raw, ticket)
        assert counted(uow) == (6, -9, 3)
        check_groups(uow)


def test_times_stay_where_nobody_knows_which_items_made_them(storage: SqlStorage) -> None:
    # given a group from before that was kept
    ticket, raws = merge_into_one(storage, 3)
    with storage.write() as uow:
        uow.transaction.run(update(dedup_groups).values(kept_first_at=None, kept_last_at=None))
    with storage.write() as uow:
        uow.duplicates.split_repeat(raws[2])
        assert counted(uow) == (2, 0, 2)
        uow.duplicates.merge_repeat(raws[2], ticket)
        group = uow.duplicates.current(RULE, KEY)
        assert group is not None
        uow.duplicates.join(group, arrival(raws[2], 7), Level.DROP, ())
    with storage.read() as uow:
        assert counted(uow) == (4, 0, 7)


def counted(uow: SqlUnitOfWork) -> tuple[int, int, int]:
    """How many items the key's group holds, and its first and last time in seconds."""
    group = uow.duplicates.current(RULE, KEY)
    assert group is not None
    second = timedelta(seconds=1)
    return group.count, (group.first - NOW) // second, (group.last - NOW) // second


def test_what_was_not_merged_or_split_is_refused(storage: SqlStorage) -> None:
    ticket, raws = merge_into_one(storage, 2)
    (other,) = add_tickets(storage, 1)
    with storage.write() as uow:
        for raw in (raws[0], RawId(999)):
            with pytest.raises(InvalidState):
                uow.duplicates.split_repeat(raw)
            with pytest.raises(InvalidState):
                uow.duplicates.merge_repeat(raw, ticket)
        with pytest.raises(InvalidState):
            uow.duplicates.merge_repeat(raws[1], ticket)
        uow.duplicates.split_repeat(raws[1])
        with pytest.raises(InvalidState):
            uow.duplicates.merge_repeat(raws[1], other)


def test_what_is_merged_and_not_split_is_a_repeat(storage: SqlStorage) -> None:
    _, raws = merge_into_one(storage, 2)
    with storage.write() as uow:
        assert uow.duplicates.repeats_among((*raws, RawId(99))) == {raws[1]}
        uow.duplicates.split_repeat(raws[1])
        assert uow.duplicates.repeats_among(raws) == frozenset()
        assert uow.duplicates.repeats_among(()) == frozenset()
