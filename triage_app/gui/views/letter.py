"""One letter of a conversation: who, when, how it stands, and its words, the long and the quoted folded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.flow import FlowLayout
from triage_app.gui.views.safe_html import SafeBrowser

SHOWN_LINES = 12
SHOWN_LETTERS = 1200
MOST_LETTERS = 40_000


@dataclass(frozen=True, slots=True)
class Letter:
    """What is shown of it. `deeds` are what can be done, each an id and its words; `ours` went out from here."""

    key: tuple[str, int]
    icon: str
    who: str
    at: datetime
    text: str
    quoted: str = ""
    state: str = ""
    wrong: bool = False
    ours: bool = False
    deeds: tuple[tuple[str, str], ...] = field(default=())


def shortened(text: str) -> str:
    """The beginning of a text that is long for a conversation, else all of it."""
    lines = text[:SHOWN_LETTERS].split("\n")[:SHOWN_LINES]
    short = "\n".join(lines).rstrip()
    return short if len(short) < len(text.rstrip()) else text.rstrip()


class _Words(SafeBrowser):
    """As high as its text: it scrolls with what it stands in."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())

    def _fit(self) -> None:
        height = int(self.document().size().height()) + 1
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The text breaks anew."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn what it stands in."""
        event.ignore()


class LetterRow(QFrame):
    """Shows a letter. `wanted` names a deed; `unfolded` tells that it is shown whole."""

    wanted = Signal(str)
    unfolded = Signal()

    def __init__(self, look: Look, letter: Letter, now: datetime, *, whole: bool = False) -> None:
        super().__init__()
        self._look = look
        self._letter = letter
        self.setObjectName("ours" if letter.ours else "letter")
        self.setAccessibleName(f"{letter.who}, {letter.state}" if letter.state else letter.who)
        px = look.px
        icon = QLabel()
        icon.setAccessibleName("")
        icon.setPixmap(look.icon(letter.icon, "critical" if letter.wrong else "text-second").pixmap(px(16)))
        icon.setFixedWidth(px(18))
        who = Elided()
        who.setFont(look.strong)
        who.say(letter.who)
        when = QLabel(wording.age(letter.at, now))
        when.setObjectName("second")
        when.setToolTip(wording.exact(letter.at))
        head = QHBoxLayout()
        head.setSpacing(px(6))
        head.addWidget(icon)
        head.addWidget(who, 1)
        head.addWidget(when)
        self.state = QLabel(letter.state)
        self.state.setObjectName("second")
        self.state.setProperty("wrong", letter.wrong)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setWordWrap(True)
        self.words = _Words(f"Text of: {letter.who}")
        inner = QVBoxLayout()
        inner.setContentsMargins(px(24), 0, 0, 0)
        inner.setSpacing(px(6))
        inner.addWidget(self.state)
        inner.addWidget(self.words)
        self._build_quoted(inner)
        inner.addLayout(self._build_buttons())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(8), px(16), px(8))
        layout.setSpacing(px(4))
        layout.addLayout(head)
        layout.addLayout(inner)
        # Only now, since what is shown before it has its place is a window of its own for a moment.
        long = len(shortened(letter.text)) < len(letter.text.rstrip())
        for widget, needed in (
            (self.state, bool(letter.state)),
            (self.words, bool(letter.text)),
            (self.quotes, bool(letter.quoted)),
            (self.more, long),
        ):
            widget.setVisible(needed)
        self.show_whole(whole)

    def _build_quoted(self, inner: QVBoxLayout) -> None:
        self.quoted = _Words("Quoted text")
        self.quoted.setObjectName("quoted")
        self.quoted.hide()
        inner.addWidget(self.quoted)

    def _build_buttons(self) -> FlowLayout:
        letter = self._letter
        row = FlowLayout(self._look.px(6))
        lines = wording.counted(letter.quoted.count("\n") + 1, "line", "lines")
        self.more = self._button("Show all")
        self.more.clicked.connect(self._unfold)
        self.quotes = self._button(f"Quoted text \u00b7 {lines}")
        self.quotes.setCheckable(True)
        self.quotes.toggled.connect(self._show_quoted)
        self.deeds: dict[str, QPushButton] = {}
        for button in (self.more, self.quotes):
            row.addWidget(button)
        for deed, words in letter.deeds:
            button = self._button(words)
            button.clicked.connect(lambda _checked=False, deed=deed: self.wanted.emit(deed))
            button.setAccessibleName(f"{words}: {letter.who}")
            row.addWidget(button)
            self.deeds[deed] = button
        return row

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("small", True)
        button.setAccessibleName(words)
        return button

    def show_whole(self, whole: bool) -> None:
        """Show all of its words, or where they are many their beginning."""
        text = self._letter.text[:MOST_LETTERS].rstrip()
        self.words.show_text(text if whole else shortened(text))
        if whole:
            self.more.hide()

    def _unfold(self) -> None:
        self.show_whole(True)
        self.unfolded.emit()

    def _show_quoted(self, on: bool) -> None:
        if on:
            self.quoted.show_text(self._letter.quoted[:MOST_LETTERS].rstrip())
        self.quoted.setVisible(on)


def in_order(letters: Sequence[Letter]) -> list[Letter]:
    """By time, the oldest first."""
    return sorted(letters, key=lambda letter: letter.at)
