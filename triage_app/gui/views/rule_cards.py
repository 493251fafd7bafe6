"""The list of rules as cards: title, switch, level, key and window, figures, and what to be careful about."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from triage_app.gui.desk import Desk
from triage_app.gui.models.rule_list import RuleRows, caution, how_it_works, what_it_did
from triage_app.gui.views.ticket_rows import LEFT, paint_chip

EDGE, LEFT_EDGE = 16, 24
SWITCH_WIDTH, SWITCH_HEIGHT = 28, 16


class _CardPainter(QStyledItemDelegate):
    def __init__(self, desk: Desk, rows: RuleRows) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._rows = rows

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        px, rule = self._look.px, self._rows.at(index.row())
        lines = len(how_it_works(rule)) + len(what_it_did(rule, self._desk.now())) + bool(caution(rule))
        return QSize(0, px(40) + px(18) * lines)

    def switch_box(self, rect: QRect) -> QRect:
        """Where the switch lies within a card."""
        px = self._look.px
        return QRect(rect.right() - px(EDGE + SWITCH_WIDTH), rect.top() + px(10), px(SWITCH_WIDTH), px(SWITCH_HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, px = self._look, self._look.px
        rect: QRect = option.rect
        rule = self._rows.at(index.row())
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, look.colour("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.colour("hover"))
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.left(), rect.bottom(), rect.right() + 1, rect.bottom())
        switch = self.switch_box(rect)
        self._switch(painter, switch, on=rule.enabled)
        left = rect.left() + px(LEFT_EDGE)
        box = QRect(left, rect.top() + px(8), switch.left() - px(8) - left, px(20))
        token = "text" if rule.enabled else "text-second"
        title = f"{rule.title}  \u2022" if rule.changed else rule.title
        self._write(painter, box, title, look.strong if rule.enabled else look.font, token)
        lines = [(text, "text-second") for text in how_it_works(rule)]
        lines += [(text, token) for text in what_it_did(rule, self._desk.now())]
        lines.append((caution(rule), "critical" if rule.problems else "medium"))
        chip_width = QFontMetrics(look.small).horizontalAdvance(rule.level or "?") + px(12)
        chip = QRect(left, box.bottom() + px(4), chip_width, px(16))
        paint_chip(painter, look.chip(f"level {rule.level}"), look.small, chip, rule.level or "?", px(16), px(4))
        below = QRect(left, box.bottom() + px(3), rect.right() - px(EDGE) - left, px(17))
        for place, (text, colour) in enumerate(lines):
            if text:
                line = below.adjusted(0 if place else chip_width + px(8), 0, 0, 0)
                self._write(painter, line, text, look.small, colour)
                below.translate(0, px(18))

    def _write(self, painter: QPainter, box: QRect, text: str, font: QFont, token: str) -> None:
        painter.setFont(font)
        painter.setPen(self._look.colour(token))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, LEFT, cut)

    def _switch(self, painter: QPainter, box: QRect, *, on: bool) -> None:
        look, px = self._look, self._look.px
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent" if on else "border-strong"))
        painter.drawRoundedRect(QRectF(box), box.height() / 2, box.height() / 2)
        side = box.height() - px(6)
        x = box.right() - px(2) - side if on else box.left() + px(3)
        painter.setBrush(look.colour("surface"))
        painter.drawEllipse(QRectF(x, box.top() + px(3), side, side))
        painter.restore()


class RuleCards(QListView):
    """The cards. `switched` names the rule whose switch was pressed, by the mouse or the space bar."""

    switched = Signal(str)

    def __init__(self, desk: Desk, rows: RuleRows) -> None:
        super().__init__()
        self._rows = rows
        self._painter = _CardPainter(desk, rows)
        self.setModel(rows)
        self._painter.setParent(self)
        self.setItemDelegate(self._painter)
        self.setAccessibleName("Rules")
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        desk.look.changed.connect(self.viewport().update)
        rows.dataChanged.connect(self._lay_out)

    def _lay_out(self) -> None:
        self.scheduleDelayedItemsLayout()

    def switch_at(self, where: QPoint) -> str:
        """The rule whose switch is at a point of the view; empty where there is none."""
        index = self.indexAt(where)
        if index.isValid() and self._painter.switch_box(self.visualRect(index)).contains(where):
            return self._rows.at(index.row()).name
        return ""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Press a switch."""
        name = self.switch_at(event.position().toPoint())
        super().mouseReleaseEvent(event)
        if name and event.button() is Qt.MouseButton.LeftButton:
            self.switched.emit(name)

    def event(self, event: QEvent) -> bool:
        """The space bar is for the card in hand."""
        wanted = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if wanted and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Switch with the space bar; leave letters to the window."""
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and index.isValid():
            self.switched.emit(self._rows.at(index.row()).name)
            return
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        super().keyPressEvent(event)
