"""What an analyst does about duplicates: walk through a group, link, unlink, split, tick off, close all at once."""

from PySide6.QtCore import QObject

from triage_app.domain.changes import ChangeSet
from triage_app.domain.dedup import Level
from triage_app.domain.errors import InvalidState, TriageError
from triage_app.domain.ticket import TicketId, TicketRow, Verdict
from triage_app.gui import dedup_operations, finding_operations, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.models.duplicate_lines import Line, members_of
from triage_app.gui.models.ticket_table import SOME_IDS
from triage_app.gui.views.decisions import NO_VIEW, OPEN_VIEWS, Decisions
from triage_app.gui.views.queue import QueueView
from triage_app.gui.views.ticket import TicketPane
from triage_app.gui.views.why import WhyPanel
from triage_app.services.commands import CloseReport, Linked, Unlinked
from triage_app.services.dedup_queries import DuplicateTree
from triage_app.services.search_queries import PlannedLink


class Grouping(QObject):
    """Reads the group of the ticket in hand and acts on it; what was done is said through `decisions`."""

    def __init__(self, desk: Desk, queue: QueueView, pane: TicketPane, decisions: Decisions, why: WhyPanel) -> None:
        super().__init__(pane)
        self._desk = desk
        self._queue = queue
        self._pane = pane
        self._decisions = decisions
        self._why = why
        self._tree: DuplicateTree | None = None
        self._tree_of: TicketId | None = None
        self._walk = 0
        tab = pane.duplicates
        tab.open_wanted.connect(self.visit)
        tab.close_one_wanted.connect(self.close_one)
        tab.check_wanted.connect(self.check)
        tab.unlink_wanted.connect(self.unlink_line)
        tab.split_wanted.connect(self.split)
        tab.why_wanted.connect(self.explain_line)
        tab.link_wanted.connect(self.ask_link)
        tab.retry_wanted.connect(self.load)
        pane.close_linked.plan_wanted.connect(self.ask_close_linked)
        pane.close_linked.chosen.connect(self.close_linked)
        pane.close_linked.left.connect(queue.list.setFocus)
        pane.link.wanted.connect(self.link)
        pane.link.left.connect(queue.list.setFocus)
        pane.merge.plan_wanted.connect(self._plan_merge)
        pane.merge.chosen.connect(self._merge)
        pane.merge.left.connect(queue.list.setFocus)

    # -- the group -----------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the group of the ticket in hand again."""
        ticket = self._queue.current
        if ticket is None:
            return
        if self._tree_of != ticket:
            if self._tree is not None and any(row.id == ticket for row in members_of(self._tree)):
                # Walking within a group: what is known of it stays until it is read again.
                self._tree_of = ticket
                self._pane.show_tree(self._tree)
            else:
                self._pane.show_tree(None)
        dedup_operations.load_duplicates(
            self._desk, ticket, lambda tree: self._show(ticket, tree), lambda error: self._fail(ticket, error)
        )

    def touches(self, changes: ChangeSet) -> bool:
        """Whether a change may have changed the group of the ticket in hand."""
        if not changes.tickets or self._tree is None or self._tree_of != self._queue.current:
            return True
        return self._tree_of in changes.tickets or any(row.id in changes.tickets for row in members_of(self._tree))

    def _show(self, ticket: TicketId, tree: DuplicateTree) -> None:
        if ticket != self._queue.current:
            return
        if ticket != self._tree_of or self._pane.duplicates.tree is None or tree != self._tree:
            self._pane.show_tree(tree)
        self._tree, self._tree_of = tree, ticket
        step, self._walk = self._walk, 0
        if step:
            self.walk(step)

    def _fail(self, ticket: TicketId, error: TriageError) -> None:
        if ticket == self._queue.current and not operations.was_cancelled(error):
            self._walk = 0
            self._pane.duplicates.show_error(error)

    def walk(self, by: int) -> None:
        """Go to the next ticket of the group (negative: the one before), round and round."""
        ticket = self._queue.current
        if ticket is None:
            return
        if self._tree is None or self._tree_of != ticket:
            # The group is on its way: go on when it is there.
            self._walk = by
            return
        members = members_of(self._tree)
        if len(members) < 2:
            self._decisions.said.emit("No other ticket is linked to this one", False)
            return
        places = [place for place, row in enumerate(members) if row.id == ticket]
        self.visit(members[((places[0] if places else 0) + by) % len(members)])

    def visit(self, row: TicketRow) -> None:
        """Take a ticket in hand, also one that is not in this view."""
        self._queue.visit(row)

    # -- why -----------------------------------------------------------------------------------------------------

    def explain(self) -> None:
        """Say why the ticket in hand is a duplicate or not, compare two that are marked, or explain the tab's line."""
        tab, targets = self._pane.duplicates, sorted(self._queue.targets)
        if tab.list.hasFocus() and tab.line is not None:
            self.explain_line(tab.line)
        elif len(targets) > 2:
            self._decisions.said.emit("Two marked tickets can be compared; unmark the others", False)
        elif targets:
            self._why.ask(targets[0], *targets[1:])

    def explain_line(self, line: Line) -> None:
        """Compare a linked ticket with the one that it is linked to; explain the first ticket, also for a repeat."""
        if line.row is not None:
            self._why.ask(line.row.id, line.link.here if line.link is not None else None)
        elif self._tree is not None:
            self._why.ask(self._tree.first.id)

    # -- linking -------------------------------------------------------------------------------------------------

    def ask_link(self) -> None:
        """Ask to what the ticket in hand is linked; where several are marked, show what merging them would do."""
        targets = self._queue.targets
        if len(targets) > 1:
            self._pane.merge.begin(targets)
        elif targets:
            self._pane.link.begin()

    def ask_merge(self) -> None:
        """Show what merging the marked tickets would do."""
        if len(self._queue.targets) > 1:
            self.ask_link()
        else:
            self._decisions.said.emit("Mark the tickets to merge first: X marks one, Shift+J the next as well", False)

    def _plan_merge(self, ids: tuple[TicketId, ...], level: Level) -> None:
        bar = self._pane.merge

        def planned(plan: PlannedLink) -> None:
            if bar.ids == ids:
                bar.show_plan(plan)

        finding_operations.plan_link(self._desk, ids, level, planned, bar.show_error)

    def _merge(self, ids: tuple[TicketId, ...], level: Level) -> None:
        self._queue.list.setFocus()
        self._link(ids, level)

    def link(self, ids: tuple[TicketId, ...], level: Level) -> None:
        """Link the ticket in hand to these."""
        self._queue.list.setFocus()
        ticket = self._queue.current
        if ticket is not None:
            self._link(tuple(dict.fromkeys((ticket, *ids))), level)

    def _link(self, ids: tuple[TicketId, ...], level: Level) -> None:
        if len(ids) < 2:
            self._decisions.said.emit("A ticket cannot be linked to itself; name another one", False)
            return
        job = dedup_operations.link(self._desk, ids, level, self._linked)
        if self._queue.state.marked:
            self._queue.marks.clear()
            self._decisions.running.emit(job)

    def _linked(self, linked: Linked) -> None:
        number = wording.counted(len(linked.linked), "ticket", "tickets")
        self._decisions.did(f"Linked {number} under ticket {linked.primary}")
        self.load()

    def unlink(self) -> None:
        """Take the ticket in hand, or the marked ones, out of their groups; with the tab in hand, its line."""
        line = self._pane.duplicates.line
        if self._pane.duplicates.list.hasFocus() and line is not None and line.link is not None:
            self.unlink_line(line)
            return
        self._decisions.act(
            "Unlinked for good:",
            NO_VIEW,
            lambda ids, done: dedup_operations.unlink(self._desk, ids, done, self._decisions.report),
            moves=False,
        )

    def unlink_line(self, line: Line) -> None:
        """Take a linked ticket out of the group, or refuse a suggestion."""
        if line.row is not None and line.link is not None:
            dedup_operations.unlink_pair(self._desk, line.row.id, line.link.here, self._unlinked)

    def _unlinked(self, unlinked: Unlinked) -> None:
        self._decisions.did(f"Ticket {unlinked.ticket} is unlinked from ticket {unlinked.was_under} for good")
        self.load()

    def split(self, line: Line) -> None:
        """Make a ticket of its own from a repeat."""
        if line.repeat is not None:
            dedup_operations.split(self._desk, line.repeat.raw, self._split)

    def _split(self, unlinked: Unlinked) -> None:
        self._decisions.did(f"The repeat is ticket {unlinked.ticket} of its own now")
        self.load()

    def check(self, line: Line) -> None:
        """Tick off a potential link."""
        if line.link is not None:
            dedup_operations.check_link(self._desk, line.link.id, self._checked)

    def check_current(self) -> None:
        """Tick off the potential link of the line in hand."""
        line = self._pane.duplicates.line
        if line is not None and line.is_unchecked:
            self.check(line)

    def split_current(self) -> None:
        """Make a ticket of its own from the repeat of the line in hand."""
        line = self._pane.duplicates.line
        if line is not None:
            self.split(line)

    def _checked(self, _row: TicketRow) -> None:
        self._decisions.did("Ticked off")
        self.load()

    # -- closing -------------------------------------------------------------------------------------------------

    def close_one(self, line: Line) -> None:
        """Close one ticket of the group as a duplicate; the one in hand stays."""
        if line.row is not None:
            row = line.row
            operations.close(self._desk, (row.id,), Verdict.DUPLICATE, lambda _outcome: self._closed_one(row))

    def _closed_one(self, row: TicketRow) -> None:
        self._decisions.did(f"Closed as duplicate: \u201c{wording.first_line(row.subject, 48)}\u201d")
        self.load()

    def ask_close_linked(self) -> None:
        """Show what closing with all that is linked would do, and ask for the verdict."""
        ticket = self._queue.current
        if ticket is not None:
            dedup_operations.plan_close_linked(
                self._desk, ticket, lambda report: self._plan(ticket, report), self._no_plan
            )

    def _plan(self, ticket: TicketId, report: CloseReport) -> None:
        if ticket != self._queue.current:
            return
        if len(report.tickets) < 1:
            self._decisions.said.emit("All of them are closed already", False)
            return
        self._pane.close_linked.begin(report)

    def _no_plan(self, error: TriageError) -> None:
        if isinstance(error, InvalidState):
            self._decisions.said.emit(error.message, False)
        else:
            self._desk.jobs.failed.emit(error)

    def close_linked(self, verdict: Verdict) -> None:
        """Close the ticket in hand with all that is linked under it."""
        queue = self._queue
        queue.list.setFocus()
        ticket = queue.current
        if ticket is None:
            return
        dedup_operations.close_linked(
            self._desk, ticket, verdict, lambda report: self._closed(verdict, report), self._no_plan
        )

    def _closed(self, verdict: Verdict, report: CloseReport) -> None:
        queue = self._queue
        after = queue.next_of(report.tickets)
        if after is not None:
            # Before the rows leave: then none of them moves what is in hand.
            queue.take(after)
        if queue.table.which.view in OPEN_VIEWS and len(report.tickets) <= SOME_IDS:
            queue.table.leave(report.tickets)
        number = wording.counted(len(report.tickets), "ticket", "tickets")
        self._decisions.did(f"Closed as {wording.VERDICTS[verdict].lower()}: {number}")
        if after is None:
            self.load()
