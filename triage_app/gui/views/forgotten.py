"""Whom nothing is learnt from: senders, analysts and sources that were forgotten, and the ways to and back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.poison import OriginKind
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.bar_line import BarLine
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.label_cells import FIGURE, figures, plain_list
from triage_app.gui.views.state import StatePage
from triage_app.services.learning_shapes import Forgotten, ForgottenList

ITEM = Qt.ItemDataRole.UserRole
COLUMNS = (("Who or what", 0), ("", 90), ("Examples left out", 120), ("By", 110), ("Since", 160))
KINDS = ((OriginKind.SENDER, "Sender"), (OriginKind.ANALYST, "Analyst"), (OriginKind.SOURCE, "Source"))
WANTED = {
    OriginKind.SENDER: "a mail address or a domain",
    OriginKind.ANALYST: "a name, as the corrections have it",
    OriginKind.SOURCE: "the name of a source",
}
ABOUT = (
    "From the next training on, nothing is learnt from those listed here: train to be rid of what a version "
    "has learnt already. Nothing is deleted."
)


class ForgottenTab(QWidget):
    """`forget_wanted` and `recall_wanted` carry the kind and the value."""

    forget_wanted = Signal(object, str)
    recall_wanted = Signal(object, str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName("Forgotten")
        px = look.px
        about = QLabel(ABOUT)
        about.setObjectName("second")
        about.setWordWrap(True)
        about.setContentsMargins(px(16), px(8), px(16), px(6))
        self.list = plain_list(look, "Whom nothing is learnt from", COLUMNS)
        figures(self.list, 2)
        self.list.currentItemChanged.connect(lambda _now, _before: self._enable())
        self.state = StatePage(look, "State of the forgotten")
        self.state.say("check", "Something is learnt from everybody who labels tickets.")
        shown = QWidget()
        shown.setAccessibleName("Whom nothing is learnt from")
        inset = QHBoxLayout(shown)
        inset.setContentsMargins(px(10), 0, px(12), 0)
        inset.addWidget(self.list)
        holder = QWidget()
        holder.setAccessibleName("Whom nothing is learnt from, or state")
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.state)
        self._stack.addWidget(shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(about)
        layout.addWidget(holder, 1)
        layout.addWidget(self._build_foot())
        self._enable()

    def _build_foot(self) -> QWidget:
        px = self._look.px
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setAccessibleName("Forget somebody, or learn from them again")
        self.kind = Choice(self._look, "Kind", [(kind.value, words) for kind, words in KINDS])
        self.kind.currentIndexChanged.connect(lambda _place: self._enable())
        self.value = BarLine()
        self.value.setAccessibleName("Who or what")
        self.value.textChanged.connect(lambda _text: self._enable())
        self.value.returnPressed.connect(self._forget)
        self.value.left.connect(self.list.setFocus)
        self.forget = QPushButton("Learn nothing from it")
        self.forget.clicked.connect(self._forget)
        self.recall = QPushButton("Learn from it again")
        self.recall.clicked.connect(self._recall)
        row = QHBoxLayout(foot)
        row.setContentsMargins(px(16), px(8), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(self.kind)
        row.addWidget(self.value, 1)
        row.addWidget(self.forget)
        row.addWidget(self.recall)
        return foot

    def show_list(self, answer: ForgottenList) -> None:
        """Show who is forgotten."""
        self.list.clear()
        words = dict(KINDS)
        for each in answer.forgotten:
            line = QTreeWidgetItem(
                [each.value, words[each.kind], wording.count(each.examples), each.by, wording.exact(each.at)]
            )
            line.setData(0, ITEM, each)
            line.setTextAlignment(2, FIGURE)
            self.list.addTopLevelItem(line)
        self._stack.setCurrentIndex(1 if answer.forgotten else 0)
        self._enable()

    def _enable(self) -> None:
        kind = OriginKind(self.kind.value)
        self.value.setPlaceholderText(WANTED[kind])
        self.forget.setEnabled(bool(self.value.text().strip()))
        self.recall.setEnabled(self.list.currentItem() is not None)

    def _forget(self) -> None:
        value = self.value.text().strip()
        if value:
            self.value.clear()
            self.forget_wanted.emit(OriginKind(self.kind.value), value)

    def _recall(self) -> None:
        line = self.list.currentItem()
        if line is not None:
            each: Forgotten = line.data(0, ITEM)
            self.recall_wanted.emit(each.kind, each.value)
