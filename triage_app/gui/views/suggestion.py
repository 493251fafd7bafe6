"""The suggestion strip: label, number and bar, who says so and why, other labels with their keys, the buttons."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout

from triage_app.domain.labels import Prediction, Reason, Score, Tier
from triage_app.domain.ticket import TicketRow
from triage_app.gui import labelling_wording, wording
from triage_app.gui.look import Look
from triage_app.gui.views.chip import Bar, Chip
from triage_app.gui.views.flow import FlowLayout
from triage_app.services.learning_shapes import LabelPromise, Promise

NARROW = 400
REASONS_SHOWN = 5
ALTERNATIVES_SHOWN = 3


class SuggestionStrip(QFrame):
    """What is suggested for the ticket in hand. `corrected` carries the label that was chosen instead."""

    accepted = Signal()
    corrected = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._labels: tuple[str, ...] = ()
        self._threshold = 1.0
        self._promise: Promise | None = None
        self._shown: tuple[TicketRow, Prediction] | None = None
        self.setObjectName("strip")
        self.setAccessibleName("Suggestion")
        px = look.px
        self.chip = Chip(look)
        self.number = QLabel()
        self.number.setFont(look.figures)
        self.bar = Bar(look, "Confidence")
        self.by = QLabel()
        self.by.setObjectName("second")
        self.by.setWordWrap(True)
        self.accept = QPushButton("Accept")
        self.accept.setProperty("primary", True)
        self.accept.setToolTip("A")
        self.accept.clicked.connect(self.accepted)
        self.correct = QPushButton("Correct")
        self.correct.setAccessibleName("Correct to another label")
        self._menu = QMenu(self)
        self._menu.setAccessibleName("Labels")
        self.correct.setMenu(self._menu)
        self.correct.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        look.dress(self.correct, "chevron-down", "text-second", 14)
        self.why = QLabel()
        self.why.setObjectName("why")
        self.why.setWordWrap(True)
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self._others = FlowLayout(px(6))
        top = QHBoxLayout()
        top.setSpacing(px(8))
        top.addWidget(self.chip)
        top.addWidget(self.number)
        top.addWidget(self.bar, 1)
        top.addStretch(1)
        top.addWidget(self.accept)
        top.addWidget(self.correct)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(12), px(10), px(12), px(10))
        layout.setSpacing(px(6))
        self._top, self._below = top, QHBoxLayout()
        self._below.setSpacing(px(8))
        self._is_narrow = False
        layout.addLayout(top)
        layout.addWidget(self.by)
        layout.addWidget(self.why)
        layout.addLayout(self._others)
        layout.addLayout(self._below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the buttons go below."""
        super().resizeEvent(event)
        narrow = self.width() < self._look.px(NARROW)
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            row = self._below if narrow else self._top
            for button in (self.accept, self.correct):
                row.addWidget(button, 1 if narrow else 0)

    def set_labels(self, labels: Sequence[str]) -> None:
        """The labels of the dataset in their order: the first nine have the keys 1 to 9."""
        self._labels = tuple(labels)
        self._menu.clear()
        for place, label in enumerate(self._labels):
            key = f"\t{place + 1}" if place < 9 else ""
            self._menu.addAction(f"{label}{key}").triggered.connect(
                lambda _checked=False, label=label: self.corrected.emit(label)
            )

    def set_threshold(self, threshold: float) -> None:
        """The confidence 0..1 from which on the model answers."""
        self._threshold = threshold

    def set_promise(self, promise: Promise | None) -> None:
        """How often the model was right lately, by label: it is named where a label is only suggested."""
        self._promise = promise
        if self._shown is not None:
            self.show_prediction(*self._shown)

    def show_row(self, row: TicketRow) -> None:
        """Show what the queue knows already, until the whole ticket is there."""
        self._shown = None
        self._say(row)

    def show_prediction(self, row: TicketRow, prediction: Prediction | None) -> None:
        """Show the newest prediction of the dataset that names the category."""
        self._say(row)
        self._shown = None if prediction is None else (row, prediction)
        if prediction is None:
            self.by.setText("No suggestion was made.")
            self.why.hide()
            self._show_others(())
            return
        if row.reviewed:
            self.by.setText(labelling_wording.kept_or_changed(row, prediction))
        else:
            promise = self._promise_of(prediction)
            self.by.setText(labelling_wording.who_answered(prediction, self._threshold, promise))
        asked = f"The model asked was {prediction.model_id}." if prediction.model_id else ""
        self.by.setToolTip(f"{asked} {labelling_wording.likeness(prediction)}".strip())
        why = reasons_in_words(prediction.reasons)
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self._show_others(others_of(row, prediction))

    def _promise_of(self, prediction: Prediction) -> LabelPromise | None:
        best = prediction.best.label if prediction.best is not None else ""
        labels = self._promise.labels if self._promise is not None else ()
        return next((each for each in labels if each.label == best), None)

    def _say(self, row: TicketRow) -> None:
        self.chip.set_label(row.category or "unclassified")
        self.number.setText(wording.percent(row.confidence))
        self.bar.set_share(row.confidence)
        # The default answers where nothing spoke for a label: then there is no confidence to show.
        shown = not row.reviewed and row.tier != Tier.DEFAULT
        self.number.setVisible(shown)
        self.bar.setVisible(shown)
        self.accept.setText("Accepted" if row.reviewed else "Accept")
        self.accept.setEnabled(not row.reviewed)

    def _show_others(self, scores: Sequence[Score]) -> None:
        while (item := self._others.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for score in scores:
            label = score.label
            key = self._labels.index(label) + 1 if label in self._labels else 0
            prefix = f"{key}  " if 0 < key <= 9 else ""
            button = QPushButton(f"{prefix}{label}  {wording.percent(score.confidence)}")
            button.setProperty("small", True)
            button.setAccessibleName(f"Correct to {label}, {wording.percent(score.confidence)}")
            button.clicked.connect(lambda _checked=False, label=label: self.corrected.emit(label))
            self._others.addWidget(button)

    @property
    def sentence(self) -> str:
        """Who says so, and why, as text."""
        return f"{self.by.text()} {self.why.text()}"


def others_of(row: TicketRow, prediction: Prediction) -> tuple[Score, ...]:
    """The labels to choose instead, what the model found most likely before all others."""
    best = () if prediction.best is None else (prediction.best,)
    rest = tuple(score for score in prediction.alternatives if not best or score.label != best[0].label)
    return tuple(score for score in (*best, *rest) if score.label != row.category)[:ALTERNATIVES_SHOWN]


def reasons_in_words(reasons: Sequence[Reason]) -> str:
    """`For: verify, account. Against: laptop.`, the heaviest first; empty without reasons."""
    ranked = sorted(reasons, key=lambda reason: -abs(reason.weight))
    parts = []
    for word, chosen in (
        ("For", [r.word for r in ranked if r.weight > 0][:REASONS_SHOWN]),
        ("Against", [r.word for r in ranked if r.weight < 0][:REASONS_SHOWN]),
    ):
        if chosen:
            parts.append(f"{word}: {', '.join(chosen)}")
    return "  \u00b7  ".join(parts)
