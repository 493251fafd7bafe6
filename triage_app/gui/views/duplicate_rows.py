"""Paints the lines of a group: tickets with state and reason, what is new in them, repeats, and small live buttons."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from triage_app.domain.ticket import TicketRow
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.models.duplicate_lines import DuplicateLines, Line, LineKind
from triage_app.gui.views.ticket_rows import LEFT, RIGHT, paint_severity

EDGE = 16
INDENT = 18


class RowButton(StrEnum):
    """A live button within a line."""

    CLOSE = "Close this one"
    CHECK = "Tick off"


def buttons_of(line: Line) -> tuple[RowButton, ...]:
    """The buttons of a line, from right to left: a potential duplicate can be closed, or ticked off."""
    if not line.is_unchecked or line.row is None:
        return ()
    return (RowButton.CLOSE, RowButton.CHECK) if line.row.verdict is None else (RowButton.CHECK,)


class DuplicateRowPainter(QStyledItemDelegate):
    """One line; its height depends on what it has to say."""

    def __init__(self, look: Look, lines: DuplicateLines, now: Callable[[], datetime], user: str) -> None:
        super().__init__()
        self._look = look
        self._lines = lines
        self._now = now
        self._user = user

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Headings and repeats are low, tickets have two lines, what is new has one more."""
        px, line = self._look.px, self._lines.at(index.row())
        if line.kind is LineKind.HEADING:
            return QSize(0, px(30))
        more = px(20) if line.novelty else 0
        return QSize(0, (px(44) if line.kind is LineKind.TICKET else px(26)) + more)

    def button_boxes(self, rect: QRect, line: Line) -> list[tuple[RowButton, QRect]]:
        """Where the buttons of a line lie within it."""
        px = self._look.px
        metrics = QFontMetrics(self._look.small)
        right = rect.right() - px(EDGE)
        found = []
        for button in buttons_of(line):
            width = metrics.horizontalAdvance(button.value) + px(16)
            found.append((button, QRect(right - width, rect.top() + px(22), width, px(18))))
            right -= width + px(6)
        return found

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one line."""
        look, px = self._look, self._look.px
        rect: QRect = option.rect
        line = self._lines.at(index.row())
        if line.kind is LineKind.HEADING:
            painter.setFont(look.small)
            painter.setPen(look.colour("text-second"))
            box = rect.adjusted(px(EDGE), 0, -px(EDGE), -px(5))
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, line.text)
            return
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.colour("hover"))
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.left() + px(EDGE), rect.bottom(), rect.right() + 1, rect.bottom())
        if line.row is not None:
            self._ticket(painter, rect, line, line.row)
        else:
            self._repeat(painter, rect, line)
        if line.novelty:
            self._novelty(painter, rect, line)

    def _ticket(self, painter: QPainter, rect: QRect, line: Line, row: TicketRow) -> None:
        look, px = self._look, self._look.px
        left = rect.left() + px(EDGE + (INDENT if line.link is not None else 0))
        if line.link is not None:
            # The branch of the tree.
            painter.setPen(look.colour("border-strong"))
            stem = rect.left() + px(EDGE + 5)
            painter.drawLine(stem, rect.top(), stem, rect.top() + px(13))
            painter.drawLine(stem, rect.top() + px(13), stem + px(8), rect.top() + px(13))
        mark = QRectF(left, rect.top() + px(8), px(10), px(10))
        paint_severity(painter, mark, row.severity, look)
        right = rect.right() - px(EDGE)
        age = wording.age(row.received_at, self._now())
        self._write(painter, QRect(right - px(46), rect.top() + px(3), px(46), px(20)), age, "text-second", right=True)
        here = row.id == self._lines.current
        box = QRect(left + px(18), rect.top() + px(3), right - px(54) - left - px(18), px(20))
        font = look.strong if here else look.font
        closed = row.verdict is not None
        self._write(painter, box, row.subject or "(no subject)", "text-second" if closed else "text", font=font)
        below = QRect(left + px(18), rect.top() + px(22), right - left - px(18), px(18))
        for button, place in self.button_boxes(rect, line):
            self._button(painter, place, button)
            below.setRight(place.left() - px(8))
        self._write(painter, below, self._second(line, row, here), "text-second", font=look.small)

    def _second(self, line: Line, row: TicketRow, here: bool) -> str:
        state = wording.STATES[row.status]
        if row.verdict is not None:
            state = wording.VERDICTS[row.verdict]
        parts = ["in hand"] if here else []
        parts += [f"ticket {row.id}", state]
        if row.assignee:
            parts.append("yours" if row.assignee == self._user else row.assignee)
        if line.link is not None:
            if line.link.level.value == "note" and line.link.checked:
                parts.append("ticked off")
            parts.append(f"by {line.link.by}")
            parts += line.link.reasons[:1]
        return " \u00b7 ".join(parts)

    def _repeat(self, painter: QPainter, rect: QRect, line: Line) -> None:
        look, px = self._look, self._look.px
        repeat = line.repeat
        if repeat is None:
            return
        left, right = rect.left() + px(EDGE + INDENT), rect.right() - px(EDGE)
        when = wording.exact(repeat.at)
        width = QFontMetrics(look.small_figures).horizontalAdvance(when) + px(12)
        box = QRect(left, rect.top(), width, px(26))
        self._write(painter, box, when, "text", font=look.small_figures)
        where = repeat.origin.replace("\\", "/").rsplit("/", 1)[-1] or repeat.source
        text = f"{repeat.rule} \u00b7 {repeat.source} \u00b7 {where}"
        rest = QRect(left + width, rect.top(), right - left - width, px(26))
        self._write(painter, rest, text, "text-second", font=look.small)

    def _novelty(self, painter: QPainter, rect: QRect, line: Line) -> None:
        look, px = self._look, self._look.px
        left = rect.left() + px(EDGE + INDENT + (18 if line.row is not None else 0) - 6)
        text = f"New: {'; '.join(line.novelty)}"
        metrics = QFontMetrics(look.small)
        width = min(metrics.horizontalAdvance(text) + px(13), rect.right() - px(EDGE) - left)
        pill = QRectF(left, rect.bottom() - px(21), width, px(17))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("caution-soft"))
        painter.drawRoundedRect(pill, px(4), px(4))
        painter.restore()
        inside = pill.toRect().adjusted(px(6), 0, -px(6), 0)
        self._write(painter, inside, text, "medium", font=look.small)

    def _button(self, painter: QPainter, box: QRect, button: RowButton) -> None:
        look, px = self._look, self._look.px
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.colour("border-strong"))
        painter.setBrush(look.colour("raised"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), px(5), px(5))
        painter.setFont(look.small)
        painter.setPen(look.colour("text"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), button.value)
        painter.restore()

    def _write(
        self, painter: QPainter, box: QRect, text: str, token: str, *, font: QFont | None = None, right: bool = False
    ) -> None:
        painter.setFont(font or self._look.small_figures)
        painter.setPen(self._look.colour(token))
        line = " ".join(text[:400].split())
        cut = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, RIGHT if right else LEFT, cut)
