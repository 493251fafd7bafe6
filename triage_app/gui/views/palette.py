"""The command palette: any command by its name, and an observable's page by its value."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from triage_app.gui import wording
from triage_app.gui.actions import Action
from triage_app.gui.look import Look
from triage_app.gui.views.overlay import Overlay

ACTION = Qt.ItemDataRole.UserRole
PIVOT = "pivot"
"""The word that is typed before the value of an observable."""


def matches(text: str, wanted: str) -> bool:
    """Whether the letters wanted occur in the text in their order, as words begun or within words."""
    letters = iter(text.lower())
    return all(any(letter == other for other in letters) for letter in wanted.lower() if letter != " ")


def rank(text: str, wanted: str) -> tuple[int, int]:
    """Sorts matches: those that contain the words as typed first, early before late."""
    place = text.lower().find(wanted.lower().strip())
    return (0, place) if place >= 0 else (1, len(text))


def shown_keys(keys: Sequence[str]) -> str:
    """Keys as the user's system writes them: `G then I`, `Ctrl+K`."""
    return " or ".join(
        QKeySequence(each).toString(QKeySequence.SequenceFormat.NativeText).replace(", ", " then ") for each in keys
    )


def value_in(wanted: str) -> str:
    """The value that is asked for with `pivot VALUE`; empty where none is."""
    word, _, value = wanted.strip().partition(" ")
    return value.strip() if word.lower() == PIVOT else ""


class CommandPalette(QFrame):
    """Any command by its name; `pivot VALUE` is `page_wanted` with that value."""

    chosen = Signal(str)
    page_wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setObjectName("palette")
        self.setAccessibleName("Find a command")
        px = look.px
        self.line = QLineEdit()
        self.line.setPlaceholderText("Find a command; pivot VALUE opens an observable\u2019s page")
        self.line.setAccessibleName("Name of the command")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(8), px(8), px(8), px(8))
        layout.setSpacing(px(6))
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._take())
        self.overlay = Overlay(look, self, parent, lambda: (px(520), px(400)), top=px(56))
        self._actions: tuple[tuple[Action, str, tuple[str, ...]], ...] = ()

    def begin(self, actions: Sequence[tuple[Action, str, tuple[str, ...]]]) -> None:
        """Open with these actions, each with its words and keys."""
        self._actions = tuple(actions)
        self.line.clear()
        self._fill("")
        self.overlay.open(self.line)

    def _fill(self, wanted: str) -> None:
        self.list.clear()
        value = value_in(wanted)
        if value:
            self._add(PIVOT, f"Open the page of {wording.first_line(value, 60)}", "scan-search", ())
        found = [each for each in self._actions if matches(each[1], wanted)]
        found.sort(key=lambda each: rank(each[1], wanted) if wanted else (0, 0))
        for action, text, keys in found:
            self._add(action.id, text, action.icon, keys)
        self.list.setCurrentRow(0)

    def _add(self, which: str, text: str, picture: str, keys: Sequence[str]) -> None:
        item = QListWidgetItem(self.list)
        item.setData(ACTION, which)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
        row = QWidget()
        row.setAccessibleName(text)
        row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line = QHBoxLayout(row)
        line.setContentsMargins(self._look.px(8), self._look.px(5), self._look.px(8), self._look.px(5))
        line.setSpacing(self._look.px(10))
        icon = QLabel()
        icon.setAccessibleName("")
        if picture:
            icon.setPixmap(self._look.icon(picture).pixmap(self._look.px(16)))
        icon.setFixedWidth(self._look.px(18))
        name = QLabel(text)
        name.setTextFormat(Qt.TextFormat.PlainText)
        line.addWidget(icon)
        line.addWidget(name, 1)
        key = QLabel(shown_keys(keys[:1]))
        key.setObjectName("second")
        line.addWidget(key)
        item.setSizeHint(row.sizeHint())
        self.list.setItemWidget(item, row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, Down and Return work in the list while the line has the keyboard."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if by and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + by) % self.list.count())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take()
                return True
        return super().eventFilter(watched, event)

    def _take(self) -> None:
        item, value = self.list.currentItem(), value_in(self.line.text())
        self.overlay.close()
        if value and self.list.currentRow() == 0:
            self.page_wanted.emit(value)
        elif item is not None:
            self.chosen.emit(str(item.data(ACTION)))
