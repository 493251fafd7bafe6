"""The confusion matrix as a heat table: a row for each true label, a column for each answer; a number in each cell."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from triage_app.gui.look import Look
from triage_app.gui.models.confusion_cells import SHARE, ConfusionCells
from triage_app.gui.views.plots import CENTRE, Row
from triage_app.gui.views.ticket_rows import LEFT, RIGHT

CELL_WIDE, CELL_HIGH = 52, 26
NARROWEST = 34
LONGEST = 160
STRONGEST = 0.45


def _shade(look: Look, share: float, *, right: bool) -> QColor:
    colour = QColor(look.colour("text-second" if right else "accent"))
    colour.setAlphaF((0.04 + 0.96 * share) * (0.22 if right else STRONGEST) if share else 0.0)
    return colour


def paint_cell(painter: QPainter, look: Look, box: QRect, text: str, share: float, *, right: bool) -> None:
    """A cell: the fuller the larger its share of the row; what is right is grey and framed, a mistake is blue."""
    painter.fillRect(box, _shade(look, share, right=right))
    if right:
        painter.setPen(QPen(look.colour("border-strong")))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0, 0, -1, -1))
    painter.setPen(look.colour("text"))
    painter.setFont(look.small_figures)
    painter.drawText(box, CENTRE, text)


class _Cells(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QTableView) -> None:
        super().__init__(parent)
        self._look = look

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        box = QRect(option.rect)
        painter.save()
        share = float(index.data(SHARE))
        paint_cell(painter, self._look, box, str(index.data()), share, right=index.row() == index.column())
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(self._look.colour("accent"), self._look.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        painter.restore()


class _Upright(QHeaderView):
    """Labels that are read from the foot to the top, so that columns can be narrow."""

    def __init__(self, look: Look, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._look = look
        self.setAccessibleName("Labels that were answered")

    def sizeHint(self) -> QSize:
        """As high as the longest label, within reason."""
        metrics, model = QFontMetrics(self._look.small), self.model()
        count = model.columnCount()
        names = (str(model.headerData(place, Qt.Orientation.Horizontal)) for place in range(count))
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return QSize(self._look.px(CELL_WIDE), min(longest, self._look.px(LONGEST)) + self._look.px(12))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """A label, turned."""
        look = self._look
        painter.save()
        painter.fillRect(rect, look.colour("surface"))
        painter.setFont(look.small)
        painter.setPen(look.colour("text-second"))
        name = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        paint_upright(painter, look, rect, name)
        painter.restore()


def paint_upright(painter: QPainter, look: Look, box: QRect, text: str) -> None:
    """Words that are read from the foot to the top."""
    painter.save()
    painter.translate(box.left(), box.bottom())
    painter.rotate(-90)
    metrics = QFontMetrics(look.small)
    room = box.height() - look.px(8)
    said = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QRect(look.px(4), 0, room, box.width()), LEFT, said)
    painter.restore()


class ConfusionTable(QTableView):
    """The arrow keys walk the cells; a click or Return asks for what is behind one."""

    chosen = Signal(str, str)
    """The true label and the one that was answered."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.name = "Confusion matrix"
        self.cells = ConfusionCells(self)
        self.setModel(self.cells)
        self.setItemDelegate(_Cells(look, self))
        self.setHorizontalHeader(_Upright(look, self))
        self.setAccessibleName(self.name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        px = look.px
        rows = self.verticalHeader()
        rows.setAccessibleName("True labels")
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(px(CELL_HIGH))
        rows.setMaximumWidth(px(LONGEST) + px(12))
        rows.setDefaultAlignment(RIGHT)
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setDefaultSectionSize(px(CELL_WIDE))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        self.selectionModel().currentChanged.connect(lambda now, _before: self._tell(now))
        look.changed.connect(self.viewport().update)

    def show_counts(self, labels: tuple[str, ...], counts: tuple[tuple[int, ...], ...]) -> None:
        """Show another matrix."""
        self.cells.show_counts(labels, counts)
        self.setAccessibleDescription(self.summary())
        self._fit()
        self.horizontalHeader().updateGeometry()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All columns are in sight, as long as their numbers can be read."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        px, size = self._look.px, len(self.cells.labels)
        room = self.viewport().width() // size if size else 0
        self.horizontalHeader().setDefaultSectionSize(max(px(NARROWEST), min(px(CELL_WIDE), room)))

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self.cells.labels[index.row()], self.cells.labels[index.column()])

    def _tell(self, index: QModelIndex) -> None:
        words = self.cells.words(index.row(), index.column()) if index.isValid() else self.summary()
        self.setAccessibleName(f"{self.name}: {words}")

    def summary(self) -> str:
        """The largest confusions in words."""
        most = self.cells.largest_mistakes(3)
        return "; ".join(self.cells.words(row, at) for row, at in most) or "no label was taken for another"

    def rows(self) -> Sequence[Row]:
        """The data: true labels down, answers across."""
        labels, size = self.cells.labels, range(len(self.cells.labels))
        return [("true", *labels)] + [(labels[row], *(self.cells.count_at(row, at) for at in size)) for row in size]

    def sizeHint(self) -> QSize:
        """All of it, if there is room."""
        px = self._look.px
        size = len(self.cells.labels)
        wide = self.verticalHeader().sizeHint().width() + size * px(CELL_WIDE) + px(16)
        return QSize(wide, self.horizontalHeader().sizeHint().height() + min(16, size) * px(CELL_HIGH) + px(16))

    # -- as a picture --------------------------------------------------------------------------------------------

    def whole_size(self) -> QSize:
        """How large it is with every cell."""
        px, size = self._look.px, len(self.cells.labels)
        side = self.horizontalHeader().sizeHint().height()
        return QSize(px(LONGEST) + size * px(CELL_WIDE) + px(8), side + size * px(CELL_HIGH) + px(8))

    def draw_all(self, painter: QPainter, whole: QRectF) -> None:
        """Paint all cells with their labels, on any ground."""
        look, px = self._look, self._look.px
        left, top = int(whole.left()) + px(LONGEST), int(whole.top()) + self.horizontalHeader().sizeHint().height()
        metrics = QFontMetrics(look.small)
        for row, true in enumerate(self.cells.labels):
            high = QRect(left, top + row * px(CELL_HIGH), px(CELL_WIDE), px(CELL_HIGH))
            painter.setFont(look.small)
            painter.setPen(look.colour("text-second"))
            column = QRect(left + row * px(CELL_WIDE), int(whole.top()), px(CELL_WIDE), top - int(whole.top()))
            paint_upright(painter, look, column, true)
            name = metrics.elidedText(true, Qt.TextElideMode.ElideRight, px(LONGEST) - px(8))
            painter.drawText(QRect(int(whole.left()), high.top(), px(LONGEST) - px(6), high.height()), RIGHT, name)
            for place in range(len(self.cells.labels)):
                number = self.cells.count_at(row, place)
                paint_cell(
                    painter,
                    look,
                    high.translated(place * px(CELL_WIDE), 0),
                    str(number) if number else "",
                    self.cells.share_at(row, place),
                    right=row == place,
                )
