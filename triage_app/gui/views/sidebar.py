"""The sidebar: the views with their counts, and the other screens."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.services.queries import ViewCounts

KIND = Qt.ItemDataRole.UserRole
COUNT = Qt.ItemDataRole.UserRole + 1
ICON = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go: an id (also the view's name), a title, an icon, whether it is counted or hidden at zero."""

    id: str
    title: str
    icon: str
    counted: bool = True
    hidden_at_zero: bool = False


VIEWS = (
    Place("inbox", "Inbox", "inbox"),
    Place("review", "To review", "scan-search"),
    Place("mine", "Mine", "user-round"),
    Place("duplicates", "Duplicates", "copy", hidden_at_zero=True),
    Place("parked", "Parked", "circle-pause"),
    Place("closed", "Closed", "archive"),
    Place("all", "All tickets", "layers"),
)
SCREENS = (
    Place("sources", "Sources", "download", counted=False),
    Place("api", "API", "plug", counted=False),
    Place("balance", "Balance", "square-check", counted=False),
    Place("rules", "Rules", "list-filter", counted=False),
    Place("learning", "Learning", "graduation-cap", counted=False),
)


def place_named(which: str) -> Place:
    """The place with this id; raises KeyError."""
    for place in (*VIEWS, *SCREENS):
        if place.id == which:
            return place
    raise KeyError(which)


class _PlacePainter(QStyledItemDelegate):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        heading = not index.data(KIND)
        return QSize(self._look.px(120), self._look.px(34 if heading else 30))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, px = self._look, self._look.px
        rect: QRect = option.rect
        state = option.state
        left = Qt.AlignmentFlag.AlignLeft
        middle = Qt.AlignmentFlag.AlignVCenter
        if not index.data(KIND):
            painter.setFont(look.small)
            painter.setPen(look.colour("text-second"))
            painter.drawText(
                rect.adjusted(px(16), 0, -px(8), -px(5)), left | Qt.AlignmentFlag.AlignBottom, str(index.data())
            )
            return
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        box = rect.adjusted(px(8), px(1), -px(8), -px(1))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("selection" if chosen else "hover"))
            painter.drawRoundedRect(box, px(6), px(6))
        painter.restore()
        side = px(16)
        icon = look.icon(str(index.data(ICON)), "accent" if chosen else "text-second")
        icon.paint(painter, box.left() + px(8), box.center().y() - side // 2 + 1, side, side)
        painter.setFont(look.strong if chosen else look.font)
        painter.setPen(look.colour("text"))
        number = index.data(COUNT)
        room = box.adjusted(px(32), 0, -px(10), 0)
        if number:
            text = wording.count(int(number))
            painter.save()
            painter.setFont(look.small_figures)
            painter.setPen(look.colour("text" if chosen else "text-second"))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, text)
            painter.restore()
            room.setRight(room.right() - QFontMetrics(look.small_figures).horizontalAdvance(text) - px(6))
        title = QFontMetrics(painter.font()).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, left | middle, title)


class _PlaceList(QListWidget):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        super().keyPressEvent(event)


class Sidebar(QFrame):
    """The views and screens. `chosen` names where the user wants to go."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setAccessibleName("Sidebar")
        self._look = look
        self.list = _PlaceList()
        self.list.setAccessibleName("Views and screens")
        self.list.setItemDelegate(_PlacePainter(look))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._items: dict[str, QListWidgetItem] = {}
        self._add_heading("Views")
        for place in VIEWS:
            self._add(place)
        self._add_heading("Screens")
        for place in SCREENS:
            self._add(place)
        self.list.currentItemChanged.connect(self._moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, look.px(4), 0, look.px(8))
        layout.addWidget(self.list)
        look.changed.connect(self.list.viewport().update)

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _add(self, place: Place) -> None:
        item = QListWidgetItem(place.title)
        item.setData(KIND, place.id)
        item.setData(ICON, place.icon)
        item.setHidden(False)
        self.list.addItem(item)
        item.setHidden(place.hidden_at_zero)
        self._items[place.id] = item

    def _moved(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(str(item.data(KIND)))

    def choose(self, which: str) -> None:
        """Mark a place as the one that is shown, and tell so."""
        self._items[which].setHidden(False)
        self.list.setCurrentItem(self._items[which])

    def mark(self, which: str) -> None:
        """Mark a place as the one that is shown without telling."""
        self.list.blockSignals(True)
        self.choose(which)
        self.list.blockSignals(False)

    def set_counts(self, counts: ViewCounts) -> None:
        """Show how many tickets each view holds."""
        for place in VIEWS:
            number: int = getattr(counts, place.id)
            item = self._items[place.id]
            item.setData(COUNT, number)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{place.title}, {wording.count(number)}")
            if place.hidden_at_zero:
                item.setHidden(number == 0 and item is not self.list.currentItem())
