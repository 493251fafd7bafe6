"""Change sets."""

from triage_app.domain.changes import NOTHING, ChangeKind, changed
from triage_app.domain.ticket import TicketId


def test_nothing_is_false_and_anything_is_true() -> None:
    assert not NOTHING
    assert changed(ChangeKind.LEDGER)
    assert changed(ChangeKind.NOTES, tickets=frozenset({TicketId(1)})).tickets == {1}
