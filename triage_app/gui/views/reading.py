"""A ticket to read beside a list: subject, sender and message, without what was suggested or decided."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import labelling_operations, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.message import MessageTab
from triage_app.gui.views.state import StatePage
from triage_app.services.queries import TicketView


class ReadingPane(QWidget):
    """Reads the ticket that it is told to show; a newer one replaces it. `open_button` is for whoever owns the pane."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.ticket: TicketId | None = None
        self.setAccessibleName("Ticket to read")
        px = desk.look.px
        self.subject = Elided()
        self.subject.setFont(desk.look.strong)
        self.writer = Elided()
        self.writer.setObjectName("second")
        self.open_button = QPushButton("Open ticket")
        self.message = MessageTab(desk)
        head = QHBoxLayout()
        head.setContentsMargins(px(16), px(10), px(12), px(4))
        head.setSpacing(px(12))
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(self.subject)
        words.addWidget(self.writer)
        head.addLayout(words, 1)
        head.addWidget(self.open_button)
        shown = QWidget()
        shown.setAccessibleName("Ticket to read")
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.message, 1)
        self.state = StatePage(desk.look, "State of the ticket to read")
        self._shown = shown
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.state)
        self._stack.addWidget(shown)
        self.show_ticket(None)

    def show_ticket(self, ticket: TicketId | None) -> None:
        """Read this ticket; None empties the pane."""
        if ticket is not None and ticket == self.ticket:
            return
        self.ticket = ticket
        if ticket is None:
            self.state.say("mail", "Choose a line to read its ticket here.")
            self._stack.setCurrentWidget(self.state)
            return
        labelling_operations.load_to_read(self._desk, ticket, self._show, self._fail)

    def _show(self, view: TicketView) -> None:
        if view.row.id != self.ticket:
            return
        for label, text in ((self.subject, view.row.subject or "(no subject)"), (self.writer, view.row.sender)):
            label.say(wording.first_line(text, 300))
        self.message.show_messages(view.messages)
        self._stack.setCurrentWidget(self._shown)

    def _fail(self, error: TriageError) -> None:
        if not operations.was_cancelled(error):
            self.state.say("triangle-alert", error.message)
            self._stack.setCurrentWidget(self.state)
