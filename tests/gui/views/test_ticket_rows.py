from PySide6.QtGui import QImage

from triage_app.gui.application import OpenedDesk
from triage_app.gui.models.ticket_table import Column
from triage_app.gui.screens import settle


def cell(opened: OpenedDesk, row: int, column: Column) -> QImage:
    view = opened.window.queue.list
    rect = view.visualRect(view.model().index(row, column))
    return view.viewport().grab(rect).toImage()


def test_a_reviewed_ticket_shows_a_check_instead_of_a_number(opened: OpenedDesk) -> None:
    window = opened.window
    window.queue.go_to(1)
    before = cell(opened, 0, Column.CONFIDENCE)
    window.queue.go_to(0)
    window.do("correct-1")
    settle(opened)
    row = window.queue.table.row_at(0)
    assert row is not None
    assert row.reviewed
    window.queue.go_to(1)
    assert cell(opened, 0, Column.CONFIDENCE) != before


def test_a_row_that_is_on_its_way_is_a_quiet_bar(opened: OpenedDesk) -> None:
    table = opened.window.queue.table
    opened.window.queue.go_to(5)
    before = cell(opened, 0, Column.SUBJECT)
    table._rows.clear()
    after = cell(opened, 0, Column.SUBJECT)
    assert after != before
    wanted = opened.desk.look.colour("skeleton").rgb()
    assert any(after.pixel(x, after.height() // 2) == wanted for x in range(after.width()))


def test_the_ticket_in_hand_and_the_marked_ones_stand_out(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    selection = opened.desk.look.colour("selection").rgb()
    queue.go_to(0)
    queue.marks.toggle(2)
    grounds = [cell(opened, row, Column.SENDER).pixel(1, 3) == selection for row in range(4)]
    assert grounds == [True, False, True, False]
