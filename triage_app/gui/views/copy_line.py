"""One line of text that is there to be copied."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from triage_app.gui.look import Look


class CopyLine(QWidget):
    """A title, a text that can be selected but not changed, and Copy."""

    def __init__(self, look: Look, title: str, title_width: int = 0) -> None:
        """`title_width` lines up the texts of several lines."""
        super().__init__()
        px = look.px
        self.setAccessibleName(title)
        self._title = QLabel(title)
        self._title.setObjectName("second")
        if title_width:
            self._title.setFixedWidth(px(title_width))
        self._line = QLineEdit()
        self._line.setReadOnly(True)
        self._line.setFont(look.mono)
        self._line.setAccessibleName(f"{title}: text")
        self.copy = QPushButton("Copy")
        self.copy.setAccessibleName(f"Copy: {title}")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addWidget(self._title)
        row.addWidget(self._line, 1)
        row.addWidget(self.copy)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._line.text()

    def say(self, text: str) -> None:
        """Show a text, from its beginning; empty forgets the one before."""
        self._line.setText(text)
        self._line.setCursorPosition(0)
