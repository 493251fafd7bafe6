"""A small graph of what appears with an observable: neighbours in two columns, never more than can be read."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QToolTip, QWidget

from triage_app.domain.observable import ObservableKind
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.models.observable_table import kind_words
from triage_app.services.search_queries import Neighbour, Pivot

MOST = 16
"""Neighbours that are drawn: eight on a side keep their labels apart at any size of the window."""

LEAST = 2
"""With fewer there is nothing to see that the list does not say."""

MOST_BETWEEN = 12
"""Lines between neighbours that are drawn, the strongest: more of them hide one another."""

_WIDEST = 5.0
_ADDRESSES = frozenset({ObservableKind.IPV4, ObservableKind.IPV6, ObservableKind.MAC, ObservableKind.ASN})
_FILES = frozenset(
    {
        ObservableKind.MD5,
        ObservableKind.SHA1,
        ObservableKind.SHA256,
        ObservableKind.SHA512,
        ObservableKind.FILE_NAME,
        ObservableKind.WINDOWS_PATH,
        ObservableKind.REGISTRY,
    }
)


@dataclass(frozen=True, slots=True)
class Node:
    """A neighbour with its place in the answer (1 is the first), where it is drawn, and where its label stands."""

    place: int
    neighbour: Neighbour
    at: QPointF
    label: QRectF


class NeighbourGraph(QWidget):
    """Painted by itself; `chosen` carries the live value of a neighbour that was clicked or entered."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._pivot: Pivot | None = None
        self._current = -1
        self.setAccessibleName("Graph of what appears together")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        look.changed.connect(self.update)

    @property
    def is_useful(self) -> bool:
        """Whether there is more to see than a list says."""
        return self._pivot is not None and len(self._pivot.neighbours) >= LEAST

    def show_pivot(self, pivot: Pivot) -> None:
        """Draw an observable with its neighbours."""
        self._pivot = pivot
        self._current = -1
        names = ", ".join(each.defanged for each in pivot.neighbours[:MOST])
        self.setAccessibleDescription(f"{pivot.defanged} appears with {names}" if names else "")
        self.setVisible(self.is_useful)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for eight labels on a side."""
        return QSize(self._look.px(420), self._look.px(270))

    def minimumSizeHint(self) -> QSize:
        """Below this labels would lie on one another."""
        return QSize(self._look.px(260), self._look.px(8 * 22 + 16))

    def nodes(self) -> list[Node]:
        """The neighbours where they are drawn: by kind and value, so that one picture is always the same."""
        if self._pivot is None:
            return []
        shown = list(enumerate(self._pivot.neighbours[:MOST], start=1))
        shown.sort(key=lambda each: (each[1].kind.value, each[1].value))
        half = (len(shown) + 1) // 2
        return [node for side, part in ((-1, shown[:half]), (1, shown[half:])) for node in self._column(side, part)]

    def _column(self, side: int, part: list[tuple[int, Neighbour]]) -> list[Node]:
        px = self._look.px
        width, height = self.width(), self.height()
        step = height / (len(part) + 1)
        found = []
        for number, (place, neighbour) in enumerate(part, start=1):
            y = step * number
            # Those in the middle of a column stand further out, so that lines do not run through them.
            bend = math.sin(math.pi * number / (len(part) + 1))
            x = width / 2 + side * (width * 0.13 + width * 0.06 * bend)
            left = x + px(10) if side > 0 else px(4)
            right = width - px(4) if side > 0 else x - px(10)
            found.append(Node(place, neighbour, QPointF(x, y), QRectF(left, y - px(10), right - left, px(20))))
        return found

    # -- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Lines first, then shapes, then labels."""
        if self._pivot is None:
            return
        look, px = self._look, self._look.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        nodes = self.nodes()
        where = {node.place: node.at for node in nodes} | {0: QPointF(self.width() / 2, self.height() / 2)}
        most = max((edge.tickets for edge in self._pivot.edges), default=1)
        drawn = [edge for edge in self._pivot.edges if edge.one in where and edge.other in where]
        spokes = [edge for edge in drawn if edge.one == 0]
        for edge in (*[edge for edge in drawn if edge.one != 0][:MOST_BETWEEN], *spokes):
            lit = self._current in (edge.one, edge.other) and self._current > 0
            colour = look.colour("accent" if lit else "border-strong")
            wide = 1 + (_WIDEST - 1) * math.log1p(edge.tickets) / math.log1p(most)
            painter.setPen(QPen(colour, px(1) * (wide if edge.one == 0 else wide / 2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self._line(where[edge.one], where[edge.other], through=edge.one != 0))
        for node in nodes:
            self._paint_node(painter, node)
        self._paint_middle(painter)
        painter.end()

    def _line(self, one: QPointF, other: QPointF, *, through: bool) -> QPainterPath:
        """Straight from the middle; between neighbours bent towards the middle."""
        path = QPainterPath(one)
        if through:
            middle = QPointF(self.width() / 2, self.height() / 2)
            path.quadTo((one + other) / 4 + middle / 2, other)
        else:
            path.lineTo(other)
        return path

    def _paint_node(self, painter: QPainter, node: Node) -> None:
        look = self._look
        current = node.place == self._current
        self._paint_shape(painter, node.neighbour.kind, node.at, look.px(5))
        metrics = QFontMetrics(look.small)
        text = metrics.elidedText(node.neighbour.defanged, Qt.TextElideMode.ElideMiddle, int(node.label.width()))
        side = Qt.AlignmentFlag.AlignLeft if node.at.x() > self.width() / 2 else Qt.AlignmentFlag.AlignRight
        painter.setFont(look.small)
        painter.setPen(look.colour("accent" if current else "text"))
        painter.drawText(node.label, int(side | Qt.AlignmentFlag.AlignVCenter), text)
        if current and self.hasFocus():
            painter.setPen(QPen(look.colour("accent"), look.px(1)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(node.at, look.px(9), look.px(9))

    def _paint_shape(self, painter: QPainter, kind: ObservableKind, at: QPointF, size: int) -> None:
        """Addresses are round, names are square, files are diamonds, all else is a triangle."""
        look = self._look
        x, y = at.x(), at.y()
        painter.setPen(Qt.PenStyle.NoPen)
        if kind in _ADDRESSES:
            painter.setBrush(look.colour("accent"))
            painter.drawEllipse(at, size, size)
        elif kind in {ObservableKind.DOMAIN, ObservableKind.EMAIL}:
            painter.setBrush(look.colour("low"))
            painter.drawRect(QRectF(x - size, y - size, 2 * size, 2 * size))
        elif kind in _FILES:
            painter.setBrush(look.colour("critical"))
            corners = (QPointF(x, y - 1.3 * size), QPointF(x + 1.3 * size, y), QPointF(x, y + 1.3 * size))
            painter.drawPolygon(QPolygonF([*corners, QPointF(x - 1.3 * size, y)]))
        else:
            painter.setBrush(look.colour("medium"))
            corners = (QPointF(x, y - 1.2 * size), QPointF(x + 1.2 * size, y + size), QPointF(x - 1.2 * size, y + size))
            painter.drawPolygon(QPolygonF(corners))

    def _paint_middle(self, painter: QPainter) -> None:
        middle = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(QPen(self._look.colour("surface"), self._look.px(2)))
        painter.setBrush(self._look.colour("text"))
        painter.drawEllipse(middle, self._look.px(9), self._look.px(9))

    # -- hand and keyboard ---------------------------------------------------------------------------------------

    def _under(self, at: QPointF) -> Node | None:
        reach = self._look.px(11)
        for node in self.nodes():
            away = node.at - at
            if math.hypot(away.x(), away.y()) <= reach or node.label.contains(at):
                return node
        return None

    def _point_to(self, place: int) -> None:
        if place != self._current:
            self._current = place
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the lines of what is pointed at."""
        node = self._under(event.position())
        self._point_to(-1 if node is None else node.place)
        self.setCursor(Qt.CursorShape.ArrowCursor if node is None else Qt.CursorShape.PointingHandCursor)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._point_to(-1)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard has gone elsewhere."""
        self._point_to(-1)
        super().focusOutEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the page of what was clicked."""
        node = self._under(event.position())
        if node is not None and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(node.neighbour.value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk over the neighbours as they stand, Return goes to one's page."""
        nodes = self.nodes()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
        key = Qt.Key(event.key())
        places = [node.place for node in nodes]
        if nodes and key in steps and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            now = places.index(self._current) if self._current in places else (-1 if steps[key] > 0 else 0)
            self._point_to(places[(now + steps[key]) % len(places)])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._current in places:
            self.chosen.emit(nodes[places.index(self._current)].neighbour.value)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tooltip says the whole value and what it shares."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            node = self._under(QPointF(event.pos()))
            if node is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), told(node.neighbour), self)
            return True
        return super().event(event)


def told(neighbour: Neighbour) -> str:
    """What is known of a neighbour, as a sentence; plain text."""
    together = wording.counted(neighbour.together, "ticket", "tickets")
    return f"{kind_words(neighbour.kind.value)} {neighbour.defanged}\nin {together} together, of {neighbour.tickets:,}"
