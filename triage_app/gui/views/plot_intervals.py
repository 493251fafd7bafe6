"""Shares with their intervals, one line for each: a point, what it may be as well, and what was wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.plots import CENTRE, Row
from triage_app.gui.views.ticket_rows import LEFT, RIGHT

LINE = 24
FOOT = 22


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One line: its words, the share with its interval (0..1; None where nothing was counted), what is said at its
    end, and whether it is worse than it should be.
    """

    text: str
    share: float | None
    low: float
    high: float
    n: int
    said: str
    bad: bool = False


class Intervals(QWidget):
    """The lines from top to bottom; up and down walk them. What is bad has a diamond in place of the point."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.name = name
        self._rows: tuple[IntervalRow, ...] = ()
        self._wanted: float | None = None
        self._place = -1
        self._low = 0.0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_rows(self, rows: Sequence[IntervalRow], wanted: float | None = None) -> None:
        """Show these lines, and what is wanted of each."""
        self._rows = tuple(rows)
        self._wanted = wanted
        lowest = min((row.low for row in self._rows if row.share is not None), default=0.0)
        self._low = max(0.0, int(min(lowest, 1.0 if wanted is None else wanted, 0.9) * 10) / 10)
        self._place = -1
        self._tell()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line for each, and the axis."""
        return QSize(self._look.px(280), self._look.px(LINE) * max(1, len(self._rows)) + self._look.px(FOOT))

    def minimumSizeHint(self) -> QSize:
        """As high as it wants to be."""
        return QSize(self._look.px(200), self.sizeHint().height())

    def summary(self) -> str:
        """Each line in words."""
        wanted = f"wanted {wording.percent(self._wanted)}; " if self._wanted is not None else ""
        return wanted + "; ".join(f"{row.text}: {row.said}" for row in self._rows)

    def rows(self) -> Sequence[Row]:
        """The data, names first."""
        names: Row = ("name", "n", "share", "low", "high", "wanted")
        wanted = "" if self._wanted is None else self._wanted
        return [names] + [
            (row.text, row.n, "" if row.share is None else row.share, row.low, row.high, wanted) for row in self._rows
        ]

    # -- the line in hand ----------------------------------------------------------------------------------------

    def take(self, place: int) -> None:
        """Take a line in hand."""
        self._place = max(-1, min(place, len(self._rows) - 1))
        self._tell()
        self.update()

    def _tell(self) -> None:
        in_hand = 0 <= self._place < len(self._rows)
        row = self._rows[self._place] if in_hand else None
        self.setAccessibleName(f"{self.name}: {row.text}: {row.said}" if row else f"{self.name}: {self.summary()}")
        self.setAccessibleDescription(self.summary())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the lines."""
        places = {
            Qt.Key.Key_Up: max(0, self._place - 1),
            Qt.Key.Key_Down: self._place + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._rows) - 1,
        }
        for key, place in places.items():
            if event.key() == key:
                self.take(place)
                return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The line below the mouse says its numbers."""
        place = int(event.position().y() // self._look.px(LINE))
        row = self._rows[place] if 0 <= place < len(self._rows) else None
        self.setToolTip(f"{row.text}: {row.said}" if row else "")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The first line is in hand."""
        super().focusInEvent(event)
        self.take(max(0, self._place))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """None is."""
        super().focusOutEvent(event)
        self.take(-1)

    def changeEvent(self, event: QEvent) -> None:
        """There is another font."""
        super().changeEvent(event)
        self.updateGeometry()

    # -- paint ---------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the lines."""
        painter = QPainter(self)
        if 0 <= self._place < len(self._rows) and self.hasFocus():
            line = QRectF(0, self._place * self._look.px(LINE), self.width(), self._look.px(LINE))
            painter.fillRect(line, self._look.colour("selection"))
        self.draw_all(painter, QRectF(self.rect()))
        painter.end()

    def _room(self, whole: QRectF) -> tuple[float, float, float]:
        """Where the words end, and where the scale begins and ends."""
        px = self._look.px
        metrics = QFontMetrics(self._look.small)
        words = max((metrics.horizontalAdvance(row.text) for row in self._rows), default=0) + px(6)
        words = min(words, int(whole.width() * 0.32))
        said = max((metrics.horizontalAdvance(row.said) for row in self._rows), default=0) + px(6)
        said = min(said, int(whole.width() * 0.42))
        left = whole.left() + px(4) + words + px(10)
        return words, left, max(left + px(20), whole.right() - px(6) - said - px(10))

    def draw_all(self, painter: QPainter, whole: QRectF) -> None:
        """Paint words, intervals and the axis, on any ground."""
        look, px = self._look, self._look.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words, left, right = self._room(whole)
        bottom = whole.top() + px(LINE) * len(self._rows)

        def x_of(share: float) -> float:
            return left + (right - left) * min(1.0, max(0.0, (share - self._low) / (1.0 - self._low)))

        painter.setFont(look.small_figures)
        for share in sorted({self._low, (self._low + 1.0) / 2, 1.0}):
            painter.setPen(look.colour("border"))
            painter.drawLine(QPointF(x_of(share), whole.top()), QPointF(x_of(share), bottom))
            painter.setPen(look.colour("text-second"))
            painter.drawText(
                QRectF(x_of(share) - px(24), bottom + px(2), px(48), px(16)), CENTRE, wording.percent(share)
            )
        if self._wanted is not None:
            painter.setPen(QPen(look.colour("text-second"), px(1), Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x_of(self._wanted), whole.top()), QPointF(x_of(self._wanted), bottom))
        metrics = QFontMetrics(look.small)
        for place, row in enumerate(self._rows):
            top = whole.top() + place * px(LINE)
            painter.setFont(look.small)
            painter.setPen(look.colour("text"))
            text = metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, int(words))
            painter.drawText(QRectF(whole.left() + px(4), top, words, px(LINE)), LEFT, text)
            end = QRectF(right + px(10), top, whole.right() - px(6) - right - px(10), px(LINE))
            painter.setPen(look.colour("critical" if row.bad else "text-second"))
            said = metrics.elidedText(row.said, Qt.TextElideMode.ElideRight, int(end.width()))
            painter.drawText(end, RIGHT, said)
            if row.share is not None:
                self._draw_interval(painter, row, QPointF(x_of(row.share), top + px(LINE) / 2), x_of)

    def _draw_interval(
        self, painter: QPainter, row: IntervalRow, where: QPointF, x_of: Callable[[float], float]
    ) -> None:
        look, px = self._look, self._look.px
        colour = look.colour("critical" if row.bad else "accent")
        painter.setPen(QPen(colour, px(2)))
        painter.drawLine(QPointF(x_of(row.low), where.y()), QPointF(x_of(row.high), where.y()))
        for end in (x_of(row.low), x_of(row.high)):
            painter.drawLine(QPointF(end, where.y() - px(4)), QPointF(end, where.y() + px(4)))
        painter.setPen(QPen(look.colour("surface"), px(1)))
        painter.setBrush(colour)
        if row.bad:
            side = px(6)
            painter.drawPolygon(
                [
                    where + QPointF(0, -side),
                    where + QPointF(side, 0),
                    where + QPointF(0, side),
                    where + QPointF(-side, 0),
                ]
            )
        else:
            painter.drawEllipse(where, px(5), px(5))
