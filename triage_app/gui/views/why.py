"""A panel over the window that says why tickets are duplicates or not."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import dedup_operations, operations
from triage_app.gui.dedup_operations import Reasons
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.views.overlay import Overlay, lay_out, title_row
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.why_page import page

WIDTH, HEIGHT = 780, 620


class WhyPanel(QFrame):
    """Asks and shows the answer; closed by Escape, its button or a click beside it."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look = desk.look
        self._job: Job[Reasons] | None = None
        self._reasons: Reasons | None = None
        self._pair = False
        self.setObjectName("reasons")
        self.setAccessibleName("Why duplicates or not")
        px = self._look.px
        self.overlay = Overlay(self._look, self, parent, self._wanted)
        self.title = QLabel()
        top, self.close_button = title_row(self._look, self.title, self.overlay)
        self.body = QTextBrowser()
        self.body.setAccessibleName("Reasons")
        self.body.setOpenLinks(False)
        self.body.setFrameShape(QFrame.Shape.NoFrame)
        self.body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.document().setDocumentMargin(px(4))
        inset = QWidget()
        inset.setAccessibleName("Reasons")
        column = QVBoxLayout(inset)
        column.setContentsMargins(px(20), 0, px(4), px(12))
        column.addWidget(self.body)
        self.state = StatePage(self._look, "State of the reasons")
        self._inset = inset
        self._stack = lay_out(self._look, self, top, inset, self.state)
        self._look.changed.connect(self._write)

    def _wanted(self) -> tuple[int, int]:
        px = self._look.px
        high = px(HEIGHT)
        if self._reasons is not None:
            high = min(high, px(90) + round(self.body.document().size().height()))
        return px(WIDTH), high

    def ask(self, ticket: TicketId, other: TicketId | None = None) -> None:
        """Explain a ticket, or compare it with another one."""
        self._reasons, self._pair = None, other is not None
        if other is None:
            self.title.setText(f"Ticket {ticket}: a duplicate or not, and why")
        else:
            one, two = sorted((ticket, other))
            self.title.setText(f"Tickets {one} and {two}: the same or not, and why")
        self.state.say("scan-search", "Asking each rule\u2026")
        self._stack.setCurrentWidget(self.state)
        if not self.isVisible():
            self.overlay.open(self.body)
        self._job = dedup_operations.explain(
            self._desk, ticket, other, self._show, lambda error: self._fail(ticket, other, error)
        )

    def _show(self, reasons: Reasons) -> None:
        self._job = None
        self._reasons = reasons
        self._write()
        self._stack.setCurrentWidget(self._inset)
        self.overlay.place()
        self.body.setFocus()

    def _write(self) -> None:
        if self._reasons is None:
            return
        why = self._reasons
        self.body.setHtml(
            page(why.explanation, why.deciders, lambda token: self._look.colour(token).name(), pair=self._pair)
        )

    def _fail(self, ticket: TicketId, other: TicketId | None, error: TriageError) -> None:
        self._job = None
        if not operations.was_cancelled(error):
            again = ("Try again", lambda: self.ask(ticket, other))
            self.state.say("triangle-alert", error.message, (again,))

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody waits for the answer any more."""
        super().hideEvent(event)
        if self._job is not None:
            self._job.cancel()
            self._job = None
