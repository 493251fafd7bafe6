"""The reply box at the foot of a ticket: to whom, by a template or in one's own words, and what to know before."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)

from triage_app.domain.conversation import is_address
from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId
from triage_app.gui.look import Look
from triage_app.gui.mail_operations import Draft, Means
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.flow import FlowLayout
from triage_app.services.mail_queries import ReplyPlan

OWN_WORDS = "Own words"
ADDRESS = "Address to write to"
BY_ITSELF = "By the mailbox of the mail"
PLAN_AFTER_MS = 250
SIDE_BY_SIDE = 460
LEAST_TEXT, MOST_TEXT = 96, 190
DRAFTS_KEPT = 200


class ReplyBox(QFrame):
    """A draft for each ticket, kept while the box is left. `plan_wanted` asks how the draft would go out, `wanted` to
    queue it; what is shown of a template is every word that is sent.
    """

    plan_wanted = Signal()
    wanted = Signal()
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("chooser")
        self.setAccessibleName("Reply")
        self.ticket: TicketId | None = None
        self.plan: ReplyPlan | None = None
        self._drafts: dict[TicketId, Draft] = {}
        self._own = ""
        self._usual = ""
        self._queueing = False
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PLAN_AFTER_MS)
        self._timer.timeout.connect(self.plan_now)
        self.hide()

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._look.px
        self.to = QLineEdit()
        self.to.setAccessibleName(ADDRESS)
        self.template = Choice(self._look, "Template or own words", (("", OWN_WORDS),))
        self.mailbox = Choice(self._look, "Mailbox that sends it", (("", BY_ITSELF),))
        self._fields = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._fields.setSpacing(px(8))
        self._fields.addWidget(self.to, 1)
        self._fields.addWidget(self.template)
        self._fields.addWidget(self.mailbox)
        self.facts = self._label("second", "From whom, and the subject")
        self.warning = self._label("warning", "What to know before it is sent")
        self.problem = self._label("problem", "What is wrong with the reply")
        self.problem.setProperty("wrong", True)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Text of the reply")
        self.text.setTabChangesFocus(True)
        self.save = QPushButton("Queue reply")
        self.save.setProperty("primary", True)
        self.save.setToolTip("Ctrl+Return")
        self.change = QPushButton("Edit")
        self.change.setToolTip("Go on with the template's text as your own words")
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("flat", True)
        self.cancel.setToolTip("Escape; the draft stays with the ticket")
        buttons = FlowLayout(px(8))
        for button in (self.save, self.change, self.cancel):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(16), px(10), px(16), px(12))
        layout.setSpacing(px(8))
        layout.addLayout(self._fields)
        for widget in (self.problem, self.facts, self.warning):
            layout.addWidget(widget)
        layout.addWidget(self.text, 1)
        layout.addLayout(buttons)
        self.to.textEdited.connect(lambda _text: self._stale())
        self.template.activated.connect(lambda _place: self.use_template(self.template.value))
        self.mailbox.activated.connect(lambda _place: self.plan_now())
        self.text.textChanged.connect(self._enable)
        self.save.clicked.connect(self._save)
        self.change.clicked.connect(self._change)
        self.cancel.clicked.connect(self._leave)
        for each in (self.to, self.template, self.mailbox, self.text, self.save, self.change, self.cancel):
            each.installEventFilter(self)

    def _label(self, name: str, called: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setAccessibleName(called)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.hide()
        return label

    # -- the draft -----------------------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """What is written now. An address that is the usual one is left out: the reply goes there by itself."""
        to = self.to.text().strip()
        own = self._own if self.template.value else self.text.toPlainText()
        return Draft(self.template.value, own, "" if to == self._usual else to, self.mailbox.value)

    def begin(self, ticket: TicketId) -> None:
        """Start or go on to write; asks how it would go out."""
        self.stow()
        self.ticket = ticket
        draft = self._drafts.get(ticket, Draft())
        self.plan, self._usual, self._own, self._queueing = None, "", draft.text, False
        self._choose(self.template, draft.template)
        self._choose(self.mailbox, draft.source)
        self.to.setText(draft.to)
        self.to.setPlaceholderText(ADDRESS)
        self.text.setPlainText("" if draft.template else draft.text)
        self._say(self.facts, "")
        self._say(self.warning, "")
        self._say(self.problem, "")
        self._show_kind()
        self._make_room()
        self.show()
        self.text.setFocus()
        self.plan_now()

    def stow(self) -> None:
        """Put the box away; the draft stays with its ticket."""
        self._timer.stop()
        if self.ticket is not None:
            if self.draft == Draft():
                self._drafts.pop(self.ticket, None)
            else:
                self._drafts[self.ticket] = self.draft
                while len(self._drafts) > DRAFTS_KEPT:
                    self._drafts.pop(next(iter(self._drafts)))
        self.ticket = None
        self.hide()

    def finish(self, ticket: TicketId) -> None:
        """The reply of this ticket is queued: its draft is done with."""
        if self.ticket == ticket:
            self.ticket = None
            self.hide()
        self._drafts.pop(ticket, None)

    # -- showing -------------------------------------------------------------------------------------------------

    def show_means(self, means: Means) -> None:
        """Offer these templates and mailboxes; one mailbox is no choice."""
        kept = self.template.value, self.mailbox.value
        draft = self._drafts.get(self.ticket, Draft()) if self.ticket is not None else Draft()
        self._fill(self.template, ("", OWN_WORDS), [(row.name, row.name) for row in means.templates.templates])
        self._fill(self.mailbox, ("", BY_ITSELF), [(name, f"By {name}") for name in means.mailboxes])
        self._choose(self.template, kept[0] or draft.template)
        self._choose(self.mailbox, kept[1] or draft.source)
        self.template.setToolTip("\n".join(("Template or own words", *means.templates.problems)))
        self.mailbox.setVisible(len(means.mailboxes) > 1)
        self._show_kind()
        if self.template.value != kept[0] or self.mailbox.value != kept[1]:
            self.plan_now()

    def show_plan(self, plan: ReplyPlan) -> None:
        """Show how the draft would go out."""
        if plan.ticket != self.ticket or self._timer.isActive():
            return
        self.plan = plan
        if not self.draft.to:
            self._usual = plan.recipient
            self.to.setPlaceholderText(plan.recipient)
            if not self.to.isModified():
                self.to.setText(plan.recipient)
        self._say(self.facts, f"From {plan.sender} \u00b7 {plan.subject}")
        self._say(self.warning, "\n".join(plan.warnings))
        self._say(self.problem, "")
        if self.template.value:
            self.text.setPlainText(plan.text)
        self._enable()

    def show_error(self, error: TriageError) -> None:
        """It cannot go out, or could not be queued, and why; the keyboard goes where it is mended."""
        self._queueing = False
        self._say(self.problem, error.message)
        written = self.to.text().strip()
        if written and not is_address(written):
            self.to.setFocus()
        self._enable()

    def _show_kind(self) -> None:
        by_template = bool(self.template.value)
        self.text.setReadOnly(by_template)
        self.text.setPlaceholderText("The template is filled in\u2026" if by_template else "Your reply")
        self.change.setVisible(by_template)
        self._enable()

    def _enable(self) -> None:
        ready = self.plan is not None and not self._queueing
        self.change.setEnabled(ready)
        self.save.setEnabled(ready and self.draft.has_words)

    def _say(self, label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _fill(self, choice: Choice, first: tuple[str, str], entries: list[tuple[str, str]]) -> None:
        choice.clear()
        for value, words in (first, *entries):
            choice.addItem(words, value)

    def _choose(self, choice: Choice, value: str) -> None:
        choice.setCurrentIndex(max(0, choice.findData(value)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the choices stand below the address."""
        super().resizeEvent(event)
        self._make_room()
        wide = self.width() >= self._look.px(SIDE_BY_SIDE)
        self._fields.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _make_room(self) -> None:
        """In a low window the mail that is answered needs the room, too."""
        px = self._look.px
        self.text.setFixedHeight(max(px(LEAST_TEXT), min(px(MOST_TEXT), self.window().height() // 5)))

    # -- what the user does --------------------------------------------------------------------------------------

    def plan_now(self) -> None:
        """Ask at once how the draft would go out; until that is known nothing is queued."""
        self._timer.stop()
        self.plan = None
        self._enable()
        if self.ticket is not None:
            self.plan_wanted.emit()

    def _stale(self) -> None:
        self.plan = None
        self._enable()
        self._timer.start()

    def use_template(self, name: str) -> None:
        """Go on with a template, or with own words where there is no name; those are kept."""
        if not self.text.isReadOnly():
            self._own = self.text.toPlainText()
        self._choose(self.template, name)
        self.text.setPlainText("" if self.template.value else self._own)
        self._show_kind()
        self.plan_now()

    def _change(self) -> None:
        """The template's text becomes one's own words, before what was written already."""
        if self.plan is None or not self.template.value:
            return
        before = self._own.strip()
        self._own = f"{self.plan.text.rstrip()}\n\n{before}" if before else self.plan.text
        self._choose(self.template, "")
        self.text.setPlainText(self._own)
        self._show_kind()
        self.text.setFocus()
        self.plan_now()

    def _save(self) -> None:
        if self.save.isEnabled():
            self._queueing = True
            self._enable()
            self.wanted.emit()

    def _leave(self) -> None:
        self.stow()
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letters are no commands in here; Escape leaves, Ctrl+Return queues."""
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier
        returns = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and (not modifiers or returns):
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
            if returns and modifiers == Qt.KeyboardModifier.ControlModifier:
                self._save()
                return True
        return super().eventFilter(watched, event)
