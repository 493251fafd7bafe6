"""What came of an evaluation: figures, what to be wary of, charts, labels, confusions and the mistakes behind them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from triage_app.domain.evaluation import CurvePoint, Evaluation
from triage_app.gui import learning_wording
from triage_app.gui.desk import Desk
from triage_app.gui.learning_wording import fine
from triage_app.gui.views.chart_card import ChartCard
from triage_app.gui.views.confusion import ConfusionTable
from triage_app.gui.views.figures import Figure, Figures
from triage_app.gui.views.label_scores import LabelScores
from triage_app.gui.views.mistakes import MistakeList
from triage_app.gui.views.plot_curves import CoveragePlot, ReliabilityPlot
from triage_app.gui.views.plot_intervals import IntervalRow, Intervals

SIDE_BY_SIDE = 880
WARNINGS = 8
MANY_LABELS = 40


class EvaluationReport(QScrollArea):
    """Shows an evaluation. `ticket_wanted` carries the ticket of a mistake, `said` where a chart was saved."""

    ticket_wanted = Signal(object)
    said = Signal(str, bool)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._look = desk.look
        self._wide: bool | None = None
        px = self._look.px
        self.setAccessibleName("What came out")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.measured = QLabel()
        self.measured.setObjectName("second")
        self.measured.setWordWrap(True)
        self.figures = Figures(self._look, "Figures")
        self.warnings = QLabel()
        self.warnings.setObjectName("warning")
        self.warnings.setWordWrap(True)
        self.warnings.setTextFormat(Qt.TextFormat.PlainText)
        self.comparison = QLabel()
        self.comparison.setWordWrap(True)
        self.comparison.setTextFormat(Qt.TextFormat.PlainText)
        self.coverage = CoveragePlot(self._look)
        self.reliability = ReliabilityPlot(self._look)
        self.intervals = Intervals(self._look, "Right at the gate, by label")
        self.scores = LabelScores(self._look)
        self.confusion = ConfusionTable(self._look)
        self.confusion.setMinimumHeight(px(280))
        self.mistakes = MistakeList(self._look)
        self.mistakes.ticket_wanted.connect(self.ticket_wanted)
        self.confusion.chosen.connect(self.mistakes.show_cell)
        self._cards = (
            ChartCard(
                desk,
                "Answered and right",
                "A higher gate answers less, and more of it is right. The dot is the gate in force.",
                self.coverage,
            ),
            ChartCard(
                desk,
                "Confidence and truth",
                "On the dashed line confidence means what it says; below it the model is too sure. Bars count answers.",
                self.reliability,
            ),
            ChartCard(
                desk,
                "Confusions",
                "Rows are what it is, columns what it was called; a click lists the mistakes of a cell.",
                self.confusion,
            ),
        )
        self._promise = ChartCard(
            desk,
            "Right at the gate, by label",
            "Of the answers that pass the gate, how many are right, with the 95% interval; dashed is what is wanted.",
            self.intervals,
        )
        for card in (*self._cards, self._promise):
            card.said.connect(self.said)
        self._build()

    def _build(self) -> None:
        px = self._look.px
        self._inner = QWidget()
        self._inner.setAccessibleName("What came out")
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(px(24), px(4), px(24), px(16))
        column.setSpacing(px(10))
        column.addWidget(self.measured)
        column.addWidget(self.figures)
        column.addWidget(self.warnings)
        column.addWidget(self.comparison)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(px(24))
        self._grid.setVerticalSpacing(px(16))
        column.addLayout(self._grid)
        column.addStretch(1)
        self.setWidget(self._inner)
        self._arrange(wide=True)

    def _arrange(self, *, wide: bool) -> None:
        if wide == self._wide:
            return
        self._wide = wide
        coverage, reliability, confusion = self._cards
        cells = (coverage, reliability, self._promise, self.scores, confusion, self.mistakes)
        for place, cell in enumerate(cells):
            self._grid.removeWidget(cell)
            row, side = divmod(place, 2) if wide else (place, 0)
            self._grid.addWidget(cell, row, side)
        for side in (0, 1):
            self._grid.setColumnStretch(side, 1 if wide or not side else 0)
        self._grid.setAlignment(self._promise, Qt.AlignmentFlag.AlignTop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, what stood beside each other stands below."""
        super().resizeEvent(event)
        self._arrange(wide=self.width() >= self._look.px(SIDE_BY_SIDE))

    def show_evaluation(self, evaluation: Evaluation, threshold: float) -> None:
        """Show what came out, for a gate at `threshold`."""
        self.measured.setText(learning_wording.measured_on(evaluation))
        self._show_figures(evaluation)
        flattery = learning_wording.flattery(evaluation)
        warnings = [*([flattery] if flattery else []), *evaluation.warnings]
        shown = warnings[:WARNINGS]
        if len(warnings) > WARNINGS:
            shown.append(f"And {len(warnings) - WARNINGS} more.")
        self.warnings.setText("\n".join(shown))
        self.warnings.setVisible(bool(shown))
        comparison = evaluation.comparison
        self.comparison.setText(learning_wording.compared(comparison) if comparison else "")
        self.comparison.setVisible(comparison is not None)
        gate = CurvePoint(threshold, evaluation.coverage, evaluation.coverage_accuracy) if evaluation.coverage else None
        self.coverage.show_curve(evaluation.curve, gate)
        self.reliability.show_bins(evaluation.reliability)
        answered = [score for score in evaluation.per_label if score.answered]
        self.intervals.show_rows(
            [
                IntervalRow(
                    score.label,
                    score.gate_precision,
                    score.low,
                    score.high,
                    score.answered,
                    f"{fine(score.gate_precision)} of {score.answered}",
                    bad=score.high < threshold,
                )
                for score in sorted(answered, key=lambda each: -each.answered)[:MANY_LABELS]
            ],
            threshold,
        )
        self.scores.show_scores(evaluation.per_label)
        self.confusion.show_counts(evaluation.labels, evaluation.confusion)
        self.mistakes.show_mistakes(evaluation.mistakes)
        self.verticalScrollBar().setValue(0)

    def _show_figures(self, evaluation: Evaluation) -> None:
        interval = learning_wording.between(evaluation.low, evaluation.high)
        right = fine(evaluation.coverage_accuracy) if evaluation.coverage else "\u2013"
        self.figures.show_figures(
            (
                Figure(fine(evaluation.accuracy), "right of all", "Accuracy without any gate"),
                Figure(fine(evaluation.macro_f1), "macro-F1", "The mean F1 of all labels, each counted the same"),
                Figure(fine(evaluation.coverage), "pass the gate", "Coverage: the share of answers at or above it"),
                Figure(right, f"right of those ({interval})", "Accuracy at the gate with its 95% interval"),
                Figure(
                    fine(evaluation.ece),
                    "calibration error",
                    "ECE: how far confidence is from truth on the whole, over ten equal bins",
                ),
                Figure(
                    fine(evaluation.strange),
                    "unlike anything known",
                    "Texts so strange that the gate never lets them pass",
                ),
            )
        )
