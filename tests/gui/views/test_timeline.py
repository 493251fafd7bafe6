from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from triage_app.domain.history import TimelineEntry
from triage_app.gui.look import Look
from triage_app.gui.views.timeline import ENTRY, TimelineTab, breakable

NOW = datetime(2026, 11, 8, 12, tzinfo=UTC)


def test_the_newest_entry_is_on_top_and_each_has_an_exact_time(look: Look, qtbot: QtBot) -> None:
    tab = TimelineTab(look, lambda: NOW)
    qtbot.addWidget(tab)
    entries = [TimelineEntry(NOW - timedelta(hours=n), "ana", "note", f"entry {n}") for n in (3, 1, 2)]
    tab.show_entries(entries)
    tab.resize(400, 400)
    tab.show()
    items = [tab.list.item(row) for row in range(tab.list.count())]
    assert [item.data(ENTRY).text for item in items] == ["entry 1", "entry 2", "entry 3"]
    assert all("2026" in item.toolTip() for item in items)
    assert "ana" in items[0].data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_long_entry_is_higher_when_it_is_narrow(look: Look, qtbot: QtBot) -> None:
    tab = TimelineTab(look, lambda: NOW)
    qtbot.addWidget(tab)
    tab.show_entries([TimelineEntry(NOW, "ana", "note", "many words " * 40)])
    tab.show()
    heights = []
    for width in (900, 300):
        tab.resize(width, 600)
        qtbot.waitUntil(lambda width=width: tab.list.visualItemRect(tab.list.item(0)).width() <= width)  # type: ignore[misc]
        tab.list.doItemsLayout()
        heights.append(tab.list.visualItemRect(tab.list.item(0)).height())
    assert heights[0] < heights[1]


def test_a_word_without_end_can_be_broken() -> None:
    assert "\u200b" in breakable("x" * 500)
    assert breakable("short words stay") == "short words stay"
