"""Who uses the local API: a table of callers that is kept up to date while it is seen."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.token import Caller
from triage_app.gui import wording
from triage_app.gui.desk import Desk, LocalServer
from triage_app.gui.look import Look
from triage_app.gui.views.state import StatePage

COLUMNS = (
    ("Token", "Whose requests"),
    ("Address", "Where they come from"),
    ("Since", "When the first one came"),
    ("Last request", "When the last one came"),
    ("Requests", "How many"),
    ("Listening", "How often it hears of changes now"),
    ("Refused", "How many were refused: no valid token, or not allowed"),
)
WIDTHS = ((1, 200), (2, 70), (3, 96), (4, 78), (5, 78), (6, 78))
FIGURES = (4, 5, 6)
REFUSED = 6
NO_TOKEN = "no valid token"
MOST = 200
LOOK_EVERY_MS = 1000


class CallerTable(QTreeWidget):
    """One line for each token from each address, the last one heard of first."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: tuple[Caller, ...] = ()
        self.setAccessibleName("Who uses the API")
        self.setHeaderLabels([title for title, _tip in COLUMNS])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.header()
        header.setAccessibleName("Columns of who uses the API")
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS:
            header.resizeSection(column, look.px(width))
        for column, (_title, tip) in enumerate(COLUMNS):
            self.headerItem().setToolTip(column, tip)
            if column in FIGURES:
                self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        look.changed.connect(self._tint)

    def show_callers(self, callers: Sequence[Caller], now: datetime) -> None:
        """Show these callers as they are now; lines are kept, so that a selection stays while figures change."""
        self._shown = tuple(callers[:MOST])
        while self.topLevelItemCount() > len(self._shown):
            self.takeTopLevelItem(self.topLevelItemCount() - 1)
        while self.topLevelItemCount() < len(self._shown):
            self.addTopLevelItem(self._new_line())
        for place, caller in enumerate(self._shown):
            item = self.topLevelItem(place)
            if item is not None:
                _fill(item, caller, now)
        self._tint()

    def _new_line(self) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        for column in FIGURES:
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setFont(column, self._look.figures)
        return item

    def _tint(self) -> None:
        for place, caller in enumerate(self._shown):
            item = self.topLevelItem(place)
            if item is not None:
                item.setForeground(0, self._look.colour("text" if caller.token else "text-second"))
                item.setForeground(REFUSED, self._look.colour("critical" if caller.refused else "text"))


class CallerPanel(QWidget):
    """The table with its heading; a sentence where nobody has called. It looks again by itself while it is seen."""

    def __init__(self, desk: Desk, server: LocalServer) -> None:
        super().__init__()
        self._desk = desk
        self._server = server
        self.setAccessibleName("Who uses the API, or state")
        px = desk.look.px
        title = QLabel("Who uses it")
        title.setFont(desk.look.strong)
        self.total = QLabel()
        self.total.setObjectName("second")
        top = QHBoxLayout()
        top.setSpacing(px(8))
        top.addWidget(title)
        top.addWidget(self.total, 1)
        self.table = CallerTable(desk.look)
        self.state = StatePage(desk.look, "State of who uses the API")
        pages = QWidget()
        pages.setAccessibleName("Callers or state")
        self._stack = QStackedLayout(pages)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(8), px(12), px(8))
        column.setSpacing(px(8))
        column.addLayout(top)
        column.addWidget(pages, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look_again)

    def look_again(self) -> None:
        """Show who has called by now."""
        callers = self._server.callers()
        listening = sum(each.listening for each in callers)
        self.total.setText(f"{wording.count(listening)} listening" if callers else "")
        self.table.show_callers(callers, self._desk.now())
        if callers:
            self._stack.setCurrentWidget(self.table)
            return
        if self._server.address:
            self.state.say("clock", "Nobody has called yet.")
        else:
            self.state.say("circle-pause", "Whoever calls while it is served is listed here.")
        self._stack.setCurrentWidget(self.state)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep up while it is seen."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while it is not."""
        super().hideEvent(event)
        self._timer.stop()


def _fill(item: QTreeWidgetItem, caller: Caller, now: datetime) -> None:
    values = (
        caller.token or NO_TOKEN,
        caller.address,
        wording.age(caller.since, now),
        wording.age(caller.last, now),
        *(wording.count(each) for each in (caller.requests, caller.listening, caller.refused)),
    )
    for column, value in enumerate(values):
        item.setText(column, value)
    item.setToolTip(0, values[0])
    item.setToolTip(1, caller.address)
    item.setToolTip(2, wording.exact(caller.since))
    item.setToolTip(3, wording.exact(caller.last))
