"""The Balance screen: per source what lies on its side, what was seen, and what became of all of it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush
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

from triage_app.domain.errors import TriageError
from triage_app.domain.ledger import Balance
from triage_app.gui import source_operations, source_wording, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.state import StatePage
from triage_app.services.queries import BalanceSheet

COLUMNS = (
    ("Source", "Where items come from"),
    ("On server", "Items on the source's own side now, where it tells"),
    ("Seen", "Everything that ever came in"),
    ("Ticketed", "Became a ticket"),
    ("Merged", "Counted into a ticket that was there"),
    ("Dropped", "Left out by a rule, or dismissed"),
    ("Parked", "Could not be used; see Parked"),
    ("Pending", "Not analysed yet"),
    ("Skipped", "Left out by the source's own filter, never fetched"),
    ("Difference", "Seen and not accounted for; anything but 0 is an error"),
)
DIFFERENCE = len(COLUMNS) - 1


class BalanceScreen(QWidget):
    """One line for each source and one for all; a difference stands out."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self.setAccessibleName("Balance")
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        px = self._look.px
        title = QLabel("Balance")
        title.setFont(self._look.title)
        self.sentence = QLabel()
        self.sentence.setObjectName("second")
        self.sentence.setWordWrap(True)
        self.list = self._build_list()
        self.state = StatePage(self._look, "State of the balance")
        sheet = QWidget()
        sheet.setAccessibleName("Balance of each source")
        inset = QHBoxLayout(sheet)
        inset.setContentsMargins(px(18), 0, px(12), 0)
        inset.addWidget(self.list)
        body = QWidget()
        body.setAccessibleName("Balance or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(sheet)
        self._stack.addWidget(self.state)
        top = QVBoxLayout()
        top.setContentsMargins(px(24), px(12), px(16), px(8))
        top.setSpacing(px(4))
        top.addWidget(title)
        top.addWidget(self.sentence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(body, 1)
        self._look.changed.connect(self._tint)

    def _build_list(self) -> QTreeWidget:
        px = self._look.px
        tree = QTreeWidget()
        tree.setAccessibleName("Balance of each source")
        tree.setHeaderLabels([name for name, _help in COLUMNS])
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = tree.header()
        header.setAccessibleName("Columns of the balance")
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(px(50))
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, (_name, help_) in enumerate(COLUMNS):
            tree.headerItem().setToolTip(column, help_)
            if column:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
                tree.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return tree

    def load(self) -> None:
        """Read the sheet again."""
        source_operations.load_balance_sheet(self._desk, self._show, self._fail)

    def _show(self, sheet: BalanceSheet) -> None:
        self.sentence.setText(source_wording.balance_sentence(sheet))
        wrong = sheet.difference != 0
        if self.sentence.property("wrong") != wrong:
            self.sentence.setProperty("wrong", wrong)
            self.sentence.style().polish(self.sentence)
        self.list.clear()
        whole = Balance(
            "All sources",
            sheet.seen,
            sheet.ticketed,
            sheet.merged,
            sheet.dropped,
            sheet.parked,
            sheet.pending,
            sheet.on_server,
            sheet.skipped,
        )
        self.list.addTopLevelItems([self._item(each, strong=False) for each in sheet.sources])
        self.list.addTopLevelItem(self._item(whole, strong=True))
        self._tint()
        self._stack.setCurrentIndex(0)

    def _item(self, each: Balance, *, strong: bool) -> QTreeWidgetItem:
        counts = (
            each.seen,
            each.ticketed,
            each.merged,
            each.dropped,
            each.parked,
            each.pending,
            each.skipped,
            each.difference,
        )
        item = QTreeWidgetItem(
            [each.source, source_wording.number(each.on_server), *(wording.count(number) for number in counts)]
        )
        item.setToolTip(0, each.source)
        item.setData(DIFFERENCE, Qt.ItemDataRole.UserRole, each.difference)
        for column in range(len(COLUMNS)):
            if column:
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if strong:
                item.setFont(column, self._look.strong)
        return item

    def _tint(self) -> None:
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            if item is None or not item.data(DIFFERENCE, Qt.ItemDataRole.UserRole):
                continue
            item.setFont(DIFFERENCE, self._look.strong)
            for column in (0, DIFFERENCE):
                item.setForeground(column, QBrush(self._look.colour("critical")))

    def _fail(self, error: TriageError) -> None:
        self.state.say("triangle-alert", error.message, (("Try again", self.load),))
        self._stack.setCurrentIndex(1)
