"""The ticket in hand: head, suggestion, tabs, and at its foot what asks for an answer: verdict, note, reply."""

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.dedup import Level
from triage_app.domain.errors import TriageError
from triage_app.domain.item import Form
from triage_app.domain.labels import Dataset
from triage_app.domain.ticket import Status, TicketRow
from triage_app.gui import wording
from triage_app.gui.desk import Desk
from triage_app.gui.models.ticket_table import comes_back
from triage_app.gui.views.chip import SeverityMark
from triage_app.gui.views.close_linked import CloseLinkedBar
from triage_app.gui.views.conversation import ConversationView
from triage_app.gui.views.duplicates import DuplicatesTab
from triage_app.gui.views.flow import FlowLayout
from triage_app.gui.views.folder_editor import FolderEditor
from triage_app.gui.views.later import LaterBar
from triage_app.gui.views.link_editor import LinkEditor
from triage_app.gui.views.merge import MergeBar
from triage_app.gui.views.message import MessageTab
from triage_app.gui.views.observables import ObservablesTab
from triage_app.gui.views.part_tabs import PartTabs
from triage_app.gui.views.reply import ReplyBox
from triage_app.gui.views.similar import SimilarTab
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.suggestion import SuggestionStrip
from triage_app.gui.views.timeline import TimelineTab
from triage_app.gui.views.verdicts import NoteEditor, VerdictChooser
from triage_app.services.dedup_queries import DuplicateTree
from triage_app.services.queries import TicketView

TABS = ("message", "observables", "duplicates", "similar", "timeline")
SUBJECT_LINES = 3
LEAST_TAB, LEAST_WITH_HITS, LEAST_WITH_LETTERS = 200, 340, 400


class _Subject(QLabel):
    """A subject that wraps, up to three lines; the rest is in its tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the height at three lines."""
        super().resizeEvent(event)
        self.setMaximumHeight(self.fontMetrics().lineSpacing() * SUBJECT_LINES + 2)


class TicketPane(QFrame):
    """Shows a row at once and the whole ticket when it is there."""

    retry_wanted = Signal()
    close_wanted = Signal()
    reopen_wanted = Signal()
    assign_wanted = Signal()
    note_wanted = Signal()
    reply_wanted = Signal()
    later_wanted = Signal()
    wake_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self.setObjectName("ticket")
        self.setAccessibleName("Ticket")
        self.view: TicketView | None = None
        self.row: TicketRow | None = None
        self._dataset = ""
        self._build()

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._look.px
        self.state = StatePage(self._look, "State of the ticket")
        self.strip = SuggestionStrip(self._look)
        self.message = MessageTab(self._desk)
        self.conversation = ConversationView(self._look, self._desk.now)
        self.conversation.read_wanted.connect(self.message.show_place)
        self.observables = ObservablesTab(self._look)
        self.duplicates = DuplicatesTab(self._desk)
        self.similar = SimilarTab(self._desk)
        self.timeline = TimelineTab(self._look, self._desk.now)
        self.tabs = PartTabs(self._look, "Parts of the ticket")
        self.tabs.addTab(self._build_letters(), "Message")
        self.tabs.addTab(self.observables, "Observables")
        self.tabs.addTab(self.duplicates, "Duplicates")
        self.tabs.addTab(self.similar, "Similar")
        self.tabs.addTab(self.timeline, "Timeline")
        self.verdicts = VerdictChooser(self._look)
        self.note = NoteEditor(self._look)
        self.link = LinkEditor(self._look)
        self.reply = ReplyBox(self._look)
        self.folder = FolderEditor(self._look)
        self.close_linked = CloseLinkedBar(self._desk)
        self.later = LaterBar(self._desk)
        self.merge = MergeBar(self._look)
        content = QWidget()
        content.setAccessibleName("The ticket in hand")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_head())
        strip_row = QHBoxLayout()
        strip_row.setContentsMargins(px(16), px(2), px(16), px(8))
        strip_row.addWidget(self.strip)
        column.addLayout(strip_row)
        column.addWidget(self.tabs, 1)
        self.tabs.setMinimumHeight(px(LEAST_TAB))
        self.tabs.currentChanged.connect(lambda _place: self._fit_tabs())
        area = self._area = QScrollArea()
        area.setAccessibleName("The ticket in hand")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        # Outside of what scrolls: what asks for an answer is always in sight.
        whole = QWidget()
        whole.setAccessibleName("Ticket with its answers")
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(area, 1)
        for asking in (
            self.verdicts,
            self.note,
            self.later,
            self.link,
            self.merge,
            self.folder,
            self.reply,
            self.close_linked,
        ):
            rows.addWidget(asking)
        self._content = whole
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.state)
        self._stack.addWidget(whole)
        self.show_nothing()

    def _build_letters(self) -> QWidget:
        letters = QSplitter(Qt.Orientation.Vertical)
        letters.setAccessibleName("Message and conversation")
        letters.setHandleWidth(1)
        letters.setChildrenCollapsible(False)
        letters.addWidget(self.message)
        letters.addWidget(self.conversation)
        letters.setSizes([1000, 900])
        return letters

    def _build_head(self) -> QWidget:
        px = self._look.px
        head = QWidget()
        head.setAccessibleName("Head of the ticket")
        self.subject = _Subject()
        self.subject.setFont(self._look.title)
        self.subject.setAccessibleName("Subject")
        self.facts = QLabel()
        self.facts.setObjectName("second")
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.times = QLabel()
        self.times.setObjectName("second")
        self.times.setWordWrap(True)
        self.severity = SeverityMark(self._look)
        self.status = QLabel()
        self.status.setObjectName("status")
        state_row = FlowLayout(px(12))
        state_row.addWidget(self.status)
        state_row.addWidget(self.severity)
        self.close_button = self._button("Close", "circle-check-big", "E", self.close_wanted)
        self.reopen_button = self._button("Reopen", "rotate-ccw", "Shift+R", self.reopen_wanted)
        self.assign_button = self._button("Mine", "hand", "M", self.assign_wanted)
        self.note_button = self._button("Note", "sticky-note", "N", self.note_wanted)
        self.reply_button = self._button("Reply", "reply", "Y", self.reply_wanted)
        self.later_button = self._button("Put off", "alarm-clock", "H", self.later_wanted)
        self.wake_button = self._button("Bring back", "alarm-clock-off", "Shift+H", self.wake_wanted)
        actions = FlowLayout(px(4))
        # The text of a flat button lines up with what stands above it.
        actions.setContentsMargins(-px(9), 0, 0, 0)
        for button in (
            self.assign_button,
            self.note_button,
            self.reply_button,
            self.later_button,
            self.wake_button,
            self.close_button,
            self.reopen_button,
        ):
            actions.addWidget(button)
        layout = QVBoxLayout(head)
        layout.setContentsMargins(px(16), px(12), px(16), px(4))
        layout.setSpacing(px(4))
        layout.addWidget(self.subject)
        layout.addWidget(self.facts)
        layout.addWidget(self.times)
        layout.addLayout(state_row)
        layout.addLayout(actions)
        return head

    def _button(self, text: str, icon: str, key: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(f" {text}")
        button.setProperty("flat", True)
        button.setToolTip(f"{text}  ({key})")
        button.setAccessibleName(text)
        self._look.dress(button, icon)
        button.clicked.connect(signal)
        return button

    # -- showing -------------------------------------------------------------------------------------------------

    def set_dataset(self, dataset: Dataset) -> None:
        """The dataset that names categories."""
        self._dataset = dataset.name
        self.strip.set_labels(dataset.labels)
        self.strip.set_threshold(dataset.threshold)
        if self.view is not None:
            # The ticket was there first: its alternatives get their keys now.
            self.show_view(self.view)

    def show_nothing(self) -> None:
        """No ticket is in hand."""
        self.view = self.row = None
        self.state.say("mail", "Choose a ticket to read it here.")
        self._stack.setCurrentWidget(self.state)

    def show_error(self, error: TriageError) -> None:
        """The ticket could not be read."""
        self.view = None
        self.state.say("triangle-alert", error.message, (("Try again", self.retry_wanted.emit),))
        self._stack.setCurrentWidget(self.state)

    def show_row(self, row: TicketRow) -> None:
        """Show what the queue knows; the rest of another ticket is taken away."""
        other = self.view is None or self.view.row.id != row.id
        self.row = row
        self._show_head(row)
        if other:
            self.view = None
            self.strip.show_row(row)
            self.message.show_messages(())
            self.conversation.show_letters((), ())
            self.observables.table.show(())
            self.timeline.show_entries(())
            self.verdicts.hide()
            self.note.hide()
            self.later.hide()
            self.link.hide()
            self.merge.hide()
            self.folder.hide()
            if self.reply.ticket != row.id:
                self.reply.stow()
        self._stack.setCurrentWidget(self._content)

    def show_view(self, view: TicketView) -> None:
        """Show the whole ticket."""
        again = self.view is not None and self.view.row.id == view.row.id
        same_messages = again and self.view is not None and self.view.messages == view.messages
        self.view, self.row = view, view.row
        self._show_head(view.row)
        mine = [p for p in view.predictions if p.dataset == self._dataset] or list(view.predictions)
        self.strip.show_prediction(view.row, mine[0] if mine else None)
        if not same_messages:
            self.message.show_messages(view.messages)
        self.conversation.show_letters(view.messages, view.outgoing)
        self._fit_tabs()
        self.observables.show_observables(view.observables)
        self.timeline.show_entries(view.timeline)
        number = len(view.observables)
        self.tabs.say(1, f"Observables {wording.count(number)}" if number else "Observables")
        self._stack.setCurrentWidget(self._content)
        if view.messages:
            self._show_envelope(view)

    def show_tree(self, tree: DuplicateTree | None) -> None:
        """Show the group of the ticket in hand; None while it is on its way."""
        if tree is None or self.row is None:
            self.duplicates.show_loading()
            self.close_linked.show_tree(None)
            self.tabs.say(TABS.index("duplicates"), "Duplicates")
            return
        self.duplicates.show_tree(tree, self.row.id)
        self.close_linked.show_tree(tree)
        number = tree.merged + sum(link.level is not Level.SUGGEST for link in tree.links)
        text = f"Duplicates {wording.count(number)}" if number else "Duplicates"
        self.tabs.say(TABS.index("duplicates"), text)

    def count_similar(self, still_open: int, past: int) -> None:
        """Say how many tickets are similar."""
        number = still_open + past
        self.tabs.say(TABS.index("similar"), f"Similar {wording.count(number)}" if number else "Similar")

    def _show_head(self, row: TicketRow) -> None:
        self.similar.expect(row)
        self.count_similar(row.similar_open or 0, row.similar_past or 0)
        self.subject.setText(wording.first_line(row.subject, 300) or "(no subject)")
        self.subject.setToolTip(wording.first_line(row.subject, 900))
        self.facts.setText(wording.first_line(row.sender, 200) or "Sender unknown")
        now = self._desk.now()
        ago = wording.age(row.received_at, now)
        came = "just now" if ago == "now" else f"{ago} ago"
        self.times.setText(f"{row.source} \u00b7 came in {came} \u00b7 ticket {row.id}")
        tip = f"Came in {wording.exact(row.received_at)}"
        self.times.setToolTip(f"{tip}\nHappened {wording.exact(row.event_at)}" if row.event_at else tip)
        state = wording.STATES[row.status]
        if row.verdict is not None:
            state = f"{state}: {wording.VERDICTS[row.verdict].lower()}"
        whose = row.assignee or "nobody's yet"
        self.status.setText(" \u00b7 ".join(part for part in (state, whose, comes_back(row, now)) if part))
        self.severity.set_severity(row.severity)
        is_open = row.verdict is None
        self.close_button.setVisible(is_open)
        self.reply_button.setVisible(row.form != Form.ALERT.value)
        self.assign_button.setVisible(is_open and row.assignee != self._desk.app.user)
        self.reopen_button.setVisible(not is_open)
        waits = row.status is Status.WAITING
        self.later_button.setVisible(is_open and not waits)
        self.wake_button.setVisible(waits)

    def _show_envelope(self, view: TicketView) -> None:
        envelope = view.messages[0].envelope
        if envelope.recipients:
            to = ", ".join(envelope.recipients)
            self.facts.setText(f"{wording.first_line(view.row.sender, 120)}  \u2192  {wording.first_line(to, 120)}")
            self.facts.setToolTip(f"To: {wording.first_line(to, 2000)}")
        if envelope.sent_at:
            self.times.setText(f"{self.times.text()} \u00b7 sent {wording.exact(envelope.sent_at)}")

    def _fit_tabs(self) -> None:
        """Give the tabs as much height as what is in them needs; on a low screen the ticket scrolls."""
        least = LEAST_WITH_HITS if self.tabs.currentWidget() is self.similar else LEAST_TAB
        self.tabs.setMinimumHeight(self._look.px(least if self.conversation.isHidden() else LEAST_WITH_LETTERS))

    def show_tab(self, name: str) -> None:
        """Show the message, the observables, the duplicates, what is similar, or the timeline."""
        self.tabs.setCurrentIndex(TABS.index(name))
        self.tabs.currentWidget().setFocus()
        # Once it has the height that it needs.
        QTimer.singleShot(0, self, lambda: self._area.ensureWidgetVisible(self.tabs, 0, 0))
