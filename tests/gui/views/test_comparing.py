from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.fakes.parcels import FIRST, SECOND, THIRD
from tests.gui.desks import desk_on
from tests.gui.views.test_window import press
from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.app import App
from triage_app.services.search_commands import AddTicket


@pytest.fixture
def desk(parcels: App, tmp_path: Path, qtbot: QtBot) -> Iterator[OpenedDesk]:
    with desk_on(parcels, tmp_path / "view") as opened:
        opened.window.do("go-all")
        settle(opened)
        yield opened


def take(opened: OpenedDesk, ticket: TicketId) -> None:
    opened.window.queue.wait_for(ticket)
    settle(opened)


def test_one_key_puts_the_ticket_beside_the_one_most_like_it(desk: OpenedDesk) -> None:
    take(desk, SECOND)
    press(desk, Qt.Key.Key_V)
    panel = desk.window.comparing.side_by_side
    assert panel.isVisible()
    assert panel.comparison is not None
    assert (panel.comparison.ticket.id, panel.comparison.other.id) == (SECOND, FIRST)


def test_two_marked_tickets_are_put_side_by_side_and_three_are_too_many(desk: OpenedDesk) -> None:
    queue = desk.window.queue
    queue.state.marked.update({FIRST, THIRD})
    desk.window.do("compare")
    settle(desk)
    panel = desk.window.comparing.side_by_side
    assert panel.comparison is not None
    assert (panel.comparison.ticket.id, panel.comparison.other.id) == (THIRD, FIRST)
    press(desk, Qt.Key.Key_Escape)
    queue.state.marked.add(SECOND)
    desk.window.do("compare")
    settle(desk)
    assert not panel.isVisible()
    assert "Mark two tickets" in desk.window.toast.text.text()


def test_one_key_shows_the_campaign(desk: OpenedDesk) -> None:
    take(desk, FIRST)
    press(desk, Qt.Key.Key_C)
    panel = desk.window.comparing.campaign
    assert panel.isVisible()
    assert panel.campaign is not None
    assert panel.campaign.total == 2


def test_without_a_ticket_nothing_opens_and_without_a_similar_one_it_is_said(opened_empty: OpenedDesk) -> None:
    comparing = opened_empty.window.comparing
    comparing.compare_current()
    comparing.show_current_campaign()
    settle(opened_empty)
    assert not comparing.campaign.isVisible()
    # when there is one ticket, and no other
    row = opened_empty.desk.app.execute(AddTicket(subject="Door of the server room stands open"))
    settle(opened_empty)
    opened_empty.window.do("go-all")
    take(opened_empty, row.id)
    comparing.compare_current()
    settle(opened_empty)
    assert not comparing.side_by_side.isVisible()
    assert opened_empty.window.toast.text.text() == "No other ticket is like this one"
