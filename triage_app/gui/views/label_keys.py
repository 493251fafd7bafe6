"""The labels of a dataset as small buttons with their keys, and lists whose digits choose one of them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QTreeWidget, QVBoxLayout, QWidget

from triage_app.gui.look import Look
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.flow import FlowLayout

KEYS = 9


class LabelKeys(QFrame):
    """A button for each of the first nine labels, a list for all others. `chosen` carries the label.

    The digits of the lists that are given to `watch` press the buttons.
    """

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._labels: tuple[str, ...] = ()
        self.setObjectName("foot")
        self.setAccessibleName("Labels and their keys")
        px = look.px
        self._row = FlowLayout(px(6))
        self._more = Choice(look, "Other labels", ())
        self._more.activated.connect(lambda _place: self._choose_other())
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(8), px(16), px(8))
        column.addLayout(self._row)

    def show_labels(self, labels: Sequence[str]) -> None:
        """Offer these labels, in their order."""
        if tuple(labels) == self._labels:
            return
        self._labels = tuple(labels)
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                if widget is not self._more:
                    widget.deleteLater()
        for place, label in enumerate(self._labels[:KEYS]):
            button = QPushButton(f"{place + 1}  {label}")
            button.setProperty("small", True)
            button.setAccessibleName(f"Label {label}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, label=label: self.chosen.emit(label))
            self._row.addWidget(button)
        others = self._labels[KEYS:]
        self._more.clear()
        if others:
            self._more.addItem("Other\u2026", "")
            for label in others:
                self._more.addItem(label, label)
            self._row.addWidget(self._more)
            self._more.show()

    def _choose_other(self) -> None:
        label = self._more.value
        self._more.setCurrentIndex(0)
        if label:
            self.chosen.emit(label)

    def watch(self, *widgets: QWidget) -> None:
        """Take the digits that are typed into these widgets."""
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QTreeWidget, event: QEvent) -> bool:  # type: ignore[override]
        """A digit chooses its label."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not event.modifiers():
            place = event.key() - Qt.Key.Key_1
            if 0 <= place < min(KEYS, len(self._labels)):
                self.chosen.emit(self._labels[place])
                return True
        return super().eventFilter(watched, event)
