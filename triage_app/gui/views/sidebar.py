"""The sidebar: the views with their counts, the saved ones, and the other screens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.services.queries import ViewCounts
from triage_app.services.search_queries import CountedView

KIND = Qt.ItemDataRole.UserRole
COUNT = Qt.ItemDataRole.UserRole + 1
ICON = Qt.ItemDataRole.UserRole + 2
MORE = Qt.ItemDataRole.UserRole + 3

SAVED = "saved:"
"""With it the id of a saved view begins; its name follows."""


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
    Place("waiting", "Waiting", "alarm-clock", hidden_at_zero=True),
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
            text = wording.count(int(number)) + ("+" if index.data(MORE) else "")
            painter.save()
            painter.setFont(look.small_figures)
            painter.setPen(look.colour("text" if chosen else "text-second"))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, text)
            painter.restore()
            room.setRight(room.right() - QFontMetrics(look.small_figures).horizontalAdvance(text) - px(6))
        title = QFontMetrics(painter.font()).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, left | middle, title)


class _PlaceList(QListWidget):
    renaming = Signal()
    removing = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.renaming.emit()
            return
        if event.key() == Qt.Key.Key_Delete:
            self.removing.emit()
            return
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        super().keyPressEvent(event)


class Sidebar(QFrame):
    """The views and screens. `chosen` names where the user wants to go: a place's id, or `saved:` and a view's name.

    `rename_wanted` and `remove_wanted` carry the name of a saved view.
    """

    chosen = Signal(str)
    rename_wanted = Signal(str)
    remove_wanted = Signal(str)

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
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._items: dict[str, QListWidgetItem] = {}
        self.saved: tuple[CountedView, ...] = ()
        self._add_heading("Views")
        for place in VIEWS:
            self._add(place)
        self._saved_heading = self._add_heading("Saved views")
        self._saved_heading.setHidden(True)
        self._add_heading("Screens")
        for place in SCREENS:
            self._add(place)
        self.list.currentItemChanged.connect(self._moved)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.list.renaming.connect(lambda: self._tell_current(self.rename_wanted.emit))
        self.list.removing.connect(lambda: self._tell_current(self.remove_wanted.emit))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, look.px(4), 0, look.px(8))
        layout.addWidget(self.list)
        look.changed.connect(self.list.viewport().update)

    def _add_heading(self, text: str) -> QListWidgetItem:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)
        return item

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

    # -- saved views ---------------------------------------------------------------------------------------------

    def set_saved(self, views: Sequence[CountedView]) -> None:
        """Show the saved views with their counts, in their order; one whose query cannot be read says so."""
        views = tuple(views)
        if views == self.saved:
            return
        chosen = str(self.list.currentIndex().data(KIND) or "")
        self.list.blockSignals(True)
        if [each.view.name for each in views] != [each.view.name for each in self.saved]:
            self._rebuild(views)
        for each in views:
            self._fill(self._items[SAVED + each.view.name], each)
        self.saved = views
        self._saved_heading.setHidden(not views)
        if chosen in self._items:
            self.list.setCurrentItem(self._items[chosen])
        elif chosen:
            self.list.setCurrentItem(self._items["all"])
        self.list.blockSignals(False)
        self.list.viewport().update()

    def _rebuild(self, views: Sequence[CountedView]) -> None:
        for each in self.saved:
            self.list.takeItem(self.list.row(self._items.pop(SAVED + each.view.name)))
        place = self.list.row(self._saved_heading) + 1
        for offset, each in enumerate(views):
            item = QListWidgetItem(each.view.name)
            item.setData(KIND, SAVED + each.view.name)
            self._items[SAVED + each.view.name] = item
            self.list.insertItem(place + offset, item)

    def _fill(self, item: QListWidgetItem, each: CountedView) -> None:
        name, number = each.view.name, wording.count(each.tickets)
        item.setData(ICON, "triangle-alert" if each.problem else "bookmark")
        item.setData(COUNT, 0 if each.problem else each.tickets)
        item.setData(MORE, not each.exact)
        item.setToolTip("\n".join(part for part in (name, each.view.query, each.problem) if part))
        said = each.problem or (number if each.exact else f"more than {number}")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"Saved view {name}, {said}")

    def saved_at(self, place: int) -> str | None:
        """The name of the saved view at a place, from 1 on, or None."""
        return self.saved[place - 1].view.name if 1 <= place <= len(self.saved) else None

    def _tell_current(self, tell: Callable[[str], object]) -> None:
        chosen = str(self.list.currentIndex().data(KIND) or "")
        if chosen.startswith(SAVED):
            tell(chosen.removeprefix(SAVED))

    def _open_menu(self, where: QPoint) -> None:
        name = str(self.list.indexAt(where).data(KIND) or "")
        if name.startswith(SAVED):
            self.menu_of(name.removeprefix(SAVED)).popup(self.list.viewport().mapToGlobal(where))

    def menu_of(self, name: str) -> QMenu:
        """What can be done to a saved view."""
        menu = QMenu(self)
        menu.setAccessibleName(f"Saved view {name}")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename\u2026\tF2", lambda: self.rename_wanted.emit(name))
        menu.addAction("Remove\tDelete", lambda: self.remove_wanted.emit(name))
        return menu
