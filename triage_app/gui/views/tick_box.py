"""A box to tick, seen as well in the dark as in the light."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox

from triage_app.gui.look import Look

SIDE = 16
GAP = 6


class TickBox(QCheckBox):
    """A check box that paints itself with the colours of the theme."""

    def __init__(self, look: Look, text: str) -> None:
        super().__init__(text)
        self._look = look
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The box, the text, and a line around them where the keyboard is."""
        px, metrics = self._look.px, self.fontMetrics()
        width = px(SIDE) + px(GAP) + metrics.horizontalAdvance(self.text()) + px(8)
        return QSize(width, max(px(SIDE), metrics.height()) + px(8))

    def minimumSizeHint(self) -> QSize:
        """All of it."""
        return self.sizeHint()

    def box(self) -> QRect:
        """Where the box to tick is."""
        side = self._look.px(SIDE)
        return QRect(self._look.px(4), (self.height() - side) // 2, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the box, its tick, the text, and where the keyboard is."""
        look, px, box = self._look, self._look.px, self.box()
        ticked, enabled = self.isChecked(), self.isEnabled()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(look.colour("accent" if ticked and enabled else "raised"))
        painter.setPen(look.colour("accent" if ticked and enabled else "text-second"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), px(3), px(3))
        if ticked:
            look.icon("check", "on-accent" if enabled else "text-second", SIDE - 4).paint(
                painter, box.adjusted(px(2), px(2), -px(2), -px(2))
            )
        painter.setPen(look.colour("text" if enabled else "text-second"))
        words = self.rect().adjusted(box.right() + 1 + px(GAP), 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(look.colour("accent"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
        painter.end()

    def hitButton(self, _where: object) -> bool:
        """The text can be clicked as well."""
        return True
