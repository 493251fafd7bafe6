"""The field in which one types what to look for: it tells when typing has paused."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QToolButton

from triage_app.gui.look import Look

PAUSE_MS = 120


class SearchField(QLineEdit):
    """A line with a looking-glass. `wanted` comes when typing pauses, and at once with Return."""

    wanted = Signal()

    def __init__(self, look: Look, words: str) -> None:
        super().__init__()
        self._look = look
        self.setPlaceholderText(f"{words}  (/)")
        self.setAccessibleName(words)
        self.setClearButtonEnabled(False)
        self.setMaximumWidth(look.px(280))
        self.setMinimumWidth(look.px(120))
        self._icon = self.addAction(look.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        for button in self.findChildren(QToolButton):
            button.setAccessibleName("Search")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.wanted)
        self.textChanged.connect(lambda _text: self._pause.start())
        look.changed.connect(lambda: self._icon.setIcon(look.icon("search")))

    @property
    def words(self) -> str:
        """What was typed, without blanks around it."""
        return self.text().strip()

    def search_now(self) -> None:
        """Do not wait for a pause."""
        self._pause.stop()
        self.wanted.emit()

    def forget(self) -> None:
        """Empty the field without a search."""
        self.blockSignals(True)
        self.clear()
        self.blockSignals(False)
        self._pause.stop()
