from datetime import datetime, timedelta

import pytest

from tests.adapters.storage.samples import NOW, add_tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.errors import InvalidState, NotFound
from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind, OutgoingState
from triage_app.domain.source import SourceName
from triage_app.domain.ticket import TicketId
from triage_app.services.outgoing import NewOutgoing, Outgoing

BOX = SourceName("box")
FIRST, SECOND = OutgoingId(1), OutgoingId(2)
MINUTE = timedelta(minutes=1)


def what(marker: str) -> NewOutgoing:
    return NewOutgoing(OutgoingKind.REPLY, TicketId(1), BOX, '{"to": "bob@example.org"}', marker)


def test_an_entry_comes_back_as_it_was_queued_and_a_marker_is_queued_once(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        assert [uow.outbox.add(what(each), NOW) for each in ("a", "b", "a")] == [FIRST, SECOND, None]
    with storage.read() as uow:
        assert uow.outbox.get(FIRST) == Outgoing(FIRST, what("a"), OutgoingState.WAITING, 0, None, "", NOW, None)
        assert [each.id for each in uow.outbox.all(10)] == [SECOND, FIRST]
        assert [each.id for each in uow.outbox.all(1)] == [SECOND]
        with pytest.raises(NotFound):
            uow.outbox.get(OutgoingId(3))


def queued(storage: SqlStorage, *markers: str) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        for each in markers:
            uow.outbox.add(what(each), NOW)


def due(uow: SqlUnitOfWork, at: datetime, limit: int = 10) -> list[OutgoingId]:
    return [each.id for each in uow.outbox.due(BOX, at, limit)]


def test_what_failed_is_due_again_at_its_time(storage: SqlStorage) -> None:
    queued(storage, "a", "b")
    with storage.write() as uow:
        # when the first cannot be sent now
        assert uow.outbox.claim(FIRST, NOW, NOW + MINUTE)
        uow.outbox.later(FIRST, NOW + MINUTE, "The server does not answer.")
        # then
        assert due(uow, NOW) == [SECOND]
        assert due(uow, NOW + MINUTE) == [FIRST, SECOND]
        assert due(uow, NOW + MINUTE, 1) == [FIRST]
        again = uow.outbox.get(FIRST)
        assert (again.attempts, again.error) == (1, "The server does not answer.")
        assert uow.outbox.due(SourceName("other"), NOW + MINUTE, 10) == []
        kinds = {each: len(uow.outbox.due(BOX, NOW + MINUTE, 10, [each])) for each in OutgoingKind}
        assert kinds == {**dict.fromkeys(OutgoingKind, 0), what("a").kind: 2}


def test_only_one_of_two_gets_an_entry(storage: SqlStorage) -> None:
    queued(storage, "a")
    with storage.write() as uow:
        assert uow.outbox.claim(FIRST, NOW, NOW + MINUTE)
    with storage.write() as uow:
        assert not uow.outbox.claim(FIRST, NOW, NOW + MINUTE)
        assert due(uow, NOW + 2 * MINUTE) == []


def test_what_nobody_finished_is_found_after_its_time(storage: SqlStorage) -> None:
    queued(storage, "a")
    with storage.write() as uow:
        uow.outbox.claim(FIRST, NOW, NOW + MINUTE)
    with storage.read() as uow:
        assert uow.outbox.abandoned(BOX, NOW) == []
        assert [each.id for each in uow.outbox.abandoned(BOX, NOW + MINUTE)] == [FIRST]
        assert uow.outbox.abandoned(SourceName("other"), NOW + MINUTE) == []


@pytest.mark.parametrize("state", [OutgoingState.DONE, OutgoingState.FAILED])
def test_what_is_over_is_never_done_again(storage: SqlStorage, state: OutgoingState) -> None:
    queued(storage, "a")
    with storage.write() as uow:
        uow.outbox.claim(FIRST, NOW, NOW + MINUTE)
        uow.outbox.finish(FIRST, state, NOW + MINUTE, "why")
        over = uow.outbox.get(FIRST)
        assert (over.state, over.attempts, over.error, over.done_at) == (state, 1, "why", NOW + MINUTE)
        assert due(uow, NOW + MINUTE) == []
        assert not uow.outbox.claim(FIRST, NOW + MINUTE, NOW + MINUTE)
        with pytest.raises(InvalidState, match=state.value):
            uow.outbox.finish(FIRST, OutgoingState.DONE, NOW)
        with pytest.raises(InvalidState, match=state.value):
            uow.outbox.later(FIRST, NOW, "")
        with pytest.raises(InvalidState, match=state.value):
            uow.outbox.cancel(FIRST, NOW)
        with pytest.raises(NotFound):
            uow.outbox.later(SECOND, NOW, "")


def test_what_waits_can_be_taken_back_and_sent_after_all(storage: SqlStorage) -> None:
    queued(storage, "a", "b")
    with storage.write() as uow:
        uow.outbox.cancel(FIRST, NOW + MINUTE)
        assert uow.outbox.get(FIRST).state is OutgoingState.CANCELLED
        assert due(uow, NOW) == [SECOND]
        uow.outbox.again(FIRST)
        assert uow.outbox.get(FIRST) == Outgoing(FIRST, what("a"), OutgoingState.WAITING, 0, None, "", NOW, None)
        # what waits or is on its way is neither sent twice nor taken back
        uow.outbox.claim(SECOND, NOW, NOW + MINUTE)
        with pytest.raises(InvalidState, match="waiting"):
            uow.outbox.again(FIRST)
        with pytest.raises(InvalidState, match="sending"):
            uow.outbox.cancel(SECOND, NOW)


def test_entries_of_a_ticket_come_in_their_order(storage: SqlStorage) -> None:
    queued(storage, "a", "b")
    with storage.read() as uow:
        assert [each.id for each in uow.outbox.of_ticket(TicketId(1))] == [FIRST, SECOND]
        assert uow.outbox.of_ticket(TicketId(9)) == []
