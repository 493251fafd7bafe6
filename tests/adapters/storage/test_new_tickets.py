from dataclasses import replace

from sqlalchemy import func, select

from tests.adapters.storage.samples import ADDRESS, DOMAIN, NOW, new_ticket, prediction, raw_item
from triage_app.adapters.storage.new_tickets import MAX_SUBJECT
from triage_app.adapters.storage.tables import observables
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.labels import ModelId, Reason
from triage_app.domain.observable import Observable, ObservableKind, Sighting
from triage_app.domain.ticket import TicketId


def store(storage: SqlStorage, name: bytes, **changes: object) -> TicketId:
    with storage.write() as uow:
        (raw,) = uow.ledger.add([raw_item(name)], NOW)
        assert raw is not None
        ticket = new_ticket(raw)
        analysis = replace(ticket.analysis, **changes)  # type: ignore[arg-type]  # the tests name real fields
        (number,) = uow.tickets.add([replace(ticket, analysis=analysis)])
        return number


def test_hostile_content_is_stored_as_text(storage: SqlStorage) -> None:
    long = Observable(ObservableKind.URL, "https://example.org/" + "a" * 20_000 + "\0\ud800")
    number = store(
        storage,
        b"a",
        subject="\0\ud800'; DROP TABLE tickets; --" + "x" * 5_000,
        sender="\t\\N\n",
        sightings=(Sighting(long, "text\0"),),
        predictions=(replace(prediction(), reasons=(Reason("\0\ud800", -1.0),), model_id=ModelId("\0")),),
    )
    with storage.read() as uow:
        row = uow.tickets.row(number)
        assert row.subject.startswith("\ufffd\ufffd'; DROP")
        assert len(row.subject) == MAX_SUBJECT
        assert row.sender == "\t\\N\n"
        (found,) = uow.tickets.observables(number)
        assert found.observable.value == "https://example.org/" + "a" * 20_000 + "\ufffd\ufffd"
        assert uow.tickets.predictions(number)[0].reasons == (Reason("\ufffd\ufffd", -1.0),)


def test_predictions_of_several_datasets_keep_their_order(storage: SqlStorage) -> None:
    both = (prediction("Spam"), replace(prediction("High"), dataset="urgency"))
    number = store(storage, b"a", predictions=both)
    with storage.read() as uow:
        assert tuple(uow.tickets.predictions(number)) == both


def test_an_observable_known_from_another_process_is_found_and_becomes_own(storage: SqlStorage, url: str) -> None:
    from triage_app.adapters.storage.engine import open_storage

    store(storage, b"a", own=frozenset())
    other = open_storage(url)
    try:
        number = store(other, b"b", own=frozenset({DOMAIN}))
    finally:
        other.close()
    with storage.read() as uow:
        assert [(each.tickets, each.own) for each in uow.tickets.observables(number)] == [(2, True), (2, False)]
        assert uow.transaction.all(select(func.count()).select_from(observables)) == [(2,)]


def test_many_observables_of_one_ticket(storage: SqlStorage) -> None:
    many = tuple(Sighting(Observable(ObservableKind.DOMAIN, f"h{n}.example.org"), "text") for n in range(3_000))
    number = store(storage, b"a", sightings=many + many)
    with storage.read() as uow:
        assert [each.observable for each in uow.tickets.observables(number)] == [each.observable for each in many]


def test_values_that_differ_only_in_what_cannot_be_stored_are_one(storage: SqlStorage) -> None:
    values = ("a\0", "a\ud800", "a\ufffd")
    sightings = tuple(Sighting(Observable(ObservableKind.FILE_NAME, each), each) for each in values)
    store(storage, b"a", sightings=sightings)
    number = store(storage, b"b", sightings=sightings, own=frozenset({sightings[0].observable}))
    with storage.read() as uow:
        (found,) = uow.tickets.observables(number)
        assert (found.observable.value, found.tickets, found.own) == ("a\ufffd", 2, True)


def test_what_an_answer_brings_is_added_once_and_counted(storage: SqlStorage) -> None:
    # given a ticket that has seen one domain, and another one that knows a second
    number = store(storage, b"a", sightings=(Sighting(DOMAIN, "subject"),), own=frozenset())
    other = Observable(ObservableKind.DOMAIN, "other.example.org")
    store(storage, b"b", sightings=(Sighting(other, "text"),), own=frozenset())
    seen = (Sighting(DOMAIN, "text"), Sighting(other, "text"), Sighting(ADDRESS, "text"), Sighting(other, "subject"))
    # when an answer names both and an address of ours
    with storage.write() as uow:
        assert uow.tickets.add_sightings(number, seen, frozenset({ADDRESS})) == 2
        assert uow.tickets.add_sightings(number, seen, frozenset({ADDRESS})) == 0
        assert uow.tickets.add_sightings(number, (), frozenset()) == 0
    # then they follow what was there
    with storage.read() as uow:
        found = [(each.observable, each.where, each.tickets, each.own) for each in uow.tickets.observables(number)]
    assert found == [
        (DOMAIN, ("subject",), 1, False),
        (other, ("text", "subject"), 2, False),
        (ADDRESS, ("text",), 1, True),
    ]
