from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.groups import a_link, a_repeat, a_row, a_tree
from triage_app.domain.dedup import Level
from triage_app.domain.errors import StorageFailed
from triage_app.domain.ticket import TicketId
from triage_app.gui import wording
from triage_app.gui.application import OpenedDesk
from triage_app.gui.models.duplicate_lines import MOST_SHOWN
from triage_app.gui.views.duplicates import DuplicatesTab

TREE = a_tree(
    a_link(1, Level.LINK, a_row(2)),
    a_link(2, Level.NOTE, a_row(3)),
    a_link(3, Level.SUGGEST, a_row(4)),
    a_link(4, Level.SUGGEST, a_row(5), is_first=True),
    repeats=(a_repeat(9, 3), a_repeat(8, 90)),
)


@pytest.fixture
def tab(opened_empty: OpenedDesk, qtbot: QtBot) -> DuplicatesTab:
    tab = DuplicatesTab(opened_empty.desk)
    qtbot.addWidget(tab)
    tab.resize(480, 600)
    tab.show_tree(TREE, TicketId(1))
    tab.show()
    return tab


def choose(tab: DuplicatesTab, *key: object) -> None:
    tab.list.setCurrentIndex(tab.lines.index(tab.lines.place_of(key)))


def offered(tab: DuplicatesTab) -> list[str]:
    buttons = (tab.go, tab.why, tab.close_one, tab.check, tab.unlink, tab.split, tab.link)
    return [button.text() for button in buttons if button.isVisible()]


def test_the_ticket_in_hand_is_the_line_in_hand(tab: DuplicatesTab) -> None:
    assert tab.line is not None
    assert tab.line.row is not None
    assert tab.line.row.id == 1
    assert offered(tab) == ["Why?", "Link\u2026"]


def test_each_sort_of_line_offers_what_can_be_done_with_it(tab: DuplicatesTab) -> None:
    choose(tab, "ticket", 2)
    assert offered(tab) == ["Go to ticket", "Why?", "Close this one", "Unlink", "Link\u2026"]
    choose(tab, "ticket", 3)
    assert offered(tab) == ["Go to ticket", "Why?", "Close this one", "Tick off", "Unlink", "Link\u2026"]
    choose(tab, "repeat", 9)
    assert offered(tab) == ["Why?", "Split off", "Link\u2026"]


def test_a_suggestion_can_be_refused_from_either_end(tab: DuplicatesTab) -> None:
    for current in (1, 2):
        tab.show_tree(TREE, TicketId(current))
        for other in (4, 5):
            choose(tab, "ticket", other)
            assert "Unlink" in offered(tab)


def test_buttons_and_return_tell_which_line_is_meant(tab: DuplicatesTab) -> None:
    told: list[tuple[str, Any]] = []
    for name in ("check", "unlink", "close_one", "split"):
        getattr(tab, f"{name}_wanted").connect(lambda line, name=name: told.append((name, line)))
    tab.open_wanted.connect(lambda row: told.append(("open", row)))
    choose(tab, "ticket", 3)
    for button in (tab.check, tab.unlink, tab.close_one):
        button.click()
    QTest.keyClick(tab.list, Qt.Key.Key_Return)
    choose(tab, "repeat", 8)
    tab.split.click()
    assert [name for name, _what in told] == ["check", "unlink", "close_one", "open", "split"]
    assert told[0][1].row.id == 3
    assert told[3][1].id == 3
    assert told[4][1].repeat.raw == 8


def test_a_click_on_close_this_one_within_a_line_means_that_line(tab: DuplicatesTab, qtbot: QtBot) -> None:
    place = tab.lines.place_of(("ticket", 3))
    rect = tab.list.visualRect(tab.lines.index(place))
    (_button, box), *_others = tab._painter.button_boxes(rect, tab.lines.at(place))
    with qtbot.waitSignal(tab.close_one_wanted) as told:
        QTest.mouseClick(tab.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert told.args[0].row.id == 3


def test_repeats_say_how_many_and_when(tab: DuplicatesTab) -> None:
    assert tab.strip.isVisible()
    assert tab.span.text().startswith("2 merged repeats \u00b7 first ")
    assert "2 repeats" in tab.strip.accessibleName()


def test_the_line_in_hand_stays_when_the_group_is_read_again(tab: DuplicatesTab) -> None:
    choose(tab, "ticket", 3)
    tab.show_tree(a_tree(a_link(2, Level.NOTE, a_row(3), checked=True)), TicketId(1))
    assert tab.line is not None
    assert tab.line.row is not None
    assert tab.line.row.id == 3
    assert not tab.strip.isVisible()


def test_empty_and_error_are_said_with_what_to_do(tab: DuplicatesTab, qtbot: QtBot) -> None:
    tab.show_tree(a_tree(), TicketId(1))
    assert tab.state.isVisible()
    assert "Nothing is linked" in tab.state.sentence
    assert tab.line is None
    tab.show_error(StorageFailed("The database is locked."))
    assert tab.state.sentence == "The database is locked."


def test_of_five_thousand_tickets_some_are_shown_with_what_is_new(tab: DuplicatesTab, qtbot: QtBot) -> None:
    links = tuple(a_link(n, Level.LINK, a_row(n)) for n in range(2, 5002))
    new = a_link(9, Level.LINK, a_row(9000), novelty=("severity high",))
    tab.show_tree(a_tree(*links, new), TicketId(1))
    assert tab.lines.rowCount() == 3 + MOST_SHOWN
    assert tab.lines.at(2).text == f"{wording.count(5001)} linked tickets, {MOST_SHOWN} of them shown"
    choose(tab, "ticket", 9000)
    assert offered(tab) == ["Go to ticket", "Why?", "Close this one", "Unlink", "Link\u2026"]
