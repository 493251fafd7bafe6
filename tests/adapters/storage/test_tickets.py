import pytest

from tests.adapters.storage.samples import (
    ADDRESS,
    DOMAIN,
    NOW,
    add_tickets,
    closed,
    new_ticket,
    prediction,
    raw_item,
    state,
    which,
)
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound
from triage_app.domain.labels import Tier
from triage_app.domain.ticket import NoteId, Severity, Status, TicketId, TicketRow, Verdict
from triage_app.services.shapes import SORTS, VIEWS, TicketObservable


def test_a_row_holds_what_was_stored(storage: SqlStorage) -> None:
    add_tickets(storage, 2)
    with storage.read() as uow:
        assert uow.tickets.row(TicketId(2)) == TicketRow(
            id=TicketId(2), subject="Subject 1", sender="Bob <bob1@example.org>", category="Spam", confidence=0.25,
            tier="model", reviewed=False, status=Status.NEW, verdict=None, severity=Severity.LOW, priority=0,
            assignee="", source="files", form="mail", duplicates=0, attachments=1,
            received_at=NOW, event_at=NOW,
            first_seen=NOW, last_seen=NOW,
        )  # fmt: skip
        with pytest.raises(NotFound):
            uow.tickets.row(TicketId(3))


def test_rows_come_in_the_order_asked_for(storage: SqlStorage) -> None:
    add_tickets(storage, 400)
    wanted = [TicketId(n) for n in (400, 7, 12, 999, 1)]
    with storage.read() as uow:
        assert [row.id for row in uow.tickets.rows(wanted)] == [400, 7, 12, 1]
        assert len(uow.tickets.rows([TicketId(n) for n in range(1, 2_000)])) == 400
        assert uow.tickets.rows([]) == []


def test_ids_rise_over_transactions(storage: SqlStorage) -> None:
    assert add_tickets(storage, 3) == [1, 2, 3]
    assert add_tickets(storage, 2) == [4, 5]
    with storage.write() as uow:
        assert uow.tickets.add([]) == []


def test_observables_are_shared_and_counted(storage: SqlStorage) -> None:
    add_tickets(storage, 3)
    add_tickets(storage, 1)
    with storage.read() as uow:
        assert uow.tickets.observables(TicketId(2)) == [
            TicketObservable(DOMAIN, ("subject", "text"), 4, False),
            TicketObservable(ADDRESS, ("text",), 4, True),
        ]
        assert uow.tickets.observables(TicketId(9)) == []


def test_a_rolled_back_observable_is_not_remembered(storage: SqlStorage) -> None:
    class Stop(Exception):
        pass

    def store_and_stop() -> None:
        with storage.write() as uow:
            (raw,) = uow.ledger.add([raw_item(b"gone")], NOW)
            assert raw is not None
            uow.tickets.add([new_ticket(raw)])
            raise Stop

    with pytest.raises(Stop):
        store_and_stop()
    add_tickets(storage, 1)
    with storage.read() as uow:
        assert [each.tickets for each in uow.tickets.observables(TicketId(1))] == [1, 1]
        assert uow.ledger.balance()[0].seen == 1
        assert uow.tickets.view_counts("ana")["all"] == 1


def test_predictions(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.read() as uow:
        assert uow.tickets.predictions(TicketId(1)) == [prediction("Phishing", Tier.MODEL)]


def test_a_state_comes_back_exactly(storage: SqlStorage) -> None:
    add_tickets(storage, 2)
    with storage.write() as uow:
        uow.tickets.set_state(TicketId(1), closed(assignee="ana", category="Spam", confidence=0.1 + 0.2, reviewed=True))
        row = uow.tickets.row(TicketId(1))
        assert (row.status, row.verdict, row.assignee) == (Status.RESOLVED, Verdict.BENIGN_POSITIVE, "ana")
        assert (row.category, row.confidence, row.tier, row.reviewed) == ("Spam", 0.1 + 0.2, "model", True)
        assert uow.tickets.view_counts("ana") == {
            "inbox": 1, "review": 0, "mine": 0, "duplicates": 0, "waiting": 0, "closed": 1, "all": 2,
        }  # fmt: skip
        uow.tickets.set_state(TicketId(1), state(assignee="ana", tier="default"))
        counts = uow.tickets.view_counts("ana")
        assert (counts["mine"], counts["review"], counts["closed"]) == (1, 1, 0)
        with pytest.raises(NotFound):
            uow.tickets.set_state(TicketId(3), state())


def test_notes(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        first = uow.tickets.add_note(TicketId(1), NOW, "ana", "one\0 \ud800")
        second = uow.tickets.add_note(TicketId(1), NOW, "ben", "two")
        assert [(each.who, each.text, each.at) for each in uow.tickets.notes(TicketId(1))] == [
            ("ana", "one\ufffd \ufffd", NOW),
            ("ben", "two", NOW),
        ]
        assert uow.tickets.remove_note(first) == 1
        assert [each.id for each in uow.tickets.notes(TicketId(1))] == [second]
        assert uow.tickets.add_note(TicketId(1), NOW, "ana", "three") == 3
        for wrong in (first, NoteId(77)):
            with pytest.raises(NotFound):
                uow.tickets.remove_note(wrong)
        with pytest.raises(NotFound):
            uow.tickets.add_note(TicketId(2), NOW, "ana", "x")


def test_a_ticket_that_was_taken_back_is_nowhere(storage: SqlStorage) -> None:
    tickets = add_tickets(storage, 3, text="needle")
    with storage.write() as uow:
        uow.tickets.set_state(tickets[1], state(assignee="ana"))
    with storage.read() as uow:
        seen = {each.observable: each.tickets for each in uow.tickets.observables(tickets[0])}
    assert seen == {DOMAIN: 3, ADDRESS: 3}
    with storage.write() as uow:
        uow.tickets.remove(tickets[1])
        with pytest.raises(NotFound):
            uow.tickets.remove(tickets[1])
        with pytest.raises(NotFound):
            uow.tickets.row(tickets[1])
        with pytest.raises(NotFound):
            uow.tickets.set_state(tickets[1], state())
    with storage.read() as uow:
        assert [row.id for row in uow.tickets.rows(tickets)] == [1, 3]
        assert uow.tickets.observables(tickets[1]) == []
        assert uow.tickets.predictions(tickets[1]) == []
        assert [each.tickets for each in uow.tickets.observables(tickets[0])] == [2, 2]
        for view in VIEWS:
            for words in ("", "needle"):
                for sort in SORTS:
                    for descending in (False, True):
                        asked = which(view, words, sort, descending=descending)
                        for limit in (0, 10):
                            assert tickets[1] not in uow.tickets.ids(asked, limit=limit, offset=0)
                assert uow.tickets.count(which(view, words)) == len(
                    uow.tickets.ids(which(view, words), limit=0, offset=0)
                )
        counts = uow.tickets.view_counts("ana")
        assert (counts["all"], counts["inbox"], counts["mine"]) == (2, 2, 0)
    assert add_tickets(storage, 1) == [4]
