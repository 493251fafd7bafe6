"""The wrongly answered examples behind a cell of the confusion matrix, or all of them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QTreeWidgetItem, QVBoxLayout, QWidget

from triage_app.domain.evaluation import Mistake
from triage_app.gui import wording
from triage_app.gui.learning_wording import fine
from triage_app.gui.look import Look
from triage_app.gui.views.label_cells import figures, plain_list

TICKET = Qt.ItemDataRole.UserRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MOST = 200
COLUMNS = (("Text", 0), ("Is", 110), ("Was called", 110), ("Confidence", 76), ("Ticket", 60))


class MistakeList(QWidget):
    """The surest mistakes first. Return or a double click opens the ticket, where it is one."""

    ticket_wanted = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._mistakes: tuple[Mistake, ...] = ()
        self.setAccessibleName("Mistakes")
        px = look.px
        self.title = QLabel()
        self.title.setFont(look.strong)
        self.title.setWordWrap(True)
        self.all = QToolButton()
        self.all.setText("Show all")
        self.all.setAccessibleName("Show the mistakes of every cell")
        self.all.clicked.connect(self.show_all)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self.title, 1)
        top.addWidget(self.all)
        self.list = plain_list(look, "Mistakes", COLUMNS)
        figures(self.list, 3, 4)
        self.list.setMinimumHeight(px(200))
        self.list.itemActivated.connect(self._open)
        self.hint = QLabel()
        self.hint.setObjectName("second")
        self.hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(px(4))
        layout.addLayout(top)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.hint)

    def show_mistakes(self, mistakes: Sequence[Mistake]) -> None:
        """Take the mistakes of an evaluation, and show all of them."""
        self._mistakes = tuple(mistakes)
        self.show_all()

    def show_all(self) -> None:
        """Show the mistakes of every cell."""
        self._fill(self._mistakes)
        number = len(self._mistakes)
        self.title.setText(f"{wording.counted(number, 'mistake', 'mistakes')}" if number else "No mistake")
        self.all.hide()

    def show_cell(self, true: str, answered: str) -> None:
        """Show those of one cell."""
        found = [each for each in self._mistakes if (each.true, each.answered) == (true, answered)]
        self._fill(found)
        if true == answered:
            self.title.setText(f"{true} called so: these are right, and not listed")
        else:
            number = wording.counted(len(found), "mistake", "mistakes")
            self.title.setText(f"{number}: {true} called {answered}")
        self.all.show()

    def _fill(self, mistakes: Sequence[Mistake]) -> None:
        self.list.clear()
        items = []
        for each in sorted(mistakes, key=lambda one: -one.confidence)[:MOST]:
            ticket = str(each.ticket) if each.ticket else ""
            text = wording.first_line(each.excerpt, 300) or "(no text)"
            item = QTreeWidgetItem([text, each.true, each.answered, fine(each.confidence), ticket])
            item.setToolTip(0, wording.first_line(each.excerpt, 1000))
            item.setToolTip(1, each.true)
            item.setToolTip(2, each.answered)
            item.setData(0, TICKET, each.ticket)
            for place in (3, 4):
                item.setTextAlignment(place, RIGHT)
            items.append(item)
        self.list.addTopLevelItems(items)
        more = len(mistakes) - MOST
        tickets = any(each.ticket for each in mistakes)
        self.list.setColumnHidden(4, not tickets)
        said = [f"{wording.count(more)} more are not listed."] if more > 0 else []
        said += ["Return opens the ticket."] if tickets else []
        self.hint.setText(" ".join(said))
        self.hint.setVisible(bool(said))

    def _open(self, item: QTreeWidgetItem) -> None:
        ticket = int(item.data(0, TICKET) or 0)
        if ticket:
            self.ticket_wanted.emit(ticket)
