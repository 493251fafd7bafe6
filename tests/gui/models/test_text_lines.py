from PySide6.QtCore import Qt

from triage_app.gui.look import Look
from triage_app.gui.models.text_lines import KEY, TextLines


def test_lines_are_shown_as_they_are_with_numbers_on_the_right(look: Look) -> None:
    lines = TextLines(look, ("Name", "Tickets"), figures=(1,), fixed=(0,))
    lines.show([("a", ("one[.]example", "3"), "the first"), ("b", ("two[.]example", "4"), "the second")])
    assert (lines.rowCount(), lines.columnCount(), lines.key_at(1)) == (2, 2, "b")
    name, number = lines.index(0, 0), lines.index(0, 1)
    assert (name.data(), number.data(), name.data(KEY)) == ("one[.]example", "3", "a")
    assert name.data(Qt.ItemDataRole.ToolTipRole) == "the first"
    assert name.data(Qt.ItemDataRole.FontRole) == look.mono
    assert number.data(Qt.ItemDataRole.FontRole) == look.figures
    assert Qt.AlignmentFlag(number.data(Qt.ItemDataRole.TextAlignmentRole)) & Qt.AlignmentFlag.AlignRight
    assert lines.headerData(1, Qt.Orientation.Horizontal) == "Tickets"
    assert lines.headerData(0, Qt.Orientation.Vertical) is None
    lines.show([])
    assert lines.rowCount() == 0
