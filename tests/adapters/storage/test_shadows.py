from dataclasses import replace

from tests.adapters.storage.samples import NOW, add_raws, add_tickets, new_ticket
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.labels import ModelId, Tier
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import ShadowAnswer


def test_answers_come_back_by_ticket_however_many(storage: SqlStorage) -> None:
    tickets = add_tickets(storage, 1_100)
    answers = [
        ShadowAnswer(each, ModelId("b"), "category", "Spam", 0.5, Tier.KEYWORD, "Phishing", 0.75) for each in tickets
    ]
    other = [replace(answers[0], model_id=ModelId("c"), label="\0odd")]
    with storage.write() as uow:
        uow.shadows.add(list(reversed(answers)))
        uow.shadows.add(other)
        uow.shadows.add([])
    with storage.read() as uow:
        assert list(uow.shadows.of_model(ModelId("b"))) == answers
        assert list(uow.shadows.of_model(ModelId("c"))) == [replace(other[0], label="\ufffdodd")]
        assert not list(uow.shadows.of_model(ModelId("d")))


def test_an_answer_can_be_stored_with_its_ticket(storage: SqlStorage) -> None:
    # given a ticket whose row is written late, as intake does
    with storage.write() as uow:
        (raw,) = add_raws(uow, 1)
        (ticket,) = uow.tickets.add([new_ticket(raw)])
        uow.shadows.add([ShadowAnswer(ticket, ModelId("b"), "category", "Spam", 1.0, Tier.MODEL, "Spam", 1.0)])
        uow.ledger.settle({}, NOW)
    with storage.read() as uow:
        assert [each.ticket for each in uow.shadows.of_model(ModelId("b"))] == [TicketId(ticket)]
