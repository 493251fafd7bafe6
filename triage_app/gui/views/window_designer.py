"""The window designer: the gaps of a rule's keys, the groups that each setting yields, and the setting to take."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.charts import GapChart, setting_text, short_time
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.dedup_queries import GapReport, GapSetting

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def seconds_of(text: str) -> float | None:
    """The seconds of a written length of time (`5m`, `12h`), None for anything else."""
    text = text.strip().lower()
    number, unit = text[:-1], text[-1:]
    if unit not in UNITS or not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    return float(int(number) * UNITS[unit])


class WindowDesigner(QWidget):
    """`wanted` asks for the report; `used` carries a gap as a rule file takes it."""

    wanted = Signal()
    cancel_wanted = Signal()
    used = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._gap: float | None = None
        self.rule = ""
        self.setAccessibleName("Window designer")
        px = look.px
        self.title = QLabel()
        self.title.setFont(look.strong)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.said = QLabel()
        self.said.setObjectName("second")
        self.said.setWordWrap(True)
        self.chart = GapChart(look)
        self.chart.chosen.connect(self._say)
        self.yields = QLabel()
        self.yields.setWordWrap(True)
        self.use = QPushButton("Put it into the draft")
        self.use.clicked.connect(self._use)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.yields, 1)
        foot.addWidget(self.use)
        report = QWidget()
        report.setAccessibleName("Gaps and settings")
        column = QVBoxLayout(report)
        column.setContentsMargins(px(16), px(12), px(16), px(12))
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addWidget(self.said)
        column.addWidget(self.chart, 1)
        column.addLayout(foot)
        self.working = WorkingStrip(look, "Reading the gaps")
        self.working.cancel_wanted.connect(self.cancel_wanted)
        self.state = StatePage(look, "State of the window designer")
        body = QWidget()
        body.setAccessibleName("Gaps or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(report)
        self._stack.addWidget(self.state)
        self._report = report
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.working)
        layout.addWidget(body, 1)
        self.show_rule("", None)

    def show_rule(self, rule: str, gap: str | None) -> None:
        """Another rule is in hand, with this gap in the draft (None: its window is of another kind)."""
        self._gap = seconds_of(gap) if gap else None
        if rule == self.rule and rule:
            return
        self.rule = rule
        if rule:
            self.state.say(
                "clock", "See how far apart the items of each key come.", (("Read the gaps", self.wanted.emit),)
            )
        else:
            self.state.say("clock", "Choose a rule to see the gaps between its items.")
        self._stack.setCurrentWidget(self.state)

    def begin(self) -> None:
        """The gaps are being read."""
        self.working.begin()

    def end(self) -> None:
        """It has ended."""
        self.working.end()

    def show_error(self, error: TriageError) -> None:
        """The gaps could not be read."""
        self.end()
        again = (("Try again", self.wanted.emit),)
        self.state.say("triangle-alert", wording.first_line(error.message, 300), again)
        self._stack.setCurrentWidget(self.state)

    def show_report(self, report: GapReport) -> None:
        """Show what was read, if it is still about the rule in hand."""
        self.end()
        if report.rule != self.rule:
            return
        if not report.settings or not any(each.count for each in report.histogram):
            self.state.say("clock", "No key of this rule has come twice yet, so that there is no gap to look at.")
            self._stack.setCurrentWidget(self.state)
            return
        items = wording.counted(report.items, "item", "items")
        self.title.setText(report.rule)
        self.said.setText(
            f"{items} with {wording.counted(report.keys, 'key', 'keys')}. Drag the line, or use \u2190 \u2192."
        )
        self.chart.show_report(report, self._gap)
        self._stack.setCurrentWidget(self._report)
        if self.chart.setting is not None:
            self._say(self.chart.setting)

    def _say(self, setting: GapSetting) -> None:
        groups = wording.counted(setting.groups, "group", "groups")
        self.yields.setText(f"A break of {short_time(setting.gap_seconds)} gives {groups}.")
        self.use.setText(f"Put {setting_text(setting.gap_seconds)} into the draft")

    def _use(self) -> None:
        if self.chart.setting is not None:
            self.used.emit(setting_text(self.chart.setting.gap_seconds))
