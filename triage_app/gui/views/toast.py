"""A short message over the window with the way back: what was done, and Undo."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from triage_app.gui.look import Look

SHOWN_MS = 8000


class Toast(QFrame):
    """Lies at the foot of its parent, leaves by itself, and never takes the keyboard."""

    undo_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget, lift: Callable[[], int] = lambda: 0) -> None:
        """`lift`: how many pixels at the foot of the parent are to stay free."""
        super().__init__(parent)
        self._lift = lift
        self._look = look
        self._parent = parent
        self.setObjectName("toast")
        self.setAccessibleName("Message")
        px = look.px
        self.text = QLabel()
        self.undo = QPushButton("Undo  Z")
        self.undo.setProperty("flat", True)
        self.undo.setAccessibleName("Undo")
        self.undo.clicked.connect(self._undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(14), px(6), px(6), px(6))
        row.setSpacing(px(12))
        row.addWidget(self.text)
        row.addWidget(self.undo)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(self, text: str, *, undo: bool = False, bad: bool = False) -> None:
        """Show a message for a while."""
        self.text.setText(text)
        self.text.setWordWrap(False)
        self.undo.setVisible(undo)
        self.setProperty("bad", bad)
        self.style().polish(self)
        self.text.setWordWrap(self.text.sizeHint().width() > self._parent.width() * 0.6)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def _undo(self) -> None:
        self.hide()
        self.undo_wanted.emit()

    def place(self) -> None:
        """Lie at the foot of the parent, above what is to stay free there."""
        if self.isVisible():
            self._place()

    def _place(self) -> None:
        parent = self._parent
        width = min(self.sizeHint().width(), parent.width() - self._look.px(32))
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        self.resize(width, max(height, self.sizeHint().height() if not self.text.wordWrap() else height))
        self.move(
            (parent.width() - self.width()) // 2, parent.height() - self.height() - self._look.px(44) - self._lift()
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot when the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
