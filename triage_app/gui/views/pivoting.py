"""What an analyst does about observables: open one's page, ignore it or heed it again."""

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage_app.domain.observable import defang
from triage_app.gui import pivot_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.decisions import Decisions
from triage_app.gui.views.pivot import PivotPanel
from triage_app.gui.views.queue import QueueView
from triage_app.gui.views.ticket import TicketPane
from triage_app.services.queries import SeenObservable
from triage_app.services.search_commands import ObservableSwitched


class Pivoting(QObject):
    """Opens observables' pages from the Observables tab. What was done is said through `decisions`.

    `opened` carries a ticket that is to be taken in hand, `found` that the queue searches in all tickets now.
    """

    opened = Signal(object)
    found = Signal(str)

    def __init__(self, desk: Desk, queue: QueueView, pane: TicketPane, decisions: Decisions, central: QWidget) -> None:
        super().__init__(pane)
        self._desk = desk
        self._queue = queue
        self._pane = pane
        self._decisions = decisions
        self._central = central
        pane.observables.page_wanted.connect(self._page)
        pane.observables.switch_wanted.connect(self._switch)

    @cached_property
    def panel(self) -> PivotPanel:
        """The panel of an observable's page, made when it is first asked for."""
        panel = PivotPanel(self._desk, self._central)
        panel.ticket_wanted.connect(self.opened)
        panel.search_wanted.connect(self.found)
        panel.switched.connect(self._say)
        return panel

    def doing(self) -> dict[str, Callable[[], object]]:
        """What its actions do, by their ids."""
        return {"pivot": self.open_page, "ignore": lambda: self._with_chosen(self._switch)}

    def open_page(self) -> None:
        """Open the page of the observable that is chosen in the tab."""
        self._with_chosen(self._page)

    def _with_chosen(self, act: Callable[[SeenObservable], object]) -> None:
        chosen = self._pane.observables.chosen()
        if chosen:
            act(chosen[0])
        else:
            self._decisions.said.emit("Choose an observable in the ticket's Observables tab first", False)

    def begin(self, value: str) -> None:
        """Open the page of an observable, live or defanged."""
        self.panel.begin(value)

    def _page(self, seen: SeenObservable) -> None:
        self.begin(seen.value)

    def _switch(self, seen: SeenObservable) -> None:
        act = pivot_operations.heed if seen.ignored else pivot_operations.ignore
        act(self._desk, seen.value, self._say, lambda error: self._decisions.said.emit(error.message, False))

    def _say(self, told: ObservableSwitched) -> None:
        value = wording.first_line(defang(told.value, told.kind), 60)
        text = f"{value} makes no tickets similar any more" if told.ignored else f"{value} makes tickets similar again"
        self._decisions.said.emit(text, True)
