"""What the queue says where it has no tickets to show, and what can be done about it."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from triage_app.domain.errors import TriageError
from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.models.ticket_table import Which
from triage_app.gui.views.state import StatePage

DONE_WHEN_EMPTY = ("inbox", "review")


class QueueState(StatePage):
    """The page instead of the list; its buttons tell what is wanted."""

    clear_wanted = Signal()
    widen_wanted = Signal()
    edit_wanted = Signal()
    import_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "State of the queue")

    def say_empty(self, which: Which, title: str, *, new: bool) -> None:
        """No ticket is in a view of this title; `new` is a workspace that has never seen an item."""
        if which.query:
            words = wording.first_line(which.query, 60)
            clear = ("Clear the search", self.clear_wanted.emit)
            if which.view == "all":
                self.say("search", f"No ticket fits \u201c{words}\u201d.", (clear,))
            else:
                widen = ("Search all tickets", self.widen_wanted.emit)
                self.say("search", f"No ticket in \u201c{title}\u201d fits \u201c{words}\u201d.", (widen, clear))
        elif new:
            self.say(
                "inbox",
                "Drop mail and alert files here, or import them. They stay on this machine.",
                (("Import files\u2026", self.import_wanted.emit), ("Load the sample mail", self.demo_wanted.emit)),
            )
        elif which.view == "waiting":
            self.say("alarm-clock", "Nothing is put off. H puts a ticket off until a time, or until something changes.")
        elif which.view in DONE_WHEN_EMPTY:
            self.say("check", "Nothing left to do here.")
        else:
            self.say("inbox", f"No ticket is in \u201c{title}\u201d.")

    def say_error(self, error: TriageError, again: Callable[[], None]) -> None:
        """The list could not be read."""
        self.say("triangle-alert", error.message, (("Try again", again),))

    def say_refused(self, error: TriageError) -> None:
        """The search cannot be carried out; the error says what to do about it."""
        actions = (("Change the search", self.edit_wanted.emit), ("Clear the search", self.clear_wanted.emit))
        self.say("search", error.message, actions)
