from sqlalchemy import select

from tests.adapters.storage.samples import add_tickets
from triage_app.adapters.storage.search_tables import ticket_traits, traits
from triage_app.adapters.storage.traits import add_traits
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.pattern import Trait, TraitKind


def numbers(storage: SqlStorage) -> dict[str, int]:
    with storage.read() as uow:
        return {row.value: row.tickets for row in uow.transaction.all(select(traits))}


def test_each_trait_is_counted_once_for_a_ticket(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 6)
    assert numbers(storage) == {"example.org": 6, "rule 0": 2, "rule 1": 2, "rule 2": 1, "rule 3": 1}
    twice = (Trait(TraitKind.USER, "ana\0"), Trait(TraitKind.USER, "ana\ufffd"), Trait(TraitKind.HOST, "ana\0"))
    with storage.write() as uow:
        add_traits(uow.transaction, [(ids[0], twice), (ids[1], twice[:1])])
    assert numbers(storage)["ana\ufffd"] in {1, 2}
    with storage.read() as uow:
        found = uow.similar.traits([ids[0]])[ids[0]]
    assert [(each.kind, number) for each, number in found] == [
        (TraitKind.HOST, 1), (TraitKind.RULE, 2), (TraitKind.SENDER_DOMAIN, 6), (TraitKind.USER, 2),
    ]  # fmt: skip


def test_a_ticket_that_is_taken_back_takes_its_traits_with_it(storage: SqlStorage) -> None:
    ids = add_tickets(storage, 3)
    with storage.write() as uow:
        uow.tickets.remove(ids[1])
        assert {row.ticket_id for row in uow.transaction.all(select(ticket_traits))} == {ids[0], ids[2]}
    assert numbers(storage) == {"example.org": 2, "rule 0": 1, "rule 1": 0, "rule 2": 1}
