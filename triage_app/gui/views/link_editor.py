"""A small bar at the foot of a ticket: link it to tickets whose ids are pasted."""

import re

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from triage_app.domain.dedup import Level
from triage_app.domain.ticket import TicketId
from triage_app.gui.look import Look
from triage_app.gui.views.bar_line import BarLine
from triage_app.gui.views.choice import Choice

LEVELS = (
    (Level.LINK, "linked, each closed on its own"),
    (Level.CHILD, "a child, with work of its own"),
    (Level.NOTE, "potential, to be ticked off"),
)
MOST_DIGITS = 18
SIDE_BY_SIDE = 420
MOST_LETTERS = 200_000


def ids_in(text: str) -> tuple[TicketId, ...]:
    """The ticket ids in a pasted text, each once: numbers, alone or after # or other words."""
    found = re.findall(rf"(?<![\w.])#?(\d{{1,{MOST_DIGITS}}})(?![\w.]\d|\w)", text[:MOST_LETTERS])
    return tuple(dict.fromkeys(TicketId(int(each)) for each in found if int(each) > 0))


class LinkEditor(QFrame):
    """Ids and a level. `wanted` carries the ids and the level."""

    wanted = Signal(object, object)
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("chooser")
        self.setAccessibleName("Link to other tickets")
        px = look.px
        title = QLabel("Link this ticket to")
        title.setFont(look.strong)
        self.ids = BarLine()
        self.ids.setAccessibleName("Ids of the tickets to link to")
        self.ids.setPlaceholderText("Ticket ids, such as 41, 57")
        self.ids.setMaxLength(MOST_LETTERS)
        self.level = Choice(look, "How they are linked", LEVELS)
        self.hint = QLabel()
        self.hint.setObjectName("second")
        self.save = QPushButton("Link")
        self.save.setProperty("primary", True)
        cancel = QPushButton("Cancel")
        cancel.setProperty("flat", True)
        cancel.setToolTip("Escape")
        self._look = look
        self._fields = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._fields.setSpacing(px(8))
        self._fields.addWidget(self.ids, 1)
        self._fields.addWidget(self.level)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.save)
        row.addWidget(cancel)
        row.addWidget(self.hint, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(10), px(16), px(12))
        layout.setSpacing(px(8))
        layout.addWidget(title)
        layout.addLayout(self._fields)
        layout.addLayout(row)
        self.save.clicked.connect(self._save)
        cancel.clicked.connect(self._leave)
        self.ids.returnPressed.connect(self._save)
        self.ids.textChanged.connect(self._say)
        self.ids.left.connect(self._leave)
        self.hide()

    def begin(self) -> None:
        """Start to paste or type."""
        self._say()
        self.show()
        self.ids.setFocus()
        self.ids.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the level stands below the ids."""
        super().resizeEvent(event)
        wide = self.width() >= self._look.px(SIDE_BY_SIDE)
        self._fields.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _say(self) -> None:
        found = ids_in(self.ids.text())
        self.save.setEnabled(bool(found))
        typed = self.ids.text().strip()
        if len(found) > 1:
            self.hint.setText(f"{len(found)} tickets")
        else:
            self.hint.setText("" if found or not typed else "No ticket id is in this text.")

    def _save(self) -> None:
        found = ids_in(self.ids.text())
        if found:
            self.hide()
            self.ids.clear()
            self.wanted.emit(found, Level(self.level.value))

    def _leave(self) -> None:
        self.hide()
        self.left.emit()
