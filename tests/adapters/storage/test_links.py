from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.adapters.storage.samples import (
    KEY,
    NOW,
    RULE,
    add_raws,
    add_tickets,
    arrival,
    check_groups,
    check_totals,
    closed,
    link,
    which,
)
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.dedup import Level, LinkId
from triage_app.domain.errors import NotFound, StorageFailed
from triage_app.domain.ticket import TicketId
from triage_app.services.dedup_shapes import Memory


def test_a_link_is_seen_from_both_sides(storage: SqlStorage) -> None:
    first, second, third = add_tickets(storage, 3)
    one = link(first, second, Level.CHILD, rule=RULE, by="\0rule", reasons=("same", "\ud800"), novelty=("new: x",))
    two = link(first, third, Level.SUGGEST)
    with storage.write() as uow:
        assert [uow.duplicates.add_link(each) for each in (one, two)] == [1, 2]
    one = replace(one, id=LinkId(1), by="\ufffdrule", reasons=("same", "\ufffd"))
    two = replace(two, id=LinkId(2))
    with storage.read() as uow:
        assert uow.duplicates.links(first) == [one, two]
        assert uow.duplicates.links(second) == [one]
        assert uow.duplicates.link(LinkId(2)) == two
        assert uow.duplicates.linked(first) == [second]
        assert uow.duplicates.above(second) == one
        assert uow.duplicates.above(third) is None
        assert uow.duplicates.above(first) is None


def test_duplicates_and_views_follow_every_level(storage: SqlStorage) -> None:
    tickets = add_tickets(storage, 6)
    levels = {Level.CHILD: 1, Level.LINK: 1, Level.NOTE: 1, Level.SUGGEST: 0}
    with storage.write() as uow:
        for number, level in enumerate(levels):
            uow.duplicates.add_link(link(tickets[0], tickets[1 + number], level))
        uow.duplicates.add_link(link(tickets[4], tickets[5]))
        # Seen at once, though it is written late.
        assert uow.tickets.row(tickets[0]).duplicates == sum(levels.values())
        assert list(uow.tickets.ids(which("duplicates"), limit=0, offset=0)) == [tickets[4], tickets[0]]
        uow.tickets.set_state(tickets[4], closed())
        uow.duplicates.remove_link(LinkId(5))
        uow.duplicates.remove_link(LinkId(2))
        check_totals(uow)
    with storage.read() as uow:
        assert [uow.tickets.row(each).duplicates for each in tickets] == [2, 0, 0, 0, 0, 0]
        assert uow.tickets.view_counts("ana") == {
            "inbox": 5, "review": 0, "mine": 0, "duplicates": 1, "waiting": 0, "closed": 1, "all": 6,
        }  # fmt: skip
        assert uow.duplicates.linked(tickets[0]) == [tickets[1], tickets[3]]


def test_a_removed_link_comes_back_with_its_id(storage: SqlStorage) -> None:
    first, second = add_tickets(storage, 2)
    with storage.write() as uow:
        number = uow.duplicates.add_link(link(first, second, Level.NOTE))
        ticked = uow.duplicates.check_link(number, checked=True)
        assert ticked.checked
        assert uow.duplicates.remove_link(number) == ticked
        with pytest.raises(NotFound):
            uow.duplicates.remove_link(number)
        with pytest.raises(NotFound):
            uow.duplicates.check_link(number, checked=False)
        assert uow.duplicates.links(first) == []
        other = uow.duplicates.add_link(link(first, second))
    with storage.write() as uow:
        # The id of a removed link is never another one's, so it can come back.
        assert uow.duplicates.add_link(link(second, first)) == number + 2 == other + 1
        uow.duplicates.restore_link(ticked)
        assert uow.duplicates.link(number) == ticked
        with pytest.raises(NotFound):
            uow.duplicates.restore_link(ticked)
        assert not uow.duplicates.check_link(number, checked=False).checked
        check_totals(uow)


def test_an_item_whose_link_goes_leaves_its_group(storage: SqlStorage) -> None:
    # given a group of three: its first item, one a minute later, and one an hour later
    first, second, third = add_tickets(storage, 3)
    late = NOW + timedelta(hours=1)
    with storage.write() as uow:
        raws = add_raws(uow, 3)
        group = uow.duplicates.open_group(RULE, KEY, arrival(raws[0]), first)
        for raw, other, seconds in ((raws[1], second, 60), (raws[2], third, 3600)):
            item = arrival(raw, seconds)
            uow.duplicates.join(group, item, Level.LINK, ())
            uow.duplicates.add_link(link(first, other, rule=RULE, group=group.id, item_at=item.event_at))
        assert shape(uow) == (3, NOW, late)
    with storage.write() as uow:
        # when the last one goes
        removed = uow.duplicates.remove_link(LinkId(2))
        # then the group ends with the one before
        assert shape(uow) == (2, NOW, NOW + timedelta(minutes=1))
        check_groups(uow)
        # and a link in its place, or the same one again, brings it back
        uow.duplicates.add_link(replace(removed, primary=second), again=True)
        assert shape(uow) == (3, NOW, late)
        uow.duplicates.remove_link(LinkId(3))
        uow.duplicates.restore_link(removed)
        assert shape(uow) == (3, NOW, late)
        assert uow.duplicates.link(LinkId(2)) == removed
        check_groups(uow)


def shape(uow: SqlUnitOfWork) -> tuple[int, datetime, datetime]:
    """How many items the key's group holds, and its first and last time."""
    group = uow.duplicates.current(RULE, KEY)
    assert group is not None
    return group.count, group.first, group.last


def test_what_people_say_of_a_pair_is_the_same_in_either_order(storage: SqlStorage) -> None:
    first, second, third = add_tickets(storage, 3)
    with storage.write() as uow:
        uow.duplicates.set_apart(second, first, "ana", NOW, apart=True)
        uow.duplicates.set_apart(second, third, "ana", NOW, apart=True)
        assert uow.duplicates.pairs_apart([first]) == [(first, second)]
        assert uow.duplicates.pairs_apart([second]) == [(first, second), (second, third)]
        assert uow.duplicates.pairs_apart([third, first]) == [(first, second), (second, third)]
        assert uow.duplicates.pairs_apart([]) == []
        later = NOW + timedelta(hours=1)
        uow.duplicates.set_apart(first, second, "bo", later, apart=False)
        assert uow.duplicates.pairs_apart([first]) == []
        assert uow.duplicates.memory(second, first) == Memory(apart=False, by="bo", at=later)
        uow.duplicates.forget_pair(second, first)
        assert uow.duplicates.memory(first, second) is None


def test_a_link_to_no_ticket_is_refused(storage: SqlStorage) -> None:
    (first,) = add_tickets(storage, 1)
    with pytest.raises(StorageFailed, match="refused"), storage.write() as uow:
        uow.duplicates.add_link(link(TicketId(99), first))
    with storage.read() as uow:
        assert uow.duplicates.links(first) == []
