"""Tabs that are all in sight: where they do not fit they grow smaller, then their figures give way, before any of their
words is cut.
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QTabWidget

from triage_app.gui.look import Look

ROOM_PER_TAB, ROOM_PER_NARROW_TAB = 20, 12
ROOM_BESIDE = 24


def without_figure(text: str) -> str:
    """A tab's name without the number at its end: `Duplicates 5,000` is `Duplicates`."""
    name, _, figure = text.rpartition(" ")
    return name if name and figure[:1].isdigit() else text


class PartTabs(QTabWidget):
    """The parts of one thing. Name a tab with `say`, so that the others still fit."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._told: dict[int, str] = {}
        self.setAccessibleName(name)
        self.setDocumentMode(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(False)
        bar = self.tabBar()
        bar.setAccessibleName(name)
        bar.setDrawBase(False)
        bar.setExpanding(False)

    def say(self, place: int, text: str) -> None:
        """Give a tab another text: its name, and a number at its end that says how much it holds."""
        if text != self._told.get(place, self.tabText(place)):
            self._told[place] = text
            self._fit()

    @property
    def is_narrow(self) -> bool:
        """Whether the tabs are small, since there is little room."""
        return bool(self.tabBar().property("narrow"))

    def _fit(self) -> None:
        bar = self.tabBar()
        whole = [self._told.get(place, self.tabText(place)) for place in range(self.count())]
        narrow = self._wanted(whole, self._look.font, ROOM_PER_TAB) > self.width()
        bare = narrow and self._wanted(whole, self._look.small, ROOM_PER_NARROW_TAB) > self.width()
        for place, told in enumerate(whole):
            text = without_figure(told) if bare else told
            if text != self.tabText(place):
                self.setTabText(place, text)
            self.setTabToolTip(place, told if bare else "")
        if narrow != self.is_narrow:
            bar.setProperty("narrow", narrow)
            bar.style().polish(bar)

    def _wanted(self, texts: list[str], font: QFont, room: int) -> int:
        px, metrics = self._look.px, QFontMetrics(font)
        return sum(metrics.horizontalAdvance(text) + px(room) for text in texts) + px(ROOM_BESIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is another width."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """The tabs are all there."""
        super().showEvent(event)
        self._fit()

    def hasHeightForWidth(self) -> bool:
        """A narrow part is no higher: it scrolls."""
        return False

    def sizeHint(self) -> QSize:
        """No part asks for more height than it needs: each can scroll."""
        return QSize(super().sizeHint().width(), max(self.minimumHeight(), self.minimumSizeHint().height()))
