import json

from triage_app.domain.ticket import Verdict
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.stopwatch import Stopwatch
from triage_app.services.commands import CloseTicket
from triage_app.services.queries import CountViews, ExportCorrections, ExportFormat, GetTicket


def test_a_bulk_close_says_how_many_and_which_were_left(opened: OpenedDesk) -> None:
    window = opened.window
    window.do("go-all")
    settle(opened)
    first = window.queue.table.id_at(0)
    assert first is not None
    opened.desk.app.execute(CloseTicket(id=first, verdict=Verdict.TEST))
    settle(opened)
    window.queue.go_to(0)
    window.queue.mark_to(9)
    window.decisions.close(Verdict.FALSE_POSITIVE)
    settle(opened)
    assert "9 tickets" in window.toast.text.text()
    assert "1 was left as before" in window.toast.text.text()
    assert opened.desk.app.ask(CountViews()).closed == 10
    window.do("undo")
    settle(opened)
    assert opened.desk.app.ask(CountViews()).closed == 1


def test_accept_on_a_reviewed_ticket_only_goes_on(opened: OpenedDesk) -> None:
    window = opened.window
    window.do("accept")
    settle(opened)
    window.queue.go_to(0)
    settle(opened)
    window.do("accept")
    settle(opened)
    assert window.queue.list.currentIndex().row() == 1


def test_a_key_beyond_the_labels_does_nothing(opened: OpenedDesk) -> None:
    ticket = opened.window.queue.current
    assert ticket is not None
    opened.window.decisions.correct_to_place(99)
    settle(opened)
    assert not opened.desk.app.ask(GetTicket(id=ticket)).row.reviewed


def test_undo_with_nothing_to_undo_is_said(opened: OpenedDesk) -> None:
    opened.window.do("undo")
    settle(opened)
    assert opened.window.toast.isVisible()
    assert not opened.window.toast.undo.isVisible()


def test_review_gets_shorter_as_it_is_worked_off(opened: OpenedDesk) -> None:
    window = opened.window
    window.do("go-review")
    settle(opened)
    total = window.queue.table.rowCount()
    for _ in range(3):
        window.do("correct-1")
        settle(opened)
    assert window.queue.table.rowCount() == total - 3
    assert window.pane.view is not None
    assert window.pane.view.row.id == window.queue.current


def test_the_time_from_showing_a_ticket_to_the_decision_is_measured(opened: OpenedDesk) -> None:
    # given a clock that is moved by hand, and a ticket that is shown
    times = [100.0]
    window = opened.window
    window.decisions.watch = Stopwatch(lambda: times[0])
    window.do("next")
    settle(opened)
    # when it is corrected after 12 seconds, and the next one accepted after 5
    times[0] += 12.0
    window.do("correct-1")
    settle(opened)
    times[0] += 5.0
    window.do("accept")
    settle(opened)
    # and two together
    window.do("select")
    window.do("extend-next")
    window.do("correct-2")
    settle(opened)
    # then each has its own time, and what was decided together has none
    rows = opened.desk.app.ask(ExportCorrections(format=ExportFormat.JSONL)).content.splitlines()
    assert [json.loads(row)["seconds"] for row in rows] == [12.0, 5.0, None, None]
