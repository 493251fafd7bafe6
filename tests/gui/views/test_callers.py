from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot

from tests.gui.desks import light_look
from triage_app.domain.token import Caller
from triage_app.gui import wording
from triage_app.gui.look import Look, Scheme
from triage_app.gui.views.callers import MOST, NO_TOKEN, CallerTable

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DESK = Caller("desk", "192.0.2.1", NOW - timedelta(hours=2), NOW - timedelta(minutes=3), 1200, 0, 1)
GUESS = Caller("", "2001:db8::1", NOW, NOW, 7, 7, 0)


def lines(table: CallerTable) -> list[list[str]]:
    items = [table.topLevelItem(place) for place in range(table.topLevelItemCount())]
    return [[item.text(column) for column in range(table.columnCount())] for item in items if item is not None]


def test_each_caller_is_a_line_that_follows_what_happens(look: Look, qtbot: QtBot) -> None:
    # given
    table = CallerTable(look)
    qtbot.addWidget(table)
    table.show_callers([DESK, GUESS], NOW)
    assert lines(table) == [
        ["desk", "192.0.2.1", "2h", "3m", wording.count(1200), "1", "0"],
        [NO_TOKEN, "2001:db8::1", "now", "now", "7", "0", "7"],
    ]
    # when one is in hand and figures change, then it stays in hand
    second = table.topLevelItem(1)
    assert second is not None
    table.setCurrentItem(second)
    table.show_callers([DESK, GUESS], NOW + timedelta(minutes=5))
    assert lines(table)[1][3] == "5m"
    assert table.currentItem() is second
    # when they are gone, then so are their lines
    table.show_callers([], NOW)
    assert lines(table) == []


def test_refusals_stand_out_in_both_themes(qtbot: QtBot) -> None:
    look = light_look()
    table = CallerTable(look)
    qtbot.addWidget(table)
    table.show_callers([DESK, GUESS], NOW)
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        look.apply(scheme)
        fine, refused = (table.topLevelItem(place) for place in range(2))
        assert fine is not None
        assert refused is not None
        assert fine.foreground(6).color() == look.colour("text")
        assert refused.foreground(6).color() == look.colour("critical")


def test_of_very_many_the_latest_are_shown(look: Look, qtbot: QtBot) -> None:
    table = CallerTable(look)
    qtbot.addWidget(table)
    table.show_callers([DESK, *[GUESS] * MOST], NOW)
    assert len(lines(table)) == MOST
    assert lines(table)[0][0] == "desk"
