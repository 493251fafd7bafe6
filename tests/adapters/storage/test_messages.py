from datetime import timedelta

import pytest

from tests.adapters.storage.samples import NOW, add_tickets, raw_item
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import InvalidState
from triage_app.domain.item import Outcome, RawId
from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind
from triage_app.domain.source import SourceName
from triage_app.domain.ticket import TicketId
from triage_app.services.outgoing import Message, NewOutgoing

HOUR = timedelta(hours=1)
CAME_IN = Message(TicketId(1), RawId(1), None, "one@example.org", "bob@example.org", automatic=False, at=NOW)
OTHER = Message(
    TicketId(2),
    RawId(2),
    None,
    "two@example.org",
    "eve@example.org",
    automatic=False,
    at=NOW,
    others=("bob@example.org", "ann@example.org"),
)


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


def test_those_who_take_part_are_the_other_side_and_whom_it_was_sent_to() -> None:
    assert OTHER.participants == {"eve@example.org", "bob@example.org", "ann@example.org"}
    assert CAME_IN.participants == {"bob@example.org"}


def test_an_answer_is_taken_out_of_its_ticket_and_put_back(storage: SqlStorage) -> None:
    # given an answer that was merged into the first ticket
    add_tickets(storage, 2)
    with storage.write() as uow:
        (raw,) = uow.ledger.add([raw_item(b"an answer")], NOW)
        assert raw is not None
        uow.ledger.settle({raw: (Outcome.MERGED, TicketId(1))}, NOW)
        answer = Message(TicketId(1), raw, None, "re@example.org", "bob@example.org", automatic=False, at=NOW)
        uow.messages.add([CAME_IN, answer])
    # when it is taken out, and becomes a ticket of its own
    with storage.write() as uow:
        assert uow.messages.take_out(raw) == TicketId(1)
        assert uow.ledger.still_pending([raw]) == {raw}
        uow.messages.move(raw, TicketId(2))
        assert uow.messages.of_ticket(TicketId(1)) == [CAME_IN]
        with pytest.raises(InvalidState):
            uow.messages.take_out(raw)
    # and is put back
    with storage.write() as uow:
        uow.messages.put_back(raw, TicketId(1), NOW)
        uow.messages.move(raw, TicketId(1))
        assert uow.messages.of_item(raw) == answer
        assert uow.ledger.get(raw).outcome is Outcome.MERGED


def test_the_mail_that_a_ticket_was_made_of_is_no_answer(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        uow.messages.add([CAME_IN])
        for raw in (RawId(1), RawId(99)):
            with pytest.raises(InvalidState):
                uow.messages.take_out(raw)
        assert uow.messages.of_item(RawId(1)) == CAME_IN
