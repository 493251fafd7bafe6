"""The query as chips below the search box: one for each part, one for the view; each can be taken away."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from triage_app.domain.query_parsing import Chip
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.flow import FlowLayout

HEIGHT = 22
CROSS = 12
INSET = 8
LONGEST = 60
MOST_CHIPS = 40
MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class QueryChip(QAbstractButton):
    """A part of a query. `removed` comes with a click on its cross, with Delete, Backspace, Space and Return."""

    removed = Signal()
    moved = Signal(int)

    def __init__(self, look: Look, field: str, value: str, *, excluded: bool = False) -> None:
        super().__init__()
        self._look = look
        self.field = f"{field}: " if field else ""
        self.value = wording.first_line(value, LONGEST)
        self.excluded = excluded
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setMouseTracking(True)
        said = f"{'not ' if excluded else ''}{self.field}{self.value}"
        self.setText(said)
        self.setAccessibleName(f"{said}, remove")
        self.setToolTip(f"{'not ' if excluded else ''}{self.field}{wording.first_line(value, 400)}")
        self.clicked.connect(self.removed)
        look.changed.connect(self.update)

    def _words(self) -> QFont:
        font = QFont(self._look.small)
        font.setStrikeOut(self.excluded)
        return font

    def _lead(self) -> str:
        return f"not {self.field}" if self.excluded else self.field

    def sizeHint(self) -> QSize:
        """Its words and its cross."""
        px, metrics = self._look.px, QFontMetrics(self._look.small)
        words = metrics.horizontalAdvance(self._lead()) + metrics.horizontalAdvance(self.value)
        return QSize(px(INSET) + words + px(6) + px(CROSS) + px(5), px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """It bears to be cut."""
        return QSize(self._look.px(48), self._look.px(HEIGHT))

    def cross(self) -> QRect:
        """Where the cross is."""
        side = self._look.px(CROSS)
        return QRect(self.width() - side - self._look.px(5), (self.height() - side) // 2, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A filled chip; what is excluded is only an outline, struck through."""
        look, px = self._look, self._look.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        line = look.colour("accent" if self.hasFocus() else "border-strong")
        pen = QPen(line, 1)
        if self.excluded and not self.hasFocus():
            pen.setStyle(Qt.PenStyle.DashLine)
        filled = not self.excluded
        painter.setPen(pen if self.hasFocus() or self.excluded else Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent-soft") if filled else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, px(4), px(4))
        room = self.rect().adjusted(px(INSET), 0, self.cross().left() - self.width() - px(4), 0)
        metrics = QFontMetrics(look.small)
        painter.setFont(look.small)
        painter.setPen(look.colour("text-second"))
        painter.drawText(room, MIDDLE, self._lead())
        room.setLeft(room.left() + metrics.horizontalAdvance(self._lead()))
        painter.setFont(self._words())
        painter.setPen(look.colour("text-second" if self.excluded else "text"))
        painter.drawText(room, MIDDLE, metrics.elidedText(self.value, Qt.TextElideMode.ElideRight, room.width()))
        look.icon("x", "text" if self.underMouse() or self.hasFocus() else "text-second", CROSS).paint(
            painter, self.cross()
        )
        painter.end()

    def hitButton(self, where: QPoint) -> bool:
        """Only its cross takes it away."""
        reach = self.cross().adjusted(-self._look.px(4), -self._look.px(5), self._look.px(5), self._look.px(5))
        return reach.contains(where)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The cross shows that it can be clicked."""
        over = self.hitButton(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take it away, or go to its neighbour."""
        key = event.key()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.removed.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.moved.emit(1 if key == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)


class QueryChips(QFrame):
    """The chips, the way to save the query, and below them what is wrong with it.

    `removed` carries the chip to take away; `widened` comes where the view is taken away: then everything is searched.
    """

    removed = Signal(object)
    widened = Signal()
    save_wanted = Signal()
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: tuple[tuple[Chip, ...], str] = ((), "")
        self.chips: list[QueryChip] = []
        self.setAccessibleName("Parts of the search")
        px = look.px
        self._flow = FlowLayout(px(6))
        self.save = QPushButton(" Save as a view")
        self.save.setProperty("small", True)
        self.save.setProperty("flat", True)
        self.save.setAccessibleName("Save this search as a view")
        self.save.setToolTip("Save this search as a view  (Ctrl+S)")
        look.dress(self.save, "bookmark-plus", size=14)
        self.save.clicked.connect(self.save_wanted)
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self.problem.setProperty("wrong", True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.setAccessibleName("What is wrong with the search")
        self.problem.hide()
        self._row = QFrame()
        self._row.setAccessibleName("Chips")
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addLayout(self._flow, 1)
        row.addWidget(self.save, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), 0, px(12), px(8))
        layout.setSpacing(px(6))
        layout.addWidget(self._row)
        layout.addWidget(self.problem)
        self.hide()

    def show_chips(self, chips: Sequence[Chip], view: str) -> None:
        """Show the parts of a query, behind the title of the view that is searched (empty: everything is)."""
        wanted = (tuple(chips), view if chips else "")
        if wanted == self._shown:
            return
        self._shown = wanted
        had = next((place for place, chip in enumerate(self.chips) if chip.hasFocus()), None)
        for old in self.chips:
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.chips = []
        if wanted[1]:
            scope = self._add(QueryChip(self._look, "in", view))
            scope.setToolTip(f"Only what is in {view}; take it away to search everything")
            scope.removed.connect(self.widened)
        for each in wanted[0][:MOST_CHIPS]:
            made = self._add(QueryChip(self._look, each.field, each.value, excluded=each.excluded))
            made.removed.connect(lambda each=each: self.removed.emit(each))
        self._row.setVisible(bool(self.chips))
        self._fit()
        if had is not None:
            # The keyboard stays at its place among the chips.
            self.focus_on(had)

    def _add(self, chip: QueryChip) -> QueryChip:
        place = len(self.chips)
        chip.moved.connect(lambda by, place=place: self.focus_on(place + by))
        self.chips.append(chip)
        self._flow.addWidget(chip)
        # Keys go through the chips in the order in which they are read.
        if place:
            self.setTabOrder(self.chips[place - 1], chip)
        self.setTabOrder(chip, self.save)
        return chip

    def focus_on(self, place: int) -> None:
        """Give the keyboard to the chip at a place, or tell that it goes back to the box where there is none."""
        if self.chips and place >= 0:
            self.chips[min(place, len(self.chips) - 1)].setFocus()
        else:
            self.left.emit()

    def say(self, problem: str) -> None:
        """Say what is wrong; empty where nothing is."""
        self.problem.setText(wording.first_line(problem, 300))
        self.problem.setVisible(bool(problem))
        self._fit()

    def allow_saving(self, allowed: bool) -> None:
        """Whether there is something to save."""
        self.save.setVisible(allowed)

    def _fit(self) -> None:
        self.setVisible(bool(self.chips) or bool(self.problem.text()))
