"""A plain editor for the rule file: fixed font, line numbers, marked mistakes, and the lines of the rule in hand."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.services.dedup_queries import RuleProblem


class _Colours(QSyntaxHighlighter):
    """Comments step back, names of settings stand out; nothing else, so that it never misleads."""

    def __init__(self, look: Look, editor: QPlainTextEdit) -> None:
        super().__init__(editor.document())
        self._look = look

    def highlightBlock(self, text: str) -> None:
        stripped = text.lstrip(" -")
        start = len(text) - len(stripped)
        if stripped.startswith("#"):
            self._paint(start, len(stripped), "text-second")
            return
        name, colon, _rest = stripped.partition(":")
        if colon and name and all(sign.isalnum() or sign in "_.|-@" for sign in name):
            self._paint(start, len(name), "accent")
        comment = text.find(" #")
        if comment >= 0:
            self._paint(comment, len(text) - comment, "text-second")

    def _paint(self, start: int, length: int, token: str) -> None:
        form = QTextCharFormat()
        form.setForeground(self._look.colour(token))
        self.setFormat(start, length, form)


class _Numbers(QWidget):
    """The margin with the line numbers; a mistake has a mark and says itself."""

    def __init__(self, editor: "RuleEditor") -> None:
        super().__init__(editor)
        self._editor = editor
        self.setAccessibleName("Line numbers")

    def sizeHint(self) -> QSize:
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_margin(self, event.rect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._editor.go_to_line(self._editor.line_at(event.position().toPoint()))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            text = self._editor.said_of(self._editor.line_at(event.pos()))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


class RuleEditor(QPlainTextEdit):
    """The text; lines are counted from 1."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._problems: dict[int, str] = {}
        self._rule = range(0)
        self.setAccessibleName("Rules as YAML")
        self.setObjectName("yaml")
        self.setFont(look.mono)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self._margin = _Numbers(self)
        self._colours = _Colours(look, self)
        self.blockCountChanged.connect(lambda _count: self._fit())
        self.updateRequest.connect(self._scrolled)
        look.changed.connect(self._themed)
        self._fit()

    def _themed(self) -> None:
        self._colours.rehighlight()
        self._mark()
        self._margin.update()

    # -- text ----------------------------------------------------------------------------------------------------

    def put(self, text: str) -> None:
        """Replace what differs as one step that can be undone; the cursor and the place in the text stay."""
        old = self.toPlainText()
        if old == text:
            return
        head = _same(old, text)
        tail = _same(old[head:][::-1], text[head:][::-1])
        place = self.verticalScrollBar().value()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.setPosition(_units(old[:head]))
        cursor.setPosition(_units(old[: len(old) - tail]), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[head : len(text) - tail])
        cursor.endEditBlock()
        self.verticalScrollBar().setValue(place)

    def start_with(self, text: str) -> None:
        """Show a text that has no history."""
        self.setPlainText(text)

    # -- marks ---------------------------------------------------------------------------------------------------

    def show_problems(self, problems: Sequence[RuleProblem]) -> None:
        """Mark the lines with mistakes."""
        self._problems.clear()
        for problem in problems:
            before = self._problems.get(problem.line)
            self._problems[problem.line] = f"{before}\n{problem.message}" if before else problem.message
        self._mark()
        self._margin.update()

    def show_rule(self, lines: range) -> None:
        """Set the lines of the rule in hand apart from the others."""
        self._rule = lines
        self._margin.update()

    def said_of(self, line: int) -> str:
        """What is wrong in a line; empty where nothing is."""
        return self._problems.get(line, "")

    def go_to_line(self, line: int) -> None:
        """Put the cursor there and bring the line into sight."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()

    def _mark(self) -> None:
        selections = []
        for line in self._problems:
            block = self.document().findBlockByNumber(line - 1)
            if not block.isValid():
                continue
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(block)
            form = QTextCharFormat()
            form.setBackground(self._look.colour("caution-soft"))
            form.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.format = form
            selections.append(mark)
        self.setExtraSelections(selections)

    # -- the margin ----------------------------------------------------------------------------------------------

    def margin_width(self) -> int:
        """Room for the highest number and the mark of a mistake."""
        digits = len(str(max(100, self.blockCount())))
        return self._look.px(22) + self.fontMetrics().horizontalAdvance("9") * digits

    def _fit(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        self._place()

    def _place(self) -> None:
        rect = self.contentsRect()
        high = self.viewport().height()
        self._margin.setGeometry(QRect(rect.left(), rect.top(), self.margin_width(), high))

    def _scrolled(self, rect: QRect, by: int) -> None:
        if by:
            self._margin.scroll(0, by)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin as high as the text."""
        super().resizeEvent(event)
        self._place()

    def line_at(self, where: QPoint) -> int:
        """The line at a height of the margin; 0 below the last one."""
        block = self.firstVisibleBlock()
        while block.isValid():
            if self._top(block) <= where.y() < self._top(block) + self.blockBoundingRect(block).height():
                return block.blockNumber() + 1
            block = block.next()
        return 0

    def _top(self, block: QTextBlock) -> float:
        return self.blockBoundingGeometry(block).translated(self.contentOffset()).top()

    def paint_margin(self, margin: QWidget, rect: QRect) -> None:
        """Paint the numbers of the lines in sight."""
        look, px = self._look, self._look.px
        painter = QPainter(margin)
        painter.fillRect(rect, look.colour("background"))
        painter.setFont(look.mono)
        block = self.firstVisibleBlock()
        while block.isValid():
            top, height = self._top(block), self.blockBoundingRect(block).height()
            if top > rect.bottom():
                break
            line = block.blockNumber() + 1
            if line in self._rule:
                painter.fillRect(QRectF(margin.width() - px(3), top, px(3), height), look.colour("accent"))
            wrong = line in self._problems
            painter.setPen(look.colour("critical" if wrong else "text-second"))
            box = QRectF(0, top, margin.width() - px(9), height)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(line))
            if wrong:
                side = px(12)
                middle = int(top + (height - side) / 2)
                look.icon("triangle-alert", "critical", 12).paint(painter, px(1), middle, side, side)
            block = block.next()
        painter.end()

    def problems_in_words(self) -> str:
        """The first mistake and how many there are; empty where there is none."""
        if not self._problems:
            return ""
        line = min(self._problems)
        number = wording.counted(len(self._problems), "mistake", "mistakes")
        return f"{number}. Line {line}: {self._problems[line].splitlines()[0]}"


def _same(one: str, other: str) -> int:
    """How many letters at the beginning are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _units(text: str) -> int:
    """The length as Qt counts it: in UTF-16 units."""
    return len(text) + sum(ord(sign) > 0xFFFF for sign in text)
