import pytest

from tests.adapters.storage.samples import ADDRESS, DOMAIN, NOW, add_tickets, link, pattern
from triage_app.adapters.storage.search_tables import ticket_traits, ticket_words
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.dedup import Level
from triage_app.domain.errors import NotFound
from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait, TraitKind
from triage_app.domain.ticket import TicketId
from triage_app.services.search_shapes import Carried, ReadTicket

UNKNOWN = Observable(ObservableKind.DOMAIN, "unknown.example.org")


def test_tickets_are_found_by_what_they_have_newest_first(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 16)
    with storage.write() as uow:
        uow.tickets.remove(ids[15])
    with storage.read() as uow:
        similar = uow.similar
        (site,) = similar.find_observables([DOMAIN])
        assert similar.with_observables([site.id, 99], limit=3) == {site.id: [ids[14], ids[13], ids[12]], 99: []}
        rule, host = Trait(TraitKind.RULE, "rule 3"), Trait(TraitKind.HOST, "rule 3")
        assert similar.with_traits([host, rule], limit=2) == {rule: [ids[11], ids[7]], host: []}
        assert similar.with_pattern(pattern(1), limit=9) == [ids[8], ids[1]]
        assert similar.with_pattern(pattern(1), limit=9, offset=1) == [ids[1]]
        assert similar.with_pattern(Pattern("unknown", ""), limit=9) == []


def test_what_tickets_have_is_read_in_bulk(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 9)
    with storage.read() as uow:
        similar = uow.similar
        assert similar.records([ids[8], ids[2], TicketId(99)]) == {ids[2]: b"words 2", ids[8]: b"words 8"}
        assert similar.pattern(ids[1]) == pattern(1)
        assert similar.pattern(ids[0]) == NO_PATTERN
        assert similar.pattern(TicketId(99)) is None
        assert similar.patterns(ids[:3]) == {ids[1]: (pattern(1), 2), ids[2]: (pattern(2), 1)}
        both = similar.carried([ids[0], ids[3]])
        assert both[ids[3]] == both[ids[0]]
        site, address = both[ids[0]]
        assert site == Carried(site.id, DOMAIN, 9, own=False, ignored=False, where=("subject", "text"))
        assert (address.observable, address.own) == (ADDRESS, True)
        found = similar.find_observables([ADDRESS, UNKNOWN, DOMAIN, ADDRESS])
        assert [(each.id, each.where) for each in found] == [(address.id, ()), (site.id, ())]
        assert not similar.carried([])
        assert not similar.records([])
        assert not similar.traits([])


def test_the_last_note_of_a_person_is_how_it_ended(storage: SqlStorage) -> None:
    one, other, third = add_tickets(storage, 3)
    with storage.write() as uow:
        for who in ("ana", "ben", "it"):
            uow.tickets.add_note(one, NOW, who, f"by {who}")
        uow.tickets.add_note(other, NOW, "it", "by it")
        uow.tickets.remove_note(uow.tickets.add_note(third, NOW, "ana", "taken back"))
        assert uow.similar.last_notes([one, other, third], besides="it") == {one: "by ben"}


def test_chains_of_links_end_at_the_first_ticket(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 7)
    with storage.write() as uow:
        for high, low in ((0, 1), (1, 2), (2, 3)):
            uow.duplicates.add_link(link(ids[high], ids[low]))
        uow.duplicates.add_link(link(ids[0], ids[4], Level.SUGGEST))
        # A circle has no first ticket: each stays what it is or becomes the other, and nothing runs for ever.
        uow.duplicates.add_link(link(ids[5], ids[6]))
        uow.duplicates.add_link(link(ids[6], ids[5]))
    with storage.read() as uow:
        found = uow.similar.survivors([ids[3], ids[4], ids[1], ids[0]])
        assert found == {ids[3]: ids[0], ids[4]: ids[4], ids[1]: ids[0], ids[0]: ids[0]}
        assert set(uow.similar.survivors(ids[5:]).values()) <= set(ids[5:])


def test_an_ignored_observable_is_known_as_such(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 2)
    with storage.write() as uow:
        assert uow.similar.set_ignored(DOMAIN, ignored=True) == 2
        assert uow.similar.find_observables([DOMAIN])[0].ignored
        assert [each.ignored for each in uow.tickets.observables(ids[0])] == [True, False]
        assert uow.similar.set_ignored(DOMAIN, ignored=False) == 2
        assert not uow.similar.find_observables([DOMAIN])[0].ignored
        with pytest.raises(NotFound, match=r"unknown\.example\.org"):
            uow.similar.set_ignored(UNKNOWN, ignored=True)


def test_what_was_never_looked_at_is_stored_later_once(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 4)
    with storage.write() as uow:
        uow.transaction.run(tickets.update().where(tickets.c.id.in_(ids[1:])).values(pattern_id=None))
        for table in (ticket_words, ticket_traits):
            uow.transaction.run(table.delete().where(table.c.ticket_id.in_(ids[1:])))
        uow.tickets.remove(ids[3])
        assert uow.similar.unread(limit=9) == [ids[2], ids[1]]
        assert uow.similar.unread(limit=1) == [ids[2]]
    trait = Trait(TraitKind.USER, "ana")
    with storage.write() as uow:
        for _ in range(2):
            uow.similar.add(
                [ReadTicket(ids[2], Pattern("late", ""), (trait,), b"late"), ReadTicket(ids[1], NO_PATTERN, (), b"")]
            )
    with storage.read() as uow:
        assert uow.similar.unread(limit=9) == []
        assert uow.similar.patterns(ids) == {ids[2]: (Pattern("late", ""), 1)}
        assert (trait, 1) in uow.similar.traits([ids[2]])[ids[2]]
        assert uow.similar.records(ids)[ids[2]] == b"late"
