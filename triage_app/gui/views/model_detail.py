"""A version of a model: why it is in force or not, how good it is, and what it was made of."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from triage_app.domain.learning import Model
from triage_app.gui import learning_wording, wording
from triage_app.gui.look import Look

LABELS_NAMED = 12


class ModelDetail(QScrollArea):
    """Sentences first, then the facts, whose text can be marked and copied."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        px = look.px
        self.setAccessibleName("The version in hand")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title = QLabel()
        self.title.setFont(look.strong)
        self.title.setWordWrap(True)
        self.decision = QLabel()
        self.quality = QLabel()
        self.suspended = QLabel()
        self.suspended.setObjectName("warning")
        for label in (self.decision, self.quality, self.suspended):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        inner = QWidget()
        inner.setAccessibleName("The version in hand")
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(24), px(10), px(16), px(12))
        column.setSpacing(px(6))
        for label in (self.title, self.decision, self.quality, self.suspended):
            column.addWidget(label)
        self._facts = QGridLayout()
        self._facts.setContentsMargins(0, px(6), 0, 0)
        self._facts.setHorizontalSpacing(px(12))
        self._facts.setVerticalSpacing(px(3))
        self._facts.setColumnStretch(1, 1)
        column.addLayout(self._facts)
        column.addStretch(1)
        self.setWidget(inner)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_model(self, model: Model) -> None:
        """Show a version."""
        state = learning_wording.state_of(model)
        self.title.setText(f"{model.id}: {state}" if state else str(model.id))
        self.decision.setText(model.decision)
        self.decision.setVisible(bool(model.decision))
        self.quality.setText(learning_wording.quality_of(model))
        names = ", ".join(model.suspended)
        self.suspended.setText(f"Wrong too often lately, and only suggested: {names}.")
        self.suspended.setVisible(bool(model.suspended))
        labels = ", ".join(model.labels[:LABELS_NAMED])
        more = len(model.labels) - LABELS_NAMED
        learnt = wording.counted(model.examples, "example", "examples")
        learnt += f", {wording.counted(model.corrections, 'correction', 'corrections')} among them"
        self._fill(
            (
                ("Made", wording.exact(model.made_at), ""),
                ("Follows", str(model.parent or "none: the first"), "The version in force when it was trained"),
                ("Learnt from", learnt, ""),
                ("Options", learning_wording.options_of(model), ""),
                (f"{wording.count(len(model.labels))} labels", labels + (f" and {more} more" if more > 0 else ""), ""),
                ("Data", model.data_sha256[:16], f"SHA-256 of what it learnt from: {model.data_sha256}"),
                ("File", model.file_sha256[:16], f"SHA-256 of its file: {model.file_sha256}"),
            )
        )

    def _fill(self, facts: tuple[tuple[str, str, str], ...]) -> None:
        for place, (name, value, tip) in enumerate(facts):
            if place == len(self._rows):
                self._rows.append((QLabel(), QLabel()))
                names, values = self._rows[place]
                names.setObjectName("second")
                values.setWordWrap(True)
                values.setTextFormat(Qt.TextFormat.PlainText)
                values.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._facts.addWidget(names, place, 0, Qt.AlignmentFlag.AlignTop)
                self._facts.addWidget(values, place, 1)
            names, values = self._rows[place]
            names.setText(name)
            values.setText(value)
            values.setToolTip(tip)
            values.setAccessibleName(f"{name}: {value}")
