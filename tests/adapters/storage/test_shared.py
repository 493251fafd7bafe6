from tests.adapters.storage.samples import ADDRESS, DOMAIN, NOW, add_tickets, pattern
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait, TraitKind
from triage_app.domain.ticket import TicketId


def test_only_what_was_asked_for_is_told_of_each_ticket(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 9)
    rule, host = Trait(TraitKind.RULE, "rule 3"), Trait(TraitKind.HOST, "unknown")
    with storage.write() as uow:
        uow.tickets.remove(ids[8])
    with storage.read() as uow:
        (site,) = uow.similar.find_observables([DOMAIN])
        asked = [ids[3], ids[8], ids[2], TicketId(99)]
        found = uow.similar.shared(asked, observables=[site.id], traits=[rule, host])
        # what was taken back is left out, the rest is in the order asked for
        assert list(found) == [ids[3], ids[2]]
        third, second = found.values()
        assert third.observables == {site.id: ("subject", "text")}
        assert third.carried == len({ADDRESS, DOMAIN})
        assert (third.traits, second.traits) == ((rule,), ())
        assert third.record == b"words 3"
        assert third.at <= NOW
        assert second.pattern == uow.similar.pattern_id(pattern(2)) != 0


def test_without_anything_to_look_for_the_words_are_still_told(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 2)
    with storage.read() as uow:
        (found,) = uow.similar.shared([ids[1]], observables=[], traits=[]).values()
        assert (found.observables, found.traits, found.record) == ({}, (), b"words 1")
        assert uow.similar.shared([], observables=[], traits=[]) == {}
        assert uow.similar.pattern_id(NO_PATTERN) == uow.similar.pattern_id(Pattern("unknown", "")) == 0
