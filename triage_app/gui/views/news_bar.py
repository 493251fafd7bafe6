"""An unobtrusive bar below the queue that says something and leads to more; it never takes the keyboard."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from triage_app.gui.look import Look
from triage_app.gui.views.elided import Elided


class NewsBar(QFrame):
    """One sentence, the way to more, and the way to be rid of it. `careful` sets it apart as a warning."""

    wanted = Signal()
    dismissed = Signal()
    turned = Signal()
    """It came or went."""

    def __init__(self, look: Look, name: str, action: str, *, careful: bool = False) -> None:
        super().__init__()
        self.setObjectName("moved" if careful else "marks")
        self.setAccessibleName(name)
        px = look.px
        self.text = Elided()
        self.text.setAccessibleName(name)
        self.look_button = QPushButton(action)
        self.look_button.setProperty("flat", True)
        self.look_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.look_button.clicked.connect(self.wanted)
        self.close_button = QPushButton()
        self.close_button.setProperty("flat", True)
        self.close_button.setAccessibleName(f"{name}: dismiss")
        self.close_button.setToolTip("Dismiss")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        look.dress(self.close_button, "x", "text-second", 14)
        self.close_button.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(24), px(4), px(8), px(4))
        row.setSpacing(px(4))
        row.addWidget(self.text, 1)
        row.addWidget(self.look_button)
        row.addWidget(self.close_button)
        self.hide()

    def say(self, text: str) -> None:
        """Say it; an empty text takes the bar away."""
        self.text.say(text)
        self.setVisible(bool(text))
        self.turned.emit()

    def _dismiss(self) -> None:
        self.hide()
        self.turned.emit()
        self.dismissed.emit()
