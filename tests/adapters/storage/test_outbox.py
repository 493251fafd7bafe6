from datetime import timedelta

import pytest

from tests.adapters.storage.samples import NOW, add_tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import InvalidState, NotFound
from triage_app.domain.source import SourceName
from triage_app.domain.ticket import TicketId
from triage_app.services.outgoing import NewOutgoing, Outgoing, OutgoingId, OutgoingKind, OutgoingState

FIRST, SECOND = OutgoingId(1), OutgoingId(2)
MINUTE = timedelta(minutes=1)


def what(marker: str) -> NewOutgoing:
    return NewOutgoing(OutgoingKind.REPLY, TicketId(1), SourceName("box"), '{"to": "bob@example.org"}', marker)


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


def test_what_failed_is_due_again_at_its_time(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        uow.outbox.add(what("a"), NOW)
        uow.outbox.add(what("b"), NOW)
        # when the first cannot be sent now
        uow.outbox.later(FIRST, NOW + MINUTE, "The server does not answer.")
        # then
        assert [each.id for each in uow.outbox.due(NOW, 10)] == [SECOND]
        again = uow.outbox.due(NOW + MINUTE, 10)
        assert [each.id for each in again] == [FIRST, SECOND]
        assert (again[0].attempts, again[0].error) == (1, "The server does not answer.")
        assert [each.id for each in uow.outbox.due(NOW + MINUTE, 1)] == [FIRST]


@pytest.mark.parametrize(
    ("state", "attempts"), [(OutgoingState.DONE, 1), (OutgoingState.FAILED, 1), (OutgoingState.CANCELLED, 0)]
)
def test_what_is_over_is_never_done_again(storage: SqlStorage, state: OutgoingState, attempts: int) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        uow.outbox.add(what("a"), NOW)
        uow.outbox.finish(FIRST, state, NOW + MINUTE, "why")
        over = uow.outbox.get(FIRST)
        assert (over.state, over.attempts, over.error, over.done_at) == (state, attempts, "why", NOW + MINUTE)
        assert uow.outbox.due(NOW + MINUTE, 10) == []
        with pytest.raises(InvalidState, match=state.value):
            uow.outbox.finish(FIRST, OutgoingState.DONE, NOW)
        with pytest.raises(InvalidState, match="faster"):
            uow.outbox.later(FIRST, NOW, "")
        with pytest.raises(NotFound):
            uow.outbox.later(SECOND, NOW, "")
