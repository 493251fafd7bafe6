from datetime import timedelta

from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from tests.gui.groups import NOW
from triage_app.gui.look import Look
from triage_app.gui.views.time_strip import TimeStrip, binned


def test_times_fall_into_equal_stretches() -> None:
    times = [NOW + timedelta(minutes=minute) for minute in (0, 0, 1, 9, 10)]
    assert binned(times, 5) == (3, 0, 0, 0, 2)
    assert sum(binned(times, 3)) == len(times)


def test_one_moment_stands_in_the_middle_and_none_has_no_bars() -> None:
    assert binned([NOW, NOW], 3) == (0, 2, 0)
    assert binned([], 3) == ()


def test_it_says_what_it_shows(look: Look, qtbot: QtBot) -> None:
    strip = TimeStrip(look)
    qtbot.addWidget(strip)
    strip.resize(200, 30)
    strip.show_times([NOW, NOW + timedelta(hours=1)])
    strip.show()
    assert strip.accessibleName().startswith("2 repeats from ")
    assert strip.said_at(QPoint(0, 5)).startswith("1 repeat from ")
    blank = TimeStrip(look)
    qtbot.addWidget(blank)
    blank.resize(200, 30)
    assert strip.grab().toImage() != blank.grab().toImage()
