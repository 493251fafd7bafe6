from tests.adapters.storage.samples import ADDRESS, DOMAIN, add_tickets
from triage_app.adapters.storage.observables import observable_digest
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.observable import Observable, ObservableKind, Sighting


def test_a_digest_tells_kinds_and_values_apart_and_is_of_what_is_stored() -> None:
    name = Observable(ObservableKind.URL, DOMAIN.value)
    assert len({observable_digest(each) for each in (DOMAIN, ADDRESS, name)}) == 3
    assert observable_digest(Observable(ObservableKind.URL, "a\0")) == observable_digest(
        Observable(ObservableKind.URL, "a\ufffd")
    )


def test_an_answer_adds_what_its_ticket_had_not(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)
    fresh = Observable(ObservableKind.IPV4, "192.0.2.7")
    with storage.write() as uow:
        seen = (Sighting(DOMAIN, "text"), Sighting(fresh, "text"), Sighting(fresh, "subject"))
        assert uow.tickets.add_sightings(ticket, seen, {fresh}) == 1
    with storage.read() as uow:
        found = uow.tickets.observables(ticket)
    assert [each.observable for each in found] == [DOMAIN, ADDRESS, fresh]
    assert found[2].where == ("text", "subject")
    assert found[2].own
