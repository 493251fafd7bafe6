import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.plot_intervals import IntervalRow, Intervals

ROWS = (
    IntervalRow("Phishing", 0.95, 0.86, 0.98, 60, "95.0% of 60"),
    IntervalRow("Spam", 0.6, 0.45, 0.74, 40, "60.0% of 40, broken", bad=True),
    IntervalRow("DeviceLost", None, 0.0, 1.0, 0, "nothing decided yet"),
)


@pytest.fixture
def intervals(look: Look, qtbot: QtBot) -> Intervals:
    intervals = Intervals(look, "Promise")
    qtbot.addWidget(intervals)
    intervals.show_rows(ROWS, 0.8)
    intervals.resize(500, intervals.sizeHint().height())
    intervals.show()
    return intervals


def test_each_line_is_said_and_walked_by_keys(intervals: Intervals) -> None:
    intervals.clearFocus()
    assert intervals.accessibleName().startswith("Promise: wanted 80%; Phishing: 95.0% of 60; Spam")
    intervals.setFocus()
    QTest.keyClick(intervals, Qt.Key.Key_Home)
    QTest.keyClick(intervals, Qt.Key.Key_Down)
    assert intervals.accessibleName() == "Promise: Spam: 60.0% of 40, broken"
    QTest.keyClick(intervals, Qt.Key.Key_End)
    QTest.keyClick(intervals, Qt.Key.Key_Down)
    assert "nothing decided yet" in intervals.accessibleName()


def test_what_is_bad_has_another_colour_and_what_is_not_known_no_mark(intervals: Intervals, look: Look) -> None:
    image = intervals.grab().toImage()

    def painted(token: str, line: int) -> int:
        colour, high = look.colour(token).rgb(), look.px(24)
        return sum(
            image.pixel(x, y) == colour for x in range(image.width()) for y in range(line * high, (line + 1) * high)
        )

    assert painted("accent", 0) > 20
    assert painted("critical", 1) > 20
    assert painted("accent", 2) == painted("critical", 2) == 0


def test_data_is_handed_out_with_names(intervals: Intervals) -> None:
    assert intervals.rows()[0] == ("name", "n", "share", "low", "high", "wanted")
    assert intervals.rows()[3] == ("DeviceLost", 0, "", 0.0, 1.0, 0.8)
