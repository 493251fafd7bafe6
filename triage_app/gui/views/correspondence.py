"""What an analyst does about mail that goes out: reply, move or flag the original, withdraw, send again."""

from PySide6.QtCore import QObject

from triage_app.domain.errors import TriageError
from triage_app.domain.outgoing_mail import OutgoingId
from triage_app.domain.ticket import TicketId
from triage_app.gui import mail_operations, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.operations import Outcome
from triage_app.gui.views.decisions import NO_VIEW, Decisions
from triage_app.gui.views.queue import QueueView
from triage_app.gui.views.ticket import TicketPane
from triage_app.services.mail_queries import OutboxEntry

QUEUED = "Reply queued; it goes out within seconds while its mailbox is followed. Z takes it back."


class Correspondence(QObject):
    """Serves the reply box, the folder bar and the conversation; what was done is said through `decisions`."""

    def __init__(self, desk: Desk, queue: QueueView, pane: TicketPane, decisions: Decisions) -> None:
        super().__init__(pane)
        self._desk = desk
        self._queue = queue
        self._pane = pane
        self._decisions = decisions
        pane.reply_wanted.connect(self.ask_reply)
        pane.reply.plan_wanted.connect(self._plan)
        pane.reply.wanted.connect(self._send)
        pane.reply.left.connect(queue.list.setFocus)
        pane.folder.wanted.connect(self._move)
        pane.folder.left.connect(queue.list.setFocus)
        pane.conversation.withdraw_wanted.connect(self.withdraw)
        pane.conversation.resend_wanted.connect(self.resend)

    # -- replies -------------------------------------------------------------------------------------------------

    def ask_reply(self) -> None:
        """Start to write a reply to whoever wrote to us."""
        targets = self._queue.targets
        if len(targets) > 1:
            self._decisions.said.emit("A reply answers one ticket; unmark the others", False)
        elif targets:
            box = self._pane.reply
            mail_operations.load_means(self._desk, box.show_means, self._fail)
            box.begin(targets[0])

    def _plan(self) -> None:
        box = self._pane.reply
        if box.ticket is not None:
            mail_operations.plan_reply(self._desk, box.ticket, box.draft, box.show_plan, self._fail)

    def _send(self) -> None:
        box = self._pane.reply
        ticket = box.ticket
        if ticket is None:
            return

        def done(_entry: OutboxEntry) -> None:
            if box.ticket == ticket:
                self._queue.list.setFocus()
            box.finish(ticket)
            self._decisions.did(QUEUED)

        mail_operations.queue_reply(self._desk, ticket, box.draft, done, lambda error: self._refused(ticket, error))

    def _refused(self, ticket: TicketId, error: TriageError) -> None:
        if self._pane.reply.ticket == ticket:
            self._pane.reply.show_error(error)
        else:
            # Another ticket is in hand by now: the draft of this one is kept.
            self._desk.jobs.failed.emit(error)

    def _fail(self, error: TriageError) -> None:
        if not operations.was_cancelled(error):
            self._pane.reply.show_error(error)

    # -- the original mail ---------------------------------------------------------------------------------------

    def ask_move(self) -> None:
        """Ask to which folder the original mail is moved."""
        targets = self._queue.targets
        if targets:
            mails = "the original mail" if len(targets) == 1 else f"{wording.count(len(targets))} original mails"
            self._pane.folder.begin(f"Move {mails} in the mailbox to")

    def _move(self, folder: str) -> None:
        where = f"to {wording.first_line(folder, 48)}: " if folder else ""
        bar = self._pane.folder

        def done(outcome: Outcome, say: operations.Done[Outcome]) -> None:
            bar.hide()
            self._queue.list.setFocus()
            say(outcome)

        self._decisions.act(
            f"To be moved {where}the mail of",
            NO_VIEW,
            lambda ids, say: mail_operations.move_mail(
                self._desk, ids, folder, lambda outcome: done(outcome, say), bar.show_error, self._decisions.report
            ),
            moves=False,
        )

    def flag(self) -> None:
        """Flag the original mail in its mailbox."""
        self._decisions.act(
            "To be flagged: the mail of",
            NO_VIEW,
            lambda ids, done: mail_operations.flag_mail(self._desk, ids, done, self._decisions.report),
            moves=False,
        )

    # -- the outbox ----------------------------------------------------------------------------------------------

    def withdraw(self, entry: OutgoingId) -> None:
        """Take back what waits."""
        mail_operations.withdraw(self._desk, entry, lambda _entry: self._decisions.did("Withdrawn; it is not sent"))

    def resend(self, entry: OutgoingId) -> None:
        """Let what failed or was withdrawn wait anew."""
        mail_operations.resend(self._desk, entry, lambda _entry: self._decisions.did("Waits to be sent again"))
