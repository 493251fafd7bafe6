"""The table of the queue: its column titles, its rows below the mouse, and how its columns share the width."""

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from triage_app.domain.ticket import Severity
from triage_app.gui.desk import Desk
from triage_app.gui.models.ticket_table import SHORT_TITLES, SORT_KEYS, TITLES, Column, TicketTable
from triage_app.gui.views.ticket_rows import RowState, TicketRowPainter

# From these widths on there is room for the sender, and for bars and words beside numbers and shapes.
WITH_SENDER = 640
WITH_WORDS = 560
WITH_FIGURES = 340
# Where tickets wait, the place of the sender says when they come back.
BACK, BACK_NARROW = 176, 140
BACK_TITLE = "Comes back"


class TicketHeader(QHeaderView):
    """Column titles in the quiet style of the desk, with an arrow at the one that sorts."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._look = desk.look
        self.sorted_by = Column.AGE
        self.downward = True
        self.words = True
        self.waits = False
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(desk.look.px(20))
        self.setAccessibleName("Columns of the queue")

    def say_sort(self, sort: str) -> None:
        """Show which column sorts, and which way; `sort` as `ListTicketIds` takes it."""
        key = sort.lstrip("-")
        self.sorted_by = Column(SORT_KEYS.index(key))
        # Age upwards is the newest first, which reads as downwards from now.
        self.downward = sort.startswith("-") != (key == "age")
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one title."""
        look = self._look
        painter.save()
        painter.fillRect(rect, look.colour("surface"))
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(look.small)
        active = section == self.sorted_by
        painter.setPen(look.colour("text" if active else "text-second"))
        text = TITLES[section] if self.words else SHORT_TITLES.get(Column(section), TITLES[section])
        if self.waits and section == Column.SENDER:
            text = BACK_TITLE
        figure = section in (Column.DUPLICATES, Column.SIMILAR, Column.AGE)
        if rect.width() < look.px(36):
            text = ""
        left = look.px(24 if section == Column.CATEGORY else 6)
        box = rect.adjusted(left, 0, -look.px(8 if figure else 6), 0)
        arrow = ("\u2193" if self.downward else "\u2191") if active else ""
        align = Qt.AlignmentFlag.AlignRight if figure else Qt.AlignmentFlag.AlignLeft
        words = f"{arrow} {text}" if figure and arrow else f"{text} {arrow}".rstrip()
        painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class TicketList(QTableView):
    """The table. It follows the mouse for the row below it, and draws no focus frame in cells."""

    opened = Signal()
    mark_toggled = Signal(int)
    mark_ranged = Signal(int)

    def __init__(self, desk: Desk, table: TicketTable, state: RowState) -> None:
        super().__init__()
        self._look = desk.look
        self._table = table
        self._state = state
        self.setModel(table)
        self.painter = TicketRowPainter(desk, table, state)
        self.setItemDelegate(self.painter)
        self.header = TicketHeader(desk)
        self.setHorizontalHeader(self.header)
        self.setAccessibleName("Tickets")
        self.setObjectName("tickets")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setVisible(False)
        rows.setAccessibleName("Rows of the queue")
        self.set_row_height(desk.look.px(desk.look.tokens.sizes["row"]))
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def set_row_height(self, pixels: int) -> None:
        """Make all rows this high."""
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(pixels)
        rows.setDefaultSectionSize(pixels)
        self.verticalScrollBar().setSingleStep(pixels)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width again."""
        super().resizeEvent(event)
        self.fit_columns()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the row below the mouse."""
        self._hover(self.indexAt(event.position().toPoint()).row())
        if not event.buttons():
            super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No row is below the mouse any more."""
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, place: int) -> None:
        if place == self._state.hovered:
            return
        for row in (self._state.hovered, place):
            if row >= 0:
                self.viewport().update(0, self.rowViewportPosition(row), self.viewport().width(), self.rowHeight(row))
        self._state.hovered = place

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """With Ctrl mark the row, with Shift mark up to it, else go to it."""
        place = self.indexAt(event.position().toPoint()).row()
        modifiers = event.modifiers()
        if place >= 0 and modifiers & Qt.KeyboardModifier.ControlModifier:
            self.mark_toggled.emit(place)
        elif place >= 0 and modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.mark_ranged.emit(place)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters are shortcuts of the window, never a search for a row that starts with them."""
        if event.text() and event.text().isprintable() and event.text() != " ":
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        self._state.focused = True
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard is elsewhere."""
        self._state.focused = False
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, with the row in hand as the painter of rows needs it."""
        self._state.current = self.currentIndex().row()
        super().paintEvent(event)

    def fit_columns(self) -> None:
        """Give each column its width; what there is no room for is hidden, the subject takes the rest."""
        px = self._look.px
        width = self.width()
        metrics = QFontMetrics(self._look.small)
        wide, words = width >= px(WITH_SENDER), width >= px(WITH_WORDS)
        figures = width >= px(WITH_FIGURES)
        self.painter.words = self.header.words = words
        chips = [self.painter.chip_width(label) for label in self._look.labels or ("Vulnerability",)]
        category = min(px(150), max(px(96), *chips) + px(30))
        severity = max(metrics.horizontalAdvance(each.word) for each in Severity)
        number = px(46) if words else px(36) if figures else 0
        similar = max(px(36), QFontMetrics(self._look.figures).horizontalAdvance(self._table.similar_seen) + px(20))
        waits = self._table.which.view == "waiting"
        self.painter.waits = self.header.waits = waits
        widths = {
            Column.CATEGORY: category,
            Column.CONFIDENCE: px(100) if words else px(58) if figures else 0,
            Column.SENDER: (px(BACK) if waits else max(px(110), int(width * 0.18))) if wide else 0,
            Column.DUPLICATES: number if self._table.repeats_seen else 0,
            Column.SIMILAR: similar if number and self._table.similar_seen else 0,
            Column.SEVERITY: px(30) + severity if words else px(40) if figures else px(26),
            Column.AGE: px(60) if words else px(54) if figures else 0,
        }
        if waits and not wide and figures:
            # When it comes back is worth more here than how sure the suggestion was.
            widths |= {Column.SENDER: px(BACK_NARROW), Column.CONFIDENCE: 0, Column.DUPLICATES: 0}
        room = self.viewport().width() - px(60)
        for column in (Column.SIMILAR, Column.AGE, Column.CONFIDENCE, Column.DUPLICATES):
            if sum(widths.values()) > room:
                widths[column] = 0
        widths[Column.SUBJECT] = max(px(60), self.viewport().width() - sum(widths.values()))
        for column, pixels in widths.items():
            self.setColumnHidden(column, pixels == 0)
            if pixels:
                self.header.resizeSection(column, pixels)
