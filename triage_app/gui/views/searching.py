"""What happens while one types a query: it is read beside the window, drawn as chips, completed, and carried out."""

from PySide6.QtCore import QObject, Signal

from triage_app.domain.errors import TriageError
from triage_app.domain.query_completion import Completion
from triage_app.domain.query_parsing import Chip
from triage_app.gui import finding_operations, operations
from triage_app.gui.desk import Desk
from triage_app.gui.query_edit import completed, without
from triage_app.gui.views.query_chips import QueryChips
from triage_app.gui.views.search_field import SearchField
from triage_app.services.search_queries import QueryReading


class Searching(QObject):
    """Joins the box, its completions and the chips.

    `found` carries a query that can be read and is another than before; what cannot be read leaves the list as it is.
    `taken` comes when Return was pressed on a query that can be read.
    """

    found = Signal(str)
    taken = Signal()

    def __init__(self, desk: Desk, field: SearchField, chips: QueryChips) -> None:
        super().__init__(field)
        self._desk = desk
        self.field = field
        self.chips = chips
        self._view = ""
        self._query = ""
        self._reading = QueryReading((), None, ())
        self._enters = False
        # After Escape, and in a query that was not begun here, completions wait until something is typed.
        self._hushed = True
        field.wanted.connect(self._ask)
        field.entered.connect(self._enter)
        field.took.connect(self._take)
        field.dismissed.connect(self._dismiss)
        field.textEdited.connect(lambda _text: self._speak())
        chips.removed.connect(self._remove)
        chips.left.connect(field.setFocus)

    # -- what is asked -------------------------------------------------------------------------------------------

    def put(self, query: str, view: str) -> None:
        """Hold a query that is shown already, in a view of this title (empty: everything)."""
        self._query, self._view, self._hushed = query, view, True
        self.field.put(query)
        if query:
            self._ask()
        else:
            self._show(QueryReading((), None, ()))

    def set_view(self, view: str) -> None:
        """Say what is searched: a view's title, or everything (empty)."""
        self._view = view
        self.chips.show_chips(self._reading.chips, view)

    @property
    def is_sound(self) -> bool:
        """Whether what stands in the box is what is shown."""
        return self.field.words == self._query

    @property
    def query(self) -> str:
        """The query that is shown."""
        return self._query

    def _ask(self) -> None:
        text, cursor = self.field.text(), self.field.cursor_place
        finding_operations.read_query(
            self._desk, text, cursor, lambda reading: self._answer(text, reading), self._refused
        )

    def _answer(self, text: str, reading: QueryReading) -> None:
        if text != self.field.text():
            return
        self._show(reading)
        enters, self._enters = self._enters, False
        if reading.problem is not None:
            return
        words = text.strip()
        if words != self._query:
            self._query = words
            self.found.emit(words)
        if enters:
            self.taken.emit()

    def _refused(self, error: TriageError) -> None:
        self._enters = False
        if not operations.was_cancelled(error):
            self._desk.jobs.failed.emit(error)

    # -- what is shown -------------------------------------------------------------------------------------------

    def _show(self, reading: QueryReading) -> None:
        self._reading = reading
        self.chips.show_chips(reading.chips, self._view)
        self.chips.allow_saving(reading.problem is None and bool(reading.chips))
        empty = not self.field.text()
        offers = self.field.hasFocus() and not self._enters and (empty or not self._hushed)
        self.field.completions.offer(reading.completions if offers else ())
        self._show_problem()

    def _show_problem(self) -> None:
        problem = self._reading.problem
        if problem is None:
            self.field.mark(None)
            self.chips.say("")
            return
        # What is still being typed is not called wrong while the list says how it could go on.
        unfinished = self.field.completions.isVisible() and problem.end >= self.field.cursor_place
        self.field.mark(None if unfinished else (problem.start, problem.end))
        self.chips.say("" if unfinished else problem.message)

    def _speak(self) -> None:
        self._hushed = False

    def _dismiss(self) -> None:
        self._hushed = True
        self._show_problem()

    # -- what is done --------------------------------------------------------------------------------------------

    def _enter(self) -> None:
        self._hushed = self._enters = True
        self.field.completions.hide()
        self._ask()

    def _take(self, completion: Completion) -> None:
        text, cursor = completed(self.field.text(), completion)
        self._hushed = False
        self.field.setText(text)
        self.field.put_cursor(cursor)
        self.field.search_now()

    def _remove(self, chip: Chip) -> None:
        self._hushed = True
        self.field.setText(without(self.field.text(), chip.start, chip.end))
        self.field.search_now()
