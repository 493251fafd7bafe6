"""The field in which one types what to look for: it tells when typing has paused, and underlines what is wrong."""

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton

from triage_app.domain.query_completion import Completion
from triage_app.gui.look import Look
from triage_app.gui.query_edit import place_of, units_of
from triage_app.gui.views.completions import CompletionList

PAUSE_MS = 120
MOST_LETTERS = 10_000
NARROWEST, WIDEST = 120, 460
WAVE = 2.0


class SearchField(QLineEdit):
    """A line with a looking-glass. `wanted` comes when typing or the cursor pauses, and at once with Return.

    While `completions` are shown, its arrows, Tab and Escape are for them; `took` carries the one that was taken.
    """

    wanted = Signal()
    took = Signal(object)
    dismissed = Signal()
    entered = Signal()

    def __init__(self, look: Look, name: str, example: str = "") -> None:
        super().__init__()
        self._look = look
        self._wrong: tuple[int, int] | None = None
        self.setPlaceholderText(f"{example or name}  (/)")
        self.setAccessibleName(name)
        self.setClearButtonEnabled(False)
        self.setMaxLength(MOST_LETTERS)
        self.setMaximumWidth(look.px(WIDEST))
        self.setMinimumWidth(look.px(NARROWEST))
        self._icon = self.addAction(look.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        for button in self.findChildren(QToolButton):
            button.setAccessibleName("Search")
        self.completions = CompletionList(look, self)
        self.completions.taken.connect(self.took)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.wanted)
        self.textChanged.connect(self._changed)
        self.cursorPositionChanged.connect(lambda _before, _now: self._pause.start())
        look.changed.connect(lambda: self._icon.setIcon(look.icon("search")))

    @property
    def words(self) -> str:
        """What was typed, without blanks around it."""
        return self.text().strip()

    def _changed(self) -> None:
        self.mark(None)
        self._pause.start()

    def search_now(self) -> None:
        """Do not wait for a pause."""
        self._pause.stop()
        self.wanted.emit()

    def put(self, text: str) -> None:
        """Hold another text without telling."""
        self.blockSignals(True)
        self.setText(text)
        self.blockSignals(False)
        self._pause.stop()
        self._wrong = None
        self.completions.hide()
        self.update()

    @property
    def cursor_place(self) -> int:
        """The characters before the cursor, as queries count them."""
        return place_of(self.text(), self.cursorPosition())

    def put_cursor(self, place: int) -> None:
        """Put the cursor behind so many characters."""
        self.setCursorPosition(units_of(self.text(), place))

    def forget(self) -> None:
        """Empty the field without a search."""
        self.put("")

    # -- what is wrong -------------------------------------------------------------------------------------------

    def mark(self, wrong: tuple[int, int] | None) -> None:
        """Underline the letters from one place to another (end exclusive), or nothing."""
        if wrong != self._wrong:
            self._wrong = wrong
            self.update()

    @property
    def marked(self) -> tuple[int, int] | None:
        """Which letters are underlined."""
        return self._wrong

    def wave(self) -> tuple[float, float] | None:
        """From where to where the underline goes, in pixels; None where nothing of it is in sight."""
        if self._wrong is None:
            return None
        text, cursor = self.text(), self.cursor_place
        metrics = QFontMetricsF(self.font())
        start = max(0, min(self._wrong[0], len(text) - 1))
        end = max(start + 1, min(self._wrong[1], len(text)))
        # Qt scrolls the text in the line and tells where the cursor is.
        begin = self.cursorRect().center().x() - metrics.horizontalAdvance(text[:cursor])
        left = begin + metrics.horizontalAdvance(text[:start])
        right = begin + metrics.horizontalAdvance(text[:end])
        seen_from = float(self.textMargins().left() + self._look.px(30))
        seen_to = float(self.width() - self._look.px(7))
        if right <= seen_from or left >= seen_to:
            return None
        left, right = max(left, seen_from), min(max(right, left + self._look.px(6)), seen_to)
        return left, right

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, and a wave below what is wrong."""
        super().paintEvent(event)
        wave = self.wave()
        if wave is None:
            return
        height = WAVE * self._look.scale
        base = (self.height() + QFontMetricsF(self.font()).height()) / 2 - height / 2
        path = QPainterPath(QPointF(wave[0], base))
        at, up = wave[0], True
        while at < wave[1]:
            step = min(height, wave[1] - at)
            path.lineTo(QPointF(at + step, base + (-step / 2 if up else step / 2)))
            at, up = at + step, not up
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("critical"), 1.2 * self._look.scale))
        painter.drawPath(path)
        painter.end()

    # -- keys ----------------------------------------------------------------------------------------------------

    def _completion_of(self, key: int) -> Completion | None:
        """The completion that a key takes: the chosen one, or with Tab the first for a word that was begun."""
        chosen = self.completions.chosen
        if chosen is not None or key != Qt.Key.Key_Tab:
            return chosen
        first = self.completions.first
        return first if first is not None and first.start < self.cursor_place else None

    def event(self, event: QEvent) -> bool:
        """While completions are shown, Escape closes them and Tab takes one; neither is a key of the desk then."""
        if isinstance(event, QKeyEvent) and self.completions.isVisible():
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
                found = self._completion_of(event.key())
                if found is not None:
                    self.took.emit(found)
                    return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move among completions, take one, close them; Return without a chosen one searches."""
        key = event.key()
        by = {int(Qt.Key.Key_Down): 1, int(Qt.Key.Key_Up): -1}.get(key, 0)
        if self.completions.isVisible():
            if by:
                self.completions.move_by(by)
                return
            if key == Qt.Key.Key_Escape:
                self.completions.hide()
                self.dismissed.emit()
                return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            found = self._completion_of(key)
            if found is not None:
                self.took.emit(found)
            else:
                self._pause.stop()
                self.entered.emit()
            return
        if by > 0:
            # Without a list, Down asks for it.
            self.search_now()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """An empty field shows what can be typed."""
        super().focusInEvent(event)
        self._pause.start()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Completions belong to the keyboard."""
        super().focusOutEvent(event)
        self.completions.hide()
        self.dismissed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Completions hang below the field wherever it is."""
        super().resizeEvent(event)
        self.completions.follow()
