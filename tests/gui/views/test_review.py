import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.labelling import review_queue
from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.review import ReviewPage
from triage_app.services.learning_queries import GetReviewQueue
from triage_app.services.learning_shapes import LabelTold, ReviewItem, SecondLook, SecondLooks
from triage_app.services.queries import GetTicket


@pytest.fixture
def page(opened: OpenedDesk) -> ReviewPage:
    """The page with the review queue of the sample mail."""
    opened.window.do("learn-review")
    settle(opened)
    page = opened.window.learning.page("review")
    assert isinstance(page, ReviewPage)
    page.list.setFocus()
    return page


def shown(page: ReviewPage) -> list[TicketId]:
    lines = (page.list.topLevelItem(place) for place in range(page.list.topLevelItemCount()))
    return [line.data(0, Qt.ItemDataRole.UserRole).ticket for line in lines if line is not None]


def test_each_kind_of_text_is_a_line_and_its_ticket_is_read(page: ReviewPage, opened: OpenedDesk) -> None:
    queue = opened.desk.app.ask(GetReviewQueue())
    assert shown(page) == [item.ticket for item in queue.items]
    assert page.pane.ticket == queue.items[0].ticket
    assert page.pane.subject.text()
    assert f"{queue.open} open tickets" in page.summary.text()


def test_a_digit_labels_the_one_ticket_and_undo_brings_its_line_back(page: ReviewPage, opened: OpenedDesk) -> None:
    # given a line that stands for one ticket only
    single = next(place for place, line in enumerate(lines(page)) if line.size == 1)
    line = page.list.topLevelItem(single)
    assert line is not None
    page.list.setCurrentItem(line)
    before = shown(page)
    # when a digit is typed
    QTest.keyClick(page.list, Qt.Key.Key_4)
    settle(opened)
    # then it has the label, and the line is gone
    row = opened.desk.app.ask(GetTicket(id=before[single])).row
    assert (row.category, row.reviewed) == ("Spam", True)
    assert before[single] not in shown(page)
    opened.window.do("undo")
    settle(opened)
    assert set(shown(page)) == set(before)


def lines(page: ReviewPage) -> list[ReviewItem]:
    found = (page.list.topLevelItem(place) for place in range(page.list.topLevelItemCount()))
    return [line.data(0, Qt.ItemDataRole.UserRole) for line in found if line is not None]


def test_for_many_alike_it_asks_first(page: ReviewPage, opened: OpenedDesk) -> None:
    # given a line that stands for many
    page.show_queue(review_queue())
    QTest.keyClick(page.list, Qt.Key.Key_1)
    # then nothing is done before it is said for how many
    assert page.question.isVisible()
    assert not page.all_alike.isEnabled()
    page.show_plan(LabelTold("Phishing", tuple(TicketId(5 + place) for place in range(41)), planned=True))
    assert page.asked.text().startswith("\u201cPhishing\u201d for 41 open tickets")
    # and Escape leaves everything as it is
    QTest.keyClick(page.list, Qt.Key.Key_Escape)
    assert page.question.isHidden()
    assert shown(page) == [5, 90]
    settle(opened)


def test_all_alike_get_the_label_with_one_key(page: ReviewPage, opened: OpenedDesk) -> None:
    many = next((place for place, line in enumerate(lines(page)) if line.size > 1), None)
    assert many is not None, "the sample mail has mails that are nearly the same"
    item = lines(page)[many]
    line = page.list.topLevelItem(many)
    assert line is not None
    page.list.setCurrentItem(line)
    QTest.keyClick(page.list, Qt.Key.Key_4)
    settle(opened)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    settle(opened)
    rows = [opened.desk.app.ask(GetTicket(id=ticket)).row for ticket in item.tickets]
    assert {(row.category, row.reviewed) for row in rows} == {("Spam", True)}
    assert "alike" in opened.window.toast.text.text()


def test_a_second_opinion_shows_nothing_of_the_first(page: ReviewPage, opened: OpenedDesk) -> None:
    ticket = lines(page)[0].ticket
    assert page.looks.isHidden()
    page.show_looks(SecondLooks((SecondLook(ticket, "Verify your account", "category"),)))
    assert page.looks.isVisible()
    line = page.looks.topLevelItem(0)
    assert line is not None
    page.looks.setFocus()
    page.looks.setCurrentItem(line)
    settle(opened)
    # the ticket is read, and there is no way from here to what was said
    assert page.pane.ticket == ticket
    assert page.pane.open_button.isHidden()
    # one that wants no second look is refused, and says so
    QTest.keyClick(page.looks, Qt.Key.Key_2)
    settle(opened)
    assert opened.window.toast.isVisible()
    assert page.looks.isHidden()


def test_the_ticket_in_hand_is_opened(page: ReviewPage, opened: OpenedDesk) -> None:
    ticket = lines(page)[1].ticket
    line = page.list.topLevelItem(1)
    assert line is not None
    page.list.setCurrentItem(line)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    settle(opened)
    assert opened.window.queue.current == ticket


def test_j_and_k_walk_here_and_leave_the_queue_where_it_is(page: ReviewPage, opened: OpenedDesk) -> None:
    before = opened.window.queue.current
    opened.window.do("next")
    opened.window.do("next")
    opened.window.do("previous")
    current = page.current
    assert isinstance(current, ReviewItem)
    assert current.ticket == lines(page)[1].ticket
    assert opened.window.queue.current == before
    settle(opened)
