"""A list of facts in two columns, name and value: the fields of an alert, the headers of a mail."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from triage_app.gui.look import Look

MOST = 2000
MOST_LINES = 12
WRAPPED = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere


class _FactPainter(QStyledItemDelegate):
    """A value takes the lines that it needs, up to a limit."""

    def __init__(self, look: Look, tree: QTreeWidget) -> None:
        super().__init__(tree)
        self._look = look
        self._tree = tree

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        px = self._look.px
        if index.column() == 0:
            width = QFontMetrics(self._look.font).horizontalAdvance(str(index.data()))
            return QSize(width + px(28), px(26))
        metrics = QFontMetrics(self._look.mono)
        room = QRect(0, 0, max(px(80), self._tree.header().sectionSize(1) - px(20)), 100_000)
        lines = metrics.boundingRect(room, WRAPPED, str(index.data())).height()
        return QSize(px(80), max(px(26), min(lines, metrics.lineSpacing() * MOST_LINES) + px(10)))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, px = self._look, self._look.px
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("selection"))
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.left(), rect.bottom(), rect.right() + 1, rect.bottom())
        name = index.column() == 0
        box = rect.adjusted(px(16 if name else 6), px(5), -px(6), -px(3))
        painter.setFont(look.font if name else look.mono)
        painter.setPen(look.colour("text-second" if name else "text"))
        text = str(index.data())
        if name:
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.TextFlag.TextSingleLine if name else WRAPPED), text)


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
        self.setItemDelegate(_FactPainter(look, self))
        look.changed.connect(self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Values break anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these facts, the first ones where there are very many."""
        self.clear()
        items = []
        for name, value in facts[:MOST]:
            item = QTreeWidgetItem([name, value[:4000]])
            item.setToolTip(0, name)
            items.append(item)
        if len(facts) > MOST:
            items.append(
                QTreeWidgetItem(["\u2026", f"{len(facts) - MOST} more are not shown; the item as received has them."])
            )
        self.addTopLevelItems(items)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy; leave letters to the window."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText("\n".join(item.text(1) for item in self.selectedItems()))
            return
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        super().keyPressEvent(event)
