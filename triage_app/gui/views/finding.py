"""What an analyst does to find tickets again: saved views, putting off, following up; and making one by hand."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketRow
from triage_app.gui import finding_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.finding_operations import Later, NewTicket
from triage_app.gui.views.decisions import NO_VIEW, OPEN_VIEWS, Decisions
from triage_app.gui.views.later import Kind
from triage_app.gui.views.new_ticket import NewTicketForm
from triage_app.gui.views.queue import QueueView
from triage_app.gui.views.sidebar import SAVED, Sidebar
from triage_app.gui.views.ticket import TicketPane
from triage_app.gui.views.view_form import ViewForm
from triage_app.services.queries import ViewCounts
from triage_app.services.search_shapes import StoredView

COUNT_EVERY_MS = 3000
PLACES = 9
"""Saved views that have a key."""

# What a search within a view asks for once it is saved: a saved view is over everything.
SCOPES = {
    "inbox": "is:open",
    "review": "is:open is:unreviewed",
    "mine": "is:open is:mine",
    "duplicates": "is:open is:repeated",
    "waiting": "is:waiting",
    "closed": "is:closed",
}
COUNTED = frozenset(
    {ChangeKind.TICKETS_ADDED, ChangeKind.TICKETS_CHANGED, ChangeKind.NOTES, ChangeKind.OUTBOX, ChangeKind.VIEWS}
)


class Finding(QObject):
    """Serves the saved views of the sidebar, the bar that asks until when, and the form for a new ticket.

    What was done is said through `decisions`. `listed` tells that there are other saved views; `opened` carries the
    id of one that is to be shown.
    """

    listed = Signal()
    opened = Signal(str)

    def __init__(
        self, desk: Desk, queue: QueueView, pane: TicketPane, decisions: Decisions, sidebar: Sidebar, central: QWidget
    ) -> None:
        super().__init__(pane)
        self._desk = desk
        self._queue = queue
        self._pane = pane
        self._decisions = decisions
        self._sidebar = sidebar
        self._awaited = ""
        self.view_form = ViewForm(desk.look, central)
        self.new_ticket = NewTicketForm(desk.look, central)
        self._count_timer = QTimer(self)
        self._count_timer.setSingleShot(True)
        self._count_timer.setInterval(COUNT_EVERY_MS)
        self._count_timer.timeout.connect(self.count)
        self.view_form.wanted.connect(self._save)
        self.new_ticket.wanted.connect(self._make)
        self.new_ticket.suggestion_wanted.connect(self._suggest)
        queue.chips.save_wanted.connect(self.ask_save)
        sidebar.rename_wanted.connect(self.ask_rename)
        sidebar.remove_wanted.connect(self.remove)
        pane.later.wanted.connect(self._put_off)
        pane.later.left.connect(queue.list.setFocus)
        pane.later_wanted.connect(self.ask_snooze)
        pane.wake_wanted.connect(self.wake)

    def doing(self) -> dict[str, Callable[[], object]]:
        """What its actions do, by their ids."""
        return {
            "snooze": self.ask_snooze,
            "follow-up": self.ask_follow_up,
            "wake": self.wake,
            "new-ticket": self.new_ticket.begin,
            "save-view": self.ask_save,
            "rename-view": lambda: self._with_shown(self.ask_rename),
            "remove-view": lambda: self._with_shown(self.remove),
            **{f"saved-{place}": partial(self._go, place) for place in range(1, PLACES + 1)},
        }

    # -- saved views ---------------------------------------------------------------------------------------------

    def count(self) -> None:
        """Count the saved views anew."""
        finding_operations.count_saved(self._desk, self._counted)

    def take_changes(self, changes: ChangeSet) -> None:
        """Count again some seconds after a change; at once where the views themselves are others."""
        if ChangeKind.VIEWS in changes.kinds:
            self._count_timer.stop()
            self.count()
        elif changes.kinds & COUNTED and self._sidebar.saved and not self._count_timer.isActive():
            self._count_timer.start()

    def _counted(self, counts: ViewCounts) -> None:
        before = [each.view for each in self._sidebar.saved]
        self._sidebar.set_saved(counts.saved)
        if [each.view for each in counts.saved] != before:
            self.listed.emit()
        awaited, self._awaited = self._awaited, ""
        if awaited and self._view_named(awaited) is not None:
            self.opened.emit(SAVED + awaited)

    def name_keys(self, actions: Mapping[str, QAction]) -> None:
        """Each of the first saved views has a key, under its name; keys without a view are not listed."""
        for place in range(1, PLACES + 1):
            name, action = self._sidebar.saved_at(place), actions[f"saved-{place}"]
            action.setVisible(name is not None)
            if name is not None:
                action.setText(name)

    def _go(self, place: int) -> None:
        name = self._sidebar.saved_at(place)
        if name is not None:
            self.opened.emit(SAVED + name)

    def _view_named(self, name: str) -> StoredView | None:
        return next((each.view for each in self._sidebar.saved if each.view.name == name), None)

    def show(self, which: str) -> None:
        """Show the saved view with this id (`saved:` and its name)."""
        view = self._view_named(which.removeprefix(SAVED))
        if view is not None:
            self._queue.show_saved(view)

    def ask_save(self) -> None:
        """Ask for a name for the query in the box."""
        queue = self._queue
        query = queue.searching.query
        if not query:
            self._decisions.said.emit("Search for something first; then the search can be saved as a view", False)
            return
        saved = queue.saved
        scope = SCOPES.get(queue.table.which.view, "")
        needs_brackets = bool(scope) and " OR " in query
        query = f"({query})" if needs_brackets else query
        names = [each.view.name for each in self._sidebar.saved]
        self.view_form.begin(f"{scope} {query}".strip(), saved.name if saved is not None else "", names)

    def ask_rename(self, name: str) -> None:
        """Ask for another name for a saved view."""
        view = self._view_named(name)
        if view is not None:
            names = [each.view.name for each in self._sidebar.saved]
            self.view_form.begin(view.query, view.name, names, rename=True)

    def _with_shown(self, act: Callable[[str], None]) -> None:
        if self._queue.saved is not None:
            act(self._queue.saved.name)
        else:
            self._decisions.said.emit("Go to a saved view first", False)

    def _save(self, name: str, query: str, before: str) -> None:
        old = self._view_named(before) if before else None
        view = StoredView(name, query, self._queue.table.which.sort, self._desk.app.user, self._desk.now())
        if old is None:
            finding_operations.save_view(self._desk, view, self._saved, self.view_form.show_error)
        elif name != before:
            renamed = replace(old)
            finding_operations.rename_view(
                self._desk, renamed, name, lambda made: self._renamed(before, made), self.view_form.show_error
            )
        else:
            self.view_form.end()

    def _saved(self, view: StoredView) -> None:
        self.view_form.end()
        self._decisions.did(f"Saved the view \u201c{wording.first_line(view.name, 48)}\u201d")
        self._awaited = view.name
        self.count()

    def _renamed(self, before: str, view: StoredView) -> None:
        self.view_form.end()
        names = (wording.first_line(each, 40) for each in (before, view.name))
        self._decisions.did("The view \u201c{}\u201d is called \u201c{}\u201d now".format(*names), steps=2)
        shown = self._queue.saved
        self._awaited = view.name if shown is not None and shown.name == before else ""
        self.count()

    def remove(self, name: str) -> None:
        """Take a saved view away; Undo brings it back."""
        finding_operations.remove_view(self._desk, name, self._removed)

    def _removed(self, view: StoredView) -> None:
        self._decisions.did(f"Removed the view \u201c{wording.first_line(view.name, 48)}\u201d")
        if self._queue.saved is not None and self._queue.saved.name == view.name:
            self._queue.widen()
        self.count()

    # -- putting off ---------------------------------------------------------------------------------------------

    def ask_snooze(self) -> None:
        """Ask until when the tickets are put off."""
        name = self._name()
        if name:
            self._pane.later.begin(Kind.SNOOZE, f"Put off {name} until")

    def ask_follow_up(self) -> None:
        """Ask when the tickets are to be looked at again."""
        name = self._name()
        if name:
            self._pane.later.begin(Kind.FOLLOW_UP, f"Look at {name} again")

    def _name(self) -> str:
        targets = self._queue.targets
        row = self._pane.row
        if len(targets) > 1:
            return wording.counted(len(targets), "marked ticket", "marked tickets")
        if not targets or row is None:
            return ""
        return f"\u201c{wording.first_line(row.subject, 60)}\u201d" if row.subject else f"ticket {row.id}"

    def _put_off(self, kind: Kind, later: Later) -> None:
        desk, decisions = self._desk, self._decisions
        self._queue.list.setFocus()
        when = wording.until(later.until, later.on_change, desk.now())
        if kind is Kind.FOLLOW_UP:
            decisions.act(
                f"Comes back {when}:",
                NO_VIEW,
                lambda ids, done: finding_operations.follow_up(desk, ids, later, done, decisions.report),
                moves=False,
            )
            return
        decisions.act(
            f"Put off, comes back {when}:",
            OPEN_VIEWS | {"duplicates"},
            lambda ids, done: finding_operations.snooze(desk, ids, later, done, decisions.report),
        )

    def wake(self) -> None:
        """Bring the tickets back now."""
        self._decisions.act(
            "Back now:",
            frozenset({"waiting"}),
            lambda ids, done: finding_operations.wake(self._desk, ids, done, self._decisions.report),
            moves=self._queue.table.which.view == "waiting",
        )

    # -- by hand -------------------------------------------------------------------------------------------------

    def _make(self, new: NewTicket) -> None:
        finding_operations.add_ticket(self._desk, new, self._made, self._not_made)

    def _not_made(self, error: TriageError) -> None:
        self.new_ticket.show_error(error)

    def _made(self, row: TicketRow) -> None:
        self.new_ticket.finish()
        self._decisions.did(f"Made ticket {row.id}: \u201c{wording.first_line(row.subject, 48)}\u201d")
        which = self._queue.table.which
        if which.view in ("inbox", "all") and not which.query:
            self._queue.table.refresh()
            self._queue.wait_for(row.id)
        else:
            self._queue.visit(row)
        self._queue.list.setFocus()

    def _suggest(self, text: str) -> None:
        finding_operations.suggest_category(self._desk, text, self.new_ticket.show_suggestion)
