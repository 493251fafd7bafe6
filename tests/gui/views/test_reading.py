from pytestqt.qtbot import QtBot

from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.reading import ReadingPane
from triage_app.services.queries import ListTickets


def test_it_reads_the_ticket_and_says_where_there_is_none(opened: OpenedDesk, qtbot: QtBot) -> None:
    pane = ReadingPane(opened.desk)
    qtbot.addWidget(pane)
    pane.show()
    assert pane.state.isVisible()
    row = opened.desk.app.ask(ListTickets(limit=1)).tickets[0]
    pane.show_ticket(row.id)
    settle(opened)
    assert pane.subject.text()[:20] == " ".join(row.subject.split())[:20]
    assert pane.message.isVisible()
    pane.show_ticket(TicketId(999_999))
    settle(opened)
    assert "999999" in pane.state.sentence
    pane.show_ticket(None)
    assert pane.state.sentence.startswith("Choose a line")
