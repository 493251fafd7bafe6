from dataclasses import replace

from tests.adapters.storage.samples import NOW, add_tickets, new_ticket, raw_item
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.labels import Effect
from triage_app.domain.tags import TicketTag
from triage_app.domain.ticket import TicketId

DESK = TicketTag("desk", Effect.QUEUE, "VPN")
LANGUAGE = TicketTag("language", Effect.TAG, "Größe 大小")


def test_a_ticket_has_one_label_of_each_dataset(storage: SqlStorage) -> None:
    one, two, three = add_tickets(storage, 3)
    with storage.write() as uow:
        uow.tags.set(one, "language", Effect.TAG, "Größe 大小")
        uow.tags.set(one, "desk", Effect.TAG, "Mail")
        uow.tags.set(one, "desk", Effect.QUEUE, "VPN")
        uow.tags.set(two, "desk", Effect.QUEUE, "VPN")
        assert uow.tags.of((one, two, three)) == {one: (DESK, LANGUAGE), two: (DESK,)}
        uow.tags.set(one, "desk", Effect.QUEUE, "")
        uow.tags.set(three, "desk", Effect.QUEUE, "")
    with storage.read() as uow:
        assert uow.tags.of((one, two, three)) == {one: (LANGUAGE,), two: (DESK,)}
        assert uow.tags.of(()) == {}
        assert uow.tags.of((TicketId(999),)) == {}


def test_a_new_ticket_comes_with_its_tags_and_takes_them_along(storage: SqlStorage) -> None:
    with storage.write() as uow:
        (raw,) = uow.ledger.add([raw_item(b"x")], NOW)
        assert raw is not None
        new = new_ticket(raw)
        (ticket,) = uow.tickets.add([replace(new, analysis=replace(new.analysis, tags=(DESK, LANGUAGE)))])
    with storage.write() as uow:
        assert uow.tags.of((ticket,)) == {ticket: (DESK, LANGUAGE)}
        uow.tickets.remove(ticket)
        assert uow.tags.of((ticket,)) == {}
