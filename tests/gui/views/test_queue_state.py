import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from triage_app.domain.errors import StorageFailed
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
