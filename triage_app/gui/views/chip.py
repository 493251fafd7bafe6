"""Small painted words: the chip of a label, and the shape and word of a severity."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage_app.domain.ticket import Severity
from triage_app.gui.look import Look
from triage_app.gui.views.ticket_rows import SEVERITY_TOKENS, paint_bar, paint_chip, paint_severity


class Chip(QWidget):
    """A label as a quiet chip."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._label = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def set_label(self, label: str) -> None:
        """Show a label."""
        self._label = label
        self.setAccessibleName(f"Category {label}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the label, as high as a line."""
        width = QFontMetrics(self._look.strong).horizontalAdvance(self._label)
        return QSize(width + self._look.px(18), self._look.px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        look = self._look
        painter = QPainter(self)
        paint_chip(painter, look.chip(self._label), look.strong, self.rect(), self._label, look.px(24), look.px(5))
        painter.end()


class Bar(QWidget):
    """A share as a thin bar, beside the number that says it."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._share = 0.0
        self.setAccessibleName(name)
        self.setFixedHeight(look.px(24))
        self.setMinimumWidth(look.px(20))
        self.setMaximumWidth(look.px(72))
        look.changed.connect(self.update)

    def set_share(self, share: float) -> None:
        """Show a share 0..1."""
        self._share = share
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        look = self._look
        painter = QPainter(self)
        middle = self.height() / 2
        rect = QRectF(0, middle - look.px(2), self.width(), look.px(5))
        paint_bar(painter, rect, self._share, look.colour("border"), look.colour("text-second"))
        painter.end()


class SeverityMark(QWidget):
    """A severity as shape and word."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._severity = Severity.UNKNOWN
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def set_severity(self, severity: Severity) -> None:
        """Show a severity; nothing where it is not known."""
        self._severity = severity
        self.setAccessibleName(f"Severity {severity.word}")
        self.setVisible(severity is not Severity.UNKNOWN)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Shape, gap and word."""
        width = QFontMetrics(self._look.small).horizontalAdvance(self._severity.word)
        return QSize(width + self._look.px(18), self._look.px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        look, side = self._look, self._look.px(10)
        painter = QPainter(self)
        paint_severity(painter, QRectF(0.5, (self.height() - side) / 2, side, side), self._severity, look)
        painter.setFont(look.small)
        painter.setPen(look.colour(SEVERITY_TOKENS[self._severity]))
        box = QRect(side + look.px(6), 0, self.width(), self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._severity.word)
        painter.end()
