"""The form of a live source, drawn from what its kind declares; secrets go in and never come back."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from triage_app.domain.errors import InvalidInput, SourceFailed, TriageError, Trouble
from triage_app.domain.source import Field, FieldKind, Manifest, Tested, checked_name, validated
from triage_app.gui.look import Look
from triage_app.gui.source_operations import Draft, draft_of
from triage_app.gui.views.choice import Choice
from triage_app.services.source_queries import SourceKind, SourceRow

LIST_LINES = 3
NAME = "name"
NAME_HELP = "A name of your choice; the balance counts under it."
STORED = "stored; leave empty to keep it"


class FieldEntry(QWidget):
    """One setting: its title, the widget to set it, its help, and what is wrong with it."""

    def __init__(self, look: Look, field: Field) -> None:
        super().__init__()
        self.field = field
        self.setAccessibleName(f"Setting {field.title}")
        self.widget = self._build(look)
        self.widget.setAccessibleName(field.title)
        label = QLabel(f"{field.title} *" if field.required else field.title)
        label.setBuddy(self.widget)
        self.help = QLabel(field.help)
        self.help.setObjectName("second")
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self.problem.setProperty("wrong", True)
        for text in (label, self.help, self.problem):
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
        self.problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, look.px(8))
        layout.setSpacing(look.px(3))
        if field.kind is not FieldKind.FLAG:
            layout.addWidget(label)
        layout.addWidget(self.widget)
        layout.addWidget(self.help)
        layout.addWidget(self.problem)

    def _build(self, look: Look) -> QWidget:
        field = self.field
        if field.kind is FieldKind.FLAG:
            return QCheckBox(field.title)
        if field.kind is FieldKind.CHOICE:
            return Choice(look, field.title, [(each, each) for each in field.choices])
        if field.kind is FieldKind.LIST:
            lines = QPlainTextEdit()
            lines.setTabChangesFocus(True)
            lines.setFixedHeight(lines.fontMetrics().lineSpacing() * LIST_LINES + look.px(16))
            return lines
        line = QLineEdit()
        if field.kind is FieldKind.SECRET:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        return line

    @property
    def value(self) -> str:
        """The value as a text, as settings hold it."""
        widget = self.widget
        if isinstance(widget, QCheckBox):
            return "yes" if widget.isChecked() else "no"
        if isinstance(widget, Choice):
            return widget.value
        if isinstance(widget, QPlainTextEdit):
            return "\n".join(line.strip() for line in widget.toPlainText().splitlines() if line.strip())
        return widget.text() if isinstance(widget, QLineEdit) else ""

    def put(self, value: str) -> None:
        """Show a value."""
        widget = self.widget
        if isinstance(widget, QCheckBox):
            widget.setChecked(value == "yes")
        elif isinstance(widget, Choice):
            widget.setCurrentIndex(max(0, widget.findData(value)))
        elif isinstance(widget, QPlainTextEdit):
            widget.setPlainText(value)
        elif isinstance(widget, QLineEdit):
            widget.setText(value)

    def check(self) -> bool:
        """Whether the value can be used, as far as it can be told from itself; what is wrong with it is shown."""
        problem = ""
        try:
            validated(Manifest("", "", "", (self.field,)), {self.field.name: self.value})
        except InvalidInput as error:
            problem = error.message
        self.say(problem)
        return not problem

    def say(self, problem: str) -> None:
        """Show what is wrong; empty takes it away."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))


class SourceForm(QFrame):
    """Adds a source or changes one. It asks for a test or for saving; what comes of it is shown here."""

    test_wanted = Signal(object)
    save_wanted = Signal(object)
    stop_wanted = Signal()
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._kinds: dict[str, SourceKind] = {}
        self._stored = False
        self.entries: dict[str, FieldEntry] = {}
        self.setObjectName("form")
        self.setAccessibleName("Settings of the source")
        px = look.px
        self.title = QLabel()
        self.title.setFont(look.strong)
        self.kind = Choice(look, "Kind of source", ())
        self.kind.currentIndexChanged.connect(lambda _index: self._draw())
        self.summary = QLabel()
        self.summary.setObjectName("second")
        self.summary.setWordWrap(True)
        self.name = FieldEntry(look, Field(NAME, "Name", NAME_HELP, required=True))
        self._fields = QWidget()
        self._fields.setAccessibleName("Settings")
        self._column = QVBoxLayout(self._fields)
        self._column.setContentsMargins(px(16), px(8), px(16), px(8))
        self._column.setSpacing(px(4))
        scroll = QScrollArea()
        scroll.setAccessibleName("Settings of the source")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._fields)
        head = QVBoxLayout()
        head.setContentsMargins(px(16), px(12), px(16), 0)
        head.setSpacing(px(6))
        for widget in (self.title, self.kind, self.summary):
            head.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._build_foot())

    def _build_foot(self) -> QWidget:
        px = self._look.px
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setAccessibleName("Test and save")
        self.result = QLabel()
        self.result.setObjectName("problem")
        self.result.setTextFormat(Qt.TextFormat.PlainText)
        self.result.setWordWrap(True)
        self.result.hide()
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(px(6))
        self.bar.setAccessibleName("The connection is tested")
        self.bar.hide()
        self.test = QPushButton("Test connection")
        self.test.clicked.connect(self._test)
        self.save = QPushButton("Save")
        self.save.setProperty("primary", True)
        self.save.clicked.connect(self._save)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._leave)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.test)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        column = QVBoxLayout(foot)
        column.setContentsMargins(px(16), px(8), px(16), px(8))
        column.setSpacing(px(8))
        column.addWidget(self.result)
        column.addWidget(self.bar)
        column.addLayout(row)
        return foot

    # -- filling -------------------------------------------------------------------------------------------------

    def begin_new(self, kinds: Sequence[SourceKind]) -> None:
        """Ask for a new source of a kind that is chosen here."""
        self._stored = False
        self.title.setText("Add a source")
        self.name.put("")
        self.name.widget.setEnabled(True)
        self._offer(kinds)
        self.kind.setFocus()

    def begin_change(self, kind: SourceKind, row: SourceRow) -> None:
        """Ask for changes of a stored source."""
        self._stored = True
        self.title.setText(f"Settings of {row.name}")
        self._offer((kind,))
        self.name.put(row.name)
        self.name.widget.setEnabled(False)
        for name, value in row.settings:
            if name in self.entries:
                self.entries[name].put(value)
        for entry in self.entries.values():
            if entry.field.kind is FieldKind.SECRET and isinstance(entry.widget, QLineEdit):
                entry.widget.setPlaceholderText(STORED)

    def _offer(self, kinds: Sequence[SourceKind]) -> None:
        self._kinds = {each.kind: each for each in kinds}
        self.kind.blockSignals(True)
        self.kind.clear()
        for each in kinds:
            self.kind.addItem(each.title, each.kind)
        self.kind.blockSignals(False)
        self.kind.setVisible(not self._stored)
        self._draw()

    def _draw(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self.name:
                widget.hide()
                widget.deleteLater()
        self.entries = {}
        chosen = self._kinds.get(self.kind.value)
        self.say("")
        self.name.say("")
        self._column.addWidget(self.name)
        for field in chosen.fields if chosen is not None else ():
            entry = FieldEntry(self._look, field)
            entry.put(field.default)
            self.entries[field.name] = entry
            self._column.addWidget(entry)
        self._column.addStretch(1)
        self.summary.setText(chosen.summary if chosen is not None else "")

    # -- what is handed out --------------------------------------------------------------------------------------

    def draft(self) -> Draft:
        """What the form holds."""
        secret = FieldKind.SECRET
        values = [(name, entry.value) for name, entry in self.entries.items() if entry.field.kind is not secret]
        secrets = [(name, entry.value) for name, entry in self.entries.items() if entry.field.kind is secret]
        return draft_of(self.kind.value, self.name.value.strip(), values, secrets, stored=self._stored)

    def _test(self) -> None:
        self.say("")
        if self._right():
            self.test_wanted.emit(self.draft())

    def _save(self) -> None:
        self.say("")
        if self._right():
            self.save_wanted.emit(self.draft())

    def _right(self) -> bool:
        """Check each value by itself, so that every mistake stands at its field."""
        right = self._check_name()
        for entry in self.entries.values():
            if self._stored and entry.field.kind is FieldKind.SECRET and not entry.value:
                entry.say("")
            else:
                right = entry.check() and right
        return right

    def _check_name(self) -> bool:
        try:
            checked_name(self.name.value)
        except InvalidInput as error:
            self.name.say(error.message)
            return False
        self.name.say("")
        return True

    # -- what came of it -----------------------------------------------------------------------------------------

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say something below the fields."""
        self.result.setText(text)
        self.result.setVisible(bool(text))
        self.result.setProperty("wrong", wrong)
        self.result.style().polish(self.result)

    def busy(self, text: str) -> None:
        """Something runs that can be cancelled."""
        self.say(text)
        self.bar.show()
        self.test.setEnabled(False)
        self.save.setEnabled(False)

    def rest(self) -> None:
        """Nothing runs."""
        self.bar.hide()
        self.test.setEnabled(True)
        self.save.setEnabled(True)

    def show_tested(self, tested: Tested) -> None:
        """The connection works."""
        self.rest()
        self.say("\n".join((f"{tested.message} {tested.tls}".strip(), *tested.details)))

    def show_error(self, error: TriageError) -> None:
        """Say what is wrong, at the field where it names one."""
        self.rest()
        entry = self._field_of(error)
        if entry is None:
            self.say(error.message, wrong=True)
            return
        self.say("")
        entry.say(error.message)
        entry.widget.setFocus()

    def _field_of(self, error: TriageError) -> FieldEntry | None:
        if isinstance(error, SourceFailed):
            if error.trouble is Trouble.AUTHENTICATION:
                return next((e for e in self.entries.values() if e.field.kind is FieldKind.SECRET), None)
            return self.entries.get("folders") if error.trouble is Trouble.FOLDER else None
        if isinstance(error, InvalidInput):
            if "source's name" in error.message or error.message.startswith("There is a source "):
                return self.name
            return next((e for name, e in self.entries.items() if f"({name})" in error.message), None)
        return None

    def forget(self) -> None:
        """Leave no secret behind in the form."""
        for entry in self.entries.values():
            if entry.field.kind is FieldKind.SECRET:
                entry.put("")

    def _leave(self) -> None:
        """Cancel what runs; where nothing does, leave the form."""
        if self.bar.isVisible():
            self.stop_wanted.emit()
            self.rest()
            self.say("Stopped.")
            return
        self.forget()
        self.left.emit()
