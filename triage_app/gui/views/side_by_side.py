"""Two tickets side by side, as a panel over the window: what only one of them has, what both have, and their texts."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import Note, TicketId, TicketRow
from triage_app.gui import operations, pair_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.look import Look
from triage_app.gui.views.chip import Chip
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.flow import FlowLayout
from triage_app.gui.views.likeness_strip import LikenessStrip
from triage_app.gui.views.overlay import Overlay, lay_out, title_row
from triage_app.gui.views.safe_html import SafeBrowser, defanged_text
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.value_list import ValueList
from triage_app.services.commands import Linked
from triage_app.services.search_queries import ComparedValue, Comparison

WIDTH, HEIGHT = 1240, 840
MOST_WORD_CHIPS = 24
SHORTEST_WORD = 3
MOST_VALUES = 0.62
MOST_MEASURED = 4_000
BAR = 12
SLACK = 14
WRAPPED = Qt.TextFlag.TextWordWrap


class SideBySide(QFrame):
    """Asks and shows; closed by Escape, its button or a click beside it.

    `ticket_wanted` carries a ticket that is to be taken in hand, `page_wanted` an observable whose page is wanted,
    `done` what was done, in words.
    """

    ticket_wanted = Signal(object)
    page_wanted = Signal(str)
    done = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look = desk.look
        self._job: Job[Comparison] | None = None
        self._pair: tuple[TicketId, TicketId] | None = None
        self.comparison: Comparison | None = None
        self.setObjectName("reasons")
        self.setAccessibleName("Two tickets side by side")
        self.overlay = Overlay(self._look, self, parent, lambda: (self._look.px(WIDTH), self._look.px(HEIGHT)))
        page = QWidget()
        page.setAccessibleName("What they have in common and what not")
        self._fill(page)
        self.state = StatePage(self._look, "State of the comparison")
        self._page = page
        self.title = QLabel("Side by side")
        top, self.close_button = title_row(self._look, self.title, self.overlay)
        self._stack = lay_out(self._look, self, top, page, self.state)

    # -- building ------------------------------------------------------------------------------------------------

    def _fill(self, page: QWidget) -> None:
        px = self._look.px
        self.here, self.there = _Head(self._look, "This ticket"), _Head(self._look, "The other ticket")
        self.there.open_button.show()
        self.there.opened.connect(self._open_other)
        self.strip = LikenessStrip(self._look)
        heads = QHBoxLayout()
        heads.setSpacing(px(24))
        heads.addWidget(self.here, 1)
        heads.addWidget(self.there, 1)
        above = QVBoxLayout()
        above.setContentsMargins(px(24), 0, px(24), px(8))
        above.setSpacing(px(10))
        above.addLayout(heads)
        above.addWidget(self.strip)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setAccessibleName("What differs, and the texts")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._values())
        self.splitter.addWidget(self._texts())
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 4)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(self.splitter, 1)
        column.addWidget(self._foot())

    def _values(self) -> QScrollArea:
        px = self._look.px
        self.only_here = _Only(self._look, "Only in this one", news=True)
        self.only_there = _Only(self._look, "Only in the other one", news=False)
        self.both_title = _title(self._look)
        self.both_title.setContentsMargins(px(8), px(6), px(8), 0)
        self.both = ValueList(self._look, "In both")
        self.both_more = ValueList(self._look, "In both, the rest")
        for values in (self.only_here.values, self.only_there.values, self.both, self.both_more):
            values.page_wanted.connect(self._open_page)
        inner = QWidget()
        inner.setAccessibleName("What differs and what does not")
        grid = QGridLayout(inner)
        grid.setContentsMargins(px(16), px(4), px(16), px(10))
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(4))
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.only_here, 0, 0, top)
        grid.addWidget(self.only_there, 0, 1, top)
        grid.addWidget(self.both_title, 1, 0, 1, 2)
        grid.addWidget(self.both, 2, 0, top)
        grid.addWidget(self.both_more, 2, 1, top)
        grid.setRowStretch(3, 1)
        self._grid = grid
        area = QScrollArea()
        area.setAccessibleName("What differs and what does not")
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(px(120))
        # The columns stay below their heads whether there is a bar or not.
        bar = area.verticalScrollBar()
        bar.rangeChanged.connect(
            lambda _low, high: grid.setContentsMargins(px(16), px(4), px(16) - (px(BAR) if high else 0), px(10))
        )
        return area

    def _texts(self) -> QWidget:
        px = self._look.px
        self.text, self.other_text = SafeBrowser("Text of this ticket"), SafeBrowser("Text of the other ticket")
        both = QWidget()
        both.setAccessibleName("The texts")
        row = QHBoxLayout(both)
        row.setContentsMargins(px(20), px(4), px(20), 0)
        row.setSpacing(px(16))
        for browser in (self.text, self.other_text):
            browser.setFrameShape(QFrame.Shape.NoFrame)
            browser.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            browser.document().setDocumentMargin(px(4))
            row.addWidget(browser, 1)
        one, other = self.text.verticalScrollBar(), self.other_text.verticalScrollBar()
        # A bar that cannot go as far stays at its end, and takes the other with it only where it is moved itself.
        one.sliderMoved.connect(other.setValue)
        other.sliderMoved.connect(one.setValue)
        one.actionTriggered.connect(lambda _action: other.setValue(one.sliderPosition()))
        other.actionTriggered.connect(lambda _action: one.setValue(other.sliderPosition()))
        both.setMinimumHeight(px(110))
        return both

    def _foot(self) -> QFrame:
        px = self._look.px
        self.like = QLabel()
        self.like.setObjectName("second")
        self.like.setTextFormat(Qt.TextFormat.PlainText)
        self.decide_button = QPushButton("Decide like it")
        self.decide_button.setProperty("primary", True)
        self.link_button = QPushButton("Link under it")
        self.note_button = QPushButton("Copy its note")
        for button, tip, act in (
            (self.note_button, "Write the note of the other ticket on this one", self.copy_note),
            (self.link_button, "Say that both are the same", self.link),
            (self.decide_button, "Give this ticket the category and the verdict of the other one", self.decide),
        ):
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked=False, act=act: act())
        foot = QFrame()
        foot.setObjectName("pairFoot")
        foot.setAccessibleName("What can be done")
        row = QHBoxLayout(foot)
        row.setContentsMargins(px(24), px(10), px(24), px(12))
        row.setSpacing(px(8))
        row.addWidget(self.like, 1)
        for button in (self.note_button, self.link_button, self.decide_button):
            row.addWidget(button)
        return foot

    # -- asking --------------------------------------------------------------------------------------------------

    def show_pair(self, ticket: TicketId, other: TicketId) -> None:
        """Compare a ticket with another one."""
        self._pair = (ticket, other)
        self.comparison = None
        self.title.setText("Side by side")
        self.state.say("scan-search", "Reading both tickets\u2026")
        self._stack.setCurrentWidget(self.state)
        if not self.isVisible():
            self.overlay.open(self.close_button)
        self._job = pair_operations.compare(self._desk, ticket, other, self._show, self._fail)

    def _fail(self, error: TriageError) -> None:
        self._job = None
        pair = self._pair
        if not operations.was_cancelled(error) and pair is not None:
            again = ("Try again", lambda: self.show_pair(*pair))
            self.state.say("triangle-alert", wording.first_line(error.message, 300), (again,))

    def _show(self, answer: Comparison) -> None:
        self._job = None
        self.comparison = answer
        which = "earlier" if _came_at(answer.other) <= _came_at(answer.ticket) else "later"
        self.here.show_row(answer.ticket, f"This ticket, {answer.ticket.id}")
        self.there.show_row(answer.other, f"The {which} one, {answer.other.id}")
        self.strip.show_likeness(answer.score, answer.parts, answer.reasons, answer.note)
        self.only_here.say("Only in this one", f"Nothing that the {which} one has not")
        self.only_there.say(f"Only in the {which} one", "Nothing that this one has not")
        self.only_here.show_values(answer.only_here, answer.words_here)
        self.only_there.show_values(answer.only_there, answer.words_there)
        shared = wording.count(len(answer.both)) if answer.both else "nothing"
        self.both_title.setText(f"In both: {shared}, and {wording.percent(answer.words)} of the words by their weight")
        half = (len(answer.both) + 1) // 2
        self.both.show_values(answer.both[:half])
        self.both_more.show_values(answer.both[half:])
        self.text.show_text(defanged_text(answer.text) or "Without text.")
        self.other_text.show_text(defanged_text(answer.other_text) or "Without text.")
        decided = answer.other.reviewed or answer.other.verdict is not None
        self.like.setText(_outcome(answer.other))
        self.decide_button.setEnabled(decided and (answer.other.verdict is None or answer.ticket.verdict is None))
        self.note_button.setEnabled(bool(answer.note))
        self.link_button.setEnabled(True)
        self._stack.setCurrentWidget(self._page)
        self._share_out()
        self.text.setFocus()

    def _share_out(self) -> None:
        """The values have the room that they need, as far as the texts keep what they need, or their share."""
        layout = self._page.layout()
        if layout is not None:
            layout.activate()
        room = self.splitter.height()
        # Measured here, since the views themselves are laid out only when they are painted.
        box = QRect(0, 0, max(1, self.splitter.width() // 2 - self._look.px(40)), room)
        longest = max(
            browser.fontMetrics().boundingRect(box, WRAPPED, browser.toPlainText()[:MOST_MEASURED]).height()
            for browser in (self.text, self.other_text)
        )
        texts = min(longest + self._look.px(28), round(room * (1 - MOST_VALUES)))
        wanted = self._grid.heightForWidth(self.splitter.width()) + self._look.px(SLACK)
        values = min(wanted, room - texts)
        self.splitter.setSizes([values, room - values])

    # -- acting --------------------------------------------------------------------------------------------------

    def decide(self) -> None:
        """Decide this ticket as the other one was decided."""
        self._act(
            lambda ticket, other: pair_operations.decide_like(self._desk, ticket, other, self._decided, self._refused)
        )

    def link(self) -> None:
        """Say that both are the same."""
        self._act(lambda ticket, other: pair_operations.link(self._desk, ticket, other, self._linked, self._refused))

    def copy_note(self) -> None:
        """Write the other's note on this one."""
        text = self.comparison.note if self.comparison is not None else ""
        self._act(
            lambda ticket, _other: pair_operations.copy_note(self._desk, ticket, text, self._copied, self._refused)
        )

    def _act(self, start: Callable[[TicketId, TicketId], object]) -> None:
        if self.comparison is not None and self._pair is not None:
            for button in (self.decide_button, self.link_button, self.note_button):
                button.setEnabled(False)
            start(*self._pair)

    def _decided(self, row: TicketRow) -> None:
        self.overlay.close()
        verdict = f", closed as {wording.VERDICTS[row.verdict].lower()}" if row.verdict is not None else ""
        self.done.emit(f"Ticket {row.id} is {row.category} now{verdict}")

    def _linked(self, linked: Linked) -> None:
        self.overlay.close()
        number = wording.counted(len(linked.linked), "ticket", "tickets")
        self.done.emit(f"Linked {number} under ticket {linked.primary}")

    def _copied(self, _note: Note) -> None:
        self.done.emit("Copied the note")
        if self.comparison is not None:
            self._show(self.comparison)
            self.note_button.setEnabled(False)

    def _refused(self, error: TriageError) -> None:
        if self.comparison is not None:
            self._show(self.comparison)
            self.like.setText(wording.first_line(error.message, 200))

    def _open_page(self, value: str) -> None:
        self.overlay.close()
        self.page_wanted.emit(value)

    def _open_other(self) -> None:
        if self._pair is not None:
            self.overlay.close()
            self.ticket_wanted.emit(self._pair[1])

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody waits for the answer any more."""
        super().hideEvent(event)
        if self._job is not None:
            self._job.cancel()
            self._job = None


class _Head(QWidget):
    """Which ticket it is: subject, sender and time, how it stands. `opened` asks for it to be taken in hand."""

    opened = Signal()

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        px = look.px
        self.setAccessibleName(name)
        self.caption = QLabel()
        self.caption.setObjectName("second")
        self.open_button = QPushButton("Open")
        self.open_button.setProperty("small", True)
        self.open_button.setToolTip("Take it in hand in the queue")
        self.open_button.clicked.connect(self.opened)
        keeps = self.open_button.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.open_button.setSizePolicy(keeps)
        self.open_button.hide()
        self.subject = Elided()
        self.subject.setFont(look.strong)
        self.who = Elided()
        self.who.setObjectName("second")
        self.category = Chip(look)
        self.stands = Elided()
        self.stands.setObjectName("second")
        top = QHBoxLayout()
        top.addWidget(self.caption, 1)
        top.addWidget(self.open_button)
        state = QHBoxLayout()
        state.setSpacing(px(8))
        state.addWidget(self.category)
        state.addWidget(self.stands, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(3))
        column.addLayout(top)
        column.addWidget(self.subject)
        column.addWidget(self.who)
        column.addLayout(state)

    def show_row(self, row: TicketRow, caption: str) -> None:
        """Show a ticket."""
        self.caption.setText(caption)
        subject = wording.first_line(row.subject, 300) or "Without subject"
        self.subject.say(subject)
        said = "  \u00b7  ".join(part for part in (row.sender, wording.exact(_came_at(row))) if part)
        self.who.say(said, f"{said}\nreceived {wording.exact(row.received_at)}")
        self.category.set_label(row.category)
        self.stands.say(_stands(row))


class _Only(QFrame):
    """What only one of the two has: values, then words as quiet chips. What is news is marked by its ground."""

    def __init__(self, look: Look, name: str, *, news: bool) -> None:
        super().__init__()
        self._look = look
        px = look.px
        self.setObjectName("news" if news else "plain")
        self.setAccessibleName(name)
        self._name = name
        self._nothing = ""
        self.title = _title(look)
        self.title.setContentsMargins(px(8), 0, px(8), 0)
        self.nothing = QLabel()
        self.nothing.setObjectName("second")
        self.nothing.setContentsMargins(px(8), 0, px(8), 0)
        self.values = ValueList(look, name)
        self.words = QWidget()
        self.words.setAccessibleName(f"Words {name.lower()}")
        self._flow = FlowLayout(px(4))
        self._flow.setContentsMargins(px(8), px(4), px(8), px(2))
        self.words.setLayout(self._flow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, px(8), 0, px(8))
        column.setSpacing(px(4))
        for widget in (self.title, self.nothing, self.values, self.words):
            column.addWidget(widget)

    def say(self, name: str, nothing: str) -> None:
        """Name it, and what is said where there is nothing."""
        self._name, self._nothing = name, nothing
        self.setAccessibleName(name)

    def show_values(self, values: Sequence[ComparedValue], words: Sequence[str]) -> None:
        """Show what only one has."""
        self.title.setText(f"{self._name}: {wording.count(len(values))}" if values else self._name)
        self.nothing.setText(self._nothing)
        words = [word for word in words if len(word) >= SHORTEST_WORD]
        self.nothing.setVisible(not values and not words)
        self.setProperty("empty", not values and not words)
        self.style().unpolish(self)
        self.style().polish(self)
        self.values.show_values(values)
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for text in words[:MOST_WORD_CHIPS]:
            word = QLabel(wording.first_line(text, 40))
            word.setObjectName("word")
            word.setTextFormat(Qt.TextFormat.PlainText)
            self._flow.addWidget(word)
        self.words.setVisible(bool(words))
        self.words.setToolTip(wording.first_line(", ".join(words), 1000))


def _title(look: Look) -> QLabel:
    label = QLabel()
    label.setFont(look.strong)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _stands(row: TicketRow) -> str:
    state = wording.STATES[row.status]
    if row.verdict is not None:
        state = f"{state} as {wording.VERDICTS[row.verdict].lower()}"
    confirmed = "" if row.reviewed else "category only suggested"
    return "  \u00b7  ".join(part for part in (state, confirmed, row.assignee) if part)


def _came_at(row: TicketRow) -> datetime:
    """The time that it claims itself, or that of its receipt where it claims none or a later one."""
    return min(row.event_at or row.received_at, row.received_at)


def _outcome(other: TicketRow) -> str:
    """What deciding alike would do, or why it cannot be done."""
    if not other.reviewed and other.verdict is None:
        return "Nobody has decided the other one yet."
    verdict = f", closed as {wording.VERDICTS[other.verdict].lower()}" if other.verdict is not None else ""
    return f"Like it: {other.category}{verdict}"
