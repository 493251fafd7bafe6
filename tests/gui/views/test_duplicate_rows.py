import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.gui.groups import NOW, a_link, a_repeat, a_row, a_tree
from triage_app.domain.dedup import Level
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.gui.look import Look
from triage_app.gui.models.duplicate_lines import DuplicateLines
from triage_app.gui.views.duplicate_rows import DuplicateRowPainter, RowButton, buttons_of

TREE = a_tree(
    a_link(1, Level.NOTE, a_row(2), novelty=("severity high, seen so far medium",)),
    a_link(2, Level.NOTE, a_row(3, verdict=Verdict.TEST)),
    a_link(3, Level.NOTE, a_row(4), checked=True),
    a_link(4, Level.LINK, a_row(5)),
    repeats=(a_repeat(9, 3, "new recipient b@example.org"),),
)


@pytest.fixture
def lines(qtbot: QtBot) -> DuplicateLines:
    lines = DuplicateLines(lambda: NOW)
    lines.show(TREE, TicketId(1))
    return lines


def buttons(lines: DuplicateLines, ticket: int) -> tuple[RowButton, ...]:
    return buttons_of(lines.at(lines.place_of(("ticket", ticket))))


def test_a_potential_link_has_its_live_buttons_until_it_is_ticked_off(lines: DuplicateLines) -> None:
    assert buttons(lines, 2) == (RowButton.CLOSE, RowButton.CHECK)
    assert buttons(lines, 3) == (RowButton.CHECK,)
    assert buttons(lines, 4) == buttons(lines, 5) == buttons(lines, 1) == ()


def test_buttons_lie_side_by_side_within_their_line(lines: DuplicateLines, look: Look) -> None:
    painter = DuplicateRowPainter(look, lines, lambda: NOW, "me")
    rect = QRect(0, 100, 400, 44)
    (_one, right), (_other, left) = painter.button_boxes(rect, lines.at(lines.place_of(("ticket", 2))))
    assert rect.contains(right)
    assert rect.contains(left)
    assert not right.intersects(left)


def test_what_is_new_makes_a_line_higher_and_everything_is_painted(lines: DuplicateLines, look: Look) -> None:
    painter = DuplicateRowPainter(look, lines, lambda: NOW, "me")
    option = QStyleOptionViewItem()
    heights = [painter.sizeHint(option, lines.index(place)).height() for place in range(lines.rowCount())]
    new, plain = lines.place_of(("ticket", 2)), lines.place_of(("ticket", 5))
    assert heights[new] > heights[plain] > 0
    for place, height in enumerate(heights):
        image = QImage(300, height, QImage.Format.Format_RGB32)
        image.fill(look.colour("surface"))
        before = image.copy()
        option.rect = QRect(0, 0, 300, height)
        canvas = QPainter(image)
        painter.paint(canvas, option, lines.index(place))
        canvas.end()
        assert image != before
