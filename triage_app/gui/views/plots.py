"""What painted charts share: two axes, the point in hand with its value in words, keys and mouse."""

import math
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from triage_app.gui.look import Look
from triage_app.gui.views.ticket_rows import LEFT, RIGHT

Row = tuple[str | float | int, ...]
"""A row of a chart's data, as it is saved."""

CENTRE = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """What runs along a side: its words, from where to where, and how a value is said."""

    title: str
    low: float
    high: float
    say: Callable[[float], str]

    def share(self, value: float) -> float:
        """Where a value lies, 0..1; what is outside lies at the end."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span > 0 else 0.0

    def ticks(self, most: int) -> tuple[float, ...]:
        """Round values along it, `most` + 1 at most."""
        span = self.high - self.low
        if span <= 0 or most < 1:
            return (self.low,)
        power = 10.0 ** math.floor(math.log10(span / most))
        step = next(step * power for step in STEPS if step * power * most >= span * (1 - 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        return tuple(place * step for place in range(first, math.floor(self.high / step + 1e-9) + 1))


class Plot(QWidget):
    """A chart with two axes. The arrow keys and the mouse take a point in hand, whose value is said above.

    What a chart shows, it also says: `summary` is its spoken description, `rows` its data with a first row of names.
    """

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.name = name
        self._place = -1
        self._hovered = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(look.px(240), look.px(220))
        self.setAccessibleName(name)
        look.changed.connect(self.update)

    # -- what a chart is -----------------------------------------------------------------------------------------

    @abstractmethod
    def axes(self) -> tuple[Axis, Axis]:
        """The axis below and the one at the left."""

    @abstractmethod
    def points(self) -> Sequence[QPointF]:
        """The points that can be taken in hand, in the axes' values, from left to right."""

    @abstractmethod
    def value(self, place: int) -> str:
        """A point in words."""

    @abstractmethod
    def summary(self) -> str:
        """What the chart shows, in words."""

    @abstractmethod
    def rows(self) -> Sequence[Row]:
        """The data, names first."""

    @abstractmethod
    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Paint the data into the box between the axes."""

    def renew(self) -> None:
        """The data is another one."""
        self._place = min(self._place, len(self.points()) - 1)
        self._tell()
        self.update()

    # -- the point in hand ---------------------------------------------------------------------------------------

    @property
    def place(self) -> int:
        """Which point is in hand; -1 for none."""
        return self._place

    def take(self, place: int) -> None:
        """Take a point in hand."""
        last = len(self.points()) - 1
        self._place = max(-1, min(place, last))
        self._tell()
        self.update()

    def _tell(self) -> None:
        value = self.value(self._place) if 0 <= self._place < len(self.points()) else ""
        self.setAccessibleName(f"{self.name}: {value or self.summary()}")
        self.setAccessibleDescription(self.summary())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step through the points."""
        last = len(self.points()) - 1
        places = {
            Qt.Key.Key_Left: max(0, self._place - 1),
            Qt.Key.Key_Right: self._place + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        for key, place in places.items():
            if event.key() == key:
                self.take(place)
                return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The nearest point is in hand."""
        x_axis, _ = self.axes()
        box = self.box(QRectF(self.rect()))
        wanted = x_axis.low + (event.position().x() - box.left()) / max(1.0, box.width()) * (x_axis.high - x_axis.low)
        points = self.points()
        self._hovered = True
        self.take(min(range(len(points)), key=lambda place: abs(points[place].x() - wanted), default=-1))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is in hand where only the mouse took it."""
        super().leaveEvent(event)
        if self._hovered and not self.hasFocus():
            self.take(-1)
        self._hovered = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """It shows that it has the keyboard."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing is in hand any more."""
        super().focusOutEvent(event)
        self.take(-1)

    # -- places --------------------------------------------------------------------------------------------------

    def box(self, whole: QRectF) -> QRectF:
        """The room between the axes."""
        px = self._look.px
        _, y_axis = self.axes()
        metrics = QFontMetrics(self._look.small_figures)
        wide = max((metrics.horizontalAdvance(y_axis.say(tick)) for tick in y_axis.ticks(5)), default=0)
        left = whole.left() + wide + px(10)
        top = whole.top() + px(26)
        return QRectF(left, top, max(1.0, whole.right() - px(14) - left), max(1.0, whole.bottom() - px(38) - top))

    def at(self, box: QRectF, x: float, y: float) -> QPointF:
        """Where a value lies in the box."""
        x_axis, y_axis = self.axes()
        return QPointF(box.left() + box.width() * x_axis.share(x), box.bottom() - box.height() * y_axis.share(y))

    # -- paint ---------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint all of it, and where the keyboard is."""
        painter = QPainter(self)
        self.draw_all(painter, QRectF(self.rect()))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._look.colour("accent"))
            radius = self._look.px(4)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()

    def draw_all(self, painter: QPainter, whole: QRectF) -> None:
        """Paint axes, data and the point in hand, on any ground."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.box(whole)
        self._draw_axes(painter, whole, box)
        self.draw(painter, box)
        self._draw_place(painter, whole, box)

    def _draw_axes(self, painter: QPainter, whole: QRectF, box: QRectF) -> None:
        look, px = self._look, self._look.px
        x_axis, y_axis = self.axes()
        painter.setFont(look.small_figures)
        metrics = QFontMetrics(look.small_figures)
        for tick in y_axis.ticks(max(2, min(5, int(box.height() / px(32))))):
            y = self.at(box, x_axis.low, tick).y()
            painter.setPen(look.colour("border"))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(look.colour("text-second"))
            label = QRectF(whole.left(), y - px(8), box.left() - px(6) - whole.left(), px(16))
            painter.drawText(label, RIGHT, y_axis.say(tick))
        for tick in x_axis.ticks(max(2, min(10, int(box.width() / px(56))))):
            x = self.at(box, tick, y_axis.low).x()
            text = x_axis.say(tick)
            width = metrics.horizontalAdvance(text) + 2
            left = min(max(whole.left(), x - width / 2), whole.right() - width)
            painter.setPen(look.colour("border-strong"))
            painter.drawLine(QPointF(x, box.bottom()), QPointF(x, box.bottom() + px(3)))
            painter.setPen(look.colour("text-second"))
            painter.drawText(QRectF(left, box.bottom() + px(4), width, px(15)), CENTRE, text)
        painter.setPen(look.colour("border-strong"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setFont(look.small)
        painter.setPen(look.colour("text-second"))
        painter.drawText(QRectF(box.left(), box.bottom() + px(19), box.width(), px(16)), CENTRE, x_axis.title)

    def _draw_place(self, painter: QPainter, whole: QRectF, box: QRectF) -> None:
        look, px = self._look, self._look.px
        _, y_axis = self.axes()
        points = self.points()
        painter.setFont(look.small)
        line = QRectF(whole.left() + px(4), whole.top() + px(2), whole.width() - px(10), px(18))
        if not 0 <= self._place < len(points):
            painter.setPen(look.colour("text-second"))
            painter.drawText(line, LEFT, y_axis.title)
            return
        where = self.at(box, points[self._place].x(), points[self._place].y())
        painter.setPen(QPen(look.colour("text-second"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(where.x(), box.top()), QPointF(where.x(), box.bottom()))
        painter.setPen(QPen(look.colour("surface"), px(2)))
        painter.setBrush(look.colour("text"))
        painter.drawEllipse(where, px(5), px(5))
        painter.setPen(look.colour("text"))
        text = QFontMetrics(look.small).elidedText(
            self.value(self._place), Qt.TextElideMode.ElideRight, int(line.width())
        )
        painter.drawText(line, LEFT, text)
