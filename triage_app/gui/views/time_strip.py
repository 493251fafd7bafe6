"""A small strip that shows when repeats or tickets came: a bar for each stretch of time, higher where more came."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from triage_app.gui import wording
from triage_app.gui.look import Look

BAR, GAP = 3, 1


def binned(times: Sequence[datetime], bins: int) -> tuple[int, ...]:
    """How many of the times lie in each of `bins` equal stretches between the first and the last, both included."""
    if not times or bins < 1:
        return ()
    first, last = min(times), max(times)
    span = (last - first).total_seconds()
    counts = [0] * bins
    for time in times:
        place = int((time - first).total_seconds() / span * bins) if span else bins // 2
        counts[min(place, bins - 1)] += 1
    return tuple(counts)


class TimeStrip(QWidget):
    """Painted from times; its accessible name says the same in words. `one` and `many` name what came."""

    def __init__(self, look: Look, one: str = "repeat", many: str = "repeats") -> None:
        super().__init__()
        self._look = look
        self._one, self._many = one, many
        self._times: tuple[datetime, ...] = ()
        self._shown: tuple[int, tuple[int, ...]] = (0, ())
        self.setAccessibleName(f"Times of the {many}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_times(self, times: Sequence[datetime]) -> None:
        """Show these times."""
        self._times = tuple(times)
        self._shown = (0, ())
        if times:
            first, last = wording.exact(min(times)), wording.exact(max(times))
            number = wording.counted(len(times), self._one, self._many)
            self.setAccessibleName(f"{number} from {first} to {last}")
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room, as high as two lines."""
        return QSize(self._look.px(200), self._look.px(30))

    def _counts(self) -> tuple[int, ...]:
        bins = max(1, self.width() // self._look.px(BAR + GAP))
        if self._shown[0] != bins:
            self._shown = (bins, binned(self._times, bins))
        return self._shown[1]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a base line and the bars on it."""
        look, px = self._look, self._look.px
        painter = QPainter(self)
        base = self.height() - px(2)
        painter.setPen(look.colour("border-strong"))
        painter.drawLine(0, base, self.width(), base)
        counts = self._counts()
        most = max(counts, default=0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent"))
        room, step = base - px(2), px(BAR + GAP)
        for place, number in enumerate(counts):
            if number:
                # One of many is still seen: no bar is lower than a fifth.
                high = room * (0.2 + 0.8 * number / most)
                painter.drawRect(QRectF(place * step, base - high, px(BAR), high))
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Say below the mouse how many came when."""
        if isinstance(event, QHelpEvent) and self._times:
            QToolTip.showText(event.globalPos(), self.said_at(event.pos()), self)
            return True
        return super().event(event)

    def said_at(self, where: QPoint) -> str:
        """What is at a place: how many came, from when."""
        counts = self._counts()
        place = min(len(counts) - 1, max(0, where.x() // self._look.px(BAR + GAP)))
        first, last = min(self._times), max(self._times)
        begin = first + (last - first) * place / max(1, len(counts))
        return f"{wording.counted(counts[place], self._one, self._many)} from {wording.exact(begin)}"
