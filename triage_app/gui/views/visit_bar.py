"""The bar below the queue while a ticket is open that the queue does not hold."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from triage_app.domain.ticket import TicketId
from triage_app.gui.look import Look
from triage_app.gui.views.elided import Elided


class VisitBar(QFrame):
    """Names the ticket and the view that does not hold it; `left` tells that the visit shall end."""

    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("marks")
        self.setAccessibleName("Ticket that is not in this view")
        px = look.px
        self.text = Elided()
        back = QPushButton("Back to the list")
        back.setProperty("flat", True)
        back.setToolTip("Escape")
        back.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(24), px(6), px(12), px(6))
        row.addWidget(self.text, 1)
        row.addWidget(back)
        self.hide()

    def begin(self, ticket: TicketId, view: str) -> None:
        """Say that a ticket is visited, and which view (by its title) does not hold it."""
        self.text.say(f"Ticket {ticket} is open; it is not in \u201c{view}\u201d")
        self.show()
