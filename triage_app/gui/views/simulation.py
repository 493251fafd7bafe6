"""The simulation: what the draft would have done to the last days, beside today's rules, with groups and samples."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.charts import BarRow, Bars
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.dedup_queries import SimulatedGroup, SimulatedRule, Simulation

SINCE = (("1d", "the last day"), ("7d", "the last 7 days"), ("30d", "the last 30 days"), ("all", "all that is stored"))
SEVERITIES = {"critical": "critical", "high": "high", "medium": "medium", "low": "low"}
SAMPLES = 5
WITH_TIMES = 800


def result_in_words(result: Simulation) -> str:
    """`1,204 items would be 301 tickets: 903 fewer. Today's rules make 420 of them, 119 more.`"""
    items = wording.counted(result.items, "item", "items")
    text = f"{items} would be {wording.counted(result.tickets, 'ticket', 'tickets')}"
    text += f": {wording.count(result.saved)} fewer." if result.saved else ": none saved."
    apart = result.today - result.tickets
    if apart == 0:
        return f"{text} Today's rules make as many."
    more = "more" if apart > 0 else "fewer"
    return f"{text} Today's rules make {wording.count(result.today)}, {wording.count(abs(apart))} {more}."


class SimulationPanel(QWidget):
    """A chooser of how far back, the button, and what came out. It asks by signals and is handed the answer."""

    wanted = Signal(str)
    cancel_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName("Simulation")
        px = look.px
        self.since = Choice(look, "How far back", SINCE)
        self.since.setCurrentIndex(1)
        self.run = QPushButton("Simulate the draft")
        self.run.clicked.connect(lambda: self.wanted.emit(self.since.value))
        said = QLabel("Replays stored items; nothing is written.")
        said.setObjectName("second")
        said.setWordWrap(True)
        top = QHBoxLayout()
        top.setContentsMargins(px(16), px(10), px(16), px(10))
        top.setSpacing(px(8))
        top.addWidget(self.run)
        top.addWidget(self.since)
        top.addWidget(said, 1)
        self.working = WorkingStrip(look, "Simulating")
        self.working.cancel_wanted.connect(self.cancel_wanted)
        self.state = StatePage(look, "State of the simulation")
        body = QWidget()
        body.setAccessibleName("Result or state")
        self._stack = QStackedLayout(body)
        self._result = self._build_result()
        self._stack.addWidget(self._result)
        self._stack.addWidget(self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.working)
        layout.addWidget(body, 1)
        self.say_nothing()

    def _build_result(self) -> QWidget:
        px = self._look.px
        self.summary = QLabel()
        self.summary.setFont(self._look.strong)
        self.summary.setWordWrap(True)
        self.compared = Bars(self._look, "Tickets")
        self.saved = Bars(self._look, "Tickets saved by rule")
        self.hidden_bars = Bars(self._look, "Not seen as a ticket of its own, by severity")
        self.idle = QLabel()
        self.idle.setObjectName("second")
        self.novel = QLabel()
        self.novel.setObjectName("second")
        self.novel.setWordWrap(True)
        inner = QWidget()
        inner.setAccessibleName("What came out")
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(16), px(4), px(16), px(8))
        column.setSpacing(px(4))
        column.addWidget(self.summary)
        self._hidden_title = self._heading("Would not be seen as a ticket of its own")
        for heading, bars in (
            (self._heading("Tickets"), self.compared),
            (self._heading("Tickets saved by each rule"), self.saved),
            (self._hidden_title, self.hidden_bars),
        ):
            column.addWidget(heading)
            column.addWidget(bars)
            if bars is self.saved:
                column.addWidget(self.idle)
        column.addWidget(self.novel)
        self._groups_title = self._heading("Groups")
        column.addWidget(self._groups_title)
        self.groups = self._build_groups()
        column.addWidget(self.groups, 1)
        area = QScrollArea()
        area.setAccessibleName("What came out")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        return area

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("second")
        label.setContentsMargins(0, self._look.px(8), 0, 0)
        return label

    def _build_groups(self) -> QTreeWidget:
        px = self._look.px
        tree = QTreeWidget()
        tree.setAccessibleName("Groups that would be made")
        tree.setHeaderLabels(["Key", "Rule", "Items", "First", "Last"])
        tree.setUniformRowHeights(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setMinimumHeight(px(200))
        tree.setIndentation(px(16))
        header = tree.header()
        header.setAccessibleName("Columns of the groups")
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place, width in ((1, 150), (2, 60), (3, 172), (4, 172)):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(place, px(width))
        tree.headerItem().setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return tree

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the keys have the room; the times are in their tooltips."""
        super().resizeEvent(event)
        for column in (3, 4):
            self.groups.setColumnHidden(column, self.width() < self._look.px(WITH_TIMES))

    # -- showing -------------------------------------------------------------------------------------------------

    def say_nothing(self) -> None:
        """Nothing was simulated yet."""
        self.state.say("play", "See what the draft would have done before it is in force.")
        self._stack.setCurrentWidget(self.state)

    def begin(self) -> None:
        """A simulation runs."""
        self.working.begin()
        self.run.setEnabled(False)

    def end(self) -> None:
        """It has ended, one way or another."""
        self.working.end()
        self.run.setEnabled(True)

    def show_error(self, error: TriageError) -> None:
        """It did not work."""
        self.end()
        again = (("Try again", self.run.click),)
        self.state.say("triangle-alert", wording.first_line(error.message, 300), again)
        self._stack.setCurrentWidget(self.state)

    def show_result(self, result: Simulation) -> None:
        """Show what came out."""
        self.end()
        if not result.items:
            self.state.say("inbox", "Nothing was received in this time. Choose a longer one.")
            self._stack.setCurrentWidget(self.state)
            return
        self.summary.setText(result_in_words(result))
        self.compared.show_rows(
            (
                BarRow("Without rules", result.items, wording.count(result.items), "border-strong"),
                BarRow("With today's rules", result.today, wording.count(result.today), "border-strong"),
                BarRow("With the draft", result.tickets, wording.count(result.tickets)),
            )
        )
        matching = sorted((rule for rule in result.by_rule if rule.matched), key=lambda rule: -rule.saved)
        self.saved.show_rows([_bar_of(rule) for rule in matching])
        idle = len(result.by_rule) - len(matching)
        self.idle.setText(f"{wording.counted(idle, 'rule', 'rules')} matched nothing." if idle else "")
        self.idle.setVisible(bool(idle))
        hidden = [(word, number) for word, number in result.hidden if number]
        self.hidden_bars.show_rows(
            [BarRow(word, number, wording.count(number), SEVERITIES.get(word, "unknown")) for word, number in hidden]
        )
        self.hidden_bars.setVisible(bool(hidden))
        self._hidden_title.setVisible(bool(hidden))
        kept = wording.counted(result.novel, "repeat", "repeats")
        self.novel.setText(f"{kept} would stay a ticket for what is new in it." if result.novel else "")
        self.novel.setVisible(bool(result.novel))
        shown = f", the largest {wording.count(len(result.groups))} of them"
        more = shown if len(result.groups) < result.group_count else ""
        self._groups_title.setText(f"{wording.counted(result.group_count, 'group', 'groups')}{more}")
        self._fill(result.groups)
        self._stack.setCurrentWidget(self._result)

    def _fill(self, groups: Sequence[SimulatedGroup]) -> None:
        self.groups.clear()
        items = []
        for group in groups:
            key = "  \u00b7  ".join(value or "(missing)" for value in group.key)
            first, last = wording.exact(group.first), wording.exact(group.last)
            item = QTreeWidgetItem([wording.first_line(key, 200), group.rule, wording.count(group.count), first, last])
            item.setFont(0, self._look.mono)
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            values = [wording.first_line(value, 400) or "(missing)" for value in group.key]
            item.setToolTip(0, "\n".join([*values, f"{first} to {last}"]))
            for subject in group.sample[:SAMPLES]:
                QTreeWidgetItem(item, [wording.first_line(subject, 200) or "(no subject)"]).setFirstColumnSpanned(True)
            items.append(item)
        self.groups.addTopLevelItems(items)


def _bar_of(rule: SimulatedRule) -> BarRow:
    groups = wording.counted(rule.groups, "group", "groups")
    said = f"{wording.count(rule.saved)} saved \u00b7 {wording.count(rule.matched)} matched \u00b7 {groups}"
    return BarRow(f"{rule.rule} ({rule.level})", rule.saved, said)
