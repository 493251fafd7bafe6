"""A panel over the window: which open tickets a correction would change, from what to what, and those alike."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QTreeWidgetItem, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.label_cells import plain_list, set_label
from triage_app.gui.views.overlay import Overlay
from triage_app.services.learning_shapes import BlastRadius, LabelTold

WIDTH, LEAST, ROW, MOST_ROWS = 820, 190, 31, 14
TICKET = Qt.ItemDataRole.UserRole
COLUMNS = (("Subject", 0), ("Suggested now", 190), ("Would be", 190), ("", 60))
ALIKE = 3


class BlastPanel(QFrame):
    """Shows an answer. `opened` carries a ticket to read; `told` says that those alike shall get the label."""

    opened = Signal(object)
    told = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._radius: BlastRadius | None = None
        self.setObjectName("reasons")
        self.setAccessibleName("What a correction would change")
        px = look.px
        self.overlay = Overlay(look, self, parent, self._wanted)
        self.title = QLabel()
        self.title.setFont(look.title)
        close = QPushButton("Close")
        close.setProperty("flat", True)
        close.setToolTip("Escape")
        close.clicked.connect(self.overlay.close)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(14), px(14), 0)
        top.addWidget(self.title, 1)
        top.addWidget(close)
        self.tried = QLabel()
        self.tried.setObjectName("second")
        self.tried.setWordWrap(True)
        self.tried.setContentsMargins(px(24), px(2), px(24), px(8))
        self.list = plain_list(look, "Tickets that would change", COLUMNS, (1, 2))
        self.list.itemActivated.connect(self._open)
        self.list.itemDoubleClicked.connect(self._open)
        inset = QHBoxLayout()
        inset.setContentsMargins(px(18), 0, px(12), 0)
        inset.addWidget(self.list)
        self.alike = QLabel()
        self.alike.setObjectName("second")
        self.alike.setWordWrap(True)
        self.tell = QPushButton()
        self.tell.setAccessibleName("Give the label to those alike")
        self.tell.setProperty("primary", True)
        self.tell.clicked.connect(self._tell)
        self.open_button = QPushButton("Open ticket")
        self.open_button.setToolTip("Return")
        self.open_button.clicked.connect(lambda: self._open(self.list.currentItem()))
        foot = QHBoxLayout()
        foot.setContentsMargins(px(24), px(8), px(16), px(14))
        foot.setSpacing(px(8))
        foot.addWidget(self.alike, 1)
        foot.addWidget(self.open_button)
        foot.addWidget(self.tell)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(1), px(1), px(1), px(1))
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.tried)
        layout.addLayout(inset, 1)
        layout.addLayout(foot)

    def _wanted(self) -> tuple[int, int]:
        px = self._look.px
        rows = min(MOST_ROWS, self.list.topLevelItemCount())
        return px(WIDTH), px(LEAST + ROW * rows)

    def begin(self, radius: BlastRadius) -> None:
        """Show what would change; which tickets are alike is still being asked."""
        self._radius = radius
        self.title.setText(
            f"{wording.counted(len(radius.changes), 'open ticket', 'open tickets')} would change with "
            f"\u201c{radius.label}\u201d"
        )
        self.tried.setText(f"{radius.tried} Nothing is changed until a new version is trained.")
        self.list.clear()
        items = []
        for change in radius.changes:
            item = QTreeWidgetItem([wording.first_line(change.subject, 200) or "(no subject)", "", "", ""])
            item.setData(0, TICKET, change.ticket)
            item.setToolTip(0, f"Ticket {change.ticket}: {wording.first_line(change.subject, 400)}")
            set_label(item, 1, change.before, change.before_confidence)
            set_label(item, 2, change.after, change.after_confidence)
            items.append(item)
        self.list.addTopLevelItems(items)
        if items:
            self.list.setCurrentItem(items[0])
        self.tell.hide()
        self.alike.setText("Looking for tickets whose text is nearly the same\u2026")
        self.overlay.open(self.list)

    def show_plan(self, plan: LabelTold) -> None:
        """Offer to give those alike the label, after saying how many they are."""
        radius = self._radius
        if radius is None:
            return
        others = [ticket for ticket in plan.tickets if ticket != radius.ticket]
        same = set(others)
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            if item is not None and item.data(0, TICKET) in same:
                item.setText(ALIKE, "alike")
        if not others:
            self.alike.setText("None of them has nearly the same text as the one that you corrected.")
            return
        number = wording.counted(len(others), "open ticket has", "open tickets have")
        self.alike.setText(f"{number} nearly the same text as the one that you corrected. Undo takes it back.")
        them = "it" if len(others) == 1 else f"these {wording.count(len(others))}"
        self.tell.setText(f"Give \u201c{plan.label}\u201d to {them}")
        self.tell.show()

    def show_error(self, error: TriageError) -> None:
        """Which tickets are alike could not be told."""
        self.alike.setText(error.message)

    def _open(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            ticket: TicketId = item.data(0, TICKET)
            self.overlay.close()
            self.opened.emit(ticket)

    def _tell(self) -> None:
        self.overlay.close()
        self.told.emit()
