"""Paints the queue's rows: chips, confidence as number and bar, severity as shape and word, figures right-aligned."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from triage_app.domain.labels import Tier
from triage_app.domain.ticket import Severity, TicketId, TicketRow, similar_of
from triage_app.gui import wording
from triage_app.gui.desk import Desk
from triage_app.gui.look import ChipColours, Look
from triage_app.gui.models.ticket_table import Column, TicketTable, comes_back

ELIDED_KEPT = 4096
CHIP_HEIGHT = 18
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
SEVERITY_TOKENS = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "high",
    Severity.MEDIUM: "medium",
    Severity.LOW: "low",
    Severity.UNKNOWN: "unknown",
}


class RowState:
    """What the view tells its painter: the rows under the mouse and in hand, and the tickets that are marked."""

    __slots__ = ("current", "focused", "hovered", "marked")

    def __init__(self) -> None:
        self.hovered = -1
        self.current = -1
        self.focused = False
        self.marked: set[TicketId] = set()


class TicketRowPainter(QStyledItemDelegate):
    """One cell at a time, from the row itself: no item roles, and text that was cut to a width is kept."""

    def __init__(self, desk: Desk, table: TicketTable, state: RowState) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self._table = table
        self._state = state
        self._cut: dict[tuple[str, int], str] = {}
        self._chips: dict[tuple[str, int, float], QPixmap] = {}
        self.words = True
        self.waits = False
        self._measure()
        desk.look.changed.connect(self._measure)

    def _measure(self) -> None:
        look = self._look
        self._metrics = QFontMetrics(look.font)
        self._small_metrics = QFontMetrics(look.small)
        self._cut.clear()
        self._chips.clear()

    def chip_width(self, label: str) -> int:
        """How wide a label's chip is."""
        return self._small_metrics.horizontalAdvance(label) + self._look.px(14)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Rows are of one height, which the view sets."""
        return QSize(0, 0)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        place, column = index.row(), index.column()
        rect: QRect = option.rect
        row = self._table.row_at(place)
        self._ground(painter, rect, place, column, row)
        if row is None:
            self._placeholder(painter, rect, place, column)
            return
        match column:
            case Column.CATEGORY:
                self._category(painter, rect, row)
            case Column.CONFIDENCE:
                self._confidence(painter, rect, row)
            case Column.SUBJECT:
                self._subject(painter, rect, row)
            case Column.SENDER:
                back = comes_back(row, self._desk.now()).removeprefix("back ") if self.waits else ""
                self._text(painter, rect, back or row.sender, self._look.font, "text" if back else "text-second")
            case Column.DUPLICATES:
                if row.duplicates:
                    self._figure(painter, rect, f"\u00d7{wording.count(row.duplicates)}", "text")
            case Column.SIMILAR:
                if similar_of(row):
                    self._similar(painter, rect, row)
            case Column.SEVERITY:
                self._severity(painter, rect, row.severity)
            case _:
                self._figure(painter, rect, wording.age(row.received_at, self._desk.now()), "text-second")

    def _ground(self, painter: QPainter, rect: QRect, place: int, column: int, row: TicketRow | None) -> None:
        state, look = self._state, self._look
        marked = row is not None and row.id in state.marked
        if place == state.current or marked:
            painter.fillRect(rect, look.colour("selection"))
        elif place == state.hovered:
            painter.fillRect(rect, look.colour("hover"))
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.left(), rect.bottom(), rect.right() + 1, rect.bottom())
        if column == Column.CATEGORY:
            if place == state.current and state.focused:
                painter.fillRect(QRect(rect.left(), rect.top(), look.px(3), rect.height()), look.colour("accent"))
            if marked:
                side = look.px(14)
                look.icon("check", "accent", 14).paint(
                    painter, rect.left() + look.px(5), rect.center().y() - side // 2, side, side
                )

    def _inset(self, rect: QRect, left: int = 6, right: int = 6) -> QRect:
        return rect.adjusted(self._look.px(left), 0, -self._look.px(right), 0)

    def _fit(self, text: str, width: int) -> str:
        key = (text, width)
        cut = self._cut.get(key)
        if cut is None:
            if len(self._cut) > ELIDED_KEPT:
                self._cut.clear()
            line = " ".join(text[:400].split())
            cut = self._cut[key] = self._metrics.elidedText(line, Qt.TextElideMode.ElideRight, width)
        return cut

    def _text(self, painter: QPainter, rect: QRect, text: str, font: QFont, token: str) -> None:
        box = self._inset(rect)
        painter.setFont(font)
        painter.setPen(self._look.colour(token))
        painter.drawText(box, LEFT, self._fit(text, box.width()))

    def _figure(self, painter: QPainter, rect: QRect, text: str, token: str) -> None:
        painter.setFont(self._look.figures)
        painter.setPen(self._look.colour(token))
        painter.drawText(self._inset(rect, 0, 8), RIGHT, text)

    def _similar(self, painter: QPainter, rect: QRect, row: TicketRow) -> None:
        """What is open stands out; what is past is quiet."""
        box = self._inset(rect, 0, 8)
        look, still_open = self._look, wording.count(row.similar_open or 0)
        painter.setFont(look.figures)
        if row.similar_past:
            past = f" / {wording.count(row.similar_past)}"
            painter.setPen(look.colour("text-second"))
            painter.drawText(box, RIGHT, past)
            box.setRight(box.right() - QFontMetrics(look.figures).horizontalAdvance(past))
        painter.setPen(look.colour("text" if row.similar_open else "text-second"))
        painter.drawText(box, RIGHT, still_open)

    def _subject(self, painter: QPainter, rect: QRect, row: TicketRow) -> None:
        box = self._inset(rect)
        look = self._look
        painter.setFont(look.font)
        closed = row.verdict is not None
        after = wording.VERDICTS[row.verdict] if closed and row.verdict else comes_back(row, self._desk.now())
        if row.attachments:
            side = look.px(13)
            box.setRight(box.right() - side - look.px(4))
            look.icon("paperclip", "text-second", 13).paint(
                painter, box.right() + look.px(4), rect.center().y() - side // 2, side, side
            )
        text = self._fit(row.subject or "(no subject)", box.width())
        painter.setPen(look.colour("text-second" if closed or not row.subject else "text"))
        painter.drawText(box, LEFT, text)
        if after:
            used = self._metrics.horizontalAdvance(text) + look.px(8)
            if used + self._small_metrics.horizontalAdvance(after) <= box.width():
                painter.setFont(look.small)
                painter.drawText(box.adjusted(used, 0, 0, 0), LEFT, after)

    def _category(self, painter: QPainter, rect: QRect, row: TicketRow) -> None:
        look = self._look
        label = row.category or "unclassified"
        left = rect.left() + look.px(24)
        width = min(self.chip_width(label), rect.right() - left - look.px(4))
        ratio = painter.device().devicePixelRatio()
        key = (label, width, ratio)
        chip = self._chips.get(key)
        if chip is None:
            chip = self._chips[key] = self._draw_chip(label, width, ratio)
        painter.drawPixmap(left, rect.top() + (rect.height() - look.px(CHIP_HEIGHT)) // 2, chip)

    def _draw_chip(self, label: str, width: int, ratio: float) -> QPixmap:
        look, height = self._look, self._look.px(CHIP_HEIGHT)
        chip = QPixmap(round(width * ratio), round(height * ratio))
        chip.setDevicePixelRatio(ratio)
        chip.fill(Qt.GlobalColor.transparent)
        painter = QPainter(chip)
        text = self._small_metrics.elidedText(label, Qt.TextElideMode.ElideRight, width - look.px(8))
        paint_chip(painter, look.chip(label), look.small, QRect(0, 0, width, height), text, height, look.px(4))
        painter.end()
        return chip

    def _confidence(self, painter: QPainter, rect: QRect, row: TicketRow) -> None:
        look = self._look
        box = self._inset(rect)
        if row.reviewed:
            side = look.px(14)
            look.icon("check", "low", 14).paint(painter, box.left(), rect.center().y() - side // 2, side, side)
            if self.words:
                painter.setFont(look.small)
                painter.setPen(look.colour("text-second"))
                painter.drawText(box.adjusted(look.px(19), 0, 0, 0), LEFT, "reviewed")
            return
        number = look.px(38)
        painter.setFont(look.figures)
        says_nothing = row.tier == Tier.DEFAULT
        painter.setPen(look.colour("text-second" if says_nothing else "text"))
        share = "\u2013" if says_nothing else wording.percent(row.confidence)
        painter.drawText(QRect(box.left(), box.top(), number, box.height()), RIGHT, share)
        if says_nothing or not self.words:
            return
        bar = QRect(box.left() + number + look.px(8), rect.center().y() - look.px(2) + 1, 0, look.px(4))
        bar.setRight(box.right())
        paint_bar(painter, QRectF(bar), row.confidence, look.colour("border"), look.colour("text-second"))

    def _severity(self, painter: QPainter, rect: QRect, severity: Severity) -> None:
        if severity is Severity.UNKNOWN:
            return
        look = self._look
        token = SEVERITY_TOKENS[severity]
        box = self._inset(rect)
        side = look.px(10)
        paint_severity(painter, QRectF(box.left(), rect.center().y() - side / 2 + 0.5, side, side), severity, look)
        if self.words:
            painter.setFont(look.small)
            painter.setPen(look.colour(token))
            painter.drawText(box.adjusted(side + look.px(6), 0, 0, 0), LEFT, severity.word)

    def _placeholder(self, painter: QPainter, rect: QRect, place: int, column: int) -> None:
        if column not in (Column.CATEGORY, Column.SUBJECT, Column.SENDER):
            return
        look = self._look
        box = self._inset(rect, 24 if column == Column.CATEGORY else 6)
        share = (0.9, 0.55, 0.75, 0.65)[(place + column) % 4]
        bar = QRectF(box.left(), rect.center().y() - look.px(4), box.width() * share, look.px(8))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("skeleton"))
        painter.drawRoundedRect(bar, look.px(4), look.px(4))
        painter.restore()


def paint_chip(
    painter: QPainter, colours: ChipColours, font: QFont, rect: QRect, text: str, height: int, radius: int
) -> None:
    """A label's chip, centred in height."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.back)
    box = QRectF(rect.left(), rect.top() + (rect.height() - height) / 2, rect.width(), height)
    painter.drawRoundedRect(box, radius, radius)
    painter.setFont(font)
    painter.setPen(colours.text)
    painter.drawText(box, int(CENTRE), text)
    painter.restore()


def paint_bar(painter: QPainter, rect: QRectF, share: float, track: QColor, fill: QColor) -> None:
    """A bar that is full at 1."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rect.height() / 2
    painter.setBrush(track)
    painter.drawRoundedRect(rect, radius, radius)
    width = max(rect.height(), rect.width() * min(1.0, max(0.0, share))) if share > 0 else 0.0
    if width:
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(rect.left(), rect.top(), width, rect.height()), radius, radius)
    painter.restore()


def paint_severity(painter: QPainter, rect: QRectF, severity: Severity, look: Look) -> None:
    """Diamond, triangle, square or circle in the severity's colour; a ring where it is not known."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = look.colour(SEVERITY_TOKENS[severity])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    match severity:
        case Severity.CRITICAL:
            middle = rect.center()
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(middle.x(), rect.top() - 0.5),
                        QPointF(rect.right() + 0.5, middle.y()),
                        QPointF(middle.x(), rect.bottom() + 0.5),
                        QPointF(rect.left() - 0.5, middle.y()),
                    ]
                )
            )
        case Severity.HIGH:
            painter.drawPolygon(
                QPolygonF([QPointF(rect.center().x(), rect.top()), rect.bottomRight(), rect.bottomLeft()])
            )
        case Severity.MEDIUM:
            painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        case Severity.LOW:
            painter.drawEllipse(rect)
        case Severity.UNKNOWN:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 1.4))
            painter.drawEllipse(rect.adjusted(1, 1, -1, -1))
    painter.restore()
