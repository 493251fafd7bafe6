"""The overview of a dataset's learning: which version answers, how well, what it promised, and what to do next."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.learning import Model
from triage_app.gui import learning_operations, learning_wording, wording
from triage_app.gui.desk import Desk
from triage_app.gui.learning_advice import fresh_corrections, next_steps
from triage_app.gui.learning_wording import fine
from triage_app.gui.views.chart_card import ChartCard
from triage_app.gui.views.figures import Figure, Figures
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.plot_intervals import IntervalRow, Intervals
from triage_app.services.learning_shapes import Promise, ReviewQueue
from triage_app.services.queries import ModelList

FORMS = "CSV (*.csv);;JSON lines (*.jsonl);;Parquet (*.parquet);;FastText (*.txt)"
STEPS = 2
REVIEWED = 50


class OverviewPage(LearningPage):
    """What is so, in words and figures, and the buttons that lead on."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Overview of learning")
        self._models: tuple[Model, ...] = ()
        self._corrections: int | None = None
        self._promise: Promise | None = None
        self._review: ReviewQueue | None = None
        self._lines: list[QWidget] = []
        px = self._look.px
        self.answers = QLabel()
        self.answers.setFont(self._look.strong)
        self.summary = QLabel()
        self.figures = Figures(self._look, "Figures of the version in use")
        self.broken = QLabel()
        self.broken.setObjectName("warning")
        self.kept = QLabel()
        for label in (self.answers, self.summary, self.broken, self.kept):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.promise = Intervals(self._look, "The gate's promise, by label")
        self._card = ChartCard(
            desk,
            "The gate's promise, by label",
            "How many of the answers that people decided on were right, with the 95% interval; dashed is what is "
            "wanted.",
            self.promise,
        )
        self._card.said.connect(self.said)
        inner = QWidget()
        inner.setAccessibleName("Overview of learning")
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(24), px(14), px(24), px(16))
        column.setSpacing(px(8))
        column.addWidget(self.answers)
        column.addWidget(self.figures)
        column.addWidget(self.summary)
        column.addWidget(self.broken)
        column.addWidget(self._build_next())
        column.addSpacing(px(8))
        column.addWidget(self._card)
        column.addWidget(self.kept)
        column.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName("Overview of learning")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        for widget in (self.broken, self._card, self.kept):
            widget.hide()

    def _build_next(self) -> QFrame:
        px = self._look.px
        frame = QFrame()
        frame.setObjectName("strip")
        frame.setAccessibleName("What to do next")
        title = QLabel("What to do next")
        title.setFont(self._look.strong)
        self.steps = QVBoxLayout()
        self.steps.setSpacing(px(6))
        self.export = QPushButton("Export corrections\u2026")
        self.export.setProperty("flat", True)
        self.export.clicked.connect(lambda: self.act_wanted.emit("export-corrections"))
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.export)
        column = QVBoxLayout(frame)
        column.setContentsMargins(px(14), px(8), px(10), px(12))
        column.setSpacing(px(6))
        column.addLayout(head)
        column.addLayout(self.steps)
        return frame

    @property
    def first(self) -> QWidget:
        """The first button of what to do next, once that is known."""
        return next(iter(self.buttons), self)

    @property
    def buttons(self) -> list[QPushButton]:
        """The buttons of what to do next, the most pressing first."""
        return [button for line in self._lines for button in line.findChildren(QPushButton)]

    def acts(self) -> dict[str, Callable[[], object]]:
        """The export."""
        return {"export-corrections": self.export_corrections}

    # -- showing -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read versions, corrections, promise and what is worth a label; each is shown as soon as it is there."""
        if self.dataset is None:
            return
        name, desk = self.dataset.name, self._desk
        self._corrections, self._promise, self._review = None, None, None
        learning_operations.load_models(desk, "overview-models", name, self._show_models, self._fail)
        learning_operations.count_corrections(desk, name, self._show_corrections, self._fail)
        learning_operations.load_promise(desk, name, self._show_promise, self._fail)
        learning_operations.load_review(desk, name, REVIEWED, self._show_review, self._fail)

    def _show_models(self, answer: ModelList) -> None:
        self._models = answer.models
        self._say()

    def _show_corrections(self, number: int) -> None:
        self._corrections = number
        self._say()

    def _show_review(self, queue: ReviewQueue) -> None:
        self._review = queue
        self._say()

    def _show_promise(self, promise: Promise) -> None:
        self._promise = promise
        decided = [label for label in promise.labels if label.n]
        self.broken.setText("\n".join(promise.broken))
        self.broken.setVisible(bool(promise.broken))
        self.kept.setText(learning_wording.promise_in_words(promise))
        self.kept.setVisible(bool(promise.model_id))
        self.promise.show_rows(
            [
                IntervalRow(
                    label.label,
                    label.achieved,
                    label.low,
                    label.high,
                    label.n,
                    learning_wording.promised(label),
                    bad=label.broken,
                )
                for label in sorted(decided, key=lambda each: (not each.broken, -each.n))
            ],
            promise.wanted,
        )
        self._card.setVisible(bool(decided))
        self._say()

    def _say(self) -> None:
        active = next((model for model in self._models if model.active), None)
        if active is None:
            self.answers.setText("No version answers yet: keywords and the default do.")
        else:
            self.answers.setText(f"{active.id} answers")
        self._show_figures(active)
        if self._corrections is None:
            return
        taught = wording.counted(self._corrections, "correction or confirmation", "corrections and confirmations")
        fresh = fresh_corrections(self._models, self._corrections)
        if not self._corrections:
            self.summary.setText("Nobody has corrected or confirmed a suggestion yet.")
        elif active is None:
            self.summary.setText(f"{taught} so far.")
        else:
            new = (
                f"{wording.count(fresh)} of them since the newest version" if fresh else "the newest version knows all"
            )
            self.summary.setText(f"{taught} so far; {new}.")
        self._show_steps()

    def _show_figures(self, active: Model | None) -> None:
        figures = []
        if active is not None and active.quality is not None:
            quality = active.quality
            figures += [
                Figure(fine(quality.accuracy), "right of all", learning_wording.quality_of(active)),
                Figure(fine(quality.macro_f1), "macro-F1", "The mean F1 of all labels, each counted the same"),
                Figure(fine(quality.coverage), "pass the gate", "The share of its answers at or above the gate"),
                Figure(fine(quality.coverage_accuracy), "right of those", "Measured on what it did not learn from"),
                Figure(fine(quality.ece), "calibration error", "How far confidence is from truth on the whole"),
            ]
        if active is not None:
            figures.append(Figure(wording.count(active.examples), "examples", "What it learnt from"))
        if self._corrections is not None:
            fresh = fresh_corrections(self._models, self._corrections)
            figures.append(Figure(wording.count(fresh), "new corrections", "Made since the newest version"))
        if self._review is not None:
            more = "+" if len(self._review.items) >= REVIEWED else ""
            figures.append(Figure(f"{wording.count(len(self._review.items))}{more}", "kinds to label", "See Review"))
        self.figures.show_figures(figures)

    def _show_steps(self) -> None:
        had_focus = any(button.hasFocus() for button in self.buttons)
        for line in self._lines:
            self.steps.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines.clear()
        steps = next_steps(self._models, self._corrections or 0, self._promise, self._review)
        for place, step in enumerate(steps[:STEPS]):
            line = QWidget()
            line.setAccessibleName(step.sentence)
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(self._look.px(12))
            said = QLabel(step.sentence)
            said.setWordWrap(True)
            row.addWidget(said, 1)
            if step.act:
                button = QPushButton(step.button)
                button.setProperty("primary", place == 0)
                button.clicked.connect(lambda _checked=False, act=step.act: self.act_wanted.emit(act))
                row.addWidget(button)
            self.steps.addWidget(line)
            self._lines.append(line)
        if had_focus:
            self.first.setFocus()

    def _fail(self, error: TriageError) -> None:
        self.summary.setText(error.message)

    def export_corrections(self) -> None:
        """Ask where to write the corrections, and write them."""
        if self.dataset is None:
            return
        name, _kind = QFileDialog.getSaveFileName(self, "Export corrections", "corrections.csv", FORMS)
        if name:
            learning_operations.export_corrections(
                self._desk,
                self.dataset.name,
                Path(name),
                lambda rows: self.said.emit(
                    f"Exported {wording.counted(rows, 'correction', 'corrections')} to {name}", False
                ),
            )
