from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.labelling import month_report
from triage_app.gui.application import OpenedDesk
from triage_app.gui.views.month_sheet import MonthSheet


@pytest.fixture
def sheet(opened: OpenedDesk, qtbot: QtBot) -> MonthSheet:
    """A month in which much was measured."""
    sheet = MonthSheet(opened.desk)
    qtbot.addWidget(sheet)
    sheet.resize(1_000, 800)
    sheet.show()
    sheet.show_report(month_report())
    return sheet


def test_the_figures_stand_with_their_intervals_and_trends(sheet: MonthSheet) -> None:
    names = [figure.accessibleName() for figure in sheet.figures]
    assert "in October 2026" in names[0]
    assert "300 corrected" in names[1]
    assert names[2].startswith("Right: 84%, 79 to 89%")
    assert "80% wanted" in names[3]
    assert names[4] == "Time saved: 4 h 15 min, measured in 912 decisions"
    assert sheet.advice.text().startswith("1.  Split Other")


def test_each_part_is_a_list_and_empty_ones_are_left_out(sheet: MonthSheet) -> None:
    line = sheet.savings.topLevelItem(1)
    assert line is not None
    # what was measured too seldom claims nothing
    assert [line.text(column) for column in (2, 3, 4)] == ["\u2014", "\u2014", "\u2014"]
    keyword, drift, source = (tree.topLevelItem(0) for tree in (sheet.keywords, sheet.drift, sheet.sources))
    assert keyword is not None
    assert [keyword.text(column) for column in range(4)] == ["lost*", "DeviceLost", "12", "6"]
    assert drift is not None
    assert drift.text(1) == "much"
    assert source is not None
    assert source.text(0) == "soc"
    assert "Phishing: 61 of 100" in sheet.promise.summary()
    sheet.show_report(replace(month_report(), keywords=(), next=()))
    assert sheet.keywords.isHidden()
    assert sheet.advice.isHidden()


def test_a_confusion_leads_to_its_ticket_and_a_source_is_forgotten(sheet: MonthSheet, qtbot: QtBot) -> None:
    line = sheet.confusions.topLevelItem(0)
    assert line is not None
    with qtbot.waitSignal(sheet.opened) as told:
        sheet.confusions.itemActivated.emit(line, 0)
    assert told.args == [7]
    with qtbot.waitSignal(sheet.forgotten) as told:
        sheet.menu_of("soc").actions()[0].trigger()
    assert told.args == ["soc"]


def test_where_it_is_narrow_things_stand_below_each_other(sheet: MonthSheet) -> None:
    first, second = sheet._cards[0], sheet._cards[1]
    sheet.resize(1_000, 800)
    sheet.widget().layout().activate()  # type: ignore[union-attr]
    assert first.y() == second.y()
    sheet.resize(600, 800)
    sheet.widget().layout().activate()  # type: ignore[union-attr]
    assert first.y() < second.y()
