"""The main settings of the rule in hand; each change goes into the YAML beside it at once."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.dedup import Level, Missing, OnClosed, TimeBase
from triage_app.gui.look import Look
from triage_app.gui.models.rule_list import ListedRule
from triage_app.gui.rule_text import RuleSettings, WindowText
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.tick_box import TickBox

LEVELS = (
    (Level.DROP, "drop: no ticket, only counted"),
    (Level.COMMENT, "comment: merged into the first"),
    (Level.CHILD, "child: own ticket under the first"),
    (Level.LINK, "link: own ticket, linked"),
    (Level.NOTE, "note: own ticket, to be ticked off"),
    (Level.SUGGEST, "suggest: only proposed"),
)
KINDS = (
    ("gap", "a break ends it"),
    ("same_time", "the same time"),
    ("hour", "the same hour"),
    ("day", "the same day"),
    ("forever", "for ever"),
)
TIMES = ((TimeBase.EVENT, "when it happened"), (TimeBase.RECEIVED, "when it came in"))
CLOSED = (
    (OnClosed.REOPEN, "open it again"),
    (OnClosed.NEW_AND_LINK, "new ticket, linked"),
    (OnClosed.NEW, "new ticket"),
)
MISSING = (
    (Missing.SKIP, "the rule is skipped"),
    (Missing.GROUP, "missing is a value"),
    (Missing.NEVER, "never a duplicate"),
)
TWO_COLUMNS = 560


class RuleForm(QFrame):
    """`changed` names a setting (`enabled`, `level`, `window`, `on_closed`, `missing`) and carries its new value."""

    changed = Signal(str, object)
    advice_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._showing = False
        self._wide: bool | None = None
        self._zone = ""
        self._window = WindowText()
        self.setObjectName("form")
        self.setAccessibleName("Settings of the rule")
        px = look.px
        self.title = QLabel()
        self.title.setFont(look.strong)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.enabled = TickBox(look, "On")
        self.enabled.toggled.connect(lambda on: self._tell("enabled", "true" if on else "false"))
        self.level = self._choice("Level", LEVELS, lambda: self._tell("level", self.level.value))
        self.kind = self._choice("Window", KINDS, self._tell_window)
        self.time = self._choice("Time that counts", TIMES, self._tell_window)
        self.on_closed = self._choice(
            "When the first ticket is closed", CLOSED, lambda: self._tell("on_closed", self.on_closed.value)
        )
        self.missing = self._choice(
            "When a key field is missing", MISSING, lambda: self._tell("missing", self.missing.value)
        )
        self.gap = self._text("Length of the break", "5m")
        self.max_life = self._text("Longest life of a group", "no limit")
        self.max_count = self._text("Most items in a group", "no limit")
        self.fields: tuple[tuple[str, QWidget], ...] = (
            ("Level", self.level),
            ("Window", self.kind),
            ("Break of", self.gap),
            ("At most for", self.max_life),
            ("At most items", self.max_count),
            ("Time that counts", self.time),
            ("First is closed", self.on_closed),
            ("Field is missing", self.missing),
        )
        self._labels = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(px(10))
        self._grid.setVerticalSpacing(px(6))
        for text, field in self.fields:
            label = QLabel(text)
            label.setObjectName("second")
            label.setBuddy(field)
            self._labels.append(label)
        self.hint = QLabel()
        self.hint.setObjectName("second")
        self.hint.setWordWrap(True)
        self._holder = QWidget()
        self._holder.setAccessibleName("Settings")
        self._holder.setLayout(self._grid)
        self._grid.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.enabled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(12), px(16), px(12))
        layout.setSpacing(px(8))
        layout.addLayout(head)
        layout.addWidget(self._build_advice())
        layout.addWidget(self._holder)
        layout.addWidget(self.hint)
        layout.addStretch(1)
        self._lay(wide=False)
        self.show_rule(None)

    def _build_advice(self) -> QFrame:
        px = self._look.px
        self.advice = QFrame()
        self.advice.setObjectName("advice")
        self.advice.setAccessibleName("Advice")
        self._advice_text = QLabel()
        self._advice_text.setWordWrap(True)
        self._advice_text.setTextFormat(Qt.TextFormat.PlainText)
        self.take_advice = QPushButton("Put it into the draft")
        self.take_advice.setProperty("small", True)
        self.take_advice.clicked.connect(self.advice_wanted)
        row = QHBoxLayout(self.advice)
        row.setContentsMargins(px(10), px(8), px(10), px(8))
        row.setSpacing(px(8))
        row.addWidget(self._advice_text, 1)
        row.addWidget(self.take_advice)
        return self.advice

    def _choice(self, name: str, entries: Sequence[tuple[str, str]], tell: Callable[[], None]) -> Choice:
        box = Choice(self._look, name, entries)
        box.setMinimumContentsLength(10)
        box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.currentIndexChanged.connect(lambda _place: tell())
        return box

    def _text(self, name: str, placeholder: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText(placeholder)
        line.setToolTip(name)
        line.editingFinished.connect(self._tell_window)
        return line

    # -- where things stand --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room, settings stand in two columns."""
        super().resizeEvent(event)
        self._lay(wide=self.width() >= self._look.px(TWO_COLUMNS))

    def _lay(self, *, wide: bool) -> None:
        if wide == self._wide:
            return
        self._wide = wide
        half = (len(self.fields) + 1) // 2
        for place, (label, (_text, field)) in enumerate(zip(self._labels, self.fields, strict=True)):
            row, column = (place % half, 2 * (place // half)) if wide else (place, 0)
            self._grid.addWidget(label, row, column)
            self._grid.addWidget(field, row, column + 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1 if wide else 0)

    # -- showing -------------------------------------------------------------------------------------------------

    def show_rule(self, rule: ListedRule | None) -> None:
        """Show the settings of a rule, without telling of changes."""
        self._showing = True
        self.title.setText(rule.title if rule is not None else "No rule is chosen")
        settings = rule.settings if rule is not None else None
        self._holder.setEnabled(settings is not None)
        self.enabled.setEnabled(settings is not None)
        advice = rule.card.advice if rule is not None and rule.card is not None else ""
        self._advice_text.setText(advice)
        self.advice.setVisible(bool(advice))
        hint = ""
        if rule is not None and settings is None:
            hint = "This rule is written in a way that only the YAML can change."
        elif rule is not None and rule.drops:
            hint = "What it drops cannot be undone or replayed: only a count stays."
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        if settings is not None:
            self._fill(settings)
        self._showing = False

    def _fill(self, settings: RuleSettings) -> None:
        self.enabled.setChecked(settings.enabled)
        window = settings.window
        for box, value in (
            (self.level, settings.level or Level.LINK.value),
            (self.kind, window.kind),
            (self.time, window.time or TimeBase.EVENT.value),
            (self.on_closed, settings.on_closed or OnClosed.NEW_AND_LINK.value),
            (self.missing, settings.missing or Missing.SKIP.value),
        ):
            box.setCurrentIndex(box.findData(value))
        for line, text in (
            (self.gap, window.gap),
            (self.max_life, window.max_life),
            (self.max_count, window.max_count),
        ):
            if line.text() != text:
                line.setText(text)
        self._zone = window.zone
        self._window = self._window_now()
        self.gap.setEnabled(window.kind == "gap")

    # -- telling -------------------------------------------------------------------------------------------------

    def _tell(self, setting: str, value: object) -> None:
        if not self._showing and value:
            self.changed.emit(setting, value)

    def _window_now(self) -> WindowText:
        return WindowText(
            kind=self.kind.value or "forever",
            gap=self.gap.text().strip(),
            max_life=self.max_life.text().strip(),
            max_count=self.max_count.text().strip(),
            time=self.time.value,
            zone=self._zone,
        )

    def _tell_window(self) -> None:
        if self._showing:
            return
        window = self._window_now()
        if window != self._window:
            self._window = window
            self._tell("window", window)
