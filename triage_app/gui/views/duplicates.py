"""The Duplicates tab: the group of the ticket in hand as a tree, its repeats with their times, and what can be done."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QListView,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui import wording
from triage_app.gui.desk import Desk
from triage_app.gui.models.duplicate_lines import DuplicateLines, Line, LineKind, key_of
from triage_app.gui.views.duplicate_rows import DuplicateRowPainter, RowButton
from triage_app.gui.views.flow import FlowLayout
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.time_strip import TimeStrip
from triage_app.services.dedup_queries import DuplicateTree

LAID_OUT_AT_ONCE = 200


class _Lines(QListView):
    """Leaves letters to the window; a click on a button within a line is `pressed`, Return is `opened`."""

    pressed_button = Signal(int, object)
    opened = Signal()

    def __init__(self, painter: DuplicateRowPainter, lines: DuplicateLines) -> None:
        super().__init__()
        self._painter = painter
        self._lines = lines
        self.setModel(lines)
        self.setItemDelegate(painter)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(LAID_OUT_AT_ONCE)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def button_at(self, where: QPoint) -> tuple[int, RowButton] | None:
        """The line and the button at a point of the view."""
        index = self.indexAt(where)
        if not index.isValid():
            return None
        rect: QRect = self.visualRect(index)
        for button, box in self._painter.button_boxes(rect, self._lines.at(index.row())):
            if box.contains(where):
                return index.row(), button
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over a button."""
        over = self.button_at(event.position().toPoint()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Press a button."""
        found = self.button_at(event.position().toPoint())
        super().mouseReleaseEvent(event)
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self.pressed_button.emit(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Return; leave letters to the window."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Return is for the line in hand, not for the window."""
        wanted = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in wanted:
            event.accept()
            return True
        return super().event(event)


class DuplicatesTab(QWidget):
    """Shows a group. What is wanted is told by signals: a ticket, a link or a repeat is named by the line in hand."""

    open_wanted = Signal(object)
    close_one_wanted = Signal(object)
    check_wanted = Signal(object)
    unlink_wanted = Signal(object)
    split_wanted = Signal(object)
    why_wanted = Signal(object)
    link_wanted = Signal()
    retry_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._look = desk.look
        self.tree: DuplicateTree | None = None
        self.setAccessibleName("Duplicates")
        px = self._look.px
        self.lines = DuplicateLines(desk.now)
        self.lines.setParent(self)
        self._painter = DuplicateRowPainter(self._look, self.lines, desk.now, desk.app.user)
        self._painter.setParent(self)
        self.list = _Lines(self._painter, self.lines)
        self.list.setAccessibleName("Group of the ticket")
        self.list.pressed_button.connect(self._press)
        self.list.opened.connect(self._open)
        self.list.selectionModel().currentRowChanged.connect(self._enable)
        self.span = QLabel()
        self.span.setWordWrap(True)
        self.span.setObjectName("second")
        self.span.setTextFormat(Qt.TextFormat.PlainText)
        self.strip = TimeStrip(self._look)
        self._times = QWidget()
        self._times.setAccessibleName("When the repeats came")
        times = QVBoxLayout(self._times)
        times.setContentsMargins(px(16), px(10), px(16), px(2))
        times.setSpacing(px(4))
        times.addWidget(self.span)
        times.addWidget(self.strip)
        group = QWidget()
        group.setAccessibleName("Group")
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._times)
        column.addWidget(self.list, 1)
        column.addWidget(self._build_foot())
        self.state = StatePage(self._look, "State of the duplicates")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(group)
        self._stack.addWidget(self.state)
        self._group = group
        self.setFocusProxy(self.list)
        self._look.changed.connect(self.list.viewport().update)
        self.show_loading()

    def _build_foot(self) -> QWidget:
        px = self._look.px
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setAccessibleName("What can be done with the line in hand")
        row = FlowLayout(px(4))
        row.setContentsMargins(px(7), px(4), px(7), px(4))
        self.go = self._button("Go to ticket", "Return", self._open)
        self.why = self._button("Why?", "W", lambda: self._tell(self.why_wanted))
        self.close_one = self._button("Close this one", "", lambda: self._tell(self.close_one_wanted))
        self.check = self._button("Tick off", "It was looked at, or need not be", lambda: self._tell(self.check_wanted))
        self.unlink = self._button("Unlink", "U", lambda: self._tell(self.unlink_wanted))
        self.split = self._button(
            "Split off", "Make a ticket of its own from this repeat", lambda: self._tell(self.split_wanted)
        )
        self.link = self._button("Link\u2026", "D", self.link_wanted.emit)
        for button in (self.go, self.why, self.close_one, self.check, self.unlink, self.split, self.link):
            row.addWidget(button)
        foot.setLayout(row)
        return foot

    def _button(self, text: str, tip: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("flat", True)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: act())
        return button

    # -- showing -------------------------------------------------------------------------------------------------

    def show_loading(self) -> None:
        """The group is on its way."""
        self.tree = None
        self.lines.show(None, None)
        self.state.say("copy", "Reading the group\u2026")
        self._stack.setCurrentWidget(self.state)

    def show_error(self, error: TriageError) -> None:
        """The group could not be read."""
        self.show_loading()
        self.state.say("triangle-alert", error.message, (("Try again", self.retry_wanted.emit),))

    def show_tree(self, tree: DuplicateTree, current: TicketId | None) -> None:
        """Show the group of the ticket in hand; the line in hand stays."""
        before = self.line
        self.tree = tree
        self.lines.show(tree, current)
        if not self.lines.rowCount():
            self.state.say(
                "copy",
                "Nothing is linked to this ticket or merged into it.",
                (("Link to another\u2026", self.link_wanted.emit),),
            )
            self._stack.setCurrentWidget(self.state)
            return
        self._times.setVisible(bool(tree.repeats))
        if tree.repeats:
            times = [repeat.at for repeat in tree.repeats]
            number = wording.counted(tree.merged, "merged repeat", "merged repeats")
            first, last = min(*times, tree.first.first_seen), max(*times, tree.first.last_seen)
            self.span.setText(f"{number} \u00b7 first {wording.exact(first)} \u00b7 last {wording.exact(last)}")
            self.strip.show_times(times)
        place = self.lines.place_of(key_of(before)) if before is not None and key_of(before) is not None else -1
        if place < 0:
            place = self.lines.place_of(("ticket", current))
        self.list.setCurrentIndex(self.lines.index(max(place, 1)))
        self._stack.setCurrentWidget(self._group)
        self._enable()

    @property
    def line(self) -> Line | None:
        """The line in hand."""
        index: QModelIndex = self.list.currentIndex()
        return self.lines.at(index.row()) if index.isValid() else None

    def _enable(self) -> None:
        line = self.line
        link = line.link if line is not None else None
        row = line.row if line is not None else None
        self.go.setVisible(row is not None and row.id != self.lines.current)
        self.close_one.setVisible(link is not None and row is not None and row.verdict is None)
        self.check.setVisible(line is not None and line.is_unchecked)
        self.unlink.setVisible(link is not None)
        self.split.setVisible(line is not None and line.kind is LineKind.REPEAT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines are as wide as the tab."""
        super().resizeEvent(event)
        self.list.scheduleDelayedItemsLayout()

    # -- telling -------------------------------------------------------------------------------------------------

    def _tell(self, signal: SignalInstance) -> None:
        line = self.line
        if line is not None:
            signal.emit(line)

    def _press(self, place: int, button: RowButton) -> None:
        line = self.lines.at(place)
        (self.close_one_wanted if button is RowButton.CLOSE else self.check_wanted).emit(line)

    def _open(self) -> None:
        line = self.line
        if line is not None and line.row is not None:
            self.open_wanted.emit(line.row)
