"""The Parked screen: items that could not be used, why, what they look like, and another try."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.ledger import ParkedItem
from triage_app.gui import operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.safe_html import SafeBrowser
from triage_app.gui.views.state import StatePage
from triage_app.services.queries import ParkedList, RawText

ITEM = Qt.ItemDataRole.UserRole
MOST = 5000
LETTERS = 80_000


class ParkedScreen(QWidget):
    """A list with reasons on the left, the item as received on the right."""

    retry_wanted = Signal()
    retry_all_wanted = Signal()
    dismiss_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self.setAccessibleName("Parked")
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        px = self._look.px
        title = QLabel("Parked")
        title.setFont(self._look.title)
        self.total = QLabel()
        self.total.setObjectName("second")
        self.retry_all = QPushButton("Try all again")
        self.retry_all.clicked.connect(self.retry_all_wanted)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(12), px(12), px(8))
        top.setSpacing(px(8))
        top.addWidget(title)
        top.addWidget(self.total)
        top.addStretch(1)
        top.addWidget(self.retry_all)
        self._build_list()
        self.detail = self._build_detail()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setAccessibleName("Parked items and the item")
        left = QWidget()
        left.setAccessibleName("Parked items")
        inset = QHBoxLayout(left)
        inset.setContentsMargins(px(18), 0, 0, 0)
        inset.addWidget(self.list)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.state = StatePage(self._look, "State of the parked items")
        body = QWidget()
        body.setAccessibleName("Parked items or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(body, 1)

    def _build_list(self) -> None:
        px = self._look.px
        self.list = QTreeWidget()
        self.list.setAccessibleName("Parked items")
        self.list.setHeaderLabels(["Where it was found", "Why it is parked", "Size", "Age"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.list.header()
        header.setAccessibleName("Columns of the parked items")
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(0, px(220))
        header.resizeSection(2, px(78))
        header.resizeSection(3, px(52))
        for column in (2, 3):
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            self.list.headerItem().setTextAlignment(column, right)
        self.list.currentItemChanged.connect(lambda _now, _before: self._chosen())

    def _build_detail(self) -> QWidget:
        px = self._look.px
        pane = QFrame()
        pane.setObjectName("ticket")
        pane.setAccessibleName("The parked item")
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self.reason.setFont(self._look.strong)
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.facts = QLabel()
        self.facts.setObjectName("second")
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.retry = QPushButton("Try again")
        self.retry.setProperty("primary", True)
        self.retry.clicked.connect(self.retry_wanted)
        self.dismiss = QPushButton("Dismiss")
        self.dismiss.setToolTip("It leaves this list and is counted as dropped; its bytes stay.")
        self.dismiss.clicked.connect(self.dismiss_wanted)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.retry)
        row.addWidget(self.dismiss)
        row.addStretch(1)
        self.raw = SafeBrowser("The item as received")
        self.raw.setObjectName("raw")
        self.raw.setFrameShape(QFrame.Shape.NoFrame)
        self.raw.setFont(self._look.mono)
        self.raw.document().setDocumentMargin(px(16))
        layout = QVBoxLayout(pane)
        layout.setContentsMargins(0, px(12), 0, 0)
        layout.setSpacing(px(8))
        head = QVBoxLayout()
        head.setContentsMargins(px(16), 0, px(16), 0)
        head.setSpacing(px(6))
        for widget in (self.reason, self.facts):
            head.addWidget(widget)
        head.addLayout(row)
        layout.addLayout(head)
        layout.addWidget(self.raw, 1)
        return pane

    # -- showing -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the list again."""
        operations.load_parked(self._desk, self._show, self._fail)

    def _show(self, answer: ParkedList) -> None:
        chosen = self.current
        self._fill(answer.parked)
        number = len(answer.parked)
        self.total.setText(wording.count(number))
        self.retry_all.setVisible(number > 1)
        if number:
            self._stack.setCurrentWidget(self.splitter)
            place = next((i for i, item in enumerate(answer.parked[:MOST]) if chosen and item.id == chosen.id), 0)
            item = self.list.topLevelItem(place)
            if item is not None:
                self.list.setCurrentItem(item)
        else:
            self.state.say("check", "Nothing is parked: every item that came in could be used.")
            self._stack.setCurrentWidget(self.state)

    def _fill(self, parked: Sequence[ParkedItem]) -> None:
        now = self._desk.now()
        self.list.clear()
        items = []
        for parked_item in parked[:MOST]:
            item = QTreeWidgetItem(
                [
                    parked_item.origin.replace("\\", "/").rsplit("/", 1)[-1],
                    wording.first_line(parked_item.reason, 160),
                    wording.size(parked_item.size),
                    wording.age(parked_item.seen_at, now),
                ]
            )
            item.setData(0, ITEM, parked_item)
            item.setToolTip(0, parked_item.origin)
            item.setToolTip(1, parked_item.reason)
            item.setToolTip(3, wording.exact(parked_item.seen_at))
            for column in (2, 3):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            items.append(item)
        self.list.addTopLevelItems(items)

    def _fail(self, error: TriageError) -> None:
        self.state.say("triangle-alert", error.message, (("Try again", self.load),))
        self._stack.setCurrentWidget(self.state)

    @property
    def current(self) -> ParkedItem | None:
        """The item in hand."""
        item = self.list.currentItem()
        chosen: ParkedItem | None = item.data(0, ITEM) if item is not None else None
        return chosen

    def _chosen(self) -> None:
        item = self.current
        if item is None:
            return
        self.reason.setText(item.reason)
        tries = wording.counted(item.attempts, "try", "tries")
        self.facts.setText(
            f"{item.origin}\n{item.source} \u00b7 {wording.size(item.size)} \u00b7 {item.code} \u00b7 {tries}"
        )
        self.raw.show_text("Reading\u2026")
        operations.load_raw(self._desk, item.id, self._show_raw, self._no_raw)

    def _show_raw(self, raw: RawText) -> None:
        if self.current is not None and raw.id == self.current.id:
            self.raw.show_text(raw.text[:LETTERS])

    def _no_raw(self, error: TriageError) -> None:
        self.raw.show_text(error.message)
