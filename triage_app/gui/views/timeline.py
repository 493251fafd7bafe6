"""The Timeline tab: what happened to a ticket, the newest first."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.history import TimelineEntry
from triage_app.gui import wording
from triage_app.gui.look import Look

ENTRY = Qt.ItemDataRole.UserRole
LEFT_EDGE = 40
LONGEST = 4000
PIECE = 24
LONG_WORD = re.compile(r"\S{25,}")


def breakable(text: str) -> str:
    """The text with places to break in words too long for a line."""
    return LONG_WORD.sub(
        lambda found: "\u200b".join(found[0][i : i + PIECE] for i in range(0, len(found[0]), PIECE)), text[:LONGEST]
    )


class _EntryPainter(QStyledItemDelegate):
    def __init__(self, look: Look, now: Callable[[], datetime], width: Callable[[], int]) -> None:
        super().__init__()
        self._look = look
        self._now = now
        self._width = width

    def _text_box(self, entry: TimelineEntry, width: int) -> QRect:
        room = max(60, width - self._look.px(LEFT_EDGE + 16))
        rect = QRect(0, 0, room, 100_000)
        return QFontMetrics(self._look.font).boundingRect(rect, Qt.TextFlag.TextWordWrap, breakable(entry.text))

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        width = self._width()
        entry: TimelineEntry = index.data(ENTRY)
        small = QFontMetrics(self._look.small).height()
        return QSize(width, self._text_box(entry, width).height() + small + self._look.px(20))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, px = self._look, self._look.px
        rect: QRect = option.rect
        entry: TimelineEntry = index.data(ENTRY)
        line = rect.left() + px(22)
        middle = rect.top() + px(10) + QFontMetrics(look.font).height() // 2
        first, last = index.row() == 0, index.row() == index.model().rowCount() - 1
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.colour("border"))
        painter.drawLine(line, middle if first else rect.top(), line, middle if last else rect.bottom() + 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent" if entry.kind == "note" else "border-strong"))
        painter.drawEllipse(QPointF(line + 0.5, middle), px(4), px(4))
        painter.restore()
        box = self._text_box(entry, rect.width())
        box.translate(rect.left() + px(LEFT_EDGE), rect.top() + px(8))
        painter.setFont(look.font)
        painter.setPen(look.colour("text"))
        painter.drawText(box, int(Qt.TextFlag.TextWordWrap), breakable(entry.text))
        painter.setFont(look.small)
        painter.setPen(look.colour("text-second"))
        ago = wording.age(entry.at, self._now())
        when = "just now" if ago == "now" else f"{ago} ago"
        below = QRect(
            box.left(), box.bottom() + px(1), rect.width() - px(LEFT_EDGE), QFontMetrics(look.small).height() + 2
        )
        painter.drawText(
            below, Qt.AlignmentFlag.AlignLeft, f"{entry.who} \u00b7 {when} \u00b7 {wording.exact(entry.at)}"
        )


class TimelineTab(QWidget):
    """A line with a dot for each entry; notes are the filled ones."""

    def __init__(self, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setAccessibleName("Timeline")
        self.list = QListWidget()
        self.list.setAccessibleName("Timeline of the ticket")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_EntryPainter(look, now, lambda: self.list.viewport().width()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, look.px(4), 0, 0)
        layout.addWidget(self.list)
        look.changed.connect(self.list.viewport().update)

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show these, the newest on top."""
        self.list.clear()
        for entry in sorted(entries, key=lambda entry: entry.at, reverse=True):
            item = QListWidgetItem(self.list)
            item.setData(ENTRY, entry)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.text}, {entry.who}, {wording.exact(entry.at)}")
            item.setToolTip(wording.exact(entry.at))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Texts break anew."""
        super().resizeEvent(event)
        self.list.scheduleDelayedItemsLayout()
