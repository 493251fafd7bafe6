from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from triage_app.domain.ticket import TicketId
from triage_app.gui.look import Look
from triage_app.gui.views.visit_bar import VisitBar


def test_it_names_the_ticket_and_the_view_and_leads_back(look: Look, qtbot: QtBot) -> None:
    bar = VisitBar(look)
    qtbot.addWidget(bar)
    assert not bar.isVisible()
    bar.begin(TicketId(41), "Mine")
    assert bar.isVisible()
    assert bar.text.text() == "Ticket 41 is open; it is not in \u201cMine\u201d"
    (button,) = bar.findChildren(QPushButton)
    with qtbot.waitSignal(bar.left):
        button.click()
