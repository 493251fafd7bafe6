"""What two tickets are compared by, as a short list: kind, value, in how many tickets it is; as high as its lines."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from triage_app.domain.observable import ObservableKind
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.models.observable_table import kind_words
from triage_app.gui.models.text_lines import TextLines
from triage_app.services.search_queries import ComparedValue

LINE = 24
OBSERVABLES = frozenset(ObservableKind)
KIND_WIDTH, TICKETS_WIDTH = 104, 104
WITH_TICKETS = 360


class _Painter(QStyledItemDelegate):
    """Draws a line without grid or ground, so that it lies on whatever is below; a long value is cut in its middle."""

    def __init__(self, look: Look, parent: QTableView) -> None:
        super().__init__(parent)
        self._look = look

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, px = self._look, self._look.px
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("selection"))
        value, last = index.column() == 1, index.column() == 2
        painter.setFont(look.mono if value else look.small_figures if last else look.small)
        painter.setPen(look.colour("text" if value else "text-second"))
        box = rect.adjusted(px(8), 0, -px(8 if last else 2), 0)
        side = Qt.AlignmentFlag.AlignRight if last else Qt.AlignmentFlag.AlignLeft
        mode = Qt.TextElideMode.ElideMiddle if value else Qt.TextElideMode.ElideRight
        text = QFontMetrics(painter.font()).elidedText(str(index.data()), mode, box.width())
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)


class ValueList(QTableView):
    """The lines of one part of a comparison. It does not scroll by itself; Ctrl+C copies the chosen values, which are
    defanged. Return or a double click on an observable is `page_wanted`, with its value.
    """

    page_wanted = Signal(str)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._values: tuple[ComparedValue, ...] = ()
        self.setObjectName("values")
        self.setAccessibleName(name)
        self.lines = TextLines(look, ("Kind", "Value", "Tickets"), figures=(2,), fixed=(1,))
        self.setModel(self.lines)
        self.setItemDelegate(_Painter(look, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setAccessibleName("Rows")
        self.verticalHeader().setMinimumSectionSize(look.px(LINE))
        self.verticalHeader().setDefaultSectionSize(look.px(LINE))
        header = self.horizontalHeader()
        header.setAccessibleName(f"Columns: {name}")
        header.hide()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(0, look.px(KIND_WIDTH))
        header.resizeSection(2, look.px(TICKETS_WIDTH))
        self.activated.connect(self._open)
        look.changed.connect(self.viewport().update)

    def show_values(self, values: Sequence[ComparedValue]) -> None:
        """Show these."""
        self._values = tuple(values)
        self.lines.show([(each.value, _texts(each), _tip(each)) for each in values])
        self.setFixedHeight(self._look.px(LINE) * len(values))
        self.setVisible(bool(values))

    def _open(self, index: QModelIndex) -> None:
        value = self._values[index.row()]
        if value.kind in OBSERVABLES:
            self.page_wanted.emit(value.value)

    def event(self, event: QEvent) -> bool:
        """Where it is narrow the value has the room."""
        if event.type() == QEvent.Type.Resize:
            self.setColumnHidden(2, self.width() < self._look.px(WITH_TICKETS))
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever comes with the keyboard stands on a line."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and event.reason() != Qt.FocusReason.MouseFocusReason:
            self.setCurrentIndex(self.lines.index(0, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Only one list has chosen lines: the one that is worked in."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
            QGuiApplication.clipboard().setText("\n".join(str(self.lines.key_at(row)) for row in rows))
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn what it stands in."""
        event.ignore()


def _texts(value: ComparedValue) -> tuple[str, str, str]:
    return kind_words(value.kind), wording.first_line(value.value, 400), in_tickets(value.tickets)


def in_tickets(number: int) -> str:
    """In how many tickets something is; empty where it was not counted."""
    return f"in {wording.counted(number, 'ticket', 'tickets')}" if number else ""


def _tip(value: ComparedValue) -> str:
    return "\n".join(part for part in (wording.first_line(value.value, 1000), in_tickets(value.tickets)) if part)
