"""The Audit page of learning: labels that are probably wrong, labels that overlap, and how far people agree."""

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.changes import ChangeKind
from triage_app.domain.errors import TriageError
from triage_app.domain.poison import OriginKind
from triage_app.domain.ticket import TicketRow
from triage_app.gui import labelling_operations, labelling_wording, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.views.label_cells import FIGURE, figures, plain_list, set_label, step
from triage_app.gui.views.label_keys import LabelKeys
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.part_tabs import PartTabs
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.learning_shapes import Agreement, LabelAudit, Overlap, Suspect

ITEM = Qt.ItemDataRole.UserRole
SUSPECTS = (("Text", 0), ("Label", 150), ("Likely", 150), ("Doubt", 56), ("By", 110))
OVERLAPS = (("Called", 160), ("Is often", 160), ("Share", 70), ("Of", 70), ("", 0))
AGREEMENTS = (("Label", 180), ("Kappa", 70), ("Reviews", 76), ("", 0))
WHO = 4
WITH_WHO = 640
WHAT_IT_IS = (
    "Looks for corrections and examples whose label is probably wrong: each is judged by models that have not seen it."
)


class AuditPage(LearningPage):
    """Runs the audit in the background when it is asked for; a suspect is corrected in place by its digit."""

    KINDS: ClassVar[frozenset[ChangeKind]] = frozenset({ChangeKind.DATASETS})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Audit of the labels")
        px = self._look.px
        self._job: Job[LabelAudit] | None = None
        self._audits: dict[str, LabelAudit] = {}
        self.run = QPushButton("Audit the labels")
        self.run.setProperty("primary", True)
        self.run.clicked.connect(self.begin)
        self.summary = QLabel(WHAT_IT_IS)
        self.summary.setObjectName("second")
        self.summary.setWordWrap(True)
        self.working = WorkingStrip(self._look, "Auditing")
        self.working.cancel_wanted.connect(self.cancel)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(10), px(16), px(8))
        top.setSpacing(px(12))
        top.addWidget(self.summary, 1)
        top.addWidget(self.run)
        self.state = StatePage(self._look, "State of the audit")
        holder = QWidget()
        holder.setAccessibleName("Result of the audit or state")
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._build_result())
        self._stack.addWidget(self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.working)
        layout.addWidget(holder, 1)

    def _build_result(self) -> QWidget:
        px = self._look.px
        self.suspects = plain_list(self._look, "Labels that are probably wrong", SUSPECTS, (1, 2))
        figures(self.suspects, 3)
        self.suspects.currentItemChanged.connect(lambda _now, _before: self._show_current())
        self.suspects.itemActivated.connect(lambda _item: self.open_ticket())
        self.suspects.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.suspects.customContextMenuRequested.connect(self._ask_forget)
        self.excerpt = QLabel()
        self.excerpt.setTextFormat(Qt.TextFormat.PlainText)
        self.excerpt.setWordWrap(True)
        self.excerpt.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.excerpt.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.excerpt.setAccessibleName("Text of the suspect")
        self.where = QLabel()
        self.where.setObjectName("second")
        self.where.setWordWrap(True)
        self.open_button = QPushButton("Open ticket")
        self.open_button.setToolTip("Return")
        self.open_button.clicked.connect(self.open_ticket)
        self.keys = LabelKeys(self._look)
        self.keys.chosen.connect(self.correct)
        self.keys.watch(self.suspects)
        words = QHBoxLayout()
        words.setContentsMargins(px(24), px(8), px(16), px(4))
        words.setSpacing(px(12))
        said = QVBoxLayout()
        said.setSpacing(px(2))
        said.addWidget(self.excerpt)
        said.addWidget(self.where)
        words.addLayout(said, 1)
        words.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignTop)
        upper = QWidget()
        upper.setAccessibleName("Labels that are probably wrong")
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inset = QHBoxLayout()
        inset.setContentsMargins(px(18), 0, px(12), 0)
        inset.addWidget(self.suspects)
        column.addLayout(inset, 1)
        column.addLayout(words)
        column.addWidget(self.keys)
        self.overlaps = plain_list(self._look, "Labels that overlap", OVERLAPS, (0, 1))
        figures(self.overlaps, 2, 3)
        self.agreement = plain_list(self._look, "How far people agree", AGREEMENTS, (0,))
        figures(self.agreement, 1, 2)
        self.below = PartTabs(self._look, "Overlaps and agreement")
        self.below.addTab(self._inset(self.overlaps), "Overlaps")
        self.below.addTab(self._inset(self.agreement), "Agreement")
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setAccessibleName("Suspects, overlaps and agreement")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(self.below)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([px(520), px(200)])
        return self.splitter

    def _inset(self, tree: QWidget) -> QWidget:
        holder = QWidget()
        holder.setAccessibleName(tree.accessibleName())
        row = QHBoxLayout(holder)
        row.setContentsMargins(self._look.px(18), 0, self._look.px(12), 0)
        row.addWidget(tree)
        return holder

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the texts have the room; who said it stands below the list."""
        super().resizeEvent(event)
        self.suspects.setColumnHidden(WHO, self.width() < self._look.px(WITH_WHO))

    @property
    def first(self) -> QWidget:
        """The suspects where there are any, else the button."""
        return self.suspects if self.suspects.topLevelItemCount() else self.run

    def acts(self) -> dict[str, Callable[[], object]]:
        """The audit."""
        return {"audit": self.begin}

    def step(self, by: int) -> None:
        """The next suspect, or the one before."""
        step(self.suspects, by)

    # -- running -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Show what was found of this dataset before; an audit is only run when it is asked for."""
        if self.dataset is None:
            return
        self.keys.show_labels(self.dataset.labels)
        known = self._audits.get(self.dataset.name)
        if known is not None:
            self.show_audit(known)
            return
        self.summary.setText(WHAT_IT_IS)
        self.state.say("scan-search", "See which labels people should look at again.")
        self._stack.setCurrentWidget(self.state)

    def begin(self) -> None:
        """Audit the labels."""
        if self._job is not None or self.dataset is None:
            return
        self.run.setEnabled(False)
        self.working.begin()
        self._job = labelling_operations.audit(
            self._desk, self.dataset.name, self._done, self._fail, self.working.show_progress
        )

    def cancel(self) -> None:
        """Stop the audit."""
        if self._job is not None:
            self._job.cancel()

    def _end(self) -> None:
        self._job = None
        self.working.end()
        self.run.setEnabled(True)

    def _done(self, audit: LabelAudit) -> None:
        self._end()
        self._audits[audit.dataset] = audit
        if self.dataset is not None and audit.dataset == self.dataset.name:
            self.show_audit(audit)
            self.suspects.setFocus()

    def _fail(self, error: TriageError) -> None:
        self._end()
        if not operations.was_cancelled(error):
            self.state.say("triangle-alert", error.message, (("Try again", self.begin),))
            self._stack.setCurrentWidget(self.state)

    # -- showing -------------------------------------------------------------------------------------------------

    def show_audit(self, audit: LabelAudit) -> None:
        """Show what was found."""
        examined = wording.counted(audit.examined, "label was", "labels were")
        found = wording.counted(len(audit.suspects), "is", "are") if audit.suspects else "none is"
        self.summary.setText(f"{examined} examined; {found} doubtful, the most doubtful first.")
        self.suspects.clear()
        self.suspects.addTopLevelItems([self._suspect(each) for each in audit.suspects])
        self.overlaps.clear()
        self.overlaps.addTopLevelItems([self._overlap(each) for each in audit.overlaps])
        self.agreement.clear()
        self.agreement.addTopLevelItems([self._agreement(each) for each in audit.agreement])
        self.below.say(0, f"Overlaps {wording.count(len(audit.overlaps))}" if audit.overlaps else "Overlaps")
        self.below.say(1, f"Agreement {wording.count(len(audit.agreement))}" if audit.agreement else "Agreement")
        top = self.suspects.topLevelItem(0)
        if top is not None:
            self.suspects.setCurrentItem(top)
        self._stack.setCurrentWidget(self.splitter)
        self._show_current()

    def _suspect(self, suspect: Suspect) -> QTreeWidgetItem:
        line = QTreeWidgetItem([wording.first_line(suspect.excerpt, 200), "", "", wording.percent(suspect.doubt)])
        line.setData(0, ITEM, suspect)
        line.setText(WHO, suspect.who or "example")
        line.setTextAlignment(3, FIGURE)
        set_label(line, 1, suspect.label)
        set_label(line, 2, suspect.likely)
        return line

    def _overlap(self, overlap: Overlap) -> QTreeWidgetItem:
        line = QTreeWidgetItem(["", "", wording.percent(overlap.share), wording.count(overlap.n)])
        set_label(line, 0, overlap.label)
        set_label(line, 1, overlap.other)
        for column in (2, 3):
            line.setTextAlignment(column, FIGURE)
        return line

    def _agreement(self, agreement: Agreement) -> QTreeWidgetItem:
        line = QTreeWidgetItem(["", f"{agreement.kappa:.2f}", wording.count(agreement.n)])
        line.setText(3, labelling_wording.agreement(agreement))
        set_label(line, 0, agreement.label)
        for column in (1, 2):
            line.setTextAlignment(column, FIGURE)
        return line

    @property
    def current(self) -> Suspect | None:
        """The suspect in hand."""
        line = self.suspects.currentItem()
        found: Suspect | None = line.data(0, ITEM) if line is not None else None
        return found

    def _show_current(self) -> None:
        suspect = self.current
        corrects = suspect is not None and suspect.ticket != 0
        self.open_button.setVisible(corrects)
        self.keys.setVisible(corrects)
        if suspect is None:
            self.excerpt.setText("")
            self.where.setText("No label looks wrong.")
            return
        self.excerpt.setText(wording.first_line(suspect.excerpt, 400))
        if corrects:
            self.where.setText(f"Ticket {suspect.ticket}, by {suspect.who or 'nobody named'}. A digit corrects it.")
        else:
            self.where.setText(f"Line {wording.count(suspect.line)} of the dataset's data; correct it in its file.")

    # -- acting --------------------------------------------------------------------------------------------------

    def open_ticket(self) -> None:
        """Open the suspect's ticket in the queue."""
        suspect = self.current
        if suspect is not None and suspect.ticket:
            self.ticket_wanted.emit(suspect.ticket)

    def _ask_forget(self, where: QPoint) -> None:
        suspect = self.current
        if suspect is not None and suspect.who:
            self.menu_of(suspect.who).popup(self.suspects.viewport().mapToGlobal(where))

    def menu_of(self, who: str) -> QMenu:
        """What can be done about whoever gave the suspect its label."""
        menu = QMenu(self)
        menu.setAccessibleName(f"Labels by {who}")
        menu.addAction(f"Learn nothing from {who} any more").triggered.connect(lambda _checked=False: self.forget(who))
        return menu

    def forget(self, who: str) -> None:
        """Learn nothing from an analyst any more, from the next training on."""
        if self.dataset is not None:
            labelling_operations.forget_origin(
                self._desk,
                OriginKind.ANALYST,
                who,
                self.dataset.name,
                lambda gone: self.said.emit(f"Nothing is learnt from {gone.value} from the next training on", True),
                lambda error: self.said.emit(error.message, False),
            )

    def correct(self, label: str) -> None:
        """Give the suspect another label, or say its own again; it leaves the list."""
        suspect, line = self.current, self.suspects.currentItem()
        if suspect is None or line is None or not suspect.ticket or self.dataset is None:
            return
        labelling_operations.label_ticket(
            self._desk, suspect.ticket, label, self.dataset.name, lambda row: self._corrected(row, label), self._refuse
        )
        place = self.suspects.indexOfTopLevelItem(line)
        self.suspects.takeTopLevelItem(place)
        below = self.suspects.topLevelItem(min(place, self.suspects.topLevelItemCount() - 1))
        if below is not None:
            self.suspects.setCurrentItem(below)
        self._show_current()

    def _corrected(self, row: TicketRow, label: str) -> None:
        self.said.emit(f"Corrected to {label}: \u201c{wording.first_line(row.subject, 48)}\u201d", True)

    def _refuse(self, error: TriageError) -> None:
        self.said.emit(error.message, False)
        self.load()
