"""Charts of a model's quality: accuracy against coverage, confidence against accuracy, and the loss of a training."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from triage_app.domain.evaluation import CurvePoint, ReliabilityBin
from triage_app.gui import wording
from triage_app.gui.learning_wording import fine
from triage_app.gui.look import Look
from triage_app.gui.views.plots import Axis, Plot, Row
from triage_app.gui.views.ticket_rows import LEFT, RIGHT


class CoveragePlot(Plot):
    """What a higher or lower gate would give: the share that is answered and how much of it is right."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Answered and right")
        self._points: tuple[CurvePoint, ...] = ()
        self._gate: CurvePoint | None = None

    def show_curve(self, points: Sequence[CurvePoint], gate: CurvePoint | None) -> None:
        """Show a curve; `gate` is what the threshold in force gives."""
        self._points = tuple(sorted(points, key=lambda each: (each.coverage, -each.accuracy)))
        self._gate = gate
        self.renew()

    def axes(self) -> tuple[Axis, Axis]:
        """Coverage below; accuracy from just under the lowest to all."""
        lowest = min((each.accuracy for each in self._points if each.coverage), default=0.0)
        if self._gate is not None:
            lowest = min(lowest, self._gate.accuracy)
        low = max(0.0, min(0.95, int((lowest - 0.01) * 20) / 20))
        return Axis("share that is answered", 0.0, 1.0, wording.percent), Axis(
            "share of the answers that is right", low, 1.0, wording.percent
        )

    def points(self) -> Sequence[QPointF]:
        """Every threshold."""
        return [QPointF(each.coverage, each.accuracy) for each in self._points]

    def value(self, place: int) -> str:
        """A threshold in words."""
        each = self._points[place]
        return f"Gate at {fine(each.threshold)}: {fine(each.coverage)} answered, {fine(each.accuracy)} right"

    def summary(self) -> str:
        """What the gate in force gives, and the ends of the curve."""
        if not self._points:
            return "no data"
        first, last = self._points[0], self._points[-1]
        gate = f"the gate at {self._said(self._gate)}; " if self._gate is not None else ""
        return f"{gate}from {self._said(first)} to {self._said(last)}"

    @staticmethod
    def _said(each: CurvePoint) -> str:
        return f"{fine(each.threshold)} answers {fine(each.coverage)} with {fine(each.accuracy)} right"

    def rows(self) -> Sequence[Row]:
        """Threshold, coverage and accuracy."""
        return [("threshold", "coverage", "accuracy")] + [(e.threshold, e.coverage, e.accuracy) for e in self._points]

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """The curve, and the gate in force on it."""
        look, px = self._look, self._look.px
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.colour("accent"), px(2)))
        painter.drawPolyline(QPolygonF([self.at(box, e.coverage, e.accuracy) for e in self._points]))
        gate = self._gate
        if gate is None:
            return
        where = self.at(box, gate.coverage, gate.accuracy)
        painter.setPen(QPen(look.colour("text-second"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(where.x(), box.top()), QPointF(where.x(), box.bottom()))
        painter.setPen(QPen(look.colour("surface"), px(2)))
        painter.setBrush(look.colour("accent"))
        painter.drawEllipse(where, px(6), px(6))
        painter.setPen(look.colour("text"))
        painter.setFont(look.small)
        text = f"gate: {fine(gate.coverage)} answered, {fine(gate.accuracy)} right"
        width = QFontMetrics(look.small).horizontalAdvance(text) + px(4)
        at_left = where.x() - width - px(10) > box.left()
        left = where.x() - width - px(10) if at_left else min(where.x() + px(10), box.right() - width)
        painter.drawText(QRectF(left, box.bottom() - px(22), width, px(16)), RIGHT if at_left else LEFT, text)


class ReliabilityPlot(Plot):
    """Whether confidence means what it says: on the line it does; below it the model is too sure."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Confidence and truth")
        self._bins: tuple[ReliabilityBin, ...] = ()

    def show_bins(self, bins: Sequence[ReliabilityBin]) -> None:
        """Show these bins; empty ones are left out."""
        self._bins = tuple(sorted((each for each in bins if each.n), key=lambda each: each.low))
        self.renew()

    def axes(self) -> tuple[Axis, Axis]:
        """Both from nothing to all."""
        return Axis("confidence", 0.0, 1.0, wording.percent), Axis("share that is right", 0.0, 1.0, wording.percent)

    def points(self) -> Sequence[QPointF]:
        """Every bin."""
        return [QPointF(each.confidence, each.accuracy) for each in self._bins]

    def value(self, place: int) -> str:
        """A bin in words."""
        each = self._bins[place]
        answers = wording.counted(each.n, "answer", "answers")
        return f"{answers} of {fine(each.confidence)} on the whole: {fine(each.accuracy)} right"

    def summary(self) -> str:
        """Each bin."""
        if not self._bins:
            return "no data"
        return "; ".join(self.value(place) for place in range(len(self._bins)))

    def rows(self) -> Sequence[Row]:
        """Bounds, number, confidence and accuracy."""
        names: Row = ("low", "high", "n", "confidence", "accuracy")
        return [names] + [(e.low, e.high, e.n, e.confidence, e.accuracy) for e in self._bins]

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """How many answers stand behind each bin, the line of truth, and how far each bin is from it."""
        look, px = self._look, self._look.px
        most = max((each.n for each in self._bins), default=1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("border"))
        for each in self._bins:
            left, right = self.at(box, each.low, 0).x(), self.at(box, each.high, 0).x()
            high = max(2.0, box.height() * 0.3 * each.n / most)
            painter.drawRect(QRectF(left + 1, box.bottom() - high, max(2.0, right - left - 2), high))
        painter.setPen(QPen(look.colour("text-second"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(self.at(box, 0, 0), self.at(box, 1, 1))
        for each in self._bins:
            where = self.at(box, each.confidence, each.accuracy)
            painter.setPen(QPen(look.colour("accent"), px(2)))
            painter.drawLine(self.at(box, each.confidence, each.confidence), where)
            painter.setPen(QPen(look.colour("surface"), px(1)))
            painter.setBrush(look.colour("accent"))
            painter.drawEllipse(where, px(5), px(5))
        self._draw_counts(painter, box)

    def _draw_counts(self, painter: QPainter, box: QRectF) -> None:
        look, px = self._look, self._look.px
        painter.setFont(look.small_figures)
        painter.setPen(look.colour("text-second"))
        metrics = QFontMetrics(look.small_figures)
        for each in self._bins:
            left, right = self.at(box, each.low, 0).x(), self.at(box, each.high, 0).x()
            text = wording.count(each.n)
            if metrics.horizontalAdvance(text) <= right - left:
                middle = QRectF(left, box.bottom() - px(16), right - left, px(15))
                painter.drawText(middle, int(Qt.AlignmentFlag.AlignCenter), text)


class LossPlot(Plot):
    """How the loss of a training falls; it grows while the training runs."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Loss")
        self._said: list[tuple[float, float]] = []
        self._what = "percent"

    def clear(self) -> None:
        """A training begins."""
        self._said.clear()
        self.renew()

    def add(self, done: float, loss: float, what: str) -> None:
        """The loss by now; `what` is what `done` counts."""
        if self._said and done < self._said[-1][0]:
            # Another training begins: that of the options that were found, or the one on everything.
            self._said.clear()
        self._what = what
        if self._said and self._said[-1][0] == done:
            self._said[-1] = (done, loss)
        else:
            self._said.append((done, loss))
        self.renew()

    @property
    def seen(self) -> int:
        """How many losses are shown."""
        return len(self._said)

    def axes(self) -> tuple[Axis, Axis]:
        """From the start to the end, or to where it is; the loss from 0."""
        furthest = max((done for done, _ in self._said), default=0.0)
        end = 100.0 if "percent" in self._what else max(1.0, furthest)
        highest = max((loss for _, loss in self._said), default=1.0)
        return Axis(self._what, 0.0, end, lambda value: wording.count(round(value))), Axis(
            "mean loss", 0.0, highest * 1.05 or 1.0, lambda value: f"{value:.2f}"
        )

    def points(self) -> Sequence[QPointF]:
        """Every loss."""
        return [QPointF(done, loss) for done, loss in self._said]

    def value(self, place: int) -> str:
        """A loss in words."""
        done, loss = self._said[place]
        return f"{wording.count(round(done))} {self._what}: loss {loss:.4f}"

    def summary(self) -> str:
        """From where to where."""
        if not self._said:
            return "no loss is known yet"
        return f"from {self._said[0][1]:.4f} to {self._said[-1][1]:.4f}"

    def rows(self) -> Sequence[Row]:
        """How far, and the loss there."""
        return [(self._what, "loss"), *self._said]

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """The line and its end."""
        look, px = self._look, self._look.px
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.colour("accent"), px(2)))
        line = [self.at(box, done, loss) for done, loss in self._said]
        painter.drawPolyline(QPolygonF(line))
        if line:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent"))
            painter.drawEllipse(line[-1], px(4), px(4))
