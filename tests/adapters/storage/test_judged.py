"""Pairs of a rule, those that people took apart and those that stand."""

from tests.adapters.storage.samples import NOW, RULE, add_tickets, link, merge_into_one
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.dedup import Level, RuleName
from triage_app.domain.item import RawId
from triage_app.domain.ticket import TicketId
from triage_app.services.shapes import JudgedPair


def item_of(storage: SqlStorage, ticket: TicketId) -> RawId:
    with storage.read() as uow:
        return uow.ledger.of_ticket(ticket)[0].id


def test_links_that_were_taken_back_and_those_that_stand(storage: SqlStorage) -> None:
    # given a link that was taken back, one that was only moved, one that stands, a suggestion, and another rule's
    first, apart, moved, stands, suggested, foreign = add_tickets(storage, 6)
    with storage.write() as uow:
        links = {
            other: uow.duplicates.add_link(link(first, other, level, rule=rule))
            for other, level, rule in (
                (apart, Level.LINK, RULE),
                (moved, Level.LINK, RULE),
                (stands, Level.CHILD, RULE),
                (suggested, Level.SUGGEST, RULE),
                (foreign, Level.LINK, RuleName("another")),
            )
        }
        uow.duplicates.remove_link(links[apart])
        uow.duplicates.set_apart(first, apart, "ana", NOW, apart=True)
        uow.duplicates.remove_link(links[moved])
    # when
    with storage.read() as uow:
        found = uow.duplicates.judged(RULE, limit=10)
    # then
    one = item_of(storage, first)
    assert found == [
        JudgedPair(one, item_of(storage, apart), overruled=True),
        JudgedPair(one, item_of(storage, stands), overruled=False),
    ]


def test_repeats_that_were_split_and_those_that_stand_the_newest_first(storage: SqlStorage) -> None:
    ticket, raws = merge_into_one(storage, 4)
    with storage.write() as uow:
        uow.duplicates.split_repeat(raws[2])
    with storage.read() as uow:
        found = uow.duplicates.judged(RULE, limit=10)
        few = uow.duplicates.judged(RULE, limit=1)
    assert found == [
        JudgedPair(raws[0], raws[2], overruled=True),
        JudgedPair(raws[0], raws[3], overruled=False),
        JudgedPair(raws[0], raws[1], overruled=False),
    ]
    assert few == found[:2]
    assert item_of(storage, ticket) == raws[0]


def test_a_rule_that_did_nothing_has_no_pairs(storage: SqlStorage) -> None:
    with storage.read() as uow:
        assert uow.duplicates.judged(RuleName("nothing"), limit=5) == []
