"""A choice from a short list, in the look of the desk."""

from collections.abc import Sequence

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from triage_app.gui.look import Look

SIDE = 12


class Choice(QComboBox):
    """Shows words, hands out values; its arrow follows the theme."""

    def __init__(self, look: Look, name: str, entries: Sequence[tuple[str, str]]) -> None:
        """`entries` are values and their words."""
        super().__init__()
        self._look = look
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)
        self.setToolTip(name)
        for value, words in entries:
            self.addItem(words, str(value))
        look.changed.connect(self.update)

    @property
    def value(self) -> str:
        """The value in hand; empty where none is."""
        return str(self.currentData() or "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow over what the style sheet draws."""
        super().paintEvent(event)
        px = self._look.px
        painter = QPainter(self)
        side = px(SIDE)
        icon = self._look.icon("chevron-down", "text-second", SIDE)
        icon.paint(painter, self.width() - side - px(7), (self.height() - side) // 2, side, side)
        painter.end()
