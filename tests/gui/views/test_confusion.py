import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.measured import EVALUATION
from triage_app.gui.look import Look
from triage_app.gui.views.confusion import ConfusionTable


@pytest.fixture
def table(look: Look, qtbot: QtBot) -> ConfusionTable:
    table = ConfusionTable(look)
    qtbot.addWidget(table)
    table.show_counts(EVALUATION.labels, EVALUATION.confusion)
    table.resize(500, 300)
    table.show()
    return table


def test_a_cell_is_chosen_by_mouse_and_by_keys(table: ConfusionTable) -> None:
    told: list[tuple[str, str]] = []
    table.chosen.connect(lambda true, answered: told.append((true, answered)))
    where = table.visualRect(table.cells.index(0, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.accessibleName() == "Confusion matrix: 74 of 80 Spam were called so"
    QTest.keyClick(table, Qt.Key.Key_Left)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert told == [("Phishing", "Spam"), ("Spam", "Phishing")]


def test_the_largest_confusions_are_said(table: ConfusionTable) -> None:
    assert table.summary().startswith("8 of 100 Phishing were called Spam; 5 of 80 Spam were called Phishing")
    table.show_counts(("A",), ((4,),))
    assert table.summary() == "no label was taken for another"


def test_all_of_it_is_a_picture_and_rows(table: ConfusionTable) -> None:
    assert table.rows()[1] == ("Phishing", 90, 8, 2)
    size = table.whole_size()
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    blank = image.copy()
    painter = QPainter(image)
    table.draw_all(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    assert image != blank


def test_five_hundred_labels_are_shown_at_once(table: ConfusionTable) -> None:
    size = 500
    counts = tuple(tuple(9 if row == column else 0 for column in range(size)) for row in range(size))
    table.show_counts(tuple(f"label-{place}" for place in range(size)), counts)
    assert not table.grab().isNull()
    assert table.cells.columnCount() == size


def test_columns_grow_narrow_before_they_are_out_of_sight(table: ConfusionTable, look: Look) -> None:
    header = table.horizontalHeader()
    assert header.sectionSize(0) == look.px(52)
    table.resize(250, 300)
    assert look.px(34) <= header.sectionSize(0) < look.px(52)
    assert not table.horizontalScrollBar().isVisible()
