"""The queue: its title and search, the table of tickets, what is marked, and its empty, loading and error states."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from triage_app.domain.errors import InvalidInput, TooWide, TriageError
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.gui import wording
from triage_app.gui.desk import Desk
from triage_app.gui.models.ticket_table import DESCENDING_FIRST, SORT_KEYS, Column, TicketTable, Which
from triage_app.gui.views.marks import Marks
from triage_app.gui.views.news_bar import NewsBar
from triage_app.gui.views.query_chips import QueryChips
from triage_app.gui.views.queue_state import QueueState
from triage_app.gui.views.search_field import SearchField
from triage_app.gui.views.searching import Searching
from triage_app.gui.views.ticket_list import TicketList
from triage_app.gui.views.ticket_rows import RowState
from triage_app.gui.views.visit_bar import VisitBar
from triage_app.services.search_shapes import StoredView

SLOW_MS = 150
EXAMPLE = "from:example.com is:open invoice"
EVERYTHING = "All tickets"


class QueueView(QWidget):
    """The queue of one view. `current_changed` names the ticket in hand (None where there is none).

    `widened` tells that everything is searched now: no view, and no saved one.
    """

    current_changed = Signal(object)
    widened = Signal()
    opened = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self.setAccessibleName("Queue")
        self.setObjectName("queue")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.table = TicketTable(desk)
        self.state = RowState()
        self._title_text = "Inbox"
        self.saved: StoredView | None = None
        self._own_sort = "age"
        self._workspace_is_empty = False
        self._keep: TicketId | None = None
        self._keep_place = 0
        self._last_current: TicketId | None = None
        self._last_announced: object = self
        self._announced_row: TicketRow | None = None
        self._awaited: TicketId | None = None
        self._visited: TicketId | None = None
        # The list moves by itself, not by the hand of a person: then a visit goes on.
        self._follows = False
        self.list = TicketList(desk, self.table, self.state)
        self.header = self.list.header
        self._build()
        self._connect()

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._look.px
        self.title = QLabel("Inbox")
        self.title.setFont(self._look.title)
        self.title.setObjectName("title")
        self.total = QLabel("")
        self.total.setObjectName("second")
        self.total.setAccessibleName("Number of tickets in this view")
        self.search = SearchField(self._look, "Search", EXAMPLE)
        self.chips = QueryChips(self._look)
        self.searching = Searching(self._desk, self.search, self.chips)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(12), px(12), px(8))
        top.setSpacing(px(8))
        top.addWidget(self.title)
        top.addWidget(self.total)
        top.addStretch(1)
        top.addWidget(self.search, 2)
        self.state_page = QueueState(self._look)
        body = QWidget()
        body.setAccessibleName("Tickets or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.state_page)
        self.marks = Marks(self._look, self.table, self.state)
        self.visit_bar = VisitBar(self._look)
        self.learnt_bar = NewsBar(self._look, "What the correction would change", "Look")
        self.broken_bar = NewsBar(self._look, "A promise is broken", "See Learning", careful=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.chips)
        layout.addWidget(body, 1)
        layout.addWidget(self.broken_bar)
        layout.addWidget(self.learnt_bar)
        layout.addWidget(self.visit_bar)
        layout.addWidget(self.marks)

    def _connect(self) -> None:
        table = self.table
        table.modelAboutToBeReset.connect(self._remember)
        table.modelReset.connect(self._restore)
        table.rowsAboutToBeRemoved.connect(self._before_removal)
        table.rowsRemoved.connect(self._after_removal)
        table.rowsInserted.connect(self._after_insertion)
        table.shown.connect(self._shown)
        table.listed.connect(self._say_total)
        table.listed.connect(self._take_awaited)
        table.failed.connect(self._say_error)
        table.rows_came.connect(self._rows_came)
        self.list.selectionModel().currentRowChanged.connect(self._current)
        self.list.opened.connect(self.opened)
        self.list.mark_toggled.connect(self.marks.toggle)
        self.list.mark_ranged.connect(self.mark_to)
        self.marks.changed.connect(self.list.viewport().update)
        self.visit_bar.left.connect(self.come_back)
        self.state_page.clear_wanted.connect(self.search.clear)
        self.state_page.widen_wanted.connect(self.widen)
        self.state_page.edit_wanted.connect(self.search.setFocus)
        self.chips.widened.connect(self.widen)
        self.header.sectionClicked.connect(self.sort_by)
        self._slow_timer = QTimer(self)
        self._slow_timer.setSingleShot(True)
        self._slow_timer.setInterval(SLOW_MS)
        self._slow_timer.timeout.connect(self._say_slow)
        self.searching.found.connect(self._search)
        self.searching.taken.connect(self.list.setFocus)
        self._look.changed.connect(self._themed)

    def _themed(self) -> None:
        self.list.fit_columns()
        self.list.viewport().update()
        self.header.viewport().update()

    @property
    def bars_height(self) -> int:
        """How high the bars below the list are that say something now."""
        bars = (self.broken_bar, self.learnt_bar, self.visit_bar, self.marks)
        return sum(bar.sizeHint().height() for bar in bars if bar.isVisible())

    # -- which tickets -------------------------------------------------------------------------------------------

    def show_view(self, view: str, title: str) -> None:
        """Show another view from its top, without a search."""
        self._leave_saved()
        self._call(title)
        self.searching.put("", "" if view == "all" else title)
        self.marks.clear()
        self._forget()
        self._show(Which(view, "", self.table.which.sort))

    def show_saved(self, view: StoredView) -> None:
        """Show a saved view from its top: its query over everything, in its order."""
        if self.saved is None:
            self._own_sort = self.table.which.sort
        self.saved = view
        self._call(view.name)
        self.searching.put(view.query, "")
        self.marks.clear()
        self._forget()
        self.header.say_sort(view.sort if view.sort.lstrip("-") in SORT_KEYS else "age")
        self._show(Which("all", view.query, view.sort))

    def leave_search(self) -> None:
        """Empty the box; what a saved view asks for stays in it."""
        if self.saved is None or self.search.words != self.saved.query:
            self.search.clear()

    def _leave_saved(self) -> None:
        if self.saved is not None:
            self.saved = None
            self.header.say_sort(self._own_sort)
            self.table.which = Which(self.table.which.view, self.table.which.query, self._own_sort)

    def _call(self, title: str) -> None:
        self._title_text = title
        self.title.setText(title)

    def widen(self) -> None:
        """Search for the same in everything."""
        self._widen()
        self._last_current = None
        self._show(Which("all", self.table.which.query, self.table.which.sort))

    def search_for(self, query: str) -> None:
        """Search in everything for what was asked for elsewhere."""
        self._leave_saved()
        self._widen()
        self.searching.put(query, "")
        self.marks.clear()
        self._forget()
        self._show(Which("all", query, self.table.which.sort))
        self.list.setFocus()

    def _widen(self) -> None:
        self._call(EVERYTHING)
        self.searching.set_view("")
        self.widened.emit()

    def _forget(self) -> None:
        self._last_current = None
        self.list.setCurrentIndex(QModelIndex())
        self.list.verticalScrollBar().setValue(0)

    def _show(self, which: Which) -> None:
        self.table.show(which)
        self._slow_timer.start()

    def _search(self, query: str) -> None:
        if query == self.table.which.query:
            return
        if self.saved is not None and query != self.saved.query:
            # It is that view no more.
            self._leave_saved()
            self._widen()
        self._last_current = None
        self._show(Which(self.table.which.view, query, self.table.which.sort))

    def search_now(self) -> None:
        """Search at once for what was typed, as Return does."""
        self.search.entered.emit()

    def sort_by(self, section: int) -> None:
        """Sort by a column; a second time the other way round."""
        key = SORT_KEYS[section]
        now = self.table.which.sort
        if now.lstrip("-") == key:
            sort = key if now.startswith("-") else f"-{key}"
        else:
            sort = f"-{key}" if key in DESCENDING_FIRST else key
        self.header.say_sort(sort)
        self._show(Which(self.table.which.view, self.table.which.query, sort))

    def again(self) -> None:
        """Ask again for what is shown."""
        self._show(self.table.which)

    def set_workspace_empty(self, empty: bool) -> None:
        """Say whether the workspace has never seen an item: then the empty queue offers to import."""
        if empty != self._workspace_is_empty:
            self._workspace_is_empty = empty
            self._say_state()

    # -- states --------------------------------------------------------------------------------------------------

    def _shown(self) -> None:
        self._slow_timer.stop()
        self.list.fit_columns()
        self._say_total()
        if self._last_current is None and self.table.rowCount():
            self.go_to(0)
        elif not self.table.rowCount():
            self._announce(None)

    def _say_total(self) -> None:
        total = self.table.rowCount()
        self.total.setText(wording.count(total) if self.table.exact else f"more than {wording.count(total)}")
        self._say_state()

    def _say_state(self) -> None:
        if self.table.rowCount():
            self._stack.setCurrentWidget(self.list)
            return
        if self.table.loading:
            return
        self.state_page.say_empty(self.table.which, self._title_text, new=self._workspace_is_empty)
        self._stack.setCurrentWidget(self.state_page)

    def _say_slow(self) -> None:
        if self.table.loading:
            self.total.setText("loading\u2026")

    def _say_error(self, error: TriageError) -> None:
        self._slow_timer.stop()
        which = self.table.which
        if which.query and isinstance(error, InvalidInput | TooWide):
            # The list is still that of another search: it must not stand below this one.
            self.total.setText("")
            self.state_page.say_refused(error)
            self._stack.setCurrentWidget(self.state_page)
        elif not self.table.rowCount():
            self.state_page.say_error(error, self.again)
            self._stack.setCurrentWidget(self.state_page)
        else:
            self._desk.jobs.failed.emit(error)

    # -- the ticket in hand --------------------------------------------------------------------------------------

    @property
    def current(self) -> TicketId | None:
        """The ticket in hand: the one of the list, unless one is visited that is not in this view."""
        if self._visited is not None:
            return self._visited
        return self.table.id_at(self.list.currentIndex().row())

    @property
    def current_row(self) -> TicketRow | None:
        """The row of the ticket in hand, if it is there."""
        ticket = self.current
        return None if ticket is None else self.table.known(ticket)

    @property
    def targets(self) -> tuple[TicketId, ...]:
        """What a decision is about: the marked tickets, else the one in hand."""
        if self.state.marked:
            return tuple(sorted(self.state.marked, reverse=True))
        return () if self.current is None else (self.current,)

    def go_to(self, place: int) -> None:
        """Take the ticket at a place in hand and bring it into sight; a visit ends."""
        self._visited = None
        self.visit_bar.hide()
        self._point_at(place)
        # Back from a visit to the row that was in hand all the time: the list itself has nothing to tell.
        self._announce(self.table.id_at(self.list.currentIndex().row()))

    def _point_at(self, place: int) -> None:
        if not self.table.rowCount():
            return
        place = max(0, min(place, self.table.rowCount() - 1))
        index = self.table.index(place, Column.CATEGORY)
        self.list.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        )
        near = self.list.viewport().rect().adjusted(0, -self._look.px(200), 0, self._look.px(200))
        hint = QAbstractItemView.ScrollHint
        is_near = self.list.visualRect(index).intersects(near)
        self.list.scrollTo(index, hint.EnsureVisible if is_near else hint.PositionAtCenter)

    def visit(self, row: TicketRow) -> None:
        """Take a ticket in hand, also one that is not in this view; moving in the list comes back to the list."""
        if self.take(row.id):
            return
        self.table.remember(row)
        self._visited = row.id
        self.visit_bar.begin(row.id, self._title_text)
        if row.id != self._last_announced:
            self._tell(row.id)

    def come_back(self) -> bool:
        """End a visit; whether there was one."""
        if self._visited is None:
            return False
        self.go_to(max(0, self.list.currentIndex().row()))
        return True

    def step(self, by: int) -> None:
        """Go `by` tickets down (negative: up)."""
        self.go_to(self.list.currentIndex().row() + by)

    def next_of(self, tickets: tuple[TicketId, ...]) -> TicketId | None:
        """The ticket to be taken in hand after these were decided: the next below, else the one above."""
        gone = set(tickets)
        place = self.list.currentIndex().row()
        for candidate in (
            *range(place, min(place + 200, self.table.rowCount())),
            *range(place - 1, max(-1, place - 200), -1),
        ):
            ticket = self.table.id_at(candidate)
            if ticket is not None and ticket not in gone:
                return ticket
        return None

    def take(self, ticket: TicketId) -> bool:
        """Take a ticket in hand, if it is in this view."""
        place = self.table.place_of(ticket)
        if place >= 0:
            self.go_to(place)
        return place >= 0

    def wait_for(self, ticket: TicketId) -> None:
        """Take a ticket in hand as soon as the list has it again."""
        if not self.take(ticket):
            self._awaited = ticket

    def _take_awaited(self) -> None:
        if self._awaited is not None:
            self.take(self._awaited)
            self._awaited = None

    def _current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if self._follows and self._visited is not None:
            return
        self._visited = None
        self.visit_bar.hide()
        self._announce(self.table.id_at(index.row()))

    def _announce(self, ticket: TicketId | None) -> None:
        if ticket is not None:
            self._last_current = ticket
        if ticket != self._last_announced:
            self._tell(ticket)

    def _tell(self, ticket: TicketId | None) -> None:
        self._last_announced = ticket
        self._announced_row = None if ticket is None else self.table.known(ticket)
        self.current_changed.emit(ticket)

    # -- when the list moves -------------------------------------------------------------------------------------

    def _remember(self) -> None:
        self._keep = self._last_current
        self._keep_place = self.list.currentIndex().row()

    def _restore(self) -> None:
        if self._keep is None:
            return
        place = self.table.place_of(self._keep)
        if place < 0 and self.table.rowCount():
            place = max(0, self._keep_place)
        if place >= 0:
            self._follow(place)

    def _follow(self, place: int) -> None:
        self._follows = True
        self._point_at(place)
        self._follows = False

    def _before_removal(self, _parent: QModelIndex, first: int, last: int) -> None:
        place = self.list.currentIndex().row()
        if first <= place <= last:
            after = last + 1 if last + 1 < self.table.rowCount() else first - 1
            if after >= 0:
                self._follow(after)

    def _after_removal(self) -> None:
        self._say_total()
        if not self.table.rowCount():
            self._last_current = None
            if self._visited is None:
                self._announce(None)

    def _after_insertion(self, _parent: QModelIndex, first: int, last: int) -> None:
        bar = self.list.verticalScrollBar()
        top = self.list.rowAt(0)
        if bar.value() > 0 and first <= top:
            bar.setValue(bar.value() + (last - first + 1) * self.list.verticalHeader().defaultSectionSize())
        self._say_total()
        if self._last_current is None:
            self.go_to(0)

    def _rows_came(self) -> None:
        self.list.fit_columns()
        row = self.current_row
        if self._last_announced is not None and row is not None and row != self._announced_row:
            self._tell(row.id)

    # -- marks ---------------------------------------------------------------------------------------------------

    def toggle_current(self) -> None:
        """Mark or unmark the ticket in hand."""
        self.marks.toggle(self.list.currentIndex().row())

    def extend(self, by: int) -> None:
        """Mark the ticket in hand and the next one in a direction, and go there."""
        place = self.list.currentIndex().row()
        target = max(0, min(place + by, self.table.rowCount() - 1))
        self.marks.mark(range(min(place, target), max(place, target) + 1))
        self.go_to(target)

    def mark_to(self, place: int) -> None:
        """Mark everything from the ticket in hand up to a place."""
        here = max(0, self.list.currentIndex().row())
        self.marks.mark(range(min(here, place), max(here, place) + 1))

    def set_compact(self, compact: bool) -> None:
        """Make rows low or normal."""
        sizes = self._look.tokens.sizes
        self.list.set_row_height(self._look.px(sizes["compact"] if compact else sizes["row"]))
