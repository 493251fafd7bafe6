from datetime import timedelta

from tests.adapters.storage.samples import KEY, NOW, RULE, add_raws, add_tickets, arrival, link, merge_into_one
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.dedup import Level, RuleName
from triage_app.services.dedup_shapes import RuleFigures


def test_a_rule_counts_what_it_did(storage: SqlStorage) -> None:
    ticket, _ = merge_into_one(storage, 3)
    with storage.write() as uow:
        raws = add_raws(uow, 3)
        for raw, level in zip(raws, (Level.DROP, Level.CHILD, Level.SUGGEST), strict=True):
            group = uow.duplicates.current(RULE, KEY)
            assert group is not None
            uow.duplicates.join(group, arrival(raw, 7), level, ())
        uow.duplicates.open_group(RuleName("\0other"), KEY, arrival(raws[0]), ticket)
        at = NOW + timedelta(seconds=7)
        # Seen at once, though it is written late.
        assert uow.duplicates.figures() == [
            RuleFigures(RULE, matched=6, groups=1, saved=3, dropped=1, linked=2, overruled=0, last_at=at),
            RuleFigures(RuleName("\ufffdother"), 1, 1, 0, 0, 0, 0, NOW),
        ]
        uow.duplicates.count_dropped(RULE, 10, NOW)
    with storage.read() as uow:
        found = uow.duplicates.figures()[0]
        assert (found.matched, found.saved, found.dropped) == (16, 13, 11)


def test_what_people_took_back_counts_as_overruled_until_that_is_taken_back(storage: SqlStorage) -> None:
    ticket, raws = merge_into_one(storage, 3)
    other, third = add_tickets(storage, 2)

    def overruled() -> int:
        with storage.read() as uow:
            return uow.duplicates.figures()[0].overruled

    with storage.write() as uow:
        number = uow.duplicates.add_link(link(other, ticket, rule=RULE))
        by_hand = uow.duplicates.add_link(link(other, third))
    with storage.write() as uow:
        removed = uow.duplicates.remove_link(number)
        uow.duplicates.remove_link(by_hand)
        uow.duplicates.set_apart(other, third, "ana", NOW, apart=True)
    # Moved under another first ticket, say: nobody has said that they are not the same.
    assert overruled() == 0
    with storage.write() as uow:
        uow.duplicates.set_apart(ticket, other, "ana", NOW, apart=True)
        uow.duplicates.split_repeat(raws[1])
    assert overruled() == 2
    with storage.write() as uow:
        uow.duplicates.merge_repeat(raws[1], ticket)
        uow.duplicates.forget_pair(other, ticket)
        uow.duplicates.restore_link(removed)
    assert overruled() == 0


def test_repeats_are_counted_by_rule_and_time_without_those_that_were_split(storage: SqlStorage) -> None:
    _, raws = merge_into_one(storage, 3)
    later = NOW + timedelta(days=31)
    with storage.write() as uow:
        assert uow.duplicates.merged(NOW, later) == {RULE: 2}
        assert uow.duplicates.merged(NOW - timedelta(days=1), NOW) == {}
        assert uow.duplicates.merged(later, later + timedelta(days=31)) == {}
        uow.duplicates.split_repeat(raws[1])
        assert uow.duplicates.merged(NOW, later) == {RULE: 1}
