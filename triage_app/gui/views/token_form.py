"""The form of a new token of the local API."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from triage_app.domain.errors import TriageError
from triage_app.domain.source import Field
from triage_app.domain.token import Scope
from triage_app.gui.look import Look
from triage_app.gui.views.source_form import FieldEntry
from triage_app.gui.views.tick_box import TickBox

SCOPES = {
    Scope.READ: "read: see the queue, hear of changes",
    Scope.TRIAGE: "triage: decide on tickets and parked items",
    Scope.INTAKE: "intake: push alerts of one source",
    Scope.ADMIN: "admin: sources, rules, models, tokens, files",
}


class TokenForm(QFrame):
    """Name, what it allows, and for pushed alerts the source. `wanted` hands out the three."""

    wanted = Signal(str, object, str)
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("form")
        self.setAccessibleName("A new token")
        px = look.px
        self.name = FieldEntry(look, Field("name", "Name", "Who uses it; the log names it.", required=True))
        self.source = FieldEntry(look, Field("source", "Source", "What its alerts belong to.", required=True))
        self._mistakes = (
            (self.name, "There is a token "),
            (self.name, "A token's name "),
            (self.source, "A source's name "),
        )
        self.scopes = {scope: TickBox(look, words) for scope, words in SCOPES.items()}
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self.problem.setProperty("wrong", True)
        self.problem.setWordWrap(True)
        self.add = QPushButton("Make the token")
        self.add.setProperty("primary", True)
        self.add.clicked.connect(self._add)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._leave)
        self.scopes[Scope.INTAKE].toggled.connect(self.source.setVisible)
        names = QVBoxLayout()
        names.setSpacing(px(4))
        names.addWidget(self.name)
        names.addWidget(self.source)
        names.addStretch(1)
        allowed = QVBoxLayout()
        allowed.setSpacing(px(2))
        allowed.addWidget(QLabel("Allows *"))
        for box in self.scopes.values():
            allowed.addWidget(box)
        allowed.addStretch(1)
        fields = QHBoxLayout()
        fields.setSpacing(px(24))
        fields.addLayout(names, 1)
        fields.addLayout(allowed, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addWidget(self.problem, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, px(8))
        layout.setSpacing(px(4))
        layout.addLayout(fields)
        layout.addLayout(buttons)

    def begin(self) -> None:
        """Ask for a new token."""
        self.name.put("")
        self.source.put("")
        for scope, box in self.scopes.items():
            box.setChecked(scope is Scope.READ)
        self.source.hide()
        self._forgive()
        self.show()
        self.name.widget.setFocus()

    def show_error(self, error: TriageError) -> None:
        """Say what is wrong, at the field where it belongs."""
        self._forgive()
        at = next((entry for entry, begins in self._mistakes if error.message.startswith(begins)), None)
        if at is None:
            self.problem.setText(error.message)
        else:
            at.say(error.message)
            at.widget.setFocus()

    def _forgive(self) -> None:
        self.add.setEnabled(True)
        self.name.say("")
        self.source.say("")
        self.problem.setText("")

    def _add(self) -> None:
        self._forgive()
        chosen = tuple(scope for scope, box in self.scopes.items() if box.isChecked())
        pushes = Scope.INTAKE in chosen
        right = self.name.check()
        if pushes:
            right = self.source.check() and right
        if not right:
            return
        if not chosen:
            self.problem.setText("A token allows something: tick at least one.")
            return
        self.add.setEnabled(False)
        self.wanted.emit(self.name.value.strip(), chosen, self.source.value.strip() if pushes else "")

    def _leave(self) -> None:
        self.hide()
        self.left.emit()
