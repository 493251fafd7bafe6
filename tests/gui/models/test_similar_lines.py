from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.alike import a_hit
from triage_app.domain.ticket import Status, TicketId, Verdict
from triage_app.gui.models.similar_lines import SimilarLines

CLOSED = a_hit(
    7,
    status=Status.RESOLVED,
    verdict=Verdict.TRUE_POSITIVE,
    assignee="ana",
    note="Blocked at the proxy.",
    age_days=-0.5,
)


def test_those_that_the_queue_counts_stand_first_each_in_its_order(qtbot: QtBot) -> None:
    lines = SimilarLines()
    lines.show((a_hit(1), a_hit(2, strong=False), a_hit(3), a_hit(4, strong=False)))
    assert [lines.at(place).id for place in range(lines.rowCount())] == [1, 3, 2, 4]
    assert [lines.begins_weaker(place) for place in range(4)] == [False, False, True, False]
    assert lines.place_of(TicketId(2)) == 2
    assert lines.place_of(TicketId(9)) == -1


def test_where_none_is_counted_no_group_begins(qtbot: QtBot) -> None:
    lines = SimilarLines()
    lines.show((a_hit(1, strong=False), a_hit(2, strong=False)))
    assert not any(lines.begins_weaker(place) for place in range(2))


def test_a_hit_is_said_in_words_with_its_reasons_and_its_end(qtbot: QtBot) -> None:
    lines = SimilarLines()
    lines.show((CLOSED,))
    text = lines.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    for part in ("62% alike", "Invoice overdue", "Phishing", "True positive", "ana", "12 hours after", "71 % of words"):
        assert part in text
    assert "note: Blocked at the proxy." in text


def test_the_tip_tells_the_parts_of_the_score_and_that_the_queue_does_not_count_it(qtbot: QtBot) -> None:
    lines = SimilarLines()
    lines.show((CLOSED, a_hit(2, strong=False)))
    counted, other = (lines.index(place).data(Qt.ItemDataRole.ToolTipRole) for place in range(2))
    assert "observables 50%, text 70%, fields 20%, time 90%" in counted
    assert "does not count it" not in counted
    assert "does not count it" in other
