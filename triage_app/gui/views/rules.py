"""The Rules screen: cards of the rules, the settings of one beside its YAML, simulation and window designer."""

from typing import Any

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import InvalidRules, TriageError
from triage_app.gui import dedup_operations, operations, rule_text, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.models.rule_list import ListedRule, RuleRows
from triage_app.gui.rule_text import WindowText
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.part_tabs import PartTabs
from triage_app.gui.views.rule_cards import RuleCards
from triage_app.gui.views.rule_editor import RuleEditor
from triage_app.gui.views.rule_form import RuleForm
from triage_app.gui.views.simulation import SimulationPanel
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.window_designer import WindowDesigner
from triage_app.services.commands import RulesSaved
from triage_app.services.dedup_queries import GapReport, RuleCard, RuleCheck, RuleList, RuleProblem, Simulation

CHECK_AFTER_MS = 250
SIDE_BY_SIDE = 700
ANY_HEIGHT = 16_777_215
TABS = ("rule", "simulation", "window")
MOVED = "The rules in force were changed elsewhere. Your draft is kept; putting it in force replaces them."


class RulesScreen(QWidget):
    """Holds a draft: the text in the editor. `said` carries a sentence, and whether it can be taken back."""

    said = Signal(str, bool)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._list: RuleList | None = None
        self._check: RuleCheck | None = None
        self._seen = ""
        self._sent = ""
        self._jobs: dict[str, Job[Any]] = {}
        self.setAccessibleName("Rules")
        self.setObjectName("screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.rows = RuleRows(desk.now)
        self.rows.setParent(self)
        self.cards = RuleCards(desk, self.rows)
        self.form = RuleForm(self._look)
        self.editor = RuleEditor(self._look)
        self.simulation = SimulationPanel(self._look)
        self.designer = WindowDesigner(self._look)
        self._build()
        self._connect()

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._look.px
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setAccessibleName("Rules and the rule in hand")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.cards)
        self.splitter.addWidget(self._build_tabs())
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 5)
        self.splitter.setSizes([px(330), px(900)])
        self.cards.setMinimumWidth(px(264))
        self.state = StatePage(self._look, "State of the rules")
        body = QWidget()
        body.setAccessibleName("Rules or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._build_top())
        layout.addWidget(self._build_moved())
        layout.addWidget(body, 1)

    def _build_top(self) -> QHBoxLayout:
        px = self._look.px
        title = QLabel("Rules")
        title.setFont(self._look.title)
        self.total = QLabel()
        self.total.setObjectName("second")
        self.draft = QLabel()
        self.draft.setObjectName("second")
        self.revert = QPushButton("Revert")
        self.revert.setToolTip("Back to the rules in force")
        self.revert.clicked.connect(self.take_back)
        self.save = QPushButton("Put in force")
        self.save.setProperty("primary", True)
        self.save.clicked.connect(self.put_in_force)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(12), px(16), px(8))
        top.setSpacing(px(8))
        top.addWidget(title)
        top.addWidget(self.total)
        top.addStretch(1)
        top.addWidget(self.draft)
        top.addWidget(self.revert)
        top.addWidget(self.save)
        return top

    def _build_moved(self) -> QFrame:
        px = self._look.px
        self.moved = QFrame()
        self.moved.setObjectName("moved")
        self.moved.setAccessibleName("The rules in force were changed elsewhere")
        text = QLabel(MOVED)
        text.setWordWrap(True)
        theirs = QPushButton("Show them")
        theirs.setProperty("flat", True)
        theirs.setToolTip("Leaves your draft; Ctrl+Z in the text brings it back")
        theirs.clicked.connect(self.take_back)
        row = QHBoxLayout(self.moved)
        row.setContentsMargins(px(24), px(4), px(16), px(4))
        row.setSpacing(px(12))
        row.addWidget(text, 1)
        row.addWidget(theirs)
        self.moved.hide()
        return self.moved

    def _build_tabs(self) -> PartTabs:
        px = self._look.px
        self.problem = Elided()
        self.problem.setObjectName("problem")
        self.problem.setAccessibleName("What the check says")
        text = QFrame()
        text.setObjectName("yamlFrame")
        text.setAccessibleName("Rules as YAML")
        column = QVBoxLayout(text)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.editor, 1)
        below = QHBoxLayout()
        below.setContentsMargins(px(12), px(6), px(12), px(6))
        below.addWidget(self.problem, 1)
        column.addLayout(below)
        self.rule_splitter = QSplitter(Qt.Orientation.Horizontal)
        self.rule_splitter.setAccessibleName("Settings and YAML")
        self.rule_splitter.setHandleWidth(1)
        self.rule_splitter.setChildrenCollapsible(False)
        self.rule_splitter.addWidget(self.form)
        self.rule_splitter.addWidget(text)
        self.rule_splitter.setStretchFactor(0, 0)
        self.rule_splitter.setStretchFactor(1, 1)
        self.rule_splitter.setSizes([px(320), px(560)])
        self.tabs = PartTabs(self._look, "Parts of the rule")
        self.tabs.addTab(self.rule_splitter, "Rule")
        self.tabs.addTab(self.simulation, "Simulation")
        self.tabs.addTab(self.designer, "Window")
        return self.tabs

    def _connect(self) -> None:
        self._check_timer = QTimer(self)
        self._check_timer.setSingleShot(True)
        self._check_timer.setInterval(CHECK_AFTER_MS)
        self._check_timer.timeout.connect(self.check_now)
        self.editor.textChanged.connect(self._edited)
        self.editor.cursorPositionChanged.connect(self._follow_cursor)
        self.cards.selectionModel().currentRowChanged.connect(self._chosen)
        self.cards.switched.connect(self.switch)
        self.form.changed.connect(self._set)
        self.form.advice_wanted.connect(self.take_advice)
        self.simulation.wanted.connect(lambda _since: self.simulate())
        self.simulation.cancel_wanted.connect(lambda: self._cancel("simulate"))
        self.designer.wanted.connect(self.design_window)
        self.designer.cancel_wanted.connect(lambda: self._cancel("design"))
        self.designer.used.connect(self._use_gap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the YAML stands below the settings."""
        super().resizeEvent(event)
        wide = self.width() - self.cards.width() >= self._look.px(SIDE_BY_SIDE)
        way = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.rule_splitter.orientation() is not way:
            self.rule_splitter.setOrientation(way)
            self.form.setMaximumHeight(ANY_HEIGHT if wide else self._look.px(260))
            self.rule_splitter.setSizes([self._look.px(320 if wide else 250), self._look.px(560)])

    # -- loading -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the rules in force again; a draft that differs from them stays."""
        if self._list is None:
            self.state.say("layers", "Reading the rules\u2026")
            self._stack.setCurrentWidget(self.state)
        dedup_operations.load_rules(self._desk, self._show, self._fail)

    def _show(self, answer: RuleList) -> None:
        old = self._list
        is_draft = old is not None and self.is_draft
        changed = old is not None and answer.text not in (old.text, self._sent)
        if answer.text == self._sent:
            self._sent = ""
        self._list = answer
        if not is_draft and self.text != answer.text:
            with QSignalBlocker(self.editor):
                self.editor.start_with(answer.text)
            self._seen = self.text
            self._check_timer.stop()
        if changed and self.is_draft:
            self.moved.show()
        elif changed and self.isVisible() and not is_draft:
            self.said.emit("The rules were changed elsewhere; these are in force now", False)
        self._stack.setCurrentWidget(self.splitter)
        self._list_rules()
        self.check_now()

    def _fail(self, error: TriageError) -> None:
        self.state.say("triangle-alert", error.message, (("Try again", self.load),))
        self._stack.setCurrentWidget(self.state)

    # -- the draft -----------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The draft."""
        return self.editor.toPlainText()

    @property
    def is_draft(self) -> bool:
        """Whether the text differs from the rules in force."""
        return self._list is not None and self.text.rstrip("\n") != self._list.text.rstrip("\n")

    @property
    def current(self) -> ListedRule | None:
        """The rule in hand."""
        index: QModelIndex = self.cards.currentIndex()
        return self.rows.at(index.row()) if index.isValid() and index.row() < self.rows.rowCount() else None

    def _edited(self) -> None:
        # Colours that change are told as changes of the text, too.
        if self._list is None or self.text == self._seen:
            return
        self._seen = self.text
        self._check_timer.start()
        self._say_draft()

    def check_now(self) -> None:
        """Ask whether the draft could be put in force."""
        self._check_timer.stop()
        text = self.text
        self._list_rules()
        dedup_operations.check_rules(self._desk, text, lambda check: self._checked(text, check), self._no_check)

    def _checked(self, text: str, check: RuleCheck) -> None:
        if text != self.text:
            return
        self._check = check
        self.editor.show_problems(check.problems)
        if check.ok:
            number = wording.counted(len(check.rules), "rule", "rules")
            self._say_check(f"{number}, no mistake", wrong=False)
        else:
            self._say_check(self.editor.problems_in_words() or "This text could not be read.", wrong=True)
        self._list_rules()
        self._say_draft()

    def _no_check(self, error: TriageError) -> None:
        self._check = None
        self._say_check(error.message, wrong=True)
        self._say_draft()

    def _say_check(self, text: str, *, wrong: bool) -> None:
        self.problem.say(wording.first_line(text, 300), text)
        if self.problem.property("wrong") != wrong:
            self.problem.setProperty("wrong", wrong)
            self.problem.style().polish(self.problem)

    def _say_draft(self) -> None:
        draft = self.is_draft
        ok = self._check is not None and self._check.ok and not self._check_timer.isActive()
        self.draft.setText("Draft, not in force" if draft else "In force")
        self.revert.setEnabled(draft)
        if not draft:
            self.moved.hide()
        self.save.setEnabled(draft and ok)

    def _list_rules(self) -> None:
        if self._list is None:
            return
        text = self.text
        blocks = rule_text.blocks(text)
        in_force = {card.name: card for card in self._list.rules}
        problems = self._check.problems if self._check is not None else ()
        rules = []
        for block in blocks:
            wrong = sum(block.first < problem.line <= block.end for problem in problems)
            card = in_force.get(block.name)
            own = "\n".join(text.split("\n")[block.first : block.end])
            rules.append(
                ListedRule(
                    block.name or "(no name)",
                    card,
                    rule_text.read_settings(text, block.name),
                    changed=card is None or own.strip() != self._in_force(card),
                    problems=wrong,
                )
            )
        if not blocks and self.rows.rules and self.is_draft:
            return
        name = self.current.name if self.current is not None else ""
        self.rows.show(rules)
        place = self.rows.place_of(name)
        if place < 0 and rules:
            place = 0
        if place >= 0 and place != self.cards.currentIndex().row():
            self.cards.setCurrentIndex(self.rows.index(place))
        on = sum(rule.enabled for rule in rules)
        self.total.setText(f"{wording.count(len(rules))}, {wording.count(on)} of them on")
        self._show_current()

    def _in_force(self, card: RuleCard) -> str:
        text = self._list.text if self._list is not None else ""
        block = rule_text.block_of(text, card.name)
        return "\n".join(text.split("\n")[block.first : block.end]).strip() if block is not None else card.yaml.strip()

    # -- the rule in hand ----------------------------------------------------------------------------------------

    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        self._show_current()
        rule = self.rows.at(index.row()) if index.isValid() else None
        block = rule_text.block_of(self.text, rule.name) if rule is not None else None
        if block is not None and not self.editor.hasFocus():
            with QSignalBlocker(self.editor):
                self.editor.go_to_line(block.first + 1)

    def _show_current(self) -> None:
        rule = self.current
        self.form.show_rule(rule)
        block = rule_text.block_of(self.text, rule.name) if rule is not None else None
        self.editor.show_rule(range(block.first + 1, block.end + 1) if block is not None else range(0))
        gap = rule.settings.window.gap if rule is not None and rule.settings is not None else None
        self.designer.show_rule(rule.name if rule is not None else "", gap)

    def _follow_cursor(self) -> None:
        if not self.editor.hasFocus():
            return
        line = self.editor.textCursor().blockNumber()
        for place, block in enumerate(rule_text.blocks(self.text)):
            if block.first <= line < block.end and place < self.rows.rowCount():
                if place != self.cards.currentIndex().row():
                    self.cards.setCurrentIndex(self.rows.index(place))
                return

    def switch(self, name: str) -> None:
        """Turn a rule on or off in the draft."""
        place = self.rows.place_of(name)
        if place >= 0:
            on = self.rows.at(place).enabled
            self._change(rule_text.write_setting(self.text, name, "enabled", "false" if on else "true"))

    def _set(self, setting: str, value: object) -> None:
        rule = self.current
        if rule is None:
            return
        if isinstance(value, WindowText):
            self._change(rule_text.write_window(self.text, rule.name, value))
        elif setting == "level":
            self._change(rule_text.write_level(self.text, rule.name, str(value)))
        else:
            self._change(rule_text.write_setting(self.text, rule.name, setting, str(value)))

    def _use_gap(self, gap: str) -> None:
        rule = self.current
        if rule is None:
            return
        if rule.settings is None:
            self._change(None)
            return
        old = rule.settings.window
        new = WindowText("gap", gap, old.max_life, old.max_count, old.time, old.zone)
        self._change(rule_text.write_window(self.text, rule.name, new))
        self.show_tab("rule")

    def take_advice(self) -> None:
        """Put the advised rule into the draft."""
        rule = self.current
        if rule is not None and rule.card is not None and rule.card.advised_yaml:
            self._change(rule_text.replace_rule(self.text, rule.name, rule.card.advised_yaml))

    def _change(self, text: str | None) -> None:
        if text is None:
            self.said.emit("This rule is written in a way that only the YAML can change: edit it there", False)
            self._show_current()
            return
        self.editor.put(text)
        self.check_now()

    # -- putting in force ----------------------------------------------------------------------------------------

    def put_in_force(self) -> None:
        """Save the draft, if the check allows it."""
        if self.is_draft:
            self._sent = self.text
            dedup_operations.save_rules(self._desk, self._sent, self._saved, self._not_saved)

    def _saved(self, saved: RulesSaved) -> None:
        self.said.emit(f"{wording.counted(len(saved.rules), 'rule is', 'rules are')} in force from now on", False)
        self.load()

    def _not_saved(self, error: TriageError) -> None:
        if isinstance(error, InvalidRules):
            self.editor.show_problems([RuleProblem(line, text) for line, text in error.problems])
            self._say_check(self.editor.problems_in_words(), wrong=True)
        self.said.emit(wording.first_line(error.message, 200), False)

    def take_back(self) -> None:
        """Throw the draft away; Ctrl+Z in the editor brings it back."""
        if self._list is not None:
            self.editor.put(self._list.text)
            self.check_now()

    # -- trying --------------------------------------------------------------------------------------------------

    def show_tab(self, name: str) -> None:
        """Show the rule, the simulation or the window designer."""
        self.tabs.setCurrentIndex(TABS.index(name))

    def simulate(self) -> None:
        """Replay the draft over stored items."""
        if self._list is None or "simulate" in self._jobs:
            return
        self.show_tab("simulation")
        self.simulation.begin()
        since = self.simulation.since.value
        self._jobs["simulate"] = dedup_operations.simulate(
            self._desk,
            self.text if self.is_draft else None,
            since,
            self._simulated,
            self._not_simulated,
            self.simulation.working.show_progress,
        )

    def _simulated(self, result: Simulation) -> None:
        self._jobs.pop("simulate", None)
        self.simulation.show_result(result)

    def _not_simulated(self, error: TriageError) -> None:
        self._jobs.pop("simulate", None)
        if operations.was_cancelled(error):
            self.simulation.end()
        else:
            self.simulation.show_error(error)

    def design_window(self) -> None:
        """Read the gaps of the rule in hand."""
        rule = self.current
        if rule is None or "design" in self._jobs:
            return
        self.show_tab("window")
        self.designer.begin()
        text = self.text if self.is_draft else None
        self._jobs["design"] = dedup_operations.design_window(
            self._desk, rule.name, text, "all", self._designed, self._not_designed, self.designer.working.show_progress
        )

    def _designed(self, report: GapReport) -> None:
        self._jobs.pop("design", None)
        self.designer.show_report(report)

    def _not_designed(self, error: TriageError) -> None:
        self._jobs.pop("design", None)
        if operations.was_cancelled(error):
            self.designer.end()
        else:
            self.designer.show_error(error)

    def _cancel(self, which: str) -> None:
        job = self._jobs.get(which)
        if job is not None:
            job.cancel()
