from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QListView, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.gui.alike import a_hit
from triage_app.gui.look import Look
from triage_app.gui.models.similar_lines import SimilarLines
from triage_app.gui.views.similar_rows import HEADING, NOTE, REASON, SimilarRowPainter, packed

REASONS = ("same attachment, seen in 3 tickets", "71 % of words", "same sender", "same rule")


def test_reasons_are_broken_between_two_of_them(look: Look) -> None:
    metrics = QFontMetrics(look.small)
    width = metrics.horizontalAdvance(" \u00b7 ".join(REASONS[:2])) + 2
    assert packed(REASONS, metrics, width) == [" \u00b7 ".join(REASONS[:2]), " \u00b7 ".join(REASONS[2:])]
    assert packed((), metrics, width) == []


def test_what_does_not_fit_into_two_lines_is_cut_there(look: Look) -> None:
    metrics = QFontMetrics(look.small)
    lines = packed(REASONS, metrics, metrics.horizontalAdvance(REASONS[0]) + 2)
    assert lines[0] == REASONS[0]
    assert lines[1].endswith("\u2026")
    assert len(lines) == 2


def test_a_hit_is_as_high_as_what_there_is_to_say(look: Look, qtbot: QtBot) -> None:
    # given one with a line of reasons, one with a note, and the first of the weaker ones without reasons
    view = QListView()
    qtbot.addWidget(view)
    view.resize(480, 400)
    view.show()
    lines = SimilarLines()
    lines.setParent(view)
    lines.show(
        (
            a_hit(1, reasons=("same rule",)),
            a_hit(2, reasons=("same rule",), note="Done."),
            a_hit(3, strong=False, reasons=()),
        )
    )
    painter = SimilarRowPainter(look, lines, view, "ana")
    view.setModel(lines)
    view.setItemDelegate(painter)
    # then each has its height, and can be painted
    plain, noted, weaker = (painter.sizeHint(QStyleOptionViewItem(), lines.index(k)).height() for k in range(3))
    assert noted == plain + look.px(NOTE)
    assert weaker == plain - look.px(REASON) + look.px(HEADING)
    assert not view.grab().isNull()
