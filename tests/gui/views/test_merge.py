from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.domain.dedup import Level
from triage_app.domain.errors import InvalidInput
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.gui.application import OpenedDesk
from triage_app.gui.look import Look
from triage_app.gui.views.merge import MOST_LINES, MergeBar, whose
from triage_app.services.search_queries import PlannedLink


@pytest.fixture
def row(opened: OpenedDesk) -> TicketRow:
    found = opened.window.queue.current_row
    assert found is not None
    return found


@pytest.fixture
def bar(look: Look, qtbot: QtBot) -> MergeBar:
    bar = MergeBar(look)
    qtbot.addWidget(bar)
    bar.begin((TicketId(1), TicketId(2), TicketId(3)))
    return bar


def plan(row: TicketRow, others: int = 2, *, refused: str = "") -> PlannedLink:
    rows = tuple(replace(row, id=TicketId(n), subject=f"subject {n}") for n in range(1, others + 2))
    return PlannedLink(rows[0], rows[1:], Level.LINK, 1, 2, ("ticket 2 has a new address",), refused)


def test_it_shows_what_goes_under_what_and_whose_it_is(bar: MergeBar, row: TicketRow) -> None:
    bar.show_plan(plan(row))
    assert bar.title.text() == "2 tickets go under ticket 1"
    assert bar.first.text() == "1  subject 1"
    assert [line.text() for line in bar.others if line.isVisible()] == ["2  subject 2", "3  subject 3"]
    assert [line.text() for line in bar.news if line.isVisible()] == [
        "1 is yours, 2 are somebody else\u2019s",
        "ticket 2 has a new address",
    ]
    assert not bar.more.isVisible()


def test_of_many_some_are_shown_and_the_rest_counted(bar: MergeBar, row: TicketRow) -> None:
    bar.show_plan(plan(row, MOST_LINES + 3))
    assert bar.more.text() == "and 3 more"


def test_nothing_is_done_before_the_plan_is_there(bar: MergeBar, row: TicketRow, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(bar.chosen):
        QTest.keyClick(bar, Qt.Key.Key_Return)
    bar.show_plan(plan(row))
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.keyClick(bar, Qt.Key.Key_Return)
    assert told.args == [(1, 2, 3), Level.LINK]


def test_another_level_asks_anew(bar: MergeBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.plan_wanted) as told:
        bar.level.setCurrentIndex(1)
        bar.level.activated.emit(1)
    assert told.args == [(1, 2, 3), Level.CHILD]


def test_what_is_refused_cannot_be_done(bar: MergeBar, row: TicketRow) -> None:
    bar.show_plan(plan(row, refused="They were unlinked for good."))
    assert bar.refused.text() == "They were unlinked for good."
    assert not bar.save.isEnabled()
    bar.show_error(InvalidInput("There is no ticket 9."))
    assert bar.refused.text() == "There is no ticket 9."


def test_nobodys_tickets_need_no_word(row: TicketRow) -> None:
    assert whose(replace(plan(row), yours=0, of_others=0)) == ""
