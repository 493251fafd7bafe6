"""An observable's page, as a panel over the window: its tickets, what became of them, what appears with it."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import Status, TicketId, TicketRow
from triage_app.gui import operations, pivot_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.models.observable_table import kind_words
from triage_app.gui.models.text_lines import TextLines
from triage_app.gui.views.count_bars import CountBars
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.neighbour_graph import NeighbourGraph, told
from triage_app.gui.views.overlay import Overlay, lay_out
from triage_app.gui.views.state import StatePage
from triage_app.services.search_commands import ObservableSwitched
from triage_app.services.search_queries import Pivot

WIDTH, HEIGHT = 1120, 720
MOST_BACK = 50


class PivotPanel(QFrame):
    """Asks and shows; closed by Escape, its button or a click beside it.

    `ticket_wanted` carries a ticket that is to be taken in hand, `search_wanted` a query for all of them; `switched`
    tells that the observable is ignored from now on, or not.
    """

    ticket_wanted = Signal(object)
    search_wanted = Signal(str)
    switched = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look = desk.look
        self._job: Job[Pivot] | None = None
        self.pivot: Pivot | None = None
        self._value = ""
        self._behind: list[str] = []
        self._ahead: list[str] = []
        self.setObjectName("reasons")
        self.setAccessibleName("Page of an observable")
        self.overlay = Overlay(self._look, self, parent, lambda: (self._look.px(WIDTH), self._look.px(HEIGHT)))
        page = QWidget()
        page.setAccessibleName("What is known of it")
        self._fill(page)
        self.state = StatePage(self._look, "State of the observable's page")
        self._page = page
        self._stack = lay_out(self._look, self, self._head(), page, self.state)

    # -- building ------------------------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        px = self._look.px
        self.back_button = self._button("Back", "Alt+Left", self.go_back, "chevron-left")
        self.forward_button = self._button("Forward", "Alt+Right", self.go_forward, "chevron-right")
        for arrow in (self.back_button, self.forward_button):
            arrow.setText("")
        self.kind = QLabel()
        self.kind.setObjectName("second")
        self.value = Elided(Qt.TextElideMode.ElideMiddle)
        self.value.setFont(self._look.mono)
        self.value.setAccessibleName("Value, defanged")
        self.copy_button = self._button("Copy defanged", "Ctrl+C", self.copy, "copy")
        self.switch_button = self._button("Ignore", "", self.switch, "")
        self.close_button = self._button("Close", "Escape", self.overlay.close, "")
        top = QHBoxLayout()
        top.setContentsMargins(px(14), px(12), px(14), px(8))
        top.setSpacing(px(8))
        for widget in (self.back_button, self.forward_button, self.kind):
            top.addWidget(widget)
        top.addWidget(self.value, 1)
        for widget in (self.copy_button, self.switch_button, self.close_button):
            top.addWidget(widget)
        return top

    def _button(self, text: str, tip: str, act: Callable[[], object], icon: str) -> QPushButton:
        button = QPushButton(f" {text}" if icon else text)
        button.setAccessibleName(text)
        button.setProperty("flat", True)
        button.setToolTip(f"{text} ({tip})" if icon and tip else tip)
        button.clicked.connect(lambda _checked=False: act())
        if icon:
            self._look.dress(button, icon)
        return button

    def _fill(self, page: QWidget) -> None:
        px = self._look.px
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.categories = CountBars(self._look, "Categories of its tickets")
        self.verdicts = CountBars(self._look, "Verdicts of its tickets")
        self.tickets = TextLines(self._look, ("Id", "Received", "Subject", "Category", "State"), figures=(0,))
        self.ticket_list = self._list(self.tickets, "Its tickets", stretch=2, widths={0: 60, 1: 84, 3: 100, 4: 108})
        self.ticket_list.activated.connect(self._open)
        self.neighbours = TextLines(self._look, ("Kind", "Appears with", "Together", "Of"), figures=(2, 3), fixed=(1,))
        self.neighbour_list = self._list(
            self.neighbours, "What appears with it", stretch=1, widths={0: 84, 2: 66, 3: 56}
        )
        self.neighbour_list.activated.connect(self._follow)
        self.graph = NeighbourGraph(self._look)
        self.graph.chosen.connect(self.ask)
        self.all_button = QPushButton("Show all in the queue")
        self.all_button.clicked.connect(self._search)
        self.listed = QLabel()
        self.listed.setObjectName("second")
        foot = QHBoxLayout()
        foot.addWidget(self.listed, 1)
        foot.addWidget(self.all_button)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.ticket_list, 1)
        left.addLayout(foot)
        self.alone = QLabel("Nothing telling appears with it.")
        self.alone.setObjectName("second")
        right.addWidget(self.graph, 3)
        right.addWidget(self.neighbour_list, 2)
        right.addWidget(self.alone, 1, Qt.AlignmentFlag.AlignTop)
        sides = QHBoxLayout()
        sides.setSpacing(px(20))
        for side, stretch in ((left, 11), (right, 9)):
            side.setSpacing(px(8))
            sides.addLayout(side, stretch)
        column = QVBoxLayout(page)
        column.setContentsMargins(px(20), 0, px(20), px(16))
        column.setSpacing(px(6))
        column.addWidget(self.facts)
        column.addWidget(self.categories)
        column.addWidget(self.verdicts)
        column.addLayout(sides, 1)

    def _list(self, model: TextLines, name: str, *, stretch: int, widths: dict[int, int]) -> QTableView:
        view = QTableView()
        view.setObjectName("plainTable")
        view.setAccessibleName(name)
        view.setModel(model)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(self._look.px(26))
        view.verticalHeader().setAccessibleName("Rows")
        header = view.horizontalHeader()
        header.setAccessibleName(f"Columns: {name}")
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        for section, width in widths.items():
            header.resizeSection(section, self._look.px(width))
        return view

    # -- asking --------------------------------------------------------------------------------------------------

    def begin(self, value: str) -> None:
        """Open the page of an observable, live or defanged, with nothing behind it."""
        self._behind.clear()
        self._ahead.clear()
        self._value = ""
        self.ask(value)

    def ask(self, value: str) -> None:
        """Go on to the page of another observable."""
        if self._value and self._value != value:
            self._behind = [*self._behind, self._value][-MOST_BACK:]
            self._ahead.clear()
        self._read(value)

    def go_back(self) -> None:
        """The page before."""
        if self._behind:
            self._ahead.append(self._value)
            self._read(self._behind.pop())

    def go_forward(self) -> None:
        """The page that was gone back from."""
        if self._ahead:
            self._behind.append(self._value)
            self._read(self._ahead.pop())

    def _read(self, value: str) -> None:
        self._value = value
        self.back_button.setEnabled(bool(self._behind))
        self.forward_button.setEnabled(bool(self._ahead))
        if self.pivot is None or not self.isVisible():
            self.kind.setText("")
            self.value.say("")
            self.state.say("scan-search", "Looking at every ticket that it is in\u2026")
            self._stack.setCurrentWidget(self.state)
        if not self.isVisible():
            self.overlay.open(self.ticket_list)
        self._job = pivot_operations.load_pivot(self._desk, value, self._show, self._fail)

    def _fail(self, error: TriageError) -> None:
        self._job = None
        if not operations.was_cancelled(error):
            self.pivot = None
            self.state.say("triangle-alert", wording.first_line(error.message, 300))
            self._stack.setCurrentWidget(self.state)

    def _show(self, pivot: Pivot) -> None:
        self._job = None
        self.pivot = pivot
        self.kind.setText(kind_words(pivot.kind.value))
        self.value.say(pivot.defanged)
        self.switch_button.setText("Heed again" if pivot.ignored else "Ignore")
        self.switch_button.setToolTip(
            "It makes tickets similar again" if pivot.ignored else "It makes no tickets similar any more"
        )
        self.switch_button.setEnabled(pivot.total > 0)
        self.facts.setText(facts(pivot))
        self.categories.show_counts(pivot.categories, pivot.counted)
        self.verdicts.show_counts([(_verdict(name), number) for name, number in pivot.verdicts], pivot.counted)
        now = self._desk.now()
        self.tickets.show([(row, _ticket_texts(row, now), row.subject) for row in pivot.tickets])
        self.neighbours.show(
            [
                (
                    each.value,
                    (
                        kind_words(each.kind.value),
                        each.defanged,
                        wording.count(each.together),
                        wording.count(each.tickets),
                    ),
                    told(each),
                )
                for each in pivot.neighbours
            ]
        )
        self.graph.show_pivot(pivot)
        self.neighbour_list.setVisible(bool(pivot.neighbours))
        self.alone.setVisible(not pivot.neighbours)
        more = pivot.total > len(pivot.tickets)
        self.listed.setText(
            f"The newest {wording.count(len(pivot.tickets))} of {wording.count(pivot.total)}" if more else ""
        )
        self.all_button.setEnabled(pivot.total > 0)
        if pivot.total:
            self._stack.setCurrentWidget(self._page)
            if pivot.tickets:
                self.ticket_list.selectRow(0)
        else:
            self.state.say("eye", f"{wording.first_line(pivot.defanged)} is in no ticket of this workspace.")
            self._stack.setCurrentWidget(self.state)

    # -- acting --------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy the value so that nobody can follow it by mistake."""
        if self.pivot is not None:
            QGuiApplication.clipboard().setText(self.pivot.defanged)

    def switch(self) -> None:
        """Ignore the observable, or heed it again."""
        if self.pivot is None:
            return
        act = pivot_operations.heed if self.pivot.ignored else pivot_operations.ignore
        act(self._desk, self.pivot.value, self._switched, self._fail)

    def _switched(self, told_: ObservableSwitched) -> None:
        self.switched.emit(told_)
        if self.isVisible() and self.pivot is not None and told_.value == self.pivot.value:
            self._read(self._value)

    def _open(self, index: QModelIndex) -> None:
        row: TicketRow = self.tickets.key_at(index.row())
        self.overlay.close()
        self.ticket_wanted.emit(TicketId(row.id))

    def _follow(self, index: QModelIndex) -> None:
        self.ask(str(self.neighbours.key_at(index.row())))

    def _search(self) -> None:
        if self.pivot is not None:
            query = f'{self.pivot.kind.value}:"{self.pivot.value}"'
            self.overlay.close()
            self.search_wanted.emit(query)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow goes back and forward, Ctrl+C copies the value."""
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if alt and event.key() == Qt.Key.Key_Left:
            self.go_back()
        elif alt and event.key() == Qt.Key.Key_Right:
            self.go_forward()
        elif event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_C:
            self.copy()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody waits for the answer any more."""
        super().hideEvent(event)
        if self._job is not None:
            self._job.cancel()
            self._job = None


def facts(pivot: Pivot) -> str:
    """How often and when it was seen, and what is said of it, as one line."""
    if pivot.first is None or pivot.last is None:
        return "In no ticket"
    marks = [
        word
        for word, holds in (
            ("our own", pivot.own),
            ("on the allow-list", pivot.allowed),
            ("ignored: it makes no tickets similar", pivot.ignored),
        )
        if holds
    ]
    seen = (
        f"first seen {wording.exact(pivot.first)}, last seen {wording.exact(pivot.last)}"
        if pivot.first != pivot.last
        else f"seen {wording.exact(pivot.first)}"
    )
    of = f" of the newest {wording.count(pivot.counted)}" if pivot.counted < pivot.total else ""
    parts = [
        wording.counted(pivot.total, "ticket", "tickets"),
        f"{wording.count(pivot.open)} open{of}",
        seen,
        *marks,
    ]
    return "  \u00b7  ".join(parts)


def _verdict(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _ticket_texts(row: TicketRow, now: datetime) -> tuple[str, ...]:
    state = wording.STATES[row.status]
    if row.status is Status.RESOLVED and row.verdict is not None:
        state = _verdict(row.verdict.value)
    return str(row.id), wording.age(row.received_at, now), row.subject, row.category, state
