"""A list of facts in two columns, name and value: the fields of an alert, the headers of a mail."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem

from triage_app.gui.look import Look

MOST = 2000


class FactList(QTreeWidget):
    """Names on the left, values in the fixed font on the right; Ctrl+C copies the chosen values."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName(name)
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setObjectName("facts")
        self.setRootIsDecorated(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setUniformRowHeights(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(True)
        self.header().setMaximumSectionSize(look.px(220))
        look.changed.connect(self._tint)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these facts, the first ones where there are very many."""
        self.clear()
        items = []
        for name, value in facts[:MOST]:
            item = QTreeWidgetItem([name, value[:4000]])
            item.setFont(1, self._look.mono)
            for column in (0, 1):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            item.setToolTip(1, value[:1000])
            item.setToolTip(0, name)
            items.append(item)
        if len(facts) > MOST:
            items.append(
                QTreeWidgetItem(["\u2026", f"{len(facts) - MOST} more are not shown; the item as received has them."])
            )
        self.addTopLevelItems(items)
        self._tint()

    def _tint(self) -> None:
        second = self._look.colour("text-second")
        for place in range(self.topLevelItemCount()):
            item = self.topLevelItem(place)
            if item is not None:
                item.setForeground(0, second)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy; leave letters to the window."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText("\n".join(item.text(1) for item in self.selectedItems()))
            return
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        super().keyPressEvent(event)
