from datetime import timedelta

from tests.adapters.storage.samples import NOW, add_tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.item import RawId
from triage_app.domain.source import SourceName
from triage_app.domain.ticket import TicketId
from triage_app.services.outgoing import Message, NewOutgoing, OutgoingId, OutgoingKind

HOUR = timedelta(hours=1)
CAME_IN = Message(TicketId(1), RawId(1), None, "one@example.org", "bob@example.org", automatic=False, at=NOW)
OTHER = Message(TicketId(2), RawId(2), None, "two@example.org", "eve@example.org", automatic=False, at=NOW)


def went_out(storage: SqlStorage, marker: str, *, automatic: bool) -> Message:
    what = NewOutgoing(OutgoingKind.ACKNOWLEDGEMENT, TicketId(1), SourceName("box"), "{}", marker)
    with storage.write() as uow:
        entry = uow.outbox.add(what, NOW)
        message = Message(TicketId(1), None, entry, marker, "Bob@Example.org", automatic=automatic, at=NOW)
        uow.messages.add([message])
    return message


def test_messages_are_found_by_their_ids_and_by_ticket(storage: SqlStorage) -> None:
    add_tickets(storage, 2)
    with storage.write() as uow:
        uow.messages.add([])
        uow.messages.add([CAME_IN, OTHER])
    went_out(storage, "reply@desk.example", automatic=False)
    with storage.read() as uow:
        sent = Message(
            TicketId(1), None, OutgoingId(1), "reply@desk.example", "bob@example.org", automatic=False, at=NOW
        )
        assert uow.messages.of_ticket(TicketId(1)) == [CAME_IN, sent]
        assert uow.messages.named(["reply@desk.example", "two@example.org", "none"]) == [OTHER, sent]
        assert uow.messages.named([]) == []


def test_only_automatic_mail_that_went_out_to_an_address_is_counted(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        uow.messages.add([CAME_IN])
    went_out(storage, "reply@desk.example", automatic=False)
    went_out(storage, "acknowledged@desk.example", automatic=True)
    with storage.read() as uow:
        assert uow.messages.sent_to("BOB@example.org", NOW - HOUR) == 1
        assert uow.messages.sent_to("bob@example.org", NOW + HOUR) == 0
        assert uow.messages.sent_to("eve@example.org", NOW - HOUR) == 0
