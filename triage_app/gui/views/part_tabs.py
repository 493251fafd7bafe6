"""Tabs that are all in sight: where they do not fit they grow smaller, before any of their words is cut."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QTabWidget

from triage_app.gui.look import Look

ROOM_PER_TAB = 20
ROOM_BESIDE = 24


class PartTabs(QTabWidget):
    """The parts of one thing. Name a tab with `say`, so that the others still fit."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName(name)
        self.setDocumentMode(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(False)
        bar = self.tabBar()
        bar.setAccessibleName(name)
        bar.setDrawBase(False)
        bar.setExpanding(False)

    def say(self, place: int, text: str) -> None:
        """Give a tab another text."""
        if text != self.tabText(place):
            self.setTabText(place, text)
            self._fit()

    @property
    def is_narrow(self) -> bool:
        """Whether the tabs are small, since there is little room."""
        return bool(self.tabBar().property("narrow"))

    def _fit(self) -> None:
        px, bar = self._look.px, self.tabBar()
        metrics = QFontMetrics(self._look.font)
        wanted = sum(metrics.horizontalAdvance(self.tabText(place)) + px(ROOM_PER_TAB) for place in range(self.count()))
        narrow = wanted + px(ROOM_BESIDE) > self.width()
        if narrow != self.is_narrow:
            bar.setProperty("narrow", narrow)
            bar.style().polish(bar)

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
