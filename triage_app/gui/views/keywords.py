"""The keyword rules of a dataset as text, checked while it is written: what they hit, rightly or wrongly."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import labelling_operations, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.label_cells import FIGURE, figures, plain_list, set_label
from triage_app.gui.views.part_tabs import PartTabs
from triage_app.gui.views.rule_editor import RuleEditor
from triage_app.services.dedup_queries import RuleProblem
from triage_app.services.learning_commands import SaveKeywords
from triage_app.services.learning_shapes import KeywordConflict, KeywordFigures, KeywordSheet

CHECK_AFTER_MS = 350
TICKETS = Qt.ItemDataRole.UserRole
RULES = (("Rule", 0), ("Label", 130), ("Hits", 52), ("Right", 52), ("Wrong", 56))
CONFLICTS = (("Label", 150), ("And", 150), ("Texts", 60), ("", 0))
SIDE_BY_SIDE = 780
LINE = re.compile(r"\bline (\d+)\b", re.IGNORECASE)


class KeywordsTab(QWidget):
    """Holds a draft. `wanted` carries the command that puts it in force; `opened` a ticket that a rule hits."""

    wanted = Signal(object)
    opened = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._name = ""
        self._in_force: str | None = None
        self._wrong = False
        self.setAccessibleName("Keywords")
        px = self._look.px
        self.editor = RuleEditor(self._look)
        self.editor.setAccessibleName("Keyword rules as YAML")
        self.problem = Elided()
        self.problem.setObjectName("problem")
        self.problem.setAccessibleName("What the check says")
        self.rules = plain_list(self._look, "What each rule hits", RULES, (1,))
        figures(self.rules, 2, 3, 4)
        self.conflicts = plain_list(self._look, "Rules that contradict", CONFLICTS, (0, 1))
        figures(self.conflicts, 2)
        for tree in (self.rules, self.conflicts):
            tree.itemActivated.connect(self._open)
            tree.setToolTip("Return opens a ticket that it hits")
        self.tabs = PartTabs(self._look, "Hits and conflicts")
        self.tabs.addTab(self.rules, "Rules")
        self.tabs.addTab(self.conflicts, "Conflicts")
        self.tabs.setMinimumHeight(px(120))
        text = QFrame()
        text.setObjectName("yamlFrame")
        text.setAccessibleName("Keyword rules as YAML")
        column = QVBoxLayout(text)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.editor)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setAccessibleName("Rules and what they hit")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(text)
        self.splitter.addWidget(self.tabs)
        self.splitter.setSizes([px(420), px(460)])
        self.about = QLabel()
        self.about.setObjectName("second")
        self.about.setWordWrap(True)
        self.about.setContentsMargins(px(16), px(8), px(16), px(6))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.about)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self._build_foot())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_AFTER_MS)
        self._timer.timeout.connect(self.check_now)
        self.editor.textChanged.connect(self._edited)
        self._enable()

    def _build_foot(self) -> QWidget:
        px = self._look.px
        self.revert = QPushButton("Revert")
        self.revert.clicked.connect(self.take_back)
        self.save = QPushButton("Put in force")
        self.save.setProperty("primary", True)
        self.save.clicked.connect(self.put_in_force)
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setAccessibleName("Put the keywords in force")
        row = QHBoxLayout(foot)
        row.setContentsMargins(px(16), px(8), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(self.problem, 1)
        row.addWidget(self.revert)
        row.addWidget(self.save)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the figures stand below the text."""
        super().resizeEvent(event)
        wide = self.width() >= self._look.px(SIDE_BY_SIDE)
        way = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.splitter.orientation() is not way:
            self.splitter.setOrientation(way)

    # -- the draft -----------------------------------------------------------------------------------------------

    def load(self, dataset: str) -> None:
        """Read the rules in force of a dataset; a draft of the same dataset stays."""
        if dataset != self._name:
            self._name, self._in_force = dataset, None
            self._enable()
        labelling_operations.load_keywords(self._desk, dataset, None, self._show_in_force, self._fail)

    def _show_in_force(self, sheet: KeywordSheet) -> None:
        if sheet.dataset != self._name:
            return
        keeps = self._in_force is not None and self.is_draft
        self._in_force = sheet.text
        if keeps:
            self.check_now()
            return
        with QSignalBlocker(self.editor):
            self.editor.start_with(sheet.text)
        self._timer.stop()
        self.show_sheet(sheet)

    @property
    def text(self) -> str:
        """The draft."""
        return self.editor.toPlainText()

    @property
    def is_draft(self) -> bool:
        """Whether the text differs from the rules in force."""
        return self._in_force is not None and self.text.rstrip("\n") != self._in_force.rstrip("\n")

    def _edited(self) -> None:
        if self._in_force is not None:
            self._timer.start()
            self._enable()

    def check_now(self) -> None:
        """Ask what the draft would hit."""
        self._timer.stop()
        text = self.text
        labelling_operations.load_keywords(
            self._desk, self._name, text, lambda sheet: self._checked(text, sheet), self._fail
        )

    def _checked(self, text: str, sheet: KeywordSheet) -> None:
        if text == self.text and sheet.dataset == self._name:
            self.show_sheet(sheet)

    def show_sheet(self, sheet: KeywordSheet) -> None:
        """Show mistakes, or else what the rules hit and where they contradict."""
        self._wrong = bool(sheet.problems)
        self.editor.show_problems([RuleProblem(_line_of(each), each) for each in sheet.problems])
        if sheet.problems:
            more = f"  and {wording.count(len(sheet.problems) - 1)} more" if len(sheet.problems) > 1 else ""
            self._say(f"{sheet.problems[0]}{more}", wrong=True)
        else:
            rules = wording.counted(len(sheet.rules), "rule", "rules")
            self._say(f"{rules}, no mistake", wrong=False)
            self._fill(sheet.rules, sheet.conflicts)
            texts = wording.counted(sheet.texts, "newest ticket", "newest tickets")
            self.about.setText(
                f"Rules answer where the model is not sure enough. Figures are of the {texts}; right and wrong are "
                "those that people decided."
            )
        self._enable()

    def _fill(self, rules: Sequence[KeywordFigures], conflicts: Sequence[KeywordConflict]) -> None:
        self.rules.clear()
        for rule in sorted(rules, key=lambda each: (-each.wrong, -each.hits)):
            counts = [wording.count(number) if number else "" for number in (rule.hits, rule.right, rule.wrong)]
            line = QTreeWidgetItem([f"{rule.text}  {rule.weight:g}", "", *counts])
            line.setToolTip(0, f"{rule.text}, weight {rule.weight:g}")
            set_label(line, 1, rule.label)
            line.setData(0, TICKETS, rule.tickets)
            for column in (2, 3, 4):
                line.setTextAlignment(column, FIGURE)
            if rule.wrong > rule.right:
                line.setIcon(0, self._look.icon("triangle-alert", "medium", 14))
                line.setToolTip(0, f"{rule.text} is wrong more often than right")
            self.rules.addTopLevelItem(line)
        self.conflicts.clear()
        for conflict in conflicts:
            line = QTreeWidgetItem(["", "", wording.count(conflict.texts)])
            set_label(line, 0, conflict.label)
            set_label(line, 1, conflict.other)
            line.setData(0, TICKETS, conflict.tickets)
            line.setTextAlignment(2, FIGURE)
            self.conflicts.addTopLevelItem(line)
        self.tabs.say(0, f"Rules {wording.count(len(rules))}")
        self.tabs.say(1, f"Conflicts {wording.count(len(conflicts))}" if conflicts else "Conflicts")

    def _say(self, text: str, *, wrong: bool) -> None:
        self.problem.say(wording.first_line(text, 300), text)
        if self.problem.property("wrong") != wrong:
            self.problem.setProperty("wrong", wrong)
            self.problem.style().polish(self.problem)

    def _enable(self) -> None:
        draft = self.is_draft
        self.revert.setEnabled(draft)
        self.save.setEnabled(draft and not self._wrong and not self._timer.isActive())

    def _fail(self, error: TriageError) -> None:
        if not operations.was_cancelled(error):
            self._say(error.message, wrong=True)
            self.save.setEnabled(False)

    # -- acting --------------------------------------------------------------------------------------------------

    def put_in_force(self) -> None:
        """Put the draft in force, if the check allows it."""
        if self.save.isEnabled():
            self.wanted.emit(SaveKeywords(name=self._name, text=self.text))

    def saved(self) -> None:
        """The draft is in force now."""
        self._in_force = self.text
        self._enable()

    def take_back(self) -> None:
        """Throw the draft away; Ctrl+Z in the editor brings it back."""
        if self._in_force is not None:
            self.editor.put(self._in_force)
            self.check_now()

    def _open(self, line: QTreeWidgetItem) -> None:
        tickets: tuple[TicketId, ...] = line.data(0, TICKETS) or ()
        if tickets:
            self.opened.emit(tickets[0])


def _line_of(problem: str) -> int:
    found = LINE.search(problem)
    return int(found[1]) if found else 1
