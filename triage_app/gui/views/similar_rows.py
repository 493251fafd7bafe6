"""Paints similar tickets: the score as number and bar, what it is, what became of it, and why it is alike."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.models.similar_lines import SimilarLines, apart, state_of
from triage_app.gui.views.ticket_rows import LEFT, RIGHT, paint_bar, paint_chip
from triage_app.services.search_queries import SimilarTicket

EDGE = 16
SCORE_WIDTH = 36
BESIDE_SCORE = 14
HEADING = 30
WEAKER = "Also alike"
ABOVE, SUBJECT, STATE, REASON, NOTE, BELOW = 7, 20, 19, 17, 19, 8
MOST_REASON_LINES = 2
BETWEEN = " \u00b7 "
STALE = 0.45


def packed(reasons: Sequence[str], metrics: QFontMetrics, width: int, most: int = MOST_REASON_LINES) -> list[str]:
    """Reasons in lines of a width in pixels: none is broken, and what does not fit into the last line is cut there."""
    lines: list[str] = []
    for reason in reasons:
        longer = f"{lines[-1]}{BETWEEN}{reason}" if lines else reason
        if lines and (metrics.horizontalAdvance(longer) <= width or len(lines) == most):
            lines[-1] = longer
        else:
            lines.append(reason)
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]


class SimilarRowPainter(QStyledItemDelegate):
    """One hit; its height depends on how many lines its reasons take and on whether it has a note.

    `stale` tells that the hits are those of the ticket before: they are painted faintly until the new ones are there.
    """

    def __init__(self, look: Look, lines: SimilarLines, view: QListView, user: str) -> None:
        super().__init__(view)
        self._look = look
        self._lines = lines
        self._view = view
        self._user = user
        self._packed: dict[tuple[tuple[str, ...], int], list[str]] = {}
        self.stale = False
        look.changed.connect(self._packed.clear)

    def _text_width(self) -> int:
        px = self._look.px
        return self._view.viewport().width() - px(EDGE + SCORE_WIDTH + BESIDE_SCORE) - px(EDGE)

    def reason_lines(self, hit: SimilarTicket) -> list[str]:
        """The reasons as they are painted."""
        key = (hit.reasons, self._text_width())
        known = self._packed.get(key)
        if known is None:
            if len(self._packed) > 500:
                self._packed.clear()
            known = self._packed[key] = packed(hit.reasons, QFontMetrics(self._look.small), key[1])
        return known

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Subject and state, the lines of reasons, and one for a note."""
        hit = self._lines.at(index.row())
        high = ABOVE + SUBJECT + STATE + REASON * len(self.reason_lines(hit)) + (NOTE if hit.note else 0) + BELOW
        return QSize(0, self._look.px(high + self._heading(index.row())))

    def _heading(self, place: int) -> int:
        return HEADING if self._lines.begins_weaker(place) else 0

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one hit."""
        look, px = self._look, self._look.px
        rect = self._below_heading(painter, option.rect, index.row())
        hit = self._lines.at(index.row())
        state = option.state
        if state & QStyle.StateFlag.State_Selected and not self.stale:
            painter.fillRect(rect, look.colour("selection"))
            if state & QStyle.StateFlag.State_HasFocus:
                painter.fillRect(QRect(rect.left(), rect.top(), px(3), rect.height()), look.colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.colour("hover"))
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.left() + px(EDGE), rect.bottom(), rect.right() + 1, rect.bottom())
        painter.save()
        painter.setOpacity(STALE if self.stale else 1.0)
        self._score(painter, rect, hit)
        left = rect.left() + px(EDGE + SCORE_WIDTH + BESIDE_SCORE)
        right = rect.right() + 1 - px(EDGE)
        top = rect.top() + px(ABOVE)
        self._first(painter, QRect(left, top, right - left, px(SUBJECT)), hit)
        top += px(SUBJECT)
        self._second(painter, QRect(left, top, right - left, px(STATE)), hit)
        top += px(STATE)
        for line in self.reason_lines(hit):
            self._write(
                painter,
                QRect(left, top, right - left, px(REASON)),
                line,
                "text" if hit.strong else "text-second",
                look.small,
            )
            top += px(REASON)
        if hit.note:
            side = px(12)
            middle = top + px(NOTE) // 2
            look.icon("sticky-note", "text-second", 12).paint(painter, left, middle - side // 2, side, side)
            box = QRect(left + px(17), top, right - left - px(17), px(NOTE))
            self._write(painter, box, wording.first_line(hit.note, 300), "text-second", look.small)
        painter.restore()

    def _below_heading(self, painter: QPainter, rect: QRect, place: int) -> QRect:
        """What is left for the hit, below the heading that stands above the first of the weaker ones."""
        px, high = self._look.px, self._heading(place)
        if high:
            box = QRect(rect.left() + px(EDGE), rect.top(), rect.width() - 2 * px(EDGE), px(high) - px(5))
            painter.setFont(self._look.small)
            painter.setPen(self._look.colour("text-second"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), WEAKER)
        return rect.adjusted(0, px(high), 0, 0)

    def _score(self, painter: QPainter, rect: QRect, hit: SimilarTicket) -> None:
        look, px = self._look, self._look.px
        tone = "text" if hit.strong else "text-second"
        box = QRect(rect.left() + px(EDGE), rect.top() + px(ABOVE), px(SCORE_WIDTH), px(SUBJECT))
        font = QFont(look.figures)
        font.setWeight(QFont.Weight.DemiBold if hit.strong else QFont.Weight.Normal)
        self._write(painter, box, wording.percent(hit.score), tone, font, right=True)
        bar = QRectF(box.left(), box.bottom() + px(6), box.width(), px(4))
        fill = look.colour("text-second" if hit.strong else "border-strong")
        paint_bar(painter, bar, hit.score, look.colour("border"), fill)

    def _first(self, painter: QPainter, box: QRect, hit: SimilarTicket) -> None:
        look, px = self._look, self._look.px
        age = apart(hit)
        wide = QFontMetrics(look.small_figures).horizontalAdvance(age) + 1
        place = QRect(box.right() + 1 - wide, box.top(), wide, box.height())
        self._write(painter, place, age, "text-second", look.small_figures, right=True)
        subject = box.adjusted(0, 0, -wide - px(12), 0)
        token = "text" if hit.strong else "text-second"
        self._write(painter, subject, wording.first_line(hit.subject, 300) or "(no subject)", token, look.font)

    def _second(self, painter: QPainter, box: QRect, hit: SimilarTicket) -> None:
        look, px = self._look, self._look.px
        left = box.left()
        if hit.category:
            metrics = QFontMetrics(look.small)
            wide = min(metrics.horizontalAdvance(hit.category) + px(12), box.width() // 2)
            text = metrics.elidedText(hit.category, Qt.TextElideMode.ElideRight, wide - px(8))
            chip = QRect(left, box.top(), wide, box.height())
            paint_chip(painter, look.chip(hit.category), look.small, chip, text, px(16), px(4))
            left += wide + px(8)
        whose = "yours" if hit.assignee == self._user else hit.assignee
        more = f"{wording.count(hit.duplicates)} linked or merged" if hit.duplicates else ""
        parts = BETWEEN.join(part for part in (state_of(hit), whose, f"ticket {hit.id}", more) if part)
        self._write(painter, QRect(left, box.top(), box.right() + 1 - left, box.height()), parts, "text-second")

    def _write(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        token: str,
        font: QFont | None = None,
        *,
        right: bool = False,
    ) -> None:
        painter.setFont(font or self._look.small)
        painter.setPen(self._look.colour(token))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, RIGHT if right else LEFT, cut)
