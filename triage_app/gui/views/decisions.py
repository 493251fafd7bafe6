"""What an analyst decides: each key becomes an operation, the next ticket comes up, and a toast offers Undo."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from triage_app.domain.errors import TriageError
from triage_app.domain.labels import Dataset
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.gui import operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.operations import Outcome
from triage_app.gui.stopwatch import Stopwatch
from triage_app.gui.views.queue import QueueView
from triage_app.gui.views.ticket import TicketPane
from triage_app.services.context import Progress

OPEN_VIEWS = frozenset({"inbox", "review", "mine"})
REVIEW_VIEW = frozenset({"review"})
NO_VIEW: frozenset[str] = frozenset()


class Decisions(QObject):
    """Acts on the marked tickets, or on the one in hand. `said` carries a sentence and whether it can be taken back.

    `corrected` carries a ticket and the label that a person gave it, once that is stored; `taken_back` tells of undo.
    """

    said = Signal(str, bool)
    corrected = Signal(object, str)
    taken_back = Signal()
    running = Signal(object)
    progressed = Signal(object)
    ended = Signal()

    def __init__(self, desk: Desk, queue: QueueView, pane: TicketPane) -> None:
        super().__init__()
        self._desk = desk
        self._queue = queue
        self._pane = pane
        self.watch = Stopwatch()
        self._dataset: Dataset | None = None
        self._steps = 1
        pane.strip.accepted.connect(self.accept)
        pane.strip.corrected.connect(self.correct)
        pane.verdicts.chosen.connect(self.close)
        pane.verdicts.left.connect(queue.list.setFocus)
        pane.note.saved.connect(self.add_note)
        pane.note.left.connect(queue.list.setFocus)
        pane.close_wanted.connect(self.ask_verdict)
        pane.reopen_wanted.connect(self.reopen)
        pane.assign_wanted.connect(lambda: self.assign("me"))
        pane.note_wanted.connect(self.ask_note)

    def set_dataset(self, dataset: Dataset) -> None:
        """The dataset that names categories."""
        self._dataset = dataset

    # -- decisions -----------------------------------------------------------------------------------------------

    def accept(self) -> None:
        """Accept the suggestion."""
        if self._pane.row is not None and self._pane.row.reviewed and not self._queue.state.marked:
            self._queue.step(1)
            return
        self.act(
            "Accepted",
            REVIEW_VIEW,
            lambda ids, done: operations.accept(self._desk, ids, done, self.report, seconds=self._seconds(ids)),
        )

    def correct(self, label: str) -> None:
        """Correct to a label."""

        def start(ids: Sequence[TicketId], done: Callable[[Outcome], None]) -> Job[Outcome]:
            def stored(outcome: Outcome) -> None:
                done(outcome)
                if outcome.done:
                    self.corrected.emit(ids[0], label)

            return operations.correct(self._desk, ids, label, stored, self.report, seconds=self._seconds(ids))

        self.act(f"Corrected to {label}:", REVIEW_VIEW, start)

    def correct_to_place(self, place: int) -> None:
        """Correct to the label at a place, 1 to 9."""
        labels = self._dataset.labels if self._dataset is not None else ()
        if place <= len(labels):
            self.correct(labels[place - 1])

    def ask_verdict(self) -> None:
        """Ask with which verdict to close."""
        targets = self._queue.targets
        if not targets:
            return
        if len(targets) == 1:
            row = self._pane.row
            subject = wording.first_line(row.subject, 60) if row is not None else ""
            self._pane.verdicts.begin(f"Close \u201c{subject}\u201d as")
        else:
            self._pane.verdicts.begin(f"Close {wording.counted(len(targets), 'marked ticket', 'marked tickets')} as")

    def close(self, verdict: Verdict) -> None:
        """Close with a verdict."""
        self._queue.list.setFocus()
        self.act(
            f"Closed as {wording.VERDICTS[verdict].lower()}:",
            OPEN_VIEWS,
            lambda ids, done: operations.close(self._desk, ids, verdict, done, self.report, seconds=self._seconds(ids)),
        )

    def reopen(self) -> None:
        """Open again."""
        self.act(
            "Reopened", frozenset({"closed"}), lambda ids, done: operations.reopen(self._desk, ids, done, self.report)
        )

    def assign(self, who: str) -> None:
        """Give to somebody; the ticket stays in hand."""
        words = "Assigned to you:" if who == "me" else "Assigned to nobody:"
        leaves = NO_VIEW if who == "me" else frozenset({"mine"})
        self.act(
            words, leaves, lambda ids, done: operations.assign(self._desk, ids, who, done, self.report), moves=False
        )

    def ask_note(self) -> None:
        """Start to write a note."""
        if self._queue.targets:
            self._pane.note.begin()

    def add_note(self, text: str) -> None:
        """Write the note; the ticket stays in hand."""
        self._queue.list.setFocus()
        self.act(
            "Noted on",
            NO_VIEW,
            lambda ids, done: operations.add_note(self._desk, ids, text, done, self.report),
            moves=False,
        )

    def undo(self) -> None:
        """Take back the last decision, which may have been about several tickets."""
        steps, self._steps = self._steps, 1
        job = operations.undo(self._desk, steps, self._undone, self._refused, self.report)
        if steps > 1:
            self.running.emit(job)

    def _seconds(self, ids: Sequence[TicketId]) -> float | None:
        """How long it took to decide; not known of several tickets at once."""
        return self.watch.seconds(ids[0]) if len(ids) == 1 else None

    # -- how it goes ---------------------------------------------------------------------------------------------

    def act(
        self,
        words: str,
        leaves: frozenset[str],
        start: Callable[[Sequence[TicketId], Callable[[Outcome], None]], Job[Outcome]],
        *,
        moves: bool = True,
    ) -> None:
        """Act on the marked tickets, or on the one in hand, and say `words` when it is done.

        The tickets leave the views `leaves` at once; the next one is taken in hand where it `moves`.
        """
        queue = self._queue
        targets = queue.targets
        if not targets:
            return
        view = queue.table.which.view
        name = self._name_of(targets)
        after = queue.next_of(targets) if moves else None
        many = len(targets) > 1
        job = start(targets, lambda outcome: self._done(words, name, outcome))
        if many:
            self.running.emit(job)
            queue.marks.clear()
        if view in leaves:
            queue.table.leave(targets)
        if after is not None:
            queue.take(after)

    def _name_of(self, targets: Sequence[TicketId]) -> str:
        row = self._queue.table.known(targets[0]) if len(targets) == 1 else None
        if row is None:
            return wording.counted(len(targets), "ticket", "tickets")
        return f"\u201c{wording.first_line(row.subject, 48)}\u201d" if row.subject else f"ticket {row.id}"

    def _done(self, words: str, name: str, outcome: Outcome) -> None:
        self.ended.emit()
        self._steps = max(1, outcome.done)
        if outcome.asked == 1:
            self.said.emit(f"{words} {name}", True)
            return
        text = f"{words} {wording.counted(outcome.done, 'ticket', 'tickets')}"
        if outcome.stopped:
            text += f", then stopped; {wording.count(outcome.asked - outcome.done)} are as before"
        elif outcome.refused:
            text += f"; {wording.counted(len(outcome.refused), 'was', 'were')} left as before: {outcome.refused[0]}"
        self.said.emit(text, outcome.done > 0)

    def _undone(self, tickets: tuple[TicketId, ...]) -> None:
        self.ended.emit()
        self.taken_back.emit()
        self._queue.table.refresh()
        if len(tickets) == 1:
            self._queue.wait_for(tickets[0])
        self.said.emit(f"Taken back: {wording.counted(len(set(tickets)), 'ticket is', 'tickets are')} as before", False)

    def _refused(self, error: TriageError) -> None:
        self.ended.emit()
        self.said.emit(error.message, False)

    def did(self, words: str, *, steps: int = 1) -> None:
        """Something was done elsewhere in so many steps: say so, and offer to take it back."""
        self.ended.emit()
        self._steps = steps
        self.said.emit(words, True)

    def report(self, progress: Progress) -> None:
        """Hand on how far a decision about several tickets is."""
        if progress.total > 1:
            self.progressed.emit(progress)
