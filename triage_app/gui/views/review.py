"""The Review page of learning: what to label next, one line for each kind of text, and second opinions."""

from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import TriageError
from triage_app.domain.labels import Effect
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.gui import labelling_operations, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.views.flow import FlowLayout
from triage_app.gui.views.label_cells import FIGURE, figures, plain_list, set_label, step
from triage_app.gui.views.label_keys import LabelKeys
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.reading import ReadingPane
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.learning_shapes import LabelTold, ReviewItem, ReviewQueue, SecondLook, SecondLooks
from triage_app.services.queries import TicketRows

ITEM = Qt.ItemDataRole.UserRole
COLUMNS = (("Kind of text", 0), ("Alike", 60), ("Suggested", 156), ("Unsure", 64))
LOOKED = (("Wants a second opinion", 0), ("Ticket", 76))
WITH_UNSURE = 960
MOST_LOOKS = 5
ROW = 31
DONE = "Nothing open is worth a question: all of it is reviewed, or the model is sure of it."


class ReviewPage(LearningPage):
    """Each line stands for all open tickets with nearly the same text; a digit labels it, after asking for how many."""

    KINDS: ClassVar[frozenset[ChangeKind]] = frozenset({ChangeKind.MODELS, ChangeKind.DATASETS})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "What to label next")
        px = self._look.px
        self._queue: ReviewQueue | None = None
        self._labelled: dict[TicketId, ReviewItem] = {}
        self._asked: tuple[ReviewItem, str] | None = None
        self.summary = QLabel()
        self.summary.setObjectName("second")
        self.summary.setWordWrap(True)
        self.again = QPushButton("Refresh")
        self.again.setProperty("flat", True)
        self._look.dress(self.again, "refresh-cw", size=14)
        self.again.clicked.connect(self.load)
        self.list = plain_list(self._look, "What to label next", COLUMNS, (2,))
        figures(self.list, 1, 3)
        self.list.currentItemChanged.connect(lambda _now, _before: self._read())
        self.looks = plain_list(self._look, "Second opinions", LOOKED)
        figures(self.looks, 1)
        self.looks.currentItemChanged.connect(lambda _now, _before: self._read())
        self.keys = LabelKeys(self._look)
        self.keys.chosen.connect(self.label)
        self.keys.watch(self.list, self.looks)
        for tree in (self.list, self.looks):
            tree.installEventFilter(self)
        self.pane = ReadingPane(desk)
        self.pane.open_button.clicked.connect(self.open_ticket)
        self._job: Job[ReviewQueue] | None = None
        self.working = WorkingStrip(self._look, "Looking at open tickets")
        self.working.cancel_wanted.connect(self._stop)
        self.state = StatePage(self._look, "State of what to label next")
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(8), px(12), px(6))
        top.addWidget(self.summary, 1)
        top.addWidget(self.again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.working)
        layout.addWidget(self._build_body(), 1)
        layout.addWidget(self._build_question())
        layout.addWidget(self.keys)
        desk.jobs.changed.connect(self._changed)

    def _build_body(self) -> QWidget:
        px = self._look.px
        lists = QWidget()
        lists.setAccessibleName("What to label next, and second opinions")
        column = QVBoxLayout(lists)
        column.setContentsMargins(px(18), 0, 0, 0)
        column.setSpacing(0)
        holder = QWidget()
        holder.setAccessibleName("What to label next or state")
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.state)
        self.blind = QLabel("Say which label you find right. What was said first is not shown, and stays as it is.")
        self.blind.setObjectName("second")
        self.blind.setWordWrap(True)
        self.blind.setContentsMargins(px(6), px(10), px(6), px(4))
        column.addWidget(holder, 1)
        column.addWidget(self.blind)
        column.addWidget(self.looks)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setAccessibleName("What to label, and the ticket to read")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(lists)
        self.splitter.addWidget(self.pane)
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 4)
        self.splitter.setSizes([px(640), px(560)])
        lists.setMinimumWidth(px(300))
        self.pane.setMinimumWidth(px(240))
        return self.splitter

    def _build_question(self) -> QWidget:
        px = self._look.px
        self.question = QFrame()
        self.question.setObjectName("marks")
        self.question.setAccessibleName("For how many")
        self.asked = QLabel()
        self.asked.setWordWrap(True)
        self.all_alike = QPushButton("\u21b5  All of them")
        self.all_alike.setProperty("primary", True)
        self.all_alike.clicked.connect(self.tell_all)
        self.only_one = QPushButton("O  Only this one")
        self.only_one.clicked.connect(self.tell_one)
        self.neither = QPushButton("Esc  Neither")
        self.neither.setProperty("flat", True)
        self.neither.clicked.connect(self._leave_question)
        row = FlowLayout(px(8))
        for button in (self.all_alike, self.only_one, self.neither):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        line = QVBoxLayout(self.question)
        line.setContentsMargins(px(24), px(8), px(16), px(8))
        line.setSpacing(px(6))
        line.addWidget(self.asked)
        line.addLayout(row)
        self.question.hide()
        return self.question

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the texts have the room."""
        super().resizeEvent(event)
        narrow = self.width() < self._look.px(WITH_UNSURE)
        self.list.setColumnHidden(3, narrow)
        self.list.header().resizeSection(2, self._look.px(124 if narrow else 156))

    @property
    def first(self) -> QWidget:
        """The list."""
        return self.list

    def step(self, by: int) -> None:
        """The next line of the list that has the keyboard, or the one before."""
        step(self.looks if self.looks.hasFocus() else self.list, by)

    # -- loading -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read both lists again."""
        if self.dataset is None:
            return
        self.keys.show_labels(self.dataset.labels)
        self._leave_question()
        if self._queue is None or self._queue.dataset != self.dataset.name:
            self._say("scan-search", "Looking at all open tickets\u2026")
        self._labelled.clear()
        self.working.wait()
        self._job = labelling_operations.load_review_queue(
            self._desk, self.dataset.name, self.show_queue, self._fail, self.working.show_progress
        )
        labelling_operations.load_second_looks(
            self._desk, self.dataset.name, self.show_looks, lambda _error: self._hide_looks()
        )

    def show_queue(self, queue: ReviewQueue) -> None:
        """Show what to label."""
        self.working.end()
        self._queue = queue
        self.list.clear()
        self.list.addTopLevelItems([self._line(item) for item in queue.items])
        top = self.list.topLevelItem(0)
        if top is not None:
            self.list.setCurrentItem(top)
            self._stack.setCurrentWidget(self.list)
        self._say_summary()

    def _line(self, item: ReviewItem) -> QTreeWidgetItem:
        alike = f"\u00d7{wording.count(item.size)}" if item.size > 1 else ""
        subject = wording.first_line(item.subject, 200) or "(no subject)"
        line = QTreeWidgetItem([subject, alike, "", wording.percent(item.uncertainty)])
        line.setData(0, ITEM, item)
        line.setToolTip(0, subject)
        line.setTextAlignment(1, FIGURE)
        line.setTextAlignment(3, FIGURE)
        line.setToolTip(3, "How unsure the model is: 100% is a guess between labels")
        set_label(line, 2, item.label, item.confidence or None)
        return line

    def _say_summary(self) -> None:
        queue = self._queue
        if queue is None:
            return
        left = self.list.topLevelItemCount()
        if not left:
            more = len(queue.items) > 0
            self._say("circle-check-big", "All of these are labelled." if more else DONE, refresh=more)
        covered = sum(item.size for item in self._items())
        open_ = wording.counted(queue.open, "open ticket", "open tickets")
        kinds = wording.counted(left, "kind of text", "kinds of text")
        self.summary.setText(
            f"{open_} without a person's word; the {kinds} below teach the most and stand for {wording.count(covered)}."
            if left
            else f"{open_} without a person's word."
        )

    def _items(self) -> list[ReviewItem]:
        lines = (self.list.topLevelItem(place) for place in range(self.list.topLevelItemCount()))
        return [line.data(0, ITEM) for line in lines if line is not None]

    def _say(self, icon: str, sentence: str, *, refresh: bool = False) -> None:
        self.state.say(icon, sentence, (("Look again", self.load),) if refresh else ())
        self._stack.setCurrentWidget(self.state)
        self.pane.show_ticket(None)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _fail(self, error: TriageError) -> None:
        self.working.end()
        if not operations.was_cancelled(error):
            self.state.say("triangle-alert", error.message, (("Try again", self.load),))
            self._stack.setCurrentWidget(self.state)
        elif self._queue is None:
            self._say("scan-search", "Stopped before all open tickets were looked at.", refresh=True)

    def show_looks(self, looks: SecondLooks) -> None:
        """Show the tickets that want a second opinion."""
        self.looks.clear()
        for look in looks.looks:
            line = QTreeWidgetItem([wording.first_line(look.subject, 200) or "(no subject)", str(look.ticket)])
            line.setData(0, ITEM, look)
            line.setTextAlignment(1, FIGURE)
            self.looks.addTopLevelItem(line)
        self._fit_looks()

    def _fit_looks(self) -> None:
        number = self.looks.topLevelItemCount()
        self.looks.setVisible(number > 0)
        self.blind.setVisible(number > 0)
        self.looks.setFixedHeight(self._look.px(ROW) * (min(number, MOST_LOOKS) + 1))
        self.looks.headerItem().setText(0, wording.counted(number, "second opinion wanted", "second opinions wanted"))

    def _hide_looks(self) -> None:
        self.looks.clear()
        self._fit_looks()

    # -- what is in hand -----------------------------------------------------------------------------------------

    @property
    def current(self) -> ReviewItem | SecondLook | None:
        """The line in hand: of the list that was used last."""
        tree = self.looks if self.looks.hasFocus() and self.looks.currentItem() is not None else self.list
        line = tree.currentItem()
        found: ReviewItem | SecondLook | None = line.data(0, ITEM) if line is not None else None
        return found

    def _read(self) -> None:
        self._leave_question()
        current = self.current
        self.pane.show_ticket(current.ticket if current is not None else None)
        self.pane.open_button.setVisible(isinstance(current, ReviewItem))

    def open_ticket(self) -> None:
        """Open the ticket in hand in the queue; not one whose first opinion has to stay unseen."""
        current = self.current
        if isinstance(current, ReviewItem):
            self.ticket_wanted.emit(current.ticket)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Return and O answer the question, Escape leaves it; without one, Return opens the ticket."""
        if event.type() == QEvent.Type.FocusIn:
            self._read()
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride) and isinstance(event, QKeyEvent):
            act = self._act_of(event)
            if act is not None:
                if event.type() == QEvent.Type.KeyPress:
                    act.click()
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _act_of(self, event: QKeyEvent) -> QPushButton | None:
        key = event.key()
        if self.question.isHidden():
            return self.pane.open_button if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) else None
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self.all_alike if self.all_alike.isEnabled() else None
        return {Qt.Key.Key_O: self.only_one, Qt.Key.Key_Escape: self.neither}.get(Qt.Key(key))

    # -- labelling -----------------------------------------------------------------------------------------------

    def label(self, label: str) -> None:
        """Give the line in hand a label: at once where it stands for one ticket, else after asking for how many."""
        current = self.current
        if self.dataset is None or current is None:
            return
        if isinstance(current, SecondLook):
            labelling_operations.give_second_opinion(
                self._desk, current.ticket, label, self.dataset.name, self._opined, self._refuse
            )
            self._leave(self.looks, current.ticket)
            self._fit_looks()
            return
        self._asked = (current, label)
        if current.size <= 1:
            self.tell_one()
            return
        self.asked.setText(f"\u201c{label}\u201d: looking for all that are alike\u2026")
        self.all_alike.setText("\u21b5  All of them")
        self.all_alike.setEnabled(False)
        self.question.show()
        labelling_operations.plan_cluster(
            self._desk, current.ticket, label, self.dataset.name, self.show_plan, self._refuse
        )

    def show_plan(self, plan: LabelTold) -> None:
        """Say for how many the label would be, before it is given."""
        if self._asked is None:
            return
        number = len(plan.tickets)
        open_ = wording.counted(number, "open ticket", "open tickets")
        self.asked.setText(f"\u201c{plan.label}\u201d for {open_} whose text is nearly the same? Undo takes all back.")
        self.all_alike.setText(f"\u21b5  All {wording.count(number)} alike")
        self.all_alike.setEnabled(True)

    def tell_all(self) -> None:
        """Give the label to all that are alike."""
        if self._asked is None or self.dataset is None:
            return
        item, label = self._asked
        labelling_operations.tell_cluster(self._desk, item.ticket, label, self.dataset.name, self._told, self._refuse)
        self._gone(item)

    def tell_one(self) -> None:
        """Give the label to the one ticket."""
        if self._asked is None or self.dataset is None:
            return
        item, label = self._asked
        labelling_operations.label_ticket(
            self._desk, item.ticket, label, self.dataset.name, lambda row: self._labelled_one(row, label), self._refuse
        )
        self._gone(item)

    def _gone(self, item: ReviewItem) -> None:
        self._labelled[item.ticket] = item
        self._leave_question()
        self._leave(self.list, item.ticket)
        self._say_summary()

    def _leave(self, tree: QTreeWidget, ticket: TicketId) -> None:
        for place in range(tree.topLevelItemCount()):
            line = tree.topLevelItem(place)
            if line is not None and line.data(0, ITEM).ticket == ticket:
                tree.takeTopLevelItem(place)
                below = tree.topLevelItem(min(place, tree.topLevelItemCount() - 1))
                if below is not None:
                    tree.setCurrentItem(below)
                elif tree is self.looks:
                    self.list.setFocus()
                return

    def _leave_question(self) -> None:
        self._asked = None
        self.question.hide()

    def _told(self, told: LabelTold) -> None:
        number = wording.counted(len(told.tickets), "ticket", "tickets")
        self.said.emit(f"{told.label} for {number} alike", True)

    def _labelled_one(self, row: TicketRow, label: str) -> None:
        self.said.emit(f"{label}: \u201c{wording.first_line(row.subject, 48)}\u201d", True)

    def _opined(self, row: TicketRow) -> None:
        self.said.emit(f"Second opinion kept for ticket {row.id}", True)

    def _refuse(self, error: TriageError) -> None:
        self._leave_question()
        self.said.emit(error.message, False)
        self.load()

    # -- undo ----------------------------------------------------------------------------------------------------

    def _changed(self, changes: ChangeSet) -> None:
        tells = self.dataset is not None and self.dataset.effect is Effect.CATEGORY
        if tells and ChangeKind.CORRECTIONS in changes.kinds and self._labelled:
            mine = [each for each in self._labelled if not changes.tickets or each in changes.tickets]
            labelling_operations.load_labelled(self._desk, mine, self._come_back)

    def _come_back(self, answer: TicketRows) -> None:
        """What was labelled here and is not reviewed any more was taken back: it is a line again."""
        for row in answer.tickets:
            item = self._labelled.get(row.id)
            if item is not None and not row.reviewed and self.dataset is not None:
                del self._labelled[row.id]
                line = self._line(item)
                self.list.insertTopLevelItem(0, line)
                self.list.setCurrentItem(line)
                self._stack.setCurrentWidget(self.list)
        self._say_summary()
