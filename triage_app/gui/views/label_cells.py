"""Cells of a plain list that show a label as a chip, with its share beside it."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.ticket_rows import LEFT, RIGHT, paint_chip

SHARE = Qt.ItemDataRole.UserRole + 7
CHIP = 18
FIGURE = RIGHT


class LabelCells(QStyledItemDelegate):
    """Paints the text of a cell as a chip; a share 0..1 kept under `SHARE` is said after it."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the ground as every cell has it, then the chip and the share."""
        label, share = str(index.data() or ""), index.data(SHARE)
        self.initStyleOption(option, index)
        option.text = ""
        widget = option.widget
        widget.style().drawControl(widget.style().ControlElement.CE_ItemViewItem, option, painter, widget)
        if not label:
            return
        look, px = self._look, self._look.px
        rect: QRect = option.rect.adjusted(px(6), 0, -px(6), 0)
        metrics = QFontMetrics(look.small)
        said = "" if share is None else wording.percent(float(share))
        room = rect.width() - (metrics.horizontalAdvance(said) + px(6) if said else 0)
        text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, max(px(20), room - px(14)))
        width = metrics.horizontalAdvance(text) + px(14)
        chip = QRect(rect.left(), rect.center().y() - px(CHIP) // 2 + 1, width, px(CHIP))
        paint_chip(painter, look.chip(label), look.small, chip, text, px(CHIP), px(4))
        if said:
            painter.setFont(look.small_figures)
            painter.setPen(look.colour("text-second"))
            painter.drawText(rect.adjusted(width + px(6), 0, 0, 0), LEFT, said)


def plain_list(look: Look, name: str, columns: tuple[tuple[str, int], ...], chips: tuple[int, ...] = ()) -> QTreeWidget:
    """A list with a head: columns with their widths in pixels at a font of 13, one of them 0 wide, which takes the
    room that is left. `chips` are the columns that hold labels.
    """
    tree = QTreeWidget()
    set_up(tree, look, name, columns)
    cells = LabelCells(look, tree)
    for place in chips:
        tree.setItemDelegateForColumn(place, cells)
    return tree


def set_up(tree: QTreeWidget, look: Look, name: str, columns: Sequence[tuple[str, int]]) -> None:
    """Make a plain list with a head of a tree; columns as in `plain_list`."""
    tree.setAccessibleName(name)
    tree.setHeaderLabels([title for title, _width in columns])
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.setFrameShape(QTreeWidget.Shape.NoFrame)
    tree.setSelectionMode(QTreeWidget.SelectionMode.SingleSelection)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    tree.setVerticalScrollMode(QTreeWidget.ScrollMode.ScrollPerPixel)
    header = tree.header()
    header.setAccessibleName(f"Columns: {name}")
    header.setStretchLastSection(False)
    header.setMinimumSectionSize(look.px(40))
    for place, (_title, width) in enumerate(columns):
        stretches = not width
        header.setSectionResizeMode(
            place, QHeaderView.ResizeMode.Stretch if stretches else QHeaderView.ResizeMode.Interactive
        )
        if width:
            header.resizeSection(place, look.px(width))


def step(tree: QTreeWidget, by: int) -> None:
    """Take the line `by` below in hand (negative: above), as far as there is one."""
    current = tree.currentItem()
    place = tree.indexOfTopLevelItem(current) if current is not None else -1
    line = tree.topLevelItem(max(0, min(place + by, tree.topLevelItemCount() - 1)))
    if line is not None:
        tree.setCurrentItem(line)


def set_label(item: QTreeWidgetItem, column: int, label: str, share: float | None = None) -> None:
    """Show a label with its share in a column that holds labels."""
    item.setText(column, label)
    if share is not None:
        item.setData(column, SHARE, share)
        item.setToolTip(column, f"{label} {wording.percent(share)}")
    else:
        item.setToolTip(column, label)


def figures(tree: QTreeWidget, *columns: int) -> None:
    """Set the head of these columns to the right, as their numbers are."""
    for column in columns:
        tree.headerItem().setTextAlignment(column, FIGURE)
