"""What an analyst does about likeness beside the tab: two tickets side by side, and the campaign of a ticket."""

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage_app.domain.ticket import TicketId
from triage_app.gui import pair_operations
from triage_app.gui.desk import Desk
from triage_app.gui.views.campaign import CampaignPanel
from triage_app.gui.views.decisions import Decisions
from triage_app.gui.views.queue import QueueView
from triage_app.gui.views.side_by_side import SideBySide
from triage_app.services.search_queries import SimilarList


class Comparing(QObject):
    """Opens both panels, each made when it is first asked for. What was done is said through `decisions`; `opened`
    carries a ticket to take in hand, `page_wanted` an observable whose page is wanted.
    """

    opened = Signal(object)
    page_wanted = Signal(str)

    def __init__(self, desk: Desk, queue: QueueView, decisions: Decisions, central: QWidget) -> None:
        super().__init__(queue)
        self._desk = desk
        self._queue = queue
        self._decisions = decisions
        self._central = central

    @cached_property
    def side_by_side(self) -> SideBySide:
        """The panel of two tickets."""
        panel = SideBySide(self._desk, self._central)
        panel.ticket_wanted.connect(self.opened)
        panel.page_wanted.connect(self.page_wanted)
        panel.done.connect(self._decisions.did)
        return panel

    @cached_property
    def campaign(self) -> CampaignPanel:
        """The panel of a campaign."""
        panel = CampaignPanel(self._desk, self._central)
        panel.ticket_wanted.connect(self.opened)
        return panel

    def doing(self) -> dict[str, Callable[[], object]]:
        """What its actions do, by their ids."""
        return {"compare": self.compare_current, "campaign": self.show_current_campaign}

    def show_pair(self, ticket: TicketId, other: TicketId) -> None:
        """Put two tickets side by side."""
        self.side_by_side.show_pair(ticket, other)

    def show_campaign(self, ticket: TicketId) -> None:
        """Show the campaign that a ticket belongs to."""
        self.campaign.show_campaign(ticket)

    def compare_current(self) -> None:
        """Put the two marked tickets side by side, the newer one first; else the one in hand and the most like it."""
        marked = sorted(self._queue.state.marked)
        current = self._queue.current
        if len(marked) > 2:
            self._decisions.said.emit("Mark two tickets to put them side by side", False)
        elif len(marked) == 2:
            self.show_pair(marked[1], marked[0])
        elif current is not None:
            pair_operations.find_most_alike(
                self._desk,
                current,
                lambda found: self._found(current, found),
                lambda error: self._decisions.said.emit(error.message, False),
            )

    def _found(self, ticket: TicketId, found: SimilarList) -> None:
        if found.similar:
            self.show_pair(ticket, found.similar[0].id)
        else:
            self._decisions.said.emit("No other ticket is like this one", False)

    def show_current_campaign(self) -> None:
        """Show the campaign of the ticket in hand."""
        if self._queue.current is not None:
            self.show_campaign(self._queue.current)
