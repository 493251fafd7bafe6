from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from triage_app.domain.errors import StorageFailed, TooWide
from triage_app.gui.application import OpenedDesk
from triage_app.gui.models.ticket_table import Which
from triage_app.gui.screens import settle
from triage_app.services.commands import ImportFiles

MAIL = b"From: b@partner.example\r\nTo: soc@example.org\r\nSubject: Newer\r\n\r\nPlease verify your account.\r\n"


def test_new_tickets_come_in_without_moving_the_one_in_hand(opened: OpenedDesk, tmp_path: Path) -> None:
    queue = opened.window.queue
    queue.go_to(5)
    ticket, total = queue.current, queue.table.rowCount()
    (tmp_path / "new.eml").write_bytes(MAIL)
    opened.desk.app.execute(ImportFiles(paths=(str(tmp_path / "new.eml"),)))
    settle(opened)
    queue.table.refresh()
    settle(opened)
    assert queue.table.rowCount() == total + 1
    assert queue.current == ticket


def test_the_ticket_in_hand_is_told_again_only_when_its_row_is_another(opened: OpenedDesk) -> None:
    # given a ticket in hand
    queue = opened.window.queue
    queue.go_to(2)
    settle(opened)
    told: list[object] = []
    queue.current_changed.connect(told.append)
    # when rows come that say the same of it, nothing is told
    queue.table.rows_came.emit()
    assert told == []
    # when they say something else, it is
    row = queue.current_row
    assert row is not None
    queue.table.remember(replace(row, duplicates=row.duplicates + 1))
    queue.table.rows_came.emit()
    queue.table.rows_came.emit()
    assert told == [row.id]


def test_next_of_skips_what_is_decided_and_turns_back_at_the_end(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    ids = [queue.table.id_at(place) for place in range(queue.table.rowCount())]
    queue.go_to(3)
    assert queue.next_of((ids[3], ids[4])) == ids[5]  # type: ignore[arg-type]
    queue.go_to(len(ids) - 1)
    assert queue.next_of((ids[-1],)) == ids[-2]  # type: ignore[arg-type]
    assert queue.next_of(tuple(ids)) is None  # type: ignore[arg-type]


def test_shift_marks_up_to_a_row(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    queue.go_to(2)
    queue.mark_to(6)
    assert queue.state.marked == {queue.table.id_at(place) for place in range(2, 7)}
    assert queue.marks.isVisible()
    queue.marks.clear()
    assert queue.targets == (queue.current,)


def test_an_error_without_tickets_is_a_page_with_another_try(opened_empty: OpenedDesk, qtbot: QtBot) -> None:
    queue = opened_empty.window.queue
    queue.table.failed.emit(StorageFailed("The database cannot be read."))
    assert queue.state_page.sentence == "The database cannot be read."
    assert queue.state_page.isVisible()


def test_an_error_with_tickets_leaves_them_there(opened: OpenedDesk, qtbot: QtBot) -> None:
    queue = opened.window.queue
    with qtbot.waitSignal(opened.desk.jobs.failed):
        queue.table.failed.emit(StorageFailed("The database cannot be read."))
    assert queue.list.isVisible()
    assert opened.window.toast.isVisible()


def test_a_search_that_is_too_wide_says_so_in_place_of_the_list(opened: OpenedDesk) -> None:
    # given a search that the database stops
    queue = opened.window.queue
    queue.table.which = Which("all", "a*", "age")
    # when that is told, then it stands where the list of another search would be wrong
    queue.table.failed.emit(TooWide("The search would take too long. Add a word, a field or a time."))
    assert queue.state_page.isVisible()
    assert "Add a word" in queue.state_page.sentence
    assert queue.total.text() == ""
    # when the next search is answered, its list is back
    queue.show_view("inbox", "Inbox")
    settle(opened)
    assert queue.list.isVisible()
