"""The source in hand: its state, its last error in words, what is known of it, and what can be done."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.source import Tested
from triage_app.gui import source_wording
from triage_app.gui.look import Look
from triage_app.gui.views.facts import FactList
from triage_app.gui.views.flow import FlowLayout
from triage_app.services.source_queries import SourceRow


class SourceDetail(QFrame):
    """`wanted` names what the user wants done: pause, resume, sync, sign-in, test, change or remove."""

    wanted = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._name = ""
        self.setObjectName("ticket")
        self.setAccessibleName("The source")
        px = look.px
        self.name = self._label("", look.strong)
        self.status = self._label("second")
        self.error = self._label("problem")
        self.error.setProperty("wrong", True)
        self.result = self._label("problem")
        self.pause = self._button("Pause", "pause")
        self.resume = self._button("Resume", "resume")
        self.sync = self._button("Sync now", "sync")
        self.sign_in = self._button("Sign in\u2026", "sign-in")
        self.test = self._button("Test", "test")
        self.change = self._button("Settings\u2026", "change")
        self.remove = QPushButton("Remove\u2026")
        self.remove.clicked.connect(lambda: self._ask(shown=True))
        buttons = FlowLayout(px(8))
        for button in (self.sync, self.pause, self.resume, self.sign_in, self.test, self.change, self.remove):
            buttons.addWidget(button)
        self.facts = FactList(look, "Facts of the source")
        head = QVBoxLayout()
        head.setContentsMargins(px(16), px(12), px(16), px(8))
        head.setSpacing(px(6))
        for label in (self.name, self.status, self.error):
            head.addWidget(label)
        head.addLayout(buttons)
        head.addWidget(self.result)
        head.addWidget(self._build_question())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.facts, 1)
        self._ask(shown=False)

    def _label(self, name: str, font: QFont | None = None) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if font is not None:
            label.setFont(font)
        return label

    def _button(self, text: str, what: str) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda: self.wanted.emit(what))
        return button

    def _build_question(self) -> QWidget:
        px = self._look.px
        self.question = QFrame()
        self.question.setObjectName("advice")
        self.question.setAccessibleName("Remove the source?")
        text = QLabel("Its settings and secrets are forgotten; what it brought stays.")
        text.setWordWrap(True)
        self.sure = QPushButton("Remove")
        self.sure.clicked.connect(self._removed)
        keep = QPushButton("Keep")
        keep.clicked.connect(lambda: self._ask(shown=False))
        row = QHBoxLayout(self.question)
        row.setContentsMargins(px(10), px(6), px(10), px(6))
        row.setSpacing(px(8))
        row.addWidget(text, 1)
        row.addWidget(self.sure)
        row.addWidget(keep)
        return self.question

    def _ask(self, *, shown: bool) -> None:
        self.question.setVisible(shown)
        if shown:
            self.sure.setFocus()

    def _removed(self) -> None:
        self._ask(shown=False)
        self.wanted.emit("remove")

    # -- showing -------------------------------------------------------------------------------------------------

    def show_source(self, row: SourceRow, now: datetime, *, followed: bool, here: bool) -> None:
        """Show a source as it is now. `here`: this desk follows it and may ask it at once."""
        if row.name != self._name:
            self._name = row.name
            self._ask(shown=False)
            self.say("")
        self.name.setText(row.name)
        parts = [row.title, source_wording.state(row, followed=followed)]
        self.status.setText(" \u00b7 ".join([*parts, row.tls] if row.tls else parts))
        self.error.setText(row.error)
        self.error.setVisible(bool(row.error))
        paused = row.status == "paused"
        self.pause.setVisible(not paused)
        self.resume.setVisible(paused)
        self.sync.setVisible(not paused and (here or followed))
        self.sign_in.setVisible(row.signs_in)
        chosen = [item.text(0) for item in self.facts.selectedItems()]
        place = self.facts.verticalScrollBar().value()
        self.facts.show_facts(source_wording.facts(row, now))
        for name in chosen:
            for item in self.facts.findItems(name, Qt.MatchFlag.MatchExactly):
                item.setSelected(True)
        self.facts.verticalScrollBar().setValue(place)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say what came of something that was asked for."""
        self.result.setText(text)
        self.result.setVisible(bool(text))
        self.result.setProperty("wrong", wrong)
        self.result.style().polish(self.result)

    def show_tested(self, tested: Tested) -> None:
        """The connection works."""
        self.say("\n".join((f"{tested.message} {tested.tls}".strip(), *tested.details)))

    def show_error(self, error: TriageError) -> None:
        """It does not, and why."""
        self.say(error.message, wrong=True)
