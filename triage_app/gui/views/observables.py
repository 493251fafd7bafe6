"""The Observables tab: what was found in a ticket, where, and in how many tickets."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from triage_app.gui.look import Look
from triage_app.gui.models.observable_table import Column, ObservableTable
from triage_app.gui.views.state import StatePage
from triage_app.services.queries import SeenObservable

OWN = "own"
IGNORED = "ignored"
WITH_WHERE = 400


class _ValuePainter(QStyledItemDelegate):
    """The value in the fixed font, and a badge on what is our own."""

    def __init__(self, look: Look, table: ObservableTable) -> None:
        super().__init__()
        self._look = look
        self._table = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, px = self._look, self._look.px
        rect: QRect = option.rect
        seen = self._table.at(index.row())
        metrics = QFontMetrics(look.mono)
        mark = OWN if seen.own else IGNORED if seen.ignored else ""
        badge = QFontMetrics(look.small).horizontalAdvance(mark) + px(12) if mark else 0
        box = rect.adjusted(px(6), 0, -px(6) - badge, 0)
        text = metrics.elidedText(seen.defanged[:1000], Qt.TextElideMode.ElideMiddle, box.width())
        selected = self._view_selects(option)
        if selected:
            painter.fillRect(rect, look.colour("selection"))
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.left(), rect.bottom(), rect.right() + 1, rect.bottom())
        painter.setFont(look.mono)
        painter.setPen(look.colour("text-second" if seen.ignored else "text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if mark:
            left = min(box.left() + metrics.horizontalAdvance(text) + px(8), rect.right() - badge)
            pill = QRectF(left, rect.center().y() - px(8), badge - px(4), px(17))
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(look.colour("border-strong"))
            painter.drawRoundedRect(pill, px(4), px(4))
            painter.setFont(look.small)
            painter.setPen(look.colour("text-second"))
            painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), mark)
            painter.restore()

    def _view_selects(self, option: QStyleOptionViewItem) -> bool:
        view = self.parent()
        index = option.index
        return isinstance(view, QTableView) and view.selectionModel().isSelected(index)


class _ObservableList(QTableView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            parent = self.parent()
            while parent is not None and not isinstance(parent, ObservablesTab):
                parent = parent.parent()
            if isinstance(parent, ObservablesTab):
                parent.copy_defanged()
            return
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        super().keyPressEvent(event)


class ObservablesTab(QWidget):
    """A table; its menu copies values defanged, or live where somebody says so.

    `page_wanted` carries an observable whose page is to be opened, `switch_wanted` one that is to be ignored, or heeded
    again.
    """

    page_wanted = Signal(object)
    switch_wanted = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName("Observables")
        self.table = ObservableTable(look)
        self.list = _ObservableList()
        self.list.setObjectName("plainTable")
        self.list.setAccessibleName("Observables of the ticket")
        self.list.setModel(self.table)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setShowGrid(False)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setWordWrap(False)
        self.list.setTabKeyNavigation(False)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.verticalHeader().hide()
        self.list.verticalHeader().setDefaultSectionSize(look.px(28))
        self.list.verticalHeader().setAccessibleName("Rows")
        painter = _ValuePainter(look, self.table)
        painter.setParent(self.list)
        self.list.setItemDelegateForColumn(Column.VALUE, painter)
        header = self.list.horizontalHeader()
        header.setAccessibleName("Columns of the observables")
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.VALUE, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(Column.KIND, look.px(84))
        header.resizeSection(Column.WHERE, look.px(88))
        header.resizeSection(Column.TICKETS, look.px(60))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu_at)
        self.list.activated.connect(lambda index: self.page_wanted.emit(self.table.at(index.row())))
        self.state = StatePage(look, "State of the observables")
        self._stack = QStackedLayout(self)
        self.setContentsMargins(look.px(10), 0, look.px(4), 0)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.state)
        look.changed.connect(self.list.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the value has the room; where it was seen is in its tooltip."""
        super().resizeEvent(event)
        self.list.setColumnHidden(Column.WHERE, self.width() < self._look.px(WITH_WHERE))

    def show_observables(self, seen: Sequence[SeenObservable]) -> None:
        """Show these."""
        self.table.show(seen)
        if seen:
            self._stack.setCurrentWidget(self.list)
        else:
            self.state.say("eye", "No address, link, hash or other observable is in this ticket.")
            self._stack.setCurrentWidget(self.state)

    def menu(self) -> QMenu:
        """What can be done with the chosen observables."""
        menu = QMenu(self)
        menu.setAccessibleName("Observables")
        chosen = self.chosen()
        if chosen:
            seen = chosen[0]
            menu.addAction("Open its page\tReturn").triggered.connect(lambda: self.page_wanted.emit(seen))
            words = "Heed it again" if seen.ignored else "Ignore it: it makes no tickets similar"
            menu.addAction(words).triggered.connect(lambda: self.switch_wanted.emit(seen))
            menu.addSeparator()
        menu.addAction("Copy defanged").triggered.connect(self.copy_defanged)
        menu.addAction("Copy live").triggered.connect(self.copy_live)
        menu.addSeparator()
        menu.addAction("Copy all defanged").triggered.connect(self.copy_all)
        return menu

    def _menu_at(self, where: QPoint) -> None:
        self.menu().popup(self.list.viewport().mapToGlobal(where))

    def chosen(self) -> list[SeenObservable]:
        """Those that are chosen, in their order."""
        places = sorted({index.row() for index in self.list.selectionModel().selectedIndexes()})
        return [self.table.at(place) for place in places]

    def copy_defanged(self) -> None:
        """Copy the chosen values so that nobody can follow them by mistake."""
        QGuiApplication.clipboard().setText("\n".join(seen.defanged for seen in self.chosen()))

    def copy_live(self) -> None:
        """Copy the chosen values as they are."""
        QGuiApplication.clipboard().setText("\n".join(seen.value for seen in self.chosen()))

    def copy_all(self) -> None:
        """Copy every value, defanged."""
        everything = (self.table.at(place) for place in range(self.table.rowCount()))
        QGuiApplication.clipboard().setText("\n".join(seen.defanged for seen in everything))
