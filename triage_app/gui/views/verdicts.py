"""The verdict chooser and the note editor: small bars at the foot of the ticket, worked by keys."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout

from triage_app.domain.ticket import Verdict
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.flow import FlowLayout

VERDICT_KEYS = {
    Qt.Key.Key_T: Verdict.TRUE_POSITIVE,
    Qt.Key.Key_B: Verdict.BENIGN_POSITIVE,
    Qt.Key.Key_F: Verdict.FALSE_POSITIVE,
    Qt.Key.Key_D: Verdict.DUPLICATE,
    Qt.Key.Key_S: Verdict.TEST,
    Qt.Key.Key_I: Verdict.INSUFFICIENT_DATA,
}


def _asks_for(event: QEvent, keys: tuple[Qt.Key, ...]) -> bool:
    """Whether Qt asks if a shortcut with one of these keys may be left to the widget."""
    return event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in keys


class VerdictChooser(QFrame):
    """Six verdicts, each with its letter; Escape leaves everything as it is."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("chooser")
        self.setAccessibleName("Close with a verdict")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        px = look.px
        self._allowed = True
        self._title = QLabel()
        self._title.setFont(look.strong)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        row = FlowLayout(px(6))
        self.buttons: dict[Verdict, QPushButton] = {}
        for key, verdict in VERDICT_KEYS.items():
            button = QPushButton(f"{chr(key.value)}  {wording.VERDICTS[verdict]}")
            button.setAccessibleName(wording.VERDICTS[verdict])
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, verdict=verdict: self._choose(verdict))
            self.buttons[verdict] = button
            row.addWidget(button)
        cancel = QPushButton("Esc  Keep open")
        cancel.setProperty("flat", True)
        cancel.setAccessibleName("Keep open")
        cancel.clicked.connect(self._leave)
        row.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(10), px(16), px(12))
        layout.setSpacing(px(8))
        layout.addWidget(self._title)
        layout.addLayout(row)
        self.hide()

    def begin(self, question: str) -> None:
        """Ask for the verdict; `question` says what will be closed."""
        self._title.setText(question)
        self.show()
        self.setFocus()

    def allow(self, allowed: bool) -> None:
        """Whether a verdict may be chosen yet."""
        self._allowed = allowed
        for button in self.buttons.values():
            button.setEnabled(allowed)

    def _choose(self, verdict: Verdict) -> None:
        if not self._allowed:
            return
        self.hide()
        self.chosen.emit(verdict)

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        """Its letters are for it while it has the keyboard, not for the window's shortcuts."""
        if _asks_for(event, (*VERDICT_KEYS, Qt.Key.Key_Escape)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by letter."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return
        for key, verdict in VERDICT_KEYS.items():
            if event.key() == key:
                self._choose(verdict)
                return
        super().keyPressEvent(event)


class _NoteText(QPlainTextEdit):
    """Ctrl+Return saves, Escape leaves."""

    saved = Signal()
    left = Signal()

    def event(self, event: QEvent) -> bool:
        if _asks_for(event, (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.saved.emit()
        else:
            super().keyPressEvent(event)


class NoteEditor(QFrame):
    """A few lines for a note; what was typed stays when the editor is left."""

    saved = Signal(str)
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("chooser")
        self.setAccessibleName("Add a note")
        px = look.px
        self.text = _NoteText()
        self.text.setAccessibleName("Note")
        self.text.setPlaceholderText("Note")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(px(72))
        self.setFocusProxy(self.text)
        save = QPushButton("Save note")
        save.setProperty("primary", True)
        save.setToolTip("Ctrl+Return")
        cancel = QPushButton("Cancel")
        cancel.setProperty("flat", True)
        cancel.setToolTip("Escape")
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(save)
        row.addWidget(cancel)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(10), px(16), px(12))
        layout.setSpacing(px(8))
        layout.addWidget(self.text)
        layout.addLayout(row)
        save.clicked.connect(self._save)
        cancel.clicked.connect(self._leave)
        self.text.saved.connect(self._save)
        self.text.left.connect(self._leave)
        self.hide()

    def begin(self) -> None:
        """Start to write."""
        self.show()
        self.text.setFocus()

    def _save(self) -> None:
        text = self.text.toPlainText().strip()
        self.hide()
        if text:
            self.text.clear()
            self.saved.emit(text)
        else:
            self.left.emit()

    def _leave(self) -> None:
        self.hide()
        self.left.emit()
