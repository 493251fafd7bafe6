"""A panel over the window in which a ticket is made by hand: a phone call, somebody at the door."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import Severity
from triage_app.gui import wording
from triage_app.gui.finding_operations import NewTicket
from triage_app.gui.look import Look
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.overlay import Overlay
from triage_app.services.queries import Classification

WIDTH = 560
TEXT_HEIGHT = 180
CHOICE_WIDTH = 260
MOST_SUBJECT, MOST_SENDER = 998, 320
PAUSE_MS = 400
SEVERITIES = (("", "Not said"), *((each.word, each.word.capitalize()) for each in reversed(Severity) if each.value))
SUGGESTED = "As suggested"


class _Text(QPlainTextEdit):
    """Tab goes on, and so does Ctrl+Return, which saves."""

    saved = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Save by key."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier
        ):
            self.saved.emit()
        else:
            super().keyPressEvent(event)


class NewTicketForm(QFrame):
    """Subject, who, what was said, severity and category; what was typed stays when the panel is left.

    `wanted` carries a `NewTicket`; `suggestion_wanted` the text whose category is to be suggested.
    """

    wanted = Signal(object)
    suggestion_wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setObjectName("palette")
        self.setAccessibleName("New ticket")
        self._build()
        self.overlay = Overlay(look, self, parent, lambda: (look.px(WIDTH), self.sizeHint().height()))
        self.cancel.clicked.connect(self.overlay.close)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._suggest)
        self.subject.textChanged.connect(self._typed)
        self.text.textChanged.connect(self._typed)
        self.subject.returnPressed.connect(self.who.setFocus)
        self.who.returnPressed.connect(self.text.setFocus)
        self.text.saved.connect(self._save)
        self.save.clicked.connect(self._save)
        self._typed()

    def _build(self) -> None:
        px = self._look.px
        title = QLabel("New ticket")
        title.setFont(self._look.title)
        self.subject = QLineEdit()
        self.subject.setAccessibleName("Subject")
        self.subject.setPlaceholderText("What it is about")
        self.subject.setMaxLength(MOST_SUBJECT)
        self.who = QLineEdit()
        self.who.setAccessibleName("Who said it")
        self.who.setPlaceholderText("Who said it: a name or a mail address; you if left empty")
        self.who.setMaxLength(MOST_SENDER)
        self.text = _Text()
        self.text.setAccessibleName("What was said")
        self.text.setPlaceholderText("What was said. Addresses, links and hashes in it become observables.")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(px(TEXT_HEIGHT))
        self.severity = Choice(self._look, "Severity", SEVERITIES)
        self.category = Choice(self._look, "Category", (("", SUGGESTED),))
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self.problem.setProperty("wrong", True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.save = QPushButton("Make the ticket")
        self.save.setProperty("primary", True)
        self.save.setToolTip("Ctrl+Return")
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("flat", True)
        self.cancel.setToolTip("Escape")
        form = QFormLayout()
        form.setHorizontalSpacing(px(12))
        form.setVerticalSpacing(px(8))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        for words, what in (("Subject", self.subject), ("Who", self.who), ("Text", self.text)):
            form.addRow(self._label(words), what)
        for words, choice in (("Severity", self.severity), ("Category", self.category)):
            choice.setMinimumWidth(px(CHOICE_WIDTH))
            form.addRow(self._label(words), choice)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(16), px(20), px(16))
        layout.setSpacing(px(12))
        layout.addWidget(title)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addLayout(row)

    def _label(self, words: str) -> QLabel:
        label = QLabel(words)
        label.setObjectName("second")
        label.setMinimumHeight(self._look.px(26))
        return label

    # -- filling in ----------------------------------------------------------------------------------------------

    def set_labels(self, labels: Sequence[str]) -> None:
        """The categories that there are."""
        chosen = self.category.value
        self.category.clear()
        for value, words in (("", SUGGESTED), *((label, label) for label in labels)):
            self.category.addItem(words, value)
        self.category.setCurrentIndex(max(0, self.category.findData(chosen)))

    def begin(self) -> None:
        """Start to type, or go on with what was typed before."""
        self._say("")
        self.save.setEnabled(bool(self.subject.text().strip()))
        self.overlay.open(self.subject)

    def finish(self) -> None:
        """The ticket is made: the panel is empty again."""
        self.overlay.close()
        self.subject.clear()
        self.who.clear()
        self.text.clear()
        self.severity.setCurrentIndex(0)
        self.category.setCurrentIndex(0)

    def show_error(self, error: TriageError) -> None:
        """It was not made, and why; what was typed stays."""
        self._say(error.message)
        self.save.setEnabled(True)

    def show_suggestion(self, answer: Classification) -> None:
        """Say what would be suggested for what is typed."""
        if self._words():
            self.category.setItemText(0, f"{SUGGESTED}: {answer.label} {wording.percent(answer.confidence)}")

    def _words(self) -> str:
        return f"{self.subject.text().strip()}\n\n{self.text.toPlainText().strip()}".strip()

    def _typed(self) -> None:
        self.save.setEnabled(bool(self.subject.text().strip()))
        if self._words():
            self._pause.start()
        else:
            self._pause.stop()
            self.category.setItemText(0, SUGGESTED)

    def _suggest(self) -> None:
        self.suggestion_wanted.emit(self._words())

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.overlay.place()

    def _save(self) -> None:
        if not self.save.isEnabled():
            return
        self.save.setEnabled(False)
        word = self.severity.value
        severity = next((each for each in Severity if each.word == word), None) if word else None
        self.wanted.emit(
            NewTicket(
                self.subject.text().strip(),
                self.text.toPlainText().strip(),
                self.who.text().strip(),
                severity,
                self.category.value,
            )
        )

    def event(self, event: QEvent) -> bool:
        """Ctrl+Return makes the ticket from wherever the keyboard is."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self._save()
            return True
        return super().event(event)
