from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.gui.application import OpenedDesk
from triage_app.gui.finding_operations import Later
from triage_app.gui.local_time import zone_named
from triage_app.gui.views.later import Kind, LaterBar, offers_at

# A Sunday.
NOW = datetime(2026, 11, 8, 12, 0, tzinfo=UTC)


@pytest.fixture
def bar(opened: OpenedDesk, qtbot: QtBot) -> LaterBar:
    bar = LaterBar(replace(opened.desk, now=lambda: NOW))
    bar._zone = zone_named("UTC")
    qtbot.addWidget(bar)
    bar.resize(520, 260)
    bar.begin(Kind.SNOOZE, "Put off this until")
    return bar


def told(qtbot: QtBot, bar: LaterBar, key: Qt.Key) -> tuple[Kind, Later]:
    with qtbot.waitSignal(bar.wanted) as found:
        QTest.keyClick(bar.time if bar.time.hasFocus() else bar, key)
    kind, later = found.args
    return kind, later


@pytest.mark.parametrize(
    ("key", "until"),
    [
        (Qt.Key.Key_H, "2026-11-08T13:00:00+00:00"),
        (Qt.Key.Key_E, "2026-11-08T18:00:00+00:00"),
        (Qt.Key.Key_T, "2026-11-09T09:00:00+00:00"),
        (Qt.Key.Key_M, "2026-11-09T09:00:00+00:00"),
    ],
)
def test_one_key_puts_off_until_an_exact_time(bar: LaterBar, qtbot: QtBot, key: Qt.Key, until: str) -> None:
    assert told(qtbot, bar, key) == (Kind.SNOOZE, Later(until))
    assert not bar.isVisible()


def test_a_typed_time_says_what_it_means_while_it_is_typed(bar: LaterBar, qtbot: QtBot) -> None:
    bar.time.setText("friday 10:00")
    assert "Comes back Friday 10:00" in bar.meaning.text()
    assert bar.save.isEnabled()
    bar.time.setText("someday")
    assert "is no time" in bar.meaning.text()
    assert bar.meaning.property("wrong")
    assert not bar.save.isEnabled()
    bar.time.setText("today 09:00")
    assert "has passed" in bar.meaning.text()
    bar.time.setText("2d")
    bar.why.setText("the caller is away")
    bar.time.setFocus()
    assert told(qtbot, bar, Qt.Key.Key_Return)[1] == Later("2026-11-10T12:00:00+00:00", why="the caller is away")


def test_a_change_alone_or_with_a_time_brings_it_back(bar: LaterBar, qtbot: QtBot) -> None:
    assert not bar.save.isEnabled()
    QTest.keyClick(bar, Qt.Key.Key_C)
    assert bar.change.isChecked()
    assert "as soon as something changes" in bar.meaning.text()
    bar.time.setText("4h")
    assert "or as soon as something changes" in bar.meaning.text()
    bar.time.clear()
    bar.setFocus()
    assert told(qtbot, bar, Qt.Key.Key_Return)[1] == Later(on_change=True)


def test_a_figure_begins_a_time_and_escape_leaves(bar: LaterBar, qtbot: QtBot) -> None:
    QTest.keyClick(bar, Qt.Key.Key_4)
    assert bar.time.text() == "4"
    with qtbot.waitSignal(bar.left):
        QTest.keyClick(bar.time, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_a_follow_up_has_no_change_to_wait_for(bar: LaterBar, qtbot: QtBot) -> None:
    bar.change.setChecked(True)
    bar.begin(Kind.FOLLOW_UP, "Look at this again")
    assert not bar.change.isVisible()
    assert bar.save.text() == "Follow up"
    QTest.keyClick(bar, Qt.Key.Key_C)
    assert told(qtbot, bar, Qt.Key.Key_T) == (Kind.FOLLOW_UP, Later("2026-11-09T09:00:00+00:00"))


def test_in_the_evening_the_next_evening_is_offered() -> None:
    assert [offer.words for offer in offers_at(NOW.replace(hour=17))][1] == "This evening"
    assert [offer.written for offer in offers_at(NOW.replace(hour=18))][1] == "tomorrow 18:00"
    # on a Sunday Monday is tomorrow, on a Monday it is the next one
    assert offers_at(NOW)[3].words == "Monday"
    assert offers_at(NOW.replace(day=9))[3].words == "Next Monday"
