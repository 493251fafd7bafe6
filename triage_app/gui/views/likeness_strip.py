"""How alike two tickets are: the score, its four parts as small bars, the reasons in words, and the other's note."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.chip import Bar
from triage_app.services.search_queries import Parts

PARTS = (
    ("observables", "Observables", "Common addresses, links, files and the like, the rarer the more they say"),
    ("text", "Text", "Common words, the rarer the more they say"),
    ("fields", "Fields", "Sender, subject, rule, host and user"),
    ("time", "Time", "How near in time they came"),
)
BAR_WIDTH = 56
MOST_NOTE = 600
UNBROKEN = 64


class PartBar(QWidget):
    """The name of a part, its bar and its percent on one line."""

    def __init__(self, look: Look, name: str, tip: str) -> None:
        super().__init__()
        self._name = name
        self.setToolTip(tip)
        self.setAccessibleName(name)
        title = QLabel(name)
        title.setObjectName("second")
        self.bar = Bar(look, name)
        self.bar.setFixedWidth(look.px(BAR_WIDTH))
        self.percent = QLabel()
        self.percent.setFont(look.small_figures)
        self.percent.setMinimumWidth(self.percent.fontMetrics().horizontalAdvance("100%"))
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(6))
        for widget in (title, self.bar, self.percent):
            row.addWidget(widget)

    def set_share(self, share: float) -> None:
        """Show a share 0..1."""
        said = wording.percent(share)
        self.bar.set_share(share)
        self.percent.setText(said)
        self.setAccessibleName(f"{self._name} {said}")


class LikenessStrip(QFrame):
    """A quiet strip over the whole width."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        px = look.px
        self.setObjectName("strip")
        self.setAccessibleName("How alike they are")
        self.score = QLabel()
        self.score.setFont(look.strong)
        self.bars = {which: PartBar(look, name, tip) for which, name, tip in PARTS}
        top = QHBoxLayout()
        top.setSpacing(px(20))
        top.addWidget(self.score)
        top.addStretch(1)
        for bar in self.bars.values():
            top.addWidget(bar)
        self.reasons = _words("why")
        self.note = _words("second")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(6), px(12), px(8))
        column.setSpacing(px(3))
        column.addLayout(top)
        column.addWidget(self.reasons)
        column.addWidget(self.note)

    def show_likeness(self, score: float, parts: Parts, reasons: tuple[str, ...], note: str) -> None:
        """Show how alike two tickets are, why, and how the other was resolved."""
        self.score.setText(f"{wording.percent(score)} alike")
        for which, share in (
            ("observables", parts.observables),
            ("text", parts.text),
            ("fields", parts.fields),
            ("time", parts.time),
        ):
            self.bars[which].set_share(share)
        self.reasons.setText("  \u00b7  ".join(map(_whole, reasons)))
        self.reasons.setVisible(bool(reasons))
        self.note.setText(f"Its note: {wording.first_line(note, MOST_NOTE)}")
        self.note.setToolTip(note[:4000])
        self.note.setVisible(bool(note))


def _whole(reason: str) -> str:
    """A reason that a line is not broken in, unless it is a long one."""
    return reason.replace(" ", "\u00a0") if len(reason) <= UNBROKEN else reason


def _words(kind: str) -> QLabel:
    label = QLabel()
    label.setObjectName(kind)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
