"""At the foot of a ticket: close it with all that is linked under it, after showing what closes and what is new."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from triage_app.domain.dedup import Level
from triage_app.domain.errors import TriageError
from triage_app.gui import wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.tick_box import TickBox
from triage_app.gui.views.verdicts import VerdictChooser
from triage_app.services.commands import CloseReport
from triage_app.services.dedup_queries import DuplicateTree

COUNTED = frozenset({Level.CHILD, Level.LINK, Level.NOTE})


def will_close(closes: int, mine: int, novel: Sequence[str], unchecked: int) -> str:
    """What closing would do, in one line: `Closes 41 tickets, 2 of them yours; 1 carries something new: ...`."""
    text = f"Closes {wording.counted(closes, 'ticket', 'tickets')}"
    if mine:
        text += f", {wording.count(mine)} of them yours"
    if novel:
        carries = wording.counted(len(novel), "carries", "carry")
        text += f"; {carries} something new: {novel[0]}"
    if unchecked:
        links = wording.counted(unchecked, "potential link is", "potential links are")
        text += f"; {links} not ticked off yet"
    return text


def preview(tree: DuplicateTree, user: str) -> str:
    """The same from what the group shows, before the plan is asked for."""
    linked = [link for link in tree.links if link.level in COUNTED]
    rows = [tree.first, *(link.ticket for link in linked)]
    still_open = [row for row in rows if row.verdict is None]
    novel = [new for link in linked if link.ticket.verdict is None for new in link.novelty]
    unchecked = sum(link.level is Level.NOTE and not link.checked for link in linked)
    return will_close(len(still_open), sum(row.assignee == user for row in still_open), novel, unchecked)


class CloseLinkedBar(QFrame):
    """The one button, and once it is pressed the plan with the verdicts. `chosen` carries the verdict."""

    plan_wanted = Signal()
    chosen = Signal(object)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._look = desk.look
        self._user = desk.app.user
        self.setObjectName("chooser")
        self.setAccessibleName("Close with all linked duplicates")
        px = self._look.px
        self.button = QPushButton("Close all linked duplicates")
        self.button.setProperty("primary", True)
        self.button.setToolTip("Shift+E")
        self.button.clicked.connect(self.plan_wanted)
        self.line = Elided()
        self.line.setObjectName("second")
        self.line.setAccessibleName("What it closes")
        self._offer = QFrame()
        self._offer.setAccessibleName("Close all, and what that closes")
        offer = QVBoxLayout(self._offer)
        offer.setContentsMargins(px(16), px(8), px(16), px(10))
        offer.setSpacing(px(6))
        offer.addWidget(self.line)
        offer.addWidget(self.button)
        self.warning = QLabel()
        self.warning.setObjectName("notes")
        self.warning.setWordWrap(True)
        self.sure = TickBox(self._look, "I have looked; close them all the same")
        self.sure.toggled.connect(self._allow)
        self._sure_row = QFrame()
        self._sure_row.setAccessibleName("More than usual")
        inset = QHBoxLayout(self._sure_row)
        inset.setContentsMargins(px(16), px(6), px(16), 0)
        inset.addWidget(self.sure)
        self.verdicts = VerdictChooser(self._look)
        self.verdicts.chosen.connect(self._choose)
        self.verdicts.left.connect(self._leave)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._offer)
        layout.addWidget(self.warning)
        layout.addWidget(self._sure_row)
        layout.addWidget(self.verdicts)
        self.show_tree(None)

    def show_tree(self, tree: DuplicateTree | None) -> None:
        """Offer to close a group; nothing is offered where nothing open is linked."""
        linked = [link.ticket for link in tree.links if link.level in COUNTED] if tree is not None else []
        open_linked = sum(row.verdict is None for row in linked)
        if tree is None or not linked or (not open_linked and tree.first.verdict is not None):
            self.end()
            self.hide()
            return
        number = wording.counted(len(linked), "linked duplicate", "linked duplicates")
        self.button.setText(f"Close all {number}" if len(linked) > 1 else f"Close with {number}")
        self.line.say(preview(tree, self._user))
        self.show()

    # -- asking --------------------------------------------------------------------------------------------------

    def begin(self, report: CloseReport) -> None:
        """Show the plan, and ask for the verdict."""
        novel = [f"ticket {ticket}, {what}" for ticket, what in report.novel]
        plan = will_close(len(report.tickets), report.mine, novel, 0)
        number = wording.counted(len(report.tickets), "ticket", "tickets")
        warnings = []
        if report.over_limit:
            warnings.append(f"{number} at once is more than usual. Look at some of them first.")
        if report.unchecked:
            links = wording.counted(report.unchecked, "potential link has", "potential links have")
            warnings.append(f"{links} not been ticked off: look at each under Duplicates, and tick it off there.")
        self.warning.setText(" ".join(warnings))
        self.warning.setVisible(bool(warnings))
        self._sure_row.setVisible(report.over_limit and not report.unchecked)
        self.sure.setChecked(False)
        self._offer.hide()
        self.verdicts.begin(f"{plan}. Verdict:" if novel or report.mine else f"Close {number} as")
        self.verdicts.setToolTip("\n".join(novel[:20]))
        self._allow(not report.over_limit and not report.unchecked)
        if self._sure_row.isVisible():
            self.sure.setFocus()
        self.show()

    def show_error(self, error: TriageError) -> None:
        """The plan could not be made."""
        self.warning.setText(error.message)
        self.warning.show()

    def end(self) -> None:
        """Back to the button."""
        for widget in (self.warning, self._sure_row, self.verdicts):
            widget.hide()
        self._offer.show()

    def _allow(self, allowed: bool) -> None:
        self.verdicts.allow(allowed)
        if allowed and self.verdicts.isVisible():
            self.verdicts.setFocus()

    def _choose(self, verdict: object) -> None:
        self.end()
        self.chosen.emit(verdict)

    def _leave(self) -> None:
        self.end()
        self.left.emit()
