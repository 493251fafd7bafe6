import math

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.charts import BarRow, Bars, GapChart, setting_text, short_time
from triage_app.services.dedup_queries import GapCount, GapReport, GapSetting

REPORT = GapReport(
    "vpn",
    900,
    12,
    (GapCount(0, 1, 4), GapCount(1, 10, 90), GapCount(10, 100, 30), GapCount(100, math.inf, 2)),
    tuple(GapSetting(gap, groups) for gap, groups in ((10, 200), (60, 90), (300, 40), (3600, 12))),
)


@pytest.mark.parametrize(
    ("seconds", "short", "exact"),
    [
        (0.2, "<1s", "1s"),
        (45, "45s", "45s"),
        (90, "1m30", "90s"),
        (300, "5m", "5m"),
        (5400, "1h30", "90m"),
        (172_800, "2d", "2d"),
    ],
)
def test_lengths_of_time_are_short_to_read_and_exact_to_write(seconds: float, short: str, exact: str) -> None:
    assert (short_time(seconds), setting_text(seconds)) == (short, exact)


def test_bars_say_what_they_show_and_grow_with_their_values(look: Look, qtbot: QtBot) -> None:
    bars = Bars(look, "Saved")
    qtbot.addWidget(bars)
    bars.resize(400, 48)
    bars.show_rows((BarRow("vpn", 90, "90 saved"), BarRow("beat", 0, "0 saved")))
    bars.show()
    assert bars.accessibleName() == "Saved, vpn: 90 saved, beat: 0 saved"
    image, accent = bars.grab().toImage(), look.colour("accent").rgb()
    painted = [sum(image.pixel(x, y) == accent for x in range(image.width())) for y in (12, 36)]
    assert painted[0] > 50
    assert painted[1] == 0


@pytest.fixture
def chart(look: Look, qtbot: QtBot) -> GapChart:
    chart = GapChart(look)
    qtbot.addWidget(chart)
    chart.resize(500, 260)
    chart.show_report(REPORT, 55)
    chart.show()
    return chart


def test_the_setting_of_the_draft_is_in_hand(chart: GapChart) -> None:
    assert chart.setting == GapSetting(60, 90)
    assert chart.accessibleName() == "Gaps and groups: a break of 1m gives 90 groups"
    assert chart.x_of(10) < chart.x_of(60) < chart.x_of(3600)


def test_the_setting_is_dragged_and_stepped(chart: GapChart) -> None:
    told: list[GapSetting] = []
    chart.chosen.connect(told.append)
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(int(chart.x_of(3600)), 60))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_End):
        QTest.keyClick(chart, key)
    assert [setting.gap_seconds for setting in told] == [3600, 300, 10, 3600]


def test_it_is_painted_and_bears_a_report_without_anything(chart: GapChart) -> None:
    full = chart.grab().toImage()
    chart.show_report(GapReport("vpn", 0, 0, (), ()))
    assert chart.setting is None
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.grab().toImage() != full
