"""After a decision: quietly asks what else it would change, and watches whether the model keeps its promise."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from triage_app.domain.labels import Dataset
from triage_app.domain.ticket import TicketId
from triage_app.gui import labelling_operations, labelling_wording, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.blast import BlastPanel
from triage_app.gui.views.decisions import Decisions
from triage_app.gui.views.news_bar import NewsBar
from triage_app.gui.views.suggestion import SuggestionStrip
from triage_app.services.learning_shapes import BlastRadius, LabelTold, Promise

ASK_AFTER_MS = 400
"""Whoever corrects one ticket after the other is asked about the last one."""
TOLD = "window/promise-told"


class Aftermath(QObject):
    """Says in bars below the queue what a correction would change and which promise is broken.

    Nothing is applied that was not asked for. `opened` carries a ticket that somebody wants to read, `learning_wanted`
    that somebody wants to see the promises.
    """

    opened = Signal(object)
    learning_wanted = Signal()

    def __init__(
        self,
        desk: Desk,
        learnt: NewsBar,
        broken: NewsBar,
        strip: SuggestionStrip,
        decisions: Decisions,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._learnt = learnt
        self._broken = broken
        self._strip = strip
        self._decisions = decisions
        self._dataset: Dataset | None = None
        self._asked: tuple[TicketId, str] | None = None
        self._radius: BlastRadius | None = None
        self._promise: Promise | None = None
        self.panel = BlastPanel(desk.look, parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_AFTER_MS)
        self._timer.timeout.connect(self.ask_now)
        decisions.corrected.connect(self.corrected)
        decisions.taken_back.connect(self.forget)
        learnt.wanted.connect(self.show_changes)
        broken.wanted.connect(self.learning_wanted)
        broken.dismissed.connect(self._remember)
        self.panel.opened.connect(self.opened)
        self.panel.told.connect(self.tell)

    def set_dataset(self, dataset: Dataset) -> None:
        """The dataset that names categories."""
        self._dataset = dataset
        self.load_promise()

    # -- what would change -----------------------------------------------------------------------------------------

    def corrected(self, ticket: TicketId, label: str) -> None:
        """A person gave a ticket this label: ask in a moment what that would change."""
        self._asked = (ticket, label)
        self._learnt.say("")
        self._timer.start()

    def ask_now(self) -> None:
        """Ask about the last correction."""
        self._timer.stop()
        if self._asked is not None and self._dataset is not None:
            ticket, label = self._asked
            labelling_operations.load_blast_radius(self._desk, ticket, label, self._dataset.name, self.show_radius)

    def show_radius(self, radius: BlastRadius) -> None:
        """Say what the last correction would change; an answer about an older one comes too late."""
        if self._asked == (radius.ticket, radius.label):
            self._radius = radius
            self._learnt.say(labelling_wording.would_change(radius))

    def show_changes(self) -> None:
        """Show the tickets that would change, and ask which are alike."""
        radius = self._radius
        if radius is None or self._dataset is None:
            return
        self.panel.begin(radius)
        labelling_operations.plan_cluster(
            self._desk, radius.ticket, radius.label, self._dataset.name, self.panel.show_plan, self.panel.show_error
        )

    def tell(self) -> None:
        """Give the tickets alike the label, as a person has confirmed."""
        radius = self._radius
        if radius is not None and self._dataset is not None:
            self._learnt.say("")
            labelling_operations.tell_cluster(
                self._desk,
                radius.ticket,
                radius.label,
                self._dataset.name,
                self._told,
                lambda error: self._decisions.said.emit(error.message, False),
            )

    def _told(self, told: LabelTold) -> None:
        number = wording.counted(len(told.tickets), "ticket", "tickets")
        self._decisions.did(f"{told.label} for {number} alike")

    def forget(self) -> None:
        """What was said about the last correction holds no more: it was taken back."""
        self._asked = None
        self._timer.stop()
        self._learnt.say("")

    # -- the promise -----------------------------------------------------------------------------------------------

    def load_promise(self) -> None:
        """Read again whether the model keeps its promise."""
        if self._dataset is not None:
            labelling_operations.load_promise(self._desk, self._dataset.name, self.show_promise)

    def show_promise(self, promise: Promise) -> None:
        """Say which promise is broken, unless that was dismissed."""
        self._promise = promise
        self._strip.set_promise(promise)
        text = labelling_wording.promises_broken(promise)
        self._broken.say("" if self._desk.settings.value(TOLD) == _name(promise) else text)

    def _remember(self) -> None:
        if self._promise is not None:
            self._desk.settings.setValue(TOLD, _name(self._promise))


def _name(promise: Promise) -> str:
    """What was dismissed: a label that breaks later, or another version, is said again."""
    return "|".join([promise.model_id, *sorted(each.label for each in promise.labels if each.broken)])
