"""Change sets."""

from triage_app.domain.changes import MANY_TICKETS, NOTHING, ChangeKind, changed, merged
from triage_app.domain.ticket import TicketId


def test_nothing_is_false_and_anything_is_true() -> None:
    assert not NOTHING
    assert changed(ChangeKind.LEDGER)
    assert changed(ChangeKind.NOTES, tickets=frozenset({TicketId(1)})).tickets == {1}


def test_many_stays_many_when_changes_are_merged() -> None:
    one, other = (changed(ChangeKind.TICKETS_CHANGED, tickets=frozenset({TicketId(each)})) for each in (1, 2))
    assert merged(one, other).tickets == {1, 2}
    assert merged(NOTHING, one) == merged(one, NOTHING) == one
    assert merged(one, changed(ChangeKind.TICKETS_ADDED)).tickets == frozenset()
    assert merged(one, changed(ChangeKind.NOTES)).tickets == {1}
    crowd = changed(ChangeKind.TICKETS_CHANGED, tickets=frozenset(map(TicketId, range(MANY_TICKETS))))
    assert merged(crowd, one).tickets == crowd.tickets
    assert merged(crowd, changed(ChangeKind.NOTES, tickets=frozenset({TicketId(9_999)}))).tickets == frozenset()
