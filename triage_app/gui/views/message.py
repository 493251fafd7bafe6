"""The Message tab: what was sent, for reading. Text first; HTML, headers and the item as received on demand."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import TriageError
from triage_app.domain.item import Attachment, FieldValue, Form, RawId
from triage_app.gui import operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.elided import Elided
from triage_app.gui.views.facts import FactList
from triage_app.gui.views.flow import FlowLayout
from triage_app.gui.views.safe_html import SafeBrowser, defanged_text
from triage_app.services.queries import Envelope, MessageView, RawText

FIRST_LETTERS = 40_000
MORE_TIMES = 4
HTML_LETTERS = 120_000
ATTACHMENTS_SHOWN = 4
DEFECTS_SHOWN = 3


def shown_value(value: FieldValue) -> str:
    """A field's value as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)


class MessageTab(QWidget):
    """One message of a ticket."""

    raw_failed = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._look = desk.look
        self.setAccessibleName("Message")
        self._message: MessageView | None = None
        self._messages: tuple[MessageView, ...] = ()
        self._place = 0
        self._letters = FIRST_LETTERS
        self._raw: RawText | None = None
        self._raw_wanted: RawId | None = None
        self._mode = "text"
        self._modes: dict[str, QToolButton] = {}
        self._build()
        desk.look.changed.connect(self._render)

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._look.px
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._build_carrier())
        layout.addLayout(self._build_modes())
        self.notes = QLabel()
        self.notes.setObjectName("notes")
        self.notes.setAccessibleName("What is odd about the message")
        self.notes.setWordWrap(True)
        self.notes.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(self.notes)
        self.body = SafeBrowser("Text of the message")
        self.body.setObjectName("body")
        self.body.setFrameShape(QFrame.Shape.NoFrame)
        self.body.document().setDocumentMargin(px(16))
        self.raw = SafeBrowser("The item as received")
        self.raw.setObjectName("raw")
        self.raw.setFrameShape(QFrame.Shape.NoFrame)
        self.raw.document().setDocumentMargin(px(16))
        self.raw.setFont(self._look.mono)
        self.facts = FactList(self._look, "Fields or headers")
        holder = QWidget()
        holder.setAccessibleName("Content of the message")
        self._stack = QStackedLayout(holder)
        for widget in (self.body, self.facts, self.raw):
            self._stack.addWidget(widget)
        layout.addWidget(holder, 1)
        layout.addLayout(self._build_folds())
        layout.addWidget(self._build_attachments())

    def _build_carrier(self) -> QWidget:
        px = self._look.px
        self.carrier = QFrame()
        self.carrier.setObjectName("carrier")
        self.carrier.setAccessibleName("Who reported it")
        column = QVBoxLayout(self.carrier)
        column.setContentsMargins(px(16), px(4), px(8), px(4))
        column.setSpacing(px(2))
        row = QHBoxLayout()
        row.setSpacing(px(8))
        self._carrier_line = Elided()
        self._carrier_more = self._flat("Show", "Show the mail that carried it")
        self._carrier_more.setCheckable(True)
        self._carrier_more.toggled.connect(self._show_carrier)
        row.addWidget(self._carrier_line, 1)
        row.addWidget(self._carrier_more)
        column.addLayout(row)
        self._carrier_text = SafeBrowser("Text of the mail that carried it")
        self._carrier_text.setObjectName("carrierText")
        self._carrier_text.setFrameShape(QFrame.Shape.NoFrame)
        self._carrier_text.setMaximumHeight(px(140))
        self._carrier_text.hide()
        column.addWidget(self._carrier_text)
        return self.carrier

    def _build_modes(self) -> QHBoxLayout:
        px = self._look.px
        modes = FlowLayout(px(2))
        row = QHBoxLayout()
        row.setContentsMargins(px(8), px(6), px(8), px(2))
        row.setSpacing(px(2))
        row.addLayout(modes, 1)
        group = QButtonGroup(self)
        group.setExclusive(True)
        for mode, text in (
            ("text", "Text"),
            ("html", "HTML"),
            ("fields", "Fields"),
            ("headers", "Headers"),
            ("raw", "Raw"),
        ):
            button = self._flat(text, f"Show as: {text}")
            button.setProperty("segment", True)
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, mode=mode: self.show_mode(mode))
            group.addButton(button)
            self._modes[mode] = button
            modes.addWidget(button)
        self._which = QLabel()
        self._which.setObjectName("second")
        self._before = self._flat("", "Message before")
        self._look.dress(self._before, "chevron-left")
        self._after = self._flat("", "Next message")
        self._look.dress(self._after, "chevron-right")
        self._before.clicked.connect(lambda: self.show_place(self._place - 1))
        self._after.clicked.connect(lambda: self.show_place(self._place + 1))
        for widget in (self._which, self._before, self._after):
            row.addWidget(widget)
        return row

    def _build_folds(self) -> FlowLayout:
        px = self._look.px
        self._quoted = self._flat("Quoted text", "Show the quoted text")
        self._signature = self._flat("Signature", "Show the signature")
        self._more = self._flat("Show more", "Show more of the text")
        for button in (self._quoted, self._signature):
            button.setCheckable(True)
            button.toggled.connect(lambda _on: self._unfold())
        self._more.clicked.connect(self._show_more)
        row = FlowLayout(px(4))
        row.setContentsMargins(px(8), px(2), px(8), px(6))
        for button in (self._more, self._quoted, self._signature):
            row.addWidget(button)
        return row

    def _build_attachments(self) -> QWidget:
        px = self._look.px
        self._attached = QFrame()
        self._attached.setObjectName("attachments")
        self._attached.setAccessibleName("Attachments")
        self._attached_rows = QGridLayout(self._attached)
        self._attached_rows.setContentsMargins(px(10), px(8), px(16), px(8))
        self._attached_rows.setHorizontalSpacing(px(12))
        self._attached_rows.setVerticalSpacing(px(2))
        self._attached_rows.setColumnStretch(1, 1)
        return self._attached

    def _flat(self, text: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(name)
        button.setAutoRaise(True)
        return button

    # -- what is shown -------------------------------------------------------------------------------------------

    def show_messages(self, messages: Sequence[MessageView]) -> None:
        """Show the messages of a ticket, the first first; what is being read stays where it is among them."""
        self._messages = tuple(messages)
        if self._message is not None and self._message in self._messages:
            self._place = self._messages.index(self._message)
            self._say_place()
        else:
            self._place = 0
            self._show(self._messages[0] if self._messages else None)

    def show_place(self, place: int) -> None:
        """Show the message at a place; beyond the last it is the first again."""
        self._place = place % len(self._messages)
        self._show(self._messages[self._place])

    def _say_place(self) -> None:
        many = len(self._messages) > 1
        self._which.setText(f"{self._place + 1} of {len(self._messages)}" if many else "")
        for widget in (self._which, self._before, self._after):
            widget.setVisible(many)

    def _show(self, message: MessageView | None) -> None:
        self._message = message
        self._letters = FIRST_LETTERS
        self._raw = None
        self._say_place()
        for button in (self._quoted, self._signature, self._carrier_more):
            button.blockSignals(True)
            button.setChecked(False)
            button.blockSignals(False)
        if message is None:
            self.body.show_text("")
            return
        alert = message.form is Form.ALERT
        self._modes["text"].setVisible(not alert or bool(message.text))
        self._modes["html"].setVisible(bool(message.html))
        self._modes["fields"].setVisible(bool(message.fields))
        self._modes["headers"].setVisible(bool(message.envelope.headers))
        self._say_carrier(message.carrier)
        self._say_defects(message)
        self._say_attachments(message.attachments)
        self.show_mode("fields" if alert and message.fields else "text")

    def show_mode(self, mode: str) -> None:
        """Show the message as text, html, fields, headers or raw."""
        self._mode = mode
        self._modes[mode].setChecked(True)
        self._render()

    def toggle_raw(self) -> None:
        """Show the item as received, or go back to reading."""
        if self._message is not None:
            alert = self._message.form is Form.ALERT and bool(self._message.fields)
            self.show_mode(("fields" if alert else "text") if self._mode == "raw" else "raw")

    def _render(self) -> None:
        message = self._message
        if message is None:
            return
        text_like = self._mode == "text"
        quoted, signature = message.quoted, message.signature
        self._quoted.setVisible(text_like and bool(quoted))
        self._signature.setVisible(text_like and bool(signature))
        self._quoted.setText(f"Quoted text \u00b7 {wording.counted(quoted.count(chr(10)) + 1, 'line', 'lines')}")
        self._more.setVisible(text_like and len(message.text) > self._letters)
        match self._mode:
            case "text":
                self._write_text(message)
                self._stack.setCurrentWidget(self.body)
            case "html":
                self.body.show_html(message.html[:HTML_LETTERS])
                self._stack.setCurrentWidget(self.body)
            case "fields":
                self.facts.show_facts([(name, shown_value(value)) for name, value in message.fields])
                self._stack.setCurrentWidget(self.facts)
            case "headers":
                self.facts.show_facts(message.envelope.headers)
                self._stack.setCurrentWidget(self.facts)
            case _:
                self._show_raw(message)

    def _write_text(self, message: MessageView) -> None:
        text = message.text[: self._letters]
        self.body.show_text(defanged_text(text) or "The message has no text.")
        if not text:
            self._second_colour(0)
        for button, part in ((self._quoted, message.quoted), (self._signature, message.signature)):
            if button.isChecked() and part:
                start = self.body.document().characterCount() - 1
                self.body.append("")
                cursor = self.body.textCursor()
                cursor.movePosition(QTextCursor.MoveOperation.End)
                cursor.insertText("\n" + defanged_text(part[:FIRST_LETTERS]))
                self._second_colour(start)
        self.body.moveCursor(QTextCursor.MoveOperation.Start)

    def _second_colour(self, start: int) -> None:
        cursor = QTextCursor(self.body.document())
        cursor.setPosition(start)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        shape = QTextCharFormat()
        shape.setForeground(self._look.colour("text-second"))
        cursor.mergeCharFormat(shape)

    def _unfold(self) -> None:
        self._render()
        if self._quoted.isChecked() or self._signature.isChecked():
            self.body.moveCursor(QTextCursor.MoveOperation.End)
            self.body.ensureCursorVisible()

    def _show_more(self) -> None:
        self._letters *= MORE_TIMES
        self._render()

    # -- parts ---------------------------------------------------------------------------------------------------

    def _say_carrier(self, carrier: Envelope | None) -> None:
        self.carrier.setVisible(carrier is not None)
        self._carrier_text.hide()
        if carrier is not None:
            when = f" of {wording.exact(carrier.sent_at)}" if carrier.sent_at else ""
            line = f"Reported by {carrier.sender or 'somebody'} in a mail{when}"
            self._carrier_line.say(wording.first_line(line, 200))

    def _show_carrier(self, on: bool) -> None:
        self._carrier_more.setText("Hide" if on else "Show")
        carrier = self._message.carrier if self._message is not None else None
        if on and carrier is not None:
            to = f"To: {', '.join(carrier.recipients)}\n" if carrier.recipients else ""
            self._carrier_text.show_text(
                f"Subject: {carrier.subject}\n{to}\n{defanged_text(carrier.text[:FIRST_LETTERS])}"
            )
        self._carrier_text.setVisible(on and carrier is not None)

    def _say_defects(self, message: MessageView) -> None:
        lines = [defect.detail or defect.code for defect in message.defects]
        more = len(lines) - DEFECTS_SHOWN
        shown = lines[:DEFECTS_SHOWN] + ([f"and {more} more"] if more > 0 else [])
        self.notes.setText("Odd: " + "; ".join(wording.first_line(line, 160) for line in shown))
        self.notes.setToolTip("\n".join(lines[:40]))
        self.notes.setVisible(bool(lines))

    def _say_attachments(self, attachments: Sequence[Attachment]) -> None:
        while (item := self._attached_rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._attached.setVisible(bool(attachments))
        for row, attachment in enumerate(attachments[:ATTACHMENTS_SHOWN]):
            self._add_attachment(row, attachment)
        more = len(attachments) - ATTACHMENTS_SHOWN
        if more > 0:
            note = QLabel(f"and {more} more, in the item as received")
            note.setObjectName("second")
            self._attached_rows.addWidget(note, ATTACHMENTS_SHOWN, 0, 1, 2)

    def _add_attachment(self, row: int, attachment: Attachment) -> None:
        name = QPushButton(f" {wording.first_line(attachment.name or '(no name)', 40)}")
        name.setProperty("flat", True)
        name.setProperty("entry", True)
        name.setToolTip(
            f"{attachment.name}\n{attachment.media_type}\nSHA-256 {attachment.sha256}\nClick to copy the SHA-256"
        )
        name.setAccessibleName(f"Attachment {attachment.name}, copy its SHA-256")
        self._look.dress(name, "paperclip")
        name.clicked.connect(lambda: QGuiApplication.clipboard().setText(attachment.sha256))
        facts = Elided()
        facts.setObjectName("second")
        facts.setAlignment(Qt.AlignmentFlag.AlignRight)
        parts = (wording.size(attachment.size), wording.first_line(attachment.media_type, 40), attachment.sha256[:16])
        facts.say(" \u00b7 ".join(part for part in parts if part), f"SHA-256 {attachment.sha256}")
        facts.setAccessibleName(f"{facts.text()}, SHA-256 {attachment.sha256}")
        self._attached_rows.addWidget(name, row, 0, Qt.AlignmentFlag.AlignLeft)
        self._attached_rows.addWidget(facts, row, 1)

    # -- as received ---------------------------------------------------------------------------------------------

    def _show_raw(self, message: MessageView) -> None:
        self._stack.setCurrentWidget(self.raw)
        if self._raw is not None and self._raw.id == message.raw:
            return
        self.raw.show_text("Reading\u2026")
        self._raw_wanted = message.raw
        operations.load_raw(self._desk, message.raw, self._take_raw, self._no_raw)

    def _take_raw(self, raw: RawText) -> None:
        if self._message is not None and raw.id == self._message.raw:
            self._raw = raw
            cut = f"\n\n\u2026 the item has {wording.size(raw.size)}" if raw.size > len(raw.text) * 4 else ""
            self.raw.show_text(raw.text[: FIRST_LETTERS * 2] + cut)

    def _no_raw(self, error: TriageError) -> None:
        self.raw.show_text(error.message)
