"""The ways in which a query could go on, in a list below the search box that never takes the keyboard."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.query_completion import Completion
from triage_app.gui import wording
from triage_app.gui.look import Look

TEXT = Qt.ItemDataRole.UserRole
MEANING = Qt.ItemDataRole.UserRole + 1
MOST_SHOWN = 12
ROW = 28
WIDEST_TEXT = 190
GAP = 16
HINT = "\u2191 \u2193 choose \u00b7 Tab takes \u00b7 Esc closes"


class _Painter(QStyledItemDelegate):
    """What to put in on the left, what it means beside it: two columns."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.column = 0

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self._look.px(80), self._look.px(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, px = self._look, self._look.px
        rect: QRect = option.rect
        state = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setBrush(look.colour("selection" if chosen else "hover"))
            painter.drawRoundedRect(rect, px(4), px(4))
            painter.restore()
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        box = rect.adjusted(px(8), 0, -px(8), 0)
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(look.font)
        painter.setPen(look.colour("text"))
        text = QFontMetrics(look.font).elidedText(str(index.data(TEXT)), elide, self.column)
        painter.drawText(box, middle, text)
        box.setLeft(box.left() + self.column + px(GAP))
        painter.setFont(look.small)
        painter.setPen(look.colour("text-second"))
        meaning = QFontMetrics(look.small).elidedText(str(index.data(MEANING)), elide, box.width())
        painter.drawText(box, middle, meaning)


class CompletionList(QFrame):
    """`taken` carries the completion that was clicked; keys come from the box that it belongs to."""

    taken = Signal(object)

    def __init__(self, look: Look, box: QWidget) -> None:
        super().__init__(box)
        self._look = look
        self._box = box
        self._completions: tuple[Completion, ...] = ()
        self.setObjectName("palette")
        self.setAccessibleName("Ways to go on")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list = QListWidget()
        self.list.setAccessibleName("Ways to go on")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._painter = _Painter(look)
        self.list.setItemDelegate(self._painter)
        self.hint = QLabel(HINT)
        self.hint.setObjectName("second")
        px = look.px
        self.hint.setContentsMargins(px(8), px(2), px(8), px(2))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(4), px(4), px(4), px(4))
        layout.setSpacing(px(2))
        layout.addWidget(self.list)
        layout.addWidget(self.hint)
        self.list.itemClicked.connect(lambda item: self.taken.emit(self._completions[self.list.row(item)]))
        look.changed.connect(self.list.viewport().update)
        self.hide()

    # -- showing -------------------------------------------------------------------------------------------------

    def offer(self, completions: Sequence[Completion]) -> None:
        """Show these below the box, none of them chosen; without any it hides."""
        completions = tuple(completions)
        if not completions:
            self.hide()
            return
        if completions != self._completions:
            self._fill(completions)
        self.list.setCurrentRow(-1)
        self.list.scrollToTop()
        self._place()
        self.show()
        self.raise_()

    def follow(self) -> None:
        """The box is elsewhere."""
        if self.isVisible():
            self._place()

    def _fill(self, completions: tuple[Completion, ...]) -> None:
        metrics = QFontMetrics(self._look.font)
        self._completions = completions
        self.list.clear()
        widest = 0
        for each in completions:
            text = wording.first_line(each.text, 120)
            item = QListWidgetItem(f"{text}, {each.meaning}" if each.meaning else text)
            item.setData(TEXT, text)
            item.setData(MEANING, wording.first_line(each.meaning, 160))
            self.list.addItem(item)
            widest = max(widest, metrics.horizontalAdvance(text))
        self._painter.column = min(widest + 1, self._look.px(WIDEST_TEXT))

    def _place(self) -> None:
        px, window = self._look.px, self._box.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        small = QFontMetrics(self._look.small)
        meanings = max(small.horizontalAdvance(str(self.list.item(n).data(MEANING))) for n in range(self.list.count()))
        wanted = self._painter.column + px(GAP) + meanings + px(44)
        shown = min(MOST_SHOWN, self.list.count())
        self.list.setFixedHeight(shown * px(ROW))
        margin = px(8)
        width = min(max(wanted, self._box.width()), window.width() - 2 * margin)
        corner = self._box.mapTo(window, QPoint(0, self._box.height() + px(2)))
        left = max(margin, min(corner.x(), window.width() - width - margin))
        self.setGeometry(left, corner.y(), width, self.sizeHint().height())

    # -- choosing ------------------------------------------------------------------------------------------------

    def move_by(self, by: int) -> None:
        """Choose the next or the one before; beyond either end none is chosen again."""
        number = self.list.count()
        place = (self.list.currentRow() + 1 + by) % (number + 1) - 1
        self.list.setCurrentRow(place)
        if place >= 0:
            self.list.scrollToItem(self.list.item(place))

    @property
    def chosen(self) -> Completion | None:
        """The one that is chosen."""
        place = self.list.currentRow()
        return self._completions[place] if self.isVisible() and 0 <= place < len(self._completions) else None

    @property
    def first(self) -> Completion | None:
        """The first one that is offered."""
        return self._completions[0] if self.isVisible() and self._completions else None
