"""The bar at the foot of a ticket that shows what merging the marked tickets would do, and does it."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from triage_app.domain.dedup import Level
from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.link_editor import LEVELS
from triage_app.services.search_queries import PlannedLink

MOST_LINES = 5
MOST_NEWS = 3


def whose(plan: PlannedLink) -> str:
    """Whose the tickets are: `2 are yours, 1 is somebody else's`; empty where nobody has any."""
    parts = []
    if plan.yours:
        parts.append(f"{wording.counted(plan.yours, 'is', 'are')} yours")
    if plan.of_others:
        parts.append(f"{wording.counted(plan.of_others, 'is', 'are')} somebody else\u2019s")
    return ", ".join(parts)


class MergeBar(QFrame):
    """`plan_wanted` asks what would be done with tickets at a level; `chosen` carries both."""

    plan_wanted = Signal(object, object)
    chosen = Signal(object, object)
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._ids: tuple[TicketId, ...] = ()
        self.setObjectName("chooser")
        self.setAccessibleName("Merge the marked tickets")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        px = look.px
        self.title = QLabel()
        self.title.setFont(look.strong)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.first = Elided()
        self.first.setAccessibleName("The ticket that stays on top")
        self.others = [Elided() for _ in range(MOST_LINES)]
        self.more = QLabel()
        self.more.setObjectName("second")
        self.news = [Elided() for _ in range(MOST_NEWS + 2)]
        for each in self.news:
            each.setObjectName("second")
            each.setAccessibleName("What is new in them, or whose they are")
        self.refused = QLabel()
        self.refused.setObjectName("problem")
        self.refused.setProperty("wrong", True)
        self.refused.setTextFormat(Qt.TextFormat.PlainText)
        self.refused.setWordWrap(True)
        self.level = Choice(look, "How they are linked", LEVELS)
        self.level.activated.connect(lambda _place: self._ask())
        self.save = QPushButton("Merge")
        self.save.setProperty("primary", True)
        self.save.setToolTip("Return")
        self.save.clicked.connect(self._save)
        cancel = QPushButton("Cancel")
        cancel.setProperty("flat", True)
        cancel.setToolTip("Escape")
        cancel.clicked.connect(self._leave)
        tree = QVBoxLayout()
        tree.setSpacing(px(2))
        tree.addWidget(self.first)
        for line in (*self.others, self.more):
            # One step to the right: it goes under the first.
            line.setContentsMargins(px(16), 0, 0, 0)
            tree.addWidget(line)
        said = QVBoxLayout()
        said.setSpacing(px(2))
        for each in self.news:
            said.addWidget(each)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.save)
        row.addWidget(cancel)
        row.addStretch(1)
        row.addWidget(self.level)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(10), px(16), px(12))
        layout.setSpacing(px(8))
        layout.addWidget(self.title)
        layout.addLayout(tree)
        layout.addLayout(said)
        layout.addWidget(self.refused)
        layout.addLayout(row)
        self.hide()

    def begin(self, ids: tuple[TicketId, ...]) -> None:
        """Ask what merging these would do."""
        self._ids = ids
        self.title.setText(f"Merge {wording.counted(len(ids), 'ticket', 'tickets')}")
        self._clear()
        self.show()
        self.setFocus()
        self._ask()

    @property
    def ids(self) -> tuple[TicketId, ...]:
        """The tickets that are asked about."""
        return self._ids

    def _ask(self) -> None:
        self.save.setEnabled(False)
        self.plan_wanted.emit(self._ids, Level(self.level.value))
        self.setFocus()

    def _clear(self) -> None:
        for widget in (self.first, *self.others, self.more, *self.news, self.refused):
            widget.hide()

    def show_plan(self, plan: PlannedLink) -> None:
        """Show what goes under what."""
        self._clear()
        number = wording.counted(len(plan.others), "ticket goes", "tickets go")
        self.title.setText(f"{number} under ticket {plan.first.id}")
        self._line(self.first, plan.first)
        for line, row in zip(self.others, plan.others, strict=False):
            self._line(line, row)
        if len(plan.others) > MOST_LINES:
            self.more.setText(f"and {wording.count(len(plan.others) - MOST_LINES)} more")
            self.more.show()
        said = [text for text in (whose(plan), *plan.news[:MOST_NEWS]) if text]
        if len(plan.news) > MOST_NEWS:
            said.append(f"and {wording.count(len(plan.news) - MOST_NEWS)} more that are new")
        for line, text in zip(self.news, said, strict=False):
            line.say(text)
            line.show()
        self._refuse(plan.refused)

    def _line(self, line: Elided, row: TicketRow) -> None:
        text = f"{row.id}  {wording.first_line(row.subject, 120) or '(no subject)'}"
        line.say(text, f"{wording.first_line(row.subject, 300)}\n{row.sender}")
        line.show()

    def show_error(self, error: TriageError) -> None:
        """The plan could not be made."""
        self._refuse(error.message)

    def _refuse(self, why: str) -> None:
        self.refused.setText(why)
        self.refused.setVisible(bool(why))
        self.save.setEnabled(not why)

    def _save(self) -> None:
        if self.save.isEnabled():
            self.hide()
            self.chosen.emit(self._ids, Level(self.level.value))

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        """Return and Escape are for it while it has the keyboard."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return merges, Escape leaves all as it is."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save()
        else:
            super().keyPressEvent(event)
