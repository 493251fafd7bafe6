"""The states without content: loading, empty, error. One sentence and at most two actions."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from triage_app.gui.look import Look


class StatePage(QWidget):
    """An icon, one sentence, and what can be done about it."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._icon_name = ""
        self.setAccessibleName(name)
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._icon.setAccessibleName(f"{name}: picture")
        self._sentence = QLabel()
        self._sentence.setObjectName("sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(look.px(8))
        layout = QVBoxLayout(self)
        layout.setSpacing(look.px(12))
        layout.setContentsMargins(*(look.px(24),) * 4)
        layout.addStretch(2)
        layout.addWidget(self._icon)
        layout.addWidget(self._sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(self._buttons)
        layout.addStretch(3)
        self._layout = layout
        look.changed.connect(self._tint)

    def _tint(self) -> None:
        if self._icon_name:
            self._icon.setPixmap(self._look.icon(self._icon_name, "text-second", 28).pixmap(self._look.px(28)))

    def say(self, icon: str, sentence: str, actions: tuple[tuple[str, Callable[[], None]], ...] = ()) -> None:
        """Show a sentence with its actions, of which the first is the one to do."""
        self._icon_name = icon
        self._tint()
        self._sentence.setText(sentence)
        self._fit()
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons.addStretch(1)
        for place, (text, act) in enumerate(actions):
            button = QPushButton(text)
            button.setProperty("primary", place == 0)
            button.clicked.connect(lambda _checked=False, act=act: act())
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)

    def _fit(self) -> None:
        # A label that wraps does not tell a centring layout how high it is.
        if not self._sentence.text():
            return
        px = self._look.px
        self._sentence.ensurePolished()
        wanted = self._sentence.fontMetrics().horizontalAdvance(self._sentence.text()) + px(4)
        width = max(px(120), min(px(380), wanted, self.width() - px(48)))
        self._sentence.setFixedSize(width, self._sentence.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence breaks anew."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """It bears to be narrow."""
        return QSize(self._look.px(170), super().minimumSizeHint().height())

    @property
    def sentence(self) -> str:
        """What is said."""
        return self._sentence.text()
