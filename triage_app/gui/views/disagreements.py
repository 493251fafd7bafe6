"""On which tickets a version in the shadow and the one in force differ."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QTreeWidgetItem, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.gui import learning_wording, wording
from triage_app.gui.look import Look
from triage_app.gui.views.label_cells import plain_list
from triage_app.gui.views.state import StatePage
from triage_app.services.learning_shapes import ShadowReport

TICKET = Qt.ItemDataRole.UserRole
COLUMNS = (("Ticket", 0), ("In force", 130), ("In the shadow", 130), ("People said", 110))
TRUTH = 3
WITH_TRUTH = 560


class Disagreements(QWidget):
    """Return or a double click opens the ticket."""

    ticket_wanted = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        px = look.px
        self.setAccessibleName("Disagreements")
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setContentsMargins(px(6), px(10), px(16), px(4))
        self.list = plain_list(look, "Tickets on which the versions differ", COLUMNS)
        self.list.itemActivated.connect(self._open)
        report = QWidget()
        report.setAccessibleName("Disagreements")
        column = QVBoxLayout(report)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.said)
        column.addWidget(self.list, 1)
        self.state = StatePage(look, "State of the disagreements")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.state)
        self._stack.addWidget(report)
        self._report = report

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the tickets have the room; the tick tells what people said."""
        super().resizeEvent(event)
        self.list.setColumnHidden(TRUTH, self.width() < self._look.px(WITH_TRUTH))

    def say(self, sentence: str) -> None:
        """There is nothing to list, and why."""
        self.state.say("eye", sentence)
        self._stack.setCurrentWidget(self.state)

    def show_error(self, error: TriageError) -> None:
        """It could not be read."""
        self.say(wording.first_line(error.message, 300))

    def show_report(self, report: ShadowReport) -> None:
        """Show how a version did, and where it differs."""
        if not report.disagreements:
            self.say(learning_wording.shadowed(report))
            return
        self.said.setText(learning_wording.shadowed(report))
        self.list.clear()
        items = []
        for each in report.disagreements:
            words = [
                f"{each.ticket}  {wording.first_line(each.subject, 200) or '(no subject)'}",
                f"{each.in_force} {wording.percent(each.in_force_confidence)}",
                f"{each.shadow} {wording.percent(each.shadow_confidence)}",
                each.truth,
            ]
            item = QTreeWidgetItem(words)
            item.setData(0, TICKET, each.ticket)
            for place, text in enumerate(words):
                item.setToolTip(place, text)
            item.setToolTip(0, f"{words[0]}\nPeople said: {each.truth or 'nothing yet'}")
            for place, label in ((1, each.in_force), (2, each.shadow)):
                if each.truth and each.truth == label:
                    item.setIcon(place, self._look.icon("check", "accent"))
            items.append(item)
        self.list.addTopLevelItems(items)
        self._stack.setCurrentWidget(self._report)

    def _open(self, item: QTreeWidgetItem) -> None:
        self.ticket_wanted.emit(item.data(0, TICKET))
