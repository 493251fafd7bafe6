from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.desks import desk_on
from triage_app.gui.application import OpenedDesk
from triage_app.gui.models.ticket_table import Column
from triage_app.gui.screens import settle
from triage_app.services.app import App


@pytest.mark.parametrize("width", [300, 450, 600, 800, 1200])
def test_columns_share_the_width_and_never_run_out_of_it(opened: OpenedDesk, width: int) -> None:
    queue = opened.window.queue
    opened.window.splitter.setSizes([width, 1440 - width])
    settle(opened)
    view = queue.list
    shown = [column for column in Column if not view.isColumnHidden(column)]
    assert sum(view.columnWidth(column) for column in shown) == view.viewport().width()
    assert {Column.CATEGORY, Column.SUBJECT, Column.SEVERITY} <= set(shown)


def test_a_click_on_a_title_sorts_and_a_second_one_turns_it_round(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    place = queue.header.sectionViewportPosition(Column.SUBJECT) + 20
    keys = []
    for _ in range(2):
        QTest.mouseClick(queue.header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 8))
        settle(opened)
        keys.append(queue.table.which.sort)
    assert keys == ["subject", "-subject"]
    assert queue.header.sorted_by is Column.SUBJECT


def test_a_click_with_ctrl_marks(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    place = QPoint(40, queue.list.rowViewportPosition(3) + 5)
    QTest.mouseClick(queue.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    assert queue.state.marked == {queue.table.id_at(3)}
    QTest.mouseClick(queue.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    assert queue.state.marked == set()


def test_the_row_below_the_mouse_lights_up(opened: OpenedDesk) -> None:
    queue = opened.window.queue
    QTest.mouseMove(queue.list.viewport(), QPoint(40, queue.list.rowViewportPosition(2) + 5))
    assert queue.state.hovered == 2


def test_compact_rows_show_more_tickets(demo: App, tmp_path: Path, qtbot: QtBot) -> None:
    with desk_on(demo, tmp_path) as opened:
        view = opened.window.queue.list
        normal = view.rowHeight(0)
        opened.window.actions_by_id["compact"].trigger()
        assert view.rowHeight(0) < normal
    with desk_on(demo, tmp_path) as opened:
        assert opened.window.queue.list.rowHeight(0) < normal
