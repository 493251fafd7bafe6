from dataclasses import replace

from tests.adapters.storage.samples import add_tickets, closed, prediction
from tests.adapters.storage.test_corrections import correction
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.learning import Decision
from triage_app.domain.ticket import TicketId


def test_open_tickets_that_nobody_labelled_come_newest_first(storage: SqlStorage) -> None:
    add_tickets(storage, 7)
    with storage.write() as uow:
        # given one that is closed, one withdrawn, one corrected, one taken back, one let stand, one of another dataset
        uow.tickets.set_state(TicketId(1), closed())
        uow.tickets.remove(TicketId(2))
        uow.corrections.add(replace(correction(), ticket=TicketId(3)))
        uow.corrections.set_undone(uow.corrections.add(replace(correction(), ticket=TicketId(4))), undone=True)
        uow.corrections.add(replace(correction(), ticket=TicketId(5), decision=Decision.STOOD))
        uow.corrections.add(replace(correction(dataset="other"), ticket=TicketId(6)))
    with storage.read() as uow:
        assert uow.candidates.newest("category", 9) == [7, 6, 5, 4]
        assert uow.candidates.newest("category", 2) == [7, 6]
        assert uow.candidates.newest("other", 9) == [7, 5, 4, 3]
        assert uow.candidates.count("category") == 4


def test_predictions_and_first_items_are_read_in_bulk(storage: SqlStorage) -> None:
    add_tickets(storage, 600)
    ids = [TicketId(number) for number in (600, 3, 1)]
    with storage.read() as uow:
        assert uow.candidates.predictions([*ids, TicketId(999)], "category") == dict.fromkeys(ids, prediction())
        assert uow.candidates.predictions(ids, "other") == {}
        found = {each.ticket: each for each in uow.candidates.first_items(uow.candidates.newest("category", 999))}
        assert len(found) == 600
        assert found[TicketId(3)].content == b"item 2"
        assert found[TicketId(3)].content == uow.ledger.of_ticket(TicketId(3))[0].content
        assert found[TicketId(3)].received_at == uow.ledger.of_ticket(TicketId(3))[0].received_at
        assert list(uow.candidates.first_items([])) == []
