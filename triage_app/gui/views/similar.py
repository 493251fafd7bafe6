"""The Similar tab: what is like the ticket in hand in the whole history, why, and what can be done with each."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId, TicketRow, similar_of
from triage_app.gui import wording
from triage_app.gui.desk import Desk
from triage_app.gui.models.similar_lines import SimilarLines
from triage_app.gui.similar_operations import EVERYTHING, Sought
from triage_app.gui.views.flow import FlowLayout
from triage_app.gui.views.similar_rows import SimilarRowPainter
from triage_app.gui.views.state import StatePage
from triage_app.services.search_queries import SimilarList, SimilarTicket

# A ticket that is only passed by is not asked about.
ASK_AFTER_MS = 120
FAINT_AFTER_MS = 250
CAMPAIGN_FROM = 3
STATUSES = (("", "All"), ("open", "Open"), ("past", "Past"))
LOOKING = "Looking for similar tickets\u2026"
NEAREST = "No ticket is similar; these come nearest"


class _Hits(QListView):
    """Leaves letters to the window; Return is `opened`."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Reasons break anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Return; leave letters to the window."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Return is for the hit in hand, not for the window."""
        wanted = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in wanted:
            event.accept()
            return True
        return super().event(event)


class SimilarTab(QWidget):
    """Shows similar tickets of the ticket in hand. The answer for the ticket before stays, faintly and without actions,
    until the new one is there.

    `wanted` asks for the list of `ticket` as `sought` says. The other signals carry the hit that they are about.
    """

    wanted = Signal()
    compare_wanted = Signal(object)
    link_wanted = Signal(object)
    note_wanted = Signal(object)
    decide_wanted = Signal(object)
    open_wanted = Signal(object)
    campaign_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._look = desk.look
        self._row: TicketRow | None = None
        self._shown_for: TicketId | None = None
        self._is_old = True
        self.setAccessibleName("Similar tickets")
        self.lines = SimilarLines()
        self.lines.setParent(self)
        self.list = _Hits()
        self.list.setAccessibleName("Similar tickets, the most alike first")
        self.list.setModel(self.lines)
        self._painter = SimilarRowPainter(self._look, self.lines, self.list, desk.app.user)
        self.list.setItemDelegate(self._painter)
        self.list.opened.connect(lambda: self._tell(self.compare_wanted))
        self.list.customContextMenuRequested.connect(self._menu_at)
        self.list.selectionModel().currentRowChanged.connect(self._enable)
        self.state = StatePage(self._look, "State of the similar tickets")
        body = QWidget()
        body.setAccessibleName("Similar tickets or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._build_head())
        column.addWidget(self._build_filters())
        column.addWidget(body, 1)
        column.addWidget(self._build_foot())
        self._ask_timer = self._timer(ASK_AFTER_MS, self._ask)
        self._faint_timer = self._timer(FAINT_AFTER_MS, self._grow_faint)
        self._look.changed.connect(self.list.viewport().update)
        self.setFocusProxy(self.list)
        self._say_loading()

    # -- building ------------------------------------------------------------------------------------------------

    def _timer(self, after: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after)
        timer.timeout.connect(act)
        return timer

    def _build_head(self) -> QHBoxLayout:
        px = self._look.px
        self.heading = QLabel()
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.heading.setWordWrap(True)
        self.heading.setAccessibleName("How many tickets are similar")
        self.campaign = QPushButton("Show as a campaign")
        self.campaign.setProperty("small", True)
        self.campaign.setToolTip("One template with what varies in a table  (C)")
        self.campaign.clicked.connect(self.campaign_wanted)
        self.campaign.hide()
        head = QHBoxLayout()
        head.setContentsMargins(px(16), px(10), px(16), px(2))
        head.setSpacing(px(12))
        head.addWidget(self.heading, 1)
        head.addWidget(self.campaign, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _build_filters(self) -> QWidget:
        px = self._look.px
        filters = QWidget()
        filters.setAccessibleName("Which similar tickets are shown")
        flow = FlowLayout(px(2))
        # The text of the first button lines up with the heading.
        flow.setContentsMargins(px(8), px(2), px(16), px(6))
        self.statuses: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for status, text in STATUSES:
            button = self._filter(text, f"{text} similar tickets")
            group.addButton(button)
            flow.addWidget(button)
            self.statuses[status] = button
        self.statuses[""].setChecked(True)
        self.same_category = self._filter("Same category", "Only those of the category of this ticket")
        flow.addWidget(self.same_category)
        filters.setLayout(flow)
        self._filters = filters
        return filters

    def _filter(self, text: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.clicked.connect(self._filtered)
        return button

    def _build_foot(self) -> QWidget:
        px = self._look.px
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setAccessibleName("What can be done with the similar ticket in hand")
        row = FlowLayout(px(4))
        row.setContentsMargins(px(7), px(4), px(7), px(4))
        self.compare = self._button("Side by side", "Return", self.compare_wanted)
        self.link = self._button("Link", "Link both as the same  (L)", self.link_wanted)
        self.decide = self._button(
            "Decide like it", "Give this ticket its category and verdict  (Shift+A)", self.decide_wanted
        )
        self.note = self._button("Copy note", "Write its note on this ticket  (Shift+N)", self.note_wanted)
        self.go = self._button("Go to ticket", "Take it in hand in the queue  (O)", self.open_wanted)
        for button in (self.compare, self.link, self.decide, self.note, self.go):
            row.addWidget(button)
        foot.setLayout(row)
        self._foot = foot
        return foot

    def _button(self, text: str, tip: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("flat", True)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: self._tell(signal))
        return button

    # -- which ticket --------------------------------------------------------------------------------------------

    @property
    def ticket(self) -> TicketId | None:
        """The ticket in hand."""
        return self._row.id if self._row is not None else None

    @property
    def sought(self) -> Sought:
        """Which similar tickets are wanted."""
        status = next(status for status, button in self.statuses.items() if button.isChecked())
        category = self._row.category if self.same_category.isChecked() and self._row is not None else ""
        return Sought(status, category)

    @property
    def hit(self) -> SimilarTicket | None:
        """The similar ticket in hand; None while the list is that of another ticket."""
        index: QModelIndex = self.list.currentIndex()
        is_ours = self._shown_for is not None and self._shown_for == self.ticket
        return self.lines.at(index.row()) if is_ours and index.isValid() else None

    def expect(self, row: TicketRow) -> None:
        """This ticket is in hand, or it has changed; its list is asked for once it can be seen."""
        is_other = row.id != self.ticket
        self._row = row
        self._enable()
        if not is_other:
            return
        self._is_old = True
        self.campaign.hide()
        self.heading.setText(heading(row.similar_open or 0, row.similar_past or 0) if similar_of(row) else LOOKING)
        if self.isVisible():
            self._ask_timer.start()
            self._faint_timer.start()

    def renew(self) -> None:
        """What is like the ticket in hand may be others now."""
        self._is_old = True
        if self.isVisible() and not self._ask_timer.isActive():
            self._ask_timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what was not asked for while nobody saw it."""
        super().showEvent(event)
        if self._is_old and self._row is not None:
            if self._shown_for != self.ticket:
                self.lines.show(())
                self._say_loading()
            self._ask_timer.start(0)

    def _ask(self) -> None:
        self._ask_timer.setInterval(ASK_AFTER_MS)
        if self._row is not None:
            self._is_old = False
            self.wanted.emit()

    def _filtered(self) -> None:
        self._faint_timer.start()
        self._ask()

    def _grow_faint(self) -> None:
        self._painter.stale = True
        self.list.viewport().update()

    # -- showing -------------------------------------------------------------------------------------------------

    def _say_loading(self) -> None:
        self.state.say("scan-search", LOOKING)
        self._stack.setCurrentWidget(self.state)
        self._enable()

    def show_error(self, error: TriageError) -> None:
        """They could not be found."""
        self._shown_for = None
        self._settle(())
        self.state.say("triangle-alert", error.message, (("Try again", self.wanted.emit),))
        self._stack.setCurrentWidget(self.state)
        self._enable()

    def show_similar(self, answer: SimilarList) -> None:
        """Show what is like the ticket in hand; the hit in hand stays."""
        before = self.hit.id if self.hit is not None else None
        self._shown_for = self.ticket
        self._settle(answer.similar)
        self.heading.setText(heading(answer.open, answer.past))
        if not answer.similar:
            self._say_empty()
            return
        self._stack.setCurrentWidget(self.list)
        self.list.setCurrentIndex(self.lines.index(max(0, self.lines.place_of(before))))
        if before is None:
            self.list.scrollToTop()
        self._enable()

    def show_pattern(self, total: int) -> None:
        """So many tickets follow one pattern with the ticket in hand, itself included."""
        self.campaign.setVisible(total >= CAMPAIGN_FROM)
        self.campaign.setText(f"Show the {wording.count(total)} as a campaign")

    def _settle(self, hits: tuple[SimilarTicket, ...]) -> None:
        self._faint_timer.stop()
        self._painter.stale = False
        if hits != self.lines.hits:
            self.lines.show(hits)
        self._filters.setVisible(bool(hits) or self.sought != EVERYTHING)
        self._enable()

    def _say_empty(self) -> None:
        if self.sought == EVERYTHING:
            self.heading.setText("")
            self.state.say("scan-search", "Nothing in the whole history is like this ticket.")
        else:
            self.state.say("list-filter", "No similar ticket is like that.", (("Show all", self.show_all),))
        self._stack.setCurrentWidget(self.state)
        self._enable()

    def show_all(self) -> None:
        """Take the filters away."""
        self.statuses[""].setChecked(True)
        self.same_category.setChecked(False)
        self._filtered()
        self.list.setFocus()

    def _enable(self) -> None:
        hit = self.hit
        for button in (self.compare, self.link, self.go):
            button.setEnabled(hit is not None)
        is_open = self._row is not None and self._row.verdict is None
        self.decide.setEnabled(hit is not None and (hit.verdict is None or is_open))
        self.note.setEnabled(hit is not None and bool(hit.note))
        self._foot.setVisible(self._stack.currentWidget() is self.list)

    # -- telling -------------------------------------------------------------------------------------------------

    def _tell(self, signal: SignalInstance) -> None:
        if self.hit is not None:
            signal.emit(self.hit)

    def menu(self) -> QMenu:
        """What can be done with the similar ticket in hand."""
        menu = QMenu(self)
        menu.setAccessibleName("Similar ticket")
        for button, signal in (
            (self.compare, self.compare_wanted),
            (self.link, self.link_wanted),
            (self.decide, self.decide_wanted),
            (self.note, self.note_wanted),
            (self.go, self.open_wanted),
        ):
            entry = menu.addAction(button.text())
            entry.setEnabled(button.isEnabled())
            entry.triggered.connect(lambda _checked=False, signal=signal: self._tell(signal))
        menu.insertSeparator(menu.actions()[-1])
        menu.addSeparator()
        entry = menu.addAction("Copy note to the clipboard")
        entry.setEnabled(self.note.isEnabled())
        entry.triggered.connect(self.copy_note)
        return menu

    def _menu_at(self, where: QPoint) -> None:
        if self.hit is not None:
            self.menu().popup(self.list.viewport().mapToGlobal(where))

    def copy_note(self) -> None:
        """Put the note of the similar ticket in hand on the clipboard."""
        if self.hit is not None:
            QGuiApplication.clipboard().setText(self.hit.note)


def heading(still_open: int, past: int) -> str:
    """How many similar tickets the queue counts, as a sentence."""
    return wording.similar_in_words(still_open, past) if still_open or past else NEAREST
