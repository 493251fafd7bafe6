"""Two small charts painted by hand: bars with words and numbers, and the gaps of a rule with what settings yield."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.ticket_rows import LEFT, RIGHT, paint_bar
from triage_app.services.dedup_queries import GapCount, GapReport, GapSetting

TICKS = (1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400)


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar: its words, how long it is, what is said at its end, and the colour's token."""

    text: str
    value: int
    said: str
    token: str = "accent"


class Bars(QWidget):
    """Horizontal bars, as long as their values; the longest takes the room that there is."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._name = name
        self._rows: tuple[BarRow, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_rows(self, rows: Sequence[BarRow]) -> None:
        """Show these bars, from top to bottom."""
        self._rows = tuple(rows)
        self.setAccessibleName(", ".join([self._name, *(f"{row.text}: {row.said}" for row in self._rows)]))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line for each bar."""
        return QSize(self._look.px(240), self._look.px(24) * max(1, len(self._rows)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint words, bar and number of each."""
        look, px = self._look, self._look.px
        painter = QPainter(self)
        metrics = QFontMetrics(look.small)
        words = min(
            int(self.width() * 0.42),
            max((metrics.horizontalAdvance(row.text) + px(3) for row in self._rows), default=0),
        )
        end = max((metrics.horizontalAdvance(row.said) for row in self._rows), default=0)
        most = max((row.value for row in self._rows), default=0)
        for place, row in enumerate(self._rows):
            top = place * px(24)
            painter.setFont(look.small)
            painter.setPen(look.colour("text"))
            text = metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, words)
            painter.drawText(QRect(0, top, words, px(24)), LEFT, text)
            painter.setPen(look.colour("text-second"))
            painter.setFont(look.small_figures)
            painter.drawText(QRect(self.width() - end - px(4), top, end + px(4), px(24)), RIGHT, row.said)
            left = words + px(10)
            track = QRectF(left, top + px(9), max(1, self.width() - end - px(14) - left), px(6))
            paint_bar(painter, track, row.value / most if most else 0, look.colour("border"), look.colour(row.token))
        painter.end()


def short_time(seconds: float) -> str:
    """A length of time, short: `45s`, `5m`, `1h30`, `2d`."""
    whole = round(seconds)
    if whole < 1:
        return "0s" if not seconds else "<1s"
    for size, sign, part in ((86_400, "d", 3600), (3600, "h", 60), (60, "m", 1)):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size}{sign}{rest if rest else ''}"
    return f"{whole}s"


def setting_text(seconds: float) -> str:
    """A length of time as a rule file takes it, exact to the second: `90s`, `5m`, `12h`, `2d`."""
    whole = max(1, round(seconds))
    for size, sign in ((86_400, "d"), (3600, "h"), (60, "m")):
        if whole % size == 0:
            return f"{whole // size}{sign}"
    return f"{whole}s"


class GapChart(QWidget):
    """Gaps as a histogram above, groups for each setting as a line below; the setting in hand is dragged or stepped.

    Both share one axis of time, which is logarithmic. `chosen` carries the setting.
    """

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._histogram: tuple[GapCount, ...] = ()
        self._settings: tuple[GapSetting, ...] = ()
        self._place = -1
        self._low, self._high = 0.0, 1.0
        self.setAccessibleName("Gaps and groups")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(look.px(220))
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        look.changed.connect(self.update)

    def show_report(self, report: GapReport, gap_seconds: float | None = None) -> None:
        """Show a report, with the setting nearest to `gap_seconds` in hand."""
        self._histogram = tuple(report.histogram)
        self._settings = tuple(sorted(report.settings, key=lambda each: each.gap_seconds))
        ends = [each.gap_seconds for each in self._settings]
        ends += [end for each in self._histogram if each.count for end in (each.from_seconds, each.to_seconds)]
        real = [end for end in ends if end > 0 and math.isfinite(end)]
        self._low = _scaled(min(real, default=1.0))
        self._high = max(self._low + 0.5, _scaled(max(real, default=10.0)))
        self._place = -1
        if self._settings:
            wanted = gap_seconds if gap_seconds is not None else self._settings[len(self._settings) // 2].gap_seconds
            self._take(self._nearest(_scaled(wanted)), tell=False)
        self.update()

    @property
    def setting(self) -> GapSetting | None:
        """The setting in hand."""
        return self._settings[self._place] if 0 <= self._place < len(self._settings) else None

    def _nearest(self, scaled: float) -> int:
        places = range(len(self._settings))
        return min(places, key=lambda place: abs(_scaled(self._settings[place].gap_seconds) - scaled), default=-1)

    def _take(self, place: int, *, tell: bool = True) -> None:
        place = max(0, min(place, len(self._settings) - 1))
        if not self._settings or place == self._place:
            return
        self._place = place
        setting = self._settings[place]
        groups = wording.counted(setting.groups, "group", "groups")
        self.setAccessibleName(f"Gaps and groups: a break of {short_time(setting.gap_seconds)} gives {groups}")
        self.update()
        if tell:
            self.chosen.emit(setting)

    # -- places --------------------------------------------------------------------------------------------------

    def _plot(self) -> QRectF:
        px = self._look.px
        return QRectF(px(8), px(20), max(1, self.width() - px(24)), max(1, self.height() - px(44)))

    def x_of(self, seconds: float) -> float:
        """Where a length of time lies from left to right."""
        plot = self._plot()
        share = (_scaled(seconds) - self._low) / (self._high - self._low)
        return plot.left() + plot.width() * min(1.0, max(0.0, share))

    def _scaled_at(self, x: float) -> float:
        plot = self._plot()
        return self._low + (x - plot.left()) / plot.width() * (self._high - self._low)

    # -- by hand -------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the setting below the mouse."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._take(self._nearest(self._scaled_at(event.position().x())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the setting."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step through the settings."""
        steps = {
            Qt.Key.Key_Left: self._place - 1,
            Qt.Key.Key_Right: self._place + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._settings) - 1,
        }
        for key, place in steps.items():
            if event.key() == key:
                self._take(place)
                return
        super().keyPressEvent(event)

    # -- paint ---------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint axis, histogram, line and setting."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = self._plot()
        px = self._look.px
        split = plot.top() + plot.height() * 0.5
        upper = QRectF(plot.left(), plot.top() + px(12), plot.width(), split - plot.top() - px(20))
        lower = QRectF(plot.left(), split + px(16), plot.width(), plot.bottom() - split - px(16))
        self._axis(painter, plot)
        self._bars(painter, upper)
        self._line(painter, lower)
        self._handle(painter, plot, lower)
        painter.setFont(self._look.small)
        painter.setPen(self._look.colour("text-second"))
        painter.drawText(QRectF(plot.left(), plot.top() - px(18), plot.width(), px(16)), LEFT, "Gaps between arrivals")
        painter.drawText(QRectF(plot.left(), split - px(4), plot.width(), px(16)), LEFT, "Groups for each setting")
        painter.end()

    def _axis(self, painter: QPainter, plot: QRectF) -> None:
        look, px = self._look, self._look.px
        painter.setFont(look.small_figures)
        metrics = QFontMetrics(look.small_figures)
        free = -1.0
        for tick in TICKS:
            if not self._low <= _scaled(tick) <= self._high:
                continue
            x = self.x_of(tick)
            painter.setPen(look.colour("border"))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            text = short_time(tick)
            width = metrics.horizontalAdvance(text)
            left = min(max(0.0, x - width / 2), self.width() - width)
            if left > free:
                painter.setPen(look.colour("text-second"))
                painter.drawText(QRectF(left, plot.bottom() + px(3), width + 2, px(16)), LEFT, text)
                free = left + width + px(8)

    def _bars(self, painter: QPainter, box: QRectF) -> None:
        look = self._look
        most = max((each.count for each in self._histogram), default=0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("border-strong"))
        for each in self._histogram:
            if not each.count or not most:
                continue
            left = self.x_of(each.from_seconds)
            right = self.x_of(each.to_seconds) if math.isfinite(each.to_seconds) else box.right()
            # A few gaps beside very many are still seen.
            high = max(2.0, box.height() * math.sqrt(each.count / most))
            painter.drawRect(QRectF(left, box.bottom() - high, max(2.0, right - left - 1), high))
        painter.setPen(look.colour("border-strong"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _y_of(self, box: QRectF, groups: int) -> float:
        most = max((each.groups for each in self._settings), default=1) or 1
        return box.bottom() - box.height() * 0.92 * groups / most

    def _line(self, painter: QPainter, box: QRectF) -> None:
        look = self._look
        points = QPolygonF([QPointF(self.x_of(e.gap_seconds), self._y_of(box, e.groups)) for e in self._settings])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.colour("accent"), look.px(2)))
        painter.drawPolyline(points)
        painter.setPen(look.colour("border-strong"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _handle(self, painter: QPainter, plot: QRectF, lower: QRectF) -> None:
        setting = self.setting
        if setting is None:
            return
        look, px = self._look, self._look.px
        x = self.x_of(setting.gap_seconds)
        colour = look.colour("accent" if self.hasFocus() else "text")
        painter.setPen(QPen(colour, px(1)))
        painter.drawLine(QPointF(x, plot.top() - px(2)), QPointF(x, plot.bottom()))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(x, self._y_of(lower, setting.groups)), px(4), px(4))
        painter.drawEllipse(QPointF(x, plot.top()), px(4), px(4))


def _scaled(seconds: float) -> float:
    return math.log10(max(0.5, seconds))
