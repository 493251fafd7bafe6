"""The tickets that are marked in the queue, and the bar below it that says how many there are."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from triage_app.gui import wording
from triage_app.gui.look import Look
from triage_app.gui.models.ticket_table import TicketTable
from triage_app.gui.views.ticket_rows import RowState

MOST_MARKED = 100_000


class Marks(QFrame):
    """Marks tickets by their places in the table; `changed` tells that there are others now. Hidden without any."""

    changed = Signal()

    def __init__(self, look: Look, table: TicketTable, state: RowState) -> None:
        super().__init__()
        self._table = table
        self._state = state
        self._wants_all = False
        self.setObjectName("marks")
        self.setAccessibleName("Marked tickets")
        px = look.px
        self.text = QLabel()
        clear = QPushButton("Unmark all")
        clear.setProperty("flat", True)
        clear.setToolTip("Shift+X")
        clear.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(24), px(6), px(12), px(6))
        row.addWidget(self.text)
        row.addStretch(1)
        row.addWidget(clear)
        table.listed.connect(self._mark_awaited)
        self.hide()

    def toggle(self, place: int) -> None:
        """Mark or unmark the ticket at a place."""
        ticket = self._table.id_at(place)
        if ticket is not None:
            self._state.marked ^= {ticket}
            self._tell()

    def mark(self, places: range) -> None:
        """Mark the tickets at these places, up to a limit."""
        ids = (self._table.id_at(place) for place in places[:MOST_MARKED])
        self._state.marked.update(ticket for ticket in ids if ticket is not None)
        self._tell()

    def mark_all(self) -> None:
        """Mark everything in this view, up to a limit; where its list is still on its way, as soon as it is there."""
        self._wants_all = not self._table.complete
        if not self._wants_all:
            self.mark(range(self._table.rowCount()))

    def _mark_awaited(self) -> None:
        if self._wants_all and self._table.complete:
            self.mark_all()

    def clear(self) -> None:
        """Unmark everything."""
        self._wants_all = False
        self._state.marked.clear()
        self._tell()

    def _tell(self) -> None:
        number = len(self._state.marked)
        most = ", the most at once" if number >= MOST_MARKED else ""
        self.text.setText(f"{wording.counted(number, 'ticket', 'tickets')} marked{most}: keys act on all of them")
        self.setVisible(number > 0)
        self.changed.emit()
