import pytest

from triage_app.gui.application import OpenedDesk
from triage_app.gui.views import marks as module


def test_marking_is_said_and_taken_back(opened: OpenedDesk) -> None:
    # given three marked tickets
    marks, table = opened.window.queue.marks, opened.window.queue.table
    marks.mark(range(1, 4))
    assert marks.isVisible()
    assert marks.text.text().startswith("3 tickets marked: ")
    # when one is unmarked, and then all
    marks.toggle(2)
    assert opened.window.queue.state.marked == {table.id_at(1), table.id_at(3)}
    marks.clear()
    # then the bar is gone
    assert not marks.isVisible()
    assert opened.window.queue.state.marked == set()


def test_a_place_without_a_ticket_marks_nothing(opened: OpenedDesk) -> None:
    marks = opened.window.queue.marks
    marks.toggle(1_000_000)
    assert opened.window.queue.state.marked == set()
    assert not marks.isVisible()


def test_there_is_a_most_that_is_said(opened: OpenedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_MARKED", 4)
    marks = opened.window.queue.marks
    marks.mark_all()
    assert len(opened.window.queue.state.marked) == 4
    assert "the most at once" in marks.text.text()
