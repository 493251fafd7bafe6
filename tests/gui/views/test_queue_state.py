import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from triage_app.domain.errors import StorageFailed, TooWide
from triage_app.gui.look import Look
from triage_app.gui.models.ticket_table import Which
from triage_app.gui.views.queue_state import QueueState


@pytest.fixture
def page(look: Look, qtbot: QtBot) -> QueueState:
    page = QueueState(look)
    qtbot.addWidget(page)
    return page


def buttons(page: QueueState) -> dict[str, QPushButton]:
    page.show()
    return {button.text(): button for button in page.findChildren(QPushButton) if button.isVisible()}


def test_a_search_without_a_hit_can_be_cleared(page: QueueState, qtbot: QtBot) -> None:
    page.say_empty(Which("inbox", "zebra\nx", "-age"), "Inbox", new=True)
    assert "zebra" in page.sentence
    with qtbot.waitSignal(page.clear_wanted):
        buttons(page)["Clear the search"].click()


def test_a_search_within_a_view_goes_on_in_all_tickets(page: QueueState, qtbot: QtBot) -> None:
    page.say_empty(Which("inbox", "zebra", "-age"), "Inbox", new=False)
    with qtbot.waitSignal(page.widen_wanted):
        buttons(page)["Search all tickets"].click()
    page.say_empty(Which("all", "zebra", "-age"), "All tickets", new=False)
    assert "Search all tickets" not in buttons(page)


def test_a_search_that_is_refused_says_what_to_do_and_can_be_changed(page: QueueState, qtbot: QtBot) -> None:
    page.say_refused(TooWide("This search would take too long. Add a word or a time."))
    assert page.sentence == "This search would take too long. Add a word or a time."
    with qtbot.waitSignal(page.edit_wanted):
        buttons(page)["Change the search"].click()
    with qtbot.waitSignal(page.clear_wanted):
        buttons(page)["Clear the search"].click()


def test_where_nothing_waits_it_is_said_how_to_put_off(page: QueueState) -> None:
    page.say_empty(Which("waiting", "", "-age"), "Waiting", new=False)
    assert "Nothing is put off" in page.sentence


def test_a_new_workspace_offers_to_import(page: QueueState, qtbot: QtBot) -> None:
    page.say_empty(Which("inbox", "", "-age"), "Inbox", new=True)
    with qtbot.waitSignal(page.import_wanted):
        buttons(page)["Import files\u2026"].click()
    with qtbot.waitSignal(page.demo_wanted):
        buttons(page)["Load the sample mail"].click()


def test_an_empty_view_says_which_one_it_is(page: QueueState) -> None:
    page.say_empty(Which("inbox", "", "-age"), "Inbox", new=False)
    assert page.sentence == "Nothing left to do here."
    page.say_empty(Which("mine", "", "-age"), "Mine", new=False)
    assert page.sentence == "No ticket is in \u201cMine\u201d."


def test_an_error_can_be_tried_again(page: QueueState) -> None:
    tried: list[bool] = []
    page.say_error(StorageFailed("The database cannot be read."), lambda: tried.append(True))
    assert page.sentence == "The database cannot be read."
    buttons(page)["Try again"].click()
    assert tried == [True]
