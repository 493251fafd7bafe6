"""What an analyst does about similar tickets: find them, link one, decide like one, copy its note, go to it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import Note, TicketId
from triage_app.gui import operations, pair_operations, similar_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.comparing import Comparing
from triage_app.gui.views.decisions import OPEN_VIEWS, REVIEW_VIEW, Decisions
from triage_app.gui.views.queue import QueueView
from triage_app.gui.views.ticket import TicketPane
from triage_app.services.commands import Linked
from triage_app.services.search_queries import SimilarList, SimilarTicket

# While much changes, the list is asked for again now and then, not each time.
AGAIN_AFTER_MS = 1500
CHANGED = frozenset({ChangeKind.TICKETS_ADDED, ChangeKind.TICKETS_CHANGED, ChangeKind.NOTES})


class Likeness(QObject):
    """Serves the Similar tab; what was done is said through `decisions`, `opened` carries a ticket to take in hand."""

    opened = Signal(object)

    def __init__(
        self, desk: Desk, queue: QueueView, pane: TicketPane, decisions: Decisions, comparing: Comparing
    ) -> None:
        super().__init__(pane)
        self._desk = desk
        self._queue = queue
        self._pane = pane
        self._decisions = decisions
        self._comparing = comparing
        self._tab = pane.similar
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_AFTER_MS)
        self._again.timeout.connect(self._tab.renew)
        self._tab.wanted.connect(self.load)
        self._tab.compare_wanted.connect(self.compare)
        self._tab.link_wanted.connect(self.link)
        self._tab.note_wanted.connect(self.copy_note)
        self._tab.decide_wanted.connect(self.decide)
        self._tab.open_wanted.connect(lambda hit: self.opened.emit(hit.id))
        self._tab.campaign_wanted.connect(comparing.show_current_campaign)

    def doing(self) -> dict[str, Callable[[], object]]:
        """What its actions do, by their ids."""
        return {
            "compare": self.compare_current,
            "similar-link": lambda: self._with_hit(self.link),
            "similar-decide": lambda: self._with_hit(self.decide),
            "similar-note": lambda: self._with_hit(self.copy_note),
            "similar-open": lambda: self._with_hit(lambda hit: self.opened.emit(hit.id)),
        }

    # -- finding -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Find again what is like the ticket in hand."""
        ticket = self._tab.ticket
        if ticket is not None:
            similar_operations.load_similar(
                self._desk,
                ticket,
                self._tab.sought,
                lambda answer: self._show(ticket, answer),
                lambda error: self._fail(ticket, error),
            )

    def take_changes(self, changes: ChangeSet) -> None:
        """Find again some time after tickets have changed: any of them may be similar now, or decided."""
        if changes.kinds & CHANGED and not self._again.isActive():
            self._again.start()

    def _show(self, ticket: TicketId, answer: SimilarList) -> None:
        if ticket == self._tab.ticket:
            self._tab.show_similar(answer)
            self._pane.count_similar(answer.open, answer.past)
            similar_operations.count_pattern(
                self._desk, ticket, lambda total: self._show_pattern(ticket, total), lambda _error: None
            )

    def _show_pattern(self, ticket: TicketId, total: int) -> None:
        if ticket == self._tab.ticket:
            self._tab.show_pattern(total)

    def _fail(self, ticket: TicketId, error: TriageError) -> None:
        if ticket == self._tab.ticket and not operations.was_cancelled(error):
            self._tab.show_error(error)

    # -- acting --------------------------------------------------------------------------------------------------

    @property
    def hit(self) -> SimilarTicket | None:
        """The similar ticket in hand, where its tab is in sight."""
        return self._tab.hit if self._tab.isVisible() else None

    def _with_hit(self, act: Callable[[SimilarTicket], object]) -> None:
        if self.hit is not None:
            act(self.hit)
        else:
            self._decisions.said.emit("Choose a similar ticket in the ticket\u2019s Similar tab first", False)

    def compare_current(self) -> None:
        """Put the ticket in hand beside the similar one in hand; without one as `Comparing` does."""
        if self.hit is not None and len(self._queue.state.marked) != 2:
            self.compare(self.hit)
        else:
            self._comparing.compare_current()

    def compare(self, hit: SimilarTicket) -> None:
        """Put the ticket in hand beside a similar one."""
        if self._tab.ticket is not None:
            self._comparing.show_pair(self._tab.ticket, hit.id)

    def link(self, hit: SimilarTicket) -> None:
        """Say that the ticket in hand and a similar one are the same."""
        if self._tab.ticket is not None:
            pair_operations.link(self._desk, self._tab.ticket, hit.id, self._linked, self._refused)

    def _linked(self, linked: Linked) -> None:
        number = wording.counted(len(linked.linked), "ticket", "tickets")
        self._decisions.did(f"Linked {number} under ticket {linked.primary}")

    def copy_note(self, hit: SimilarTicket) -> None:
        """Write the note of a similar ticket on the one in hand; it is on the clipboard as well."""
        if self._tab.ticket is not None and hit.note:
            self._tab.copy_note()
            pair_operations.copy_note(self._desk, self._tab.ticket, hit.note, self._copied, self._refused)

    def _copied(self, note: Note) -> None:
        self._decisions.did(f"Copied the note to ticket {note.ticket}")

    def decide(self, hit: SimilarTicket) -> None:
        """Decide the ticket in hand, or the marked ones, as a similar one was decided; the next one comes up."""
        self._queue.list.setFocus()
        verdict = f", {wording.VERDICTS[hit.verdict].lower()}" if hit.verdict is not None else ""
        self._decisions.act(
            f"{hit.category}{verdict}, like ticket {hit.id}:",
            REVIEW_VIEW if hit.verdict is None else OPEN_VIEWS,
            lambda ids, done: similar_operations.decide_like(self._desk, ids, hit.id, done, self._decisions.report),
        )

    def _refused(self, error: TriageError) -> None:
        self._decisions.said.emit(error.message, False)
