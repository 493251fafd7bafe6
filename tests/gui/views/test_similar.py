import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.alike import a_hit, a_list
from tests.gui.groups import a_row
from triage_app.domain.errors import StorageFailed
from triage_app.domain.ticket import Status, TicketId, Verdict
from triage_app.gui.application import OpenedDesk
from triage_app.gui.similar_operations import Sought
from triage_app.gui.views.similar import SimilarTab
from triage_app.services.search_queries import SimilarTicket

ROW = a_row(1, category="Phishing", similar_open=3, similar_past=12)
ANSWER = a_list(
    a_hit(2), a_hit(3, note="Blocked.", status=Status.RESOLVED, verdict=Verdict.TEST), a_hit(4, strong=False)
)


@pytest.fixture
def tab(opened_empty: OpenedDesk, qtbot: QtBot) -> SimilarTab:
    tab = SimilarTab(opened_empty.desk)
    qtbot.addWidget(tab)
    tab.resize(480, 600)
    tab.show()
    tab.expect(ROW)
    tab.show_similar(ANSWER)
    return tab


def chosen(tab: SimilarTab) -> TicketId | None:
    return tab.hit.id if tab.hit is not None else None


def offered(tab: SimilarTab) -> list[str]:
    return [entry.text() for entry in tab.menu().actions() if entry.isEnabled() and entry.text()]


def test_it_says_how_many_are_similar_and_has_the_first_in_hand(tab: SimilarTab) -> None:
    assert tab.heading.text() == "3 open and 12 past tickets are similar"
    assert tab.hit == ANSWER.similar[0]
    assert offered(tab) == ["Side by side", "Link", "Decide like it", "Go to ticket"]


def test_what_cannot_be_done_is_not_offered(tab: SimilarTab) -> None:
    # given a closed hit with a note
    QTest.keyClick(tab.list, Qt.Key.Key_Down)
    assert {"Copy note", "Copy note to the clipboard", "Decide like it"} <= set(offered(tab))
    # when the ticket in hand is closed as well, it has its verdict
    tab.expect(a_row(1, verdict=Verdict.TEST, status=Status.RESOLVED))
    assert "Decide like it" not in offered(tab)


def test_return_and_buttons_tell_the_hit_that_is_meant(tab: SimilarTab) -> None:
    told: list[tuple[str, SimilarTicket]] = []
    for name in ("compare", "link", "note", "decide", "open"):
        getattr(tab, f"{name}_wanted").connect(lambda hit, name=name: told.append((name, hit)))
    QTest.keyClick(tab.list, Qt.Key.Key_Down)
    QTest.keyClick(tab.list, Qt.Key.Key_Return)
    for button in (tab.compare, tab.link, tab.note, tab.decide, tab.go):
        button.click()
    assert [name for name, _hit in told] == ["compare", "compare", "link", "note", "decide", "open"]
    assert {hit.id for _name, hit in told} == {3}


def test_an_old_answer_stays_but_nothing_can_be_done_with_it(tab: SimilarTab) -> None:
    # when another ticket is taken in hand
    tab.expect(a_row(5))
    # then the list is still there, and no hit is in hand
    assert tab.list.isVisible()
    assert tab.lines.rowCount() == 3
    assert chosen(tab) is None
    assert not tab.compare.isEnabled()
    # when its answer comes, its first hit is in hand
    tab.show_similar(a_list(a_hit(9), still_open=1, past=0))
    assert tab.heading.text() == "1 open ticket is similar"
    assert chosen(tab) == 9


def test_the_hit_in_hand_stays_when_the_list_is_read_again(tab: SimilarTab) -> None:
    QTest.keyClick(tab.list, Qt.Key.Key_Down)
    tab.show_similar(a_list(a_hit(8), *ANSWER.similar))
    assert chosen(tab) == 3


def test_filters_ask_again(tab: SimilarTab, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tab.wanted):
        tab.statuses["past"].click()
    tab.same_category.click()
    assert tab.sought == Sought("past", "Phishing")
    # when nothing is left, all can be had again
    tab.show_similar(a_list())
    assert tab.state.sentence == "No similar ticket is like that."
    assert tab.statuses["past"].isVisible()
    tab.show_all()
    assert tab.sought == Sought()


def test_empty_and_error_are_said(tab: SimilarTab) -> None:
    tab.show_similar(a_list(still_open=0, past=0))
    assert tab.state.isVisible()
    assert tab.state.sentence == "Nothing in the whole history is like this ticket."
    assert not tab.compare.isVisible()
    tab.show_error(StorageFailed("The database is locked."))
    assert tab.state.sentence == "The database is locked."


def test_a_campaign_is_offered_from_three_on(tab: SimilarTab) -> None:
    tab.show_pattern(2)
    assert not tab.campaign.isVisible()
    tab.show_pattern(41)
    assert tab.campaign.isVisible()
    assert tab.campaign.text() == "Show the 41 as a campaign"


def test_nothing_is_asked_while_nobody_sees_the_tab(tab: SimilarTab, qtbot: QtBot) -> None:
    asked: list[TicketId | None] = []
    tab.wanted.connect(lambda: asked.append(tab.ticket))
    tab.hide()
    tab.expect(a_row(6))
    tab.expect(a_row(7))
    assert asked == []
    # when it is seen, it asks for the ticket in hand, once
    with qtbot.waitSignal(tab.wanted):
        tab.show()
    assert asked == [7]
