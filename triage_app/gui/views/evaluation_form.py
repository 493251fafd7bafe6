"""What to measure: a trial on a part of the examples that is held back, or a version on a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from triage_app.domain.evaluation import Split
from triage_app.domain.labels import ModelId
from triage_app.domain.learning import Model
from triage_app.gui import wording
from triage_app.gui.learning_wording import state_of
from triage_app.gui.look import Look
from triage_app.gui.views.busy_button import BusyButton
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.flow import FlowLayout

WHOLE = "whole"
WAYS = (
    (Split.GROUP.value, "A trial, held back by group"),
    (Split.TIME.value, "A trial, held back by time"),
    (Split.RANDOM.value, "A trial, held back by chance"),
    (WHOLE, "A version on a file"),
)
ABOUT = {
    Split.GROUP.value: "Learns from a part and measures the rest. Near repeats of a text stay on one side, so that "
    "nothing is measured on what was learnt.",
    Split.TIME.value: "Learns from the older examples and measures the newest, as it is in use.",
    Split.RANDOM.value: "Learns from a part chosen by chance. Flatters where texts repeat; only for comparing.",
    WHOLE: "Measures a version on a file of examples that it has not seen, beside another version if you like.",
}
FILES = "Labelled examples (*.jsonl *.csv *.txt *.gz *.xlsx *.json);;All files (*)"


@dataclass(frozen=True, slots=True)
class EvaluationWish:
    """What is to be measured, as the query takes it."""

    data: str | None
    model: ModelId | None
    against: ModelId | None
    split: Split | None


class EvaluationForm(QWidget):
    """`wanted` asks for the measurement."""

    wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._file = ""
        self.busy = False
        self.setAccessibleName("What to measure")
        px = look.px
        self.run = BusyButton("Measure")
        self.run.setProperty("primary", True)
        self.run.clicked.connect(self.wanted)
        self.way = Choice(look, "How to measure", WAYS)
        self.way.currentIndexChanged.connect(lambda _place: self._adapt())
        self.data = QPushButton()
        self.data.clicked.connect(self.choose_file)
        self.own = QToolButton()
        self.own.setText("Use its own")
        self.own.setAccessibleName("Use the dataset's own examples instead of the file")
        self.own.clicked.connect(lambda: self.set_file(""))
        self.model = Choice(look, "Version to measure", ())
        self.against = Choice(look, "Version to compare it with", ())
        flow = FlowLayout(px(8))
        for widget in (self.run, self.way, self.data, self.own, self.model, self.against):
            flow.addWidget(widget)
        self.about = QLabel()
        self.about.setObjectName("second")
        self.about.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(12), px(24), px(8))
        layout.setSpacing(px(6))
        layout.addLayout(flow)
        layout.addWidget(self.about)
        self._adapt()

    def rest(self) -> None:
        """A measurement runs."""
        self.busy = True
        self.run.rest()

    def wake(self) -> None:
        """It has ended."""
        self.busy = False
        self.run.wake(enabled=self.complete)

    def show_models(self, models: Sequence[Model]) -> None:
        """The versions that can be chosen; the choices stay where they can."""
        chosen, other = self.model.value, self.against.value
        for choice, first in ((self.model, "The version in use"), (self.against, "Compare with none")):
            with QSignalBlocker(choice):
                choice.clear()
                choice.addItem(first, "")
                for model in models:
                    state = state_of(model)
                    choice.addItem(f"{model.id} ({state})" if state else str(model.id), str(model.id))
        self.model.setCurrentIndex(max(0, self.model.findData(chosen)))
        self.against.setCurrentIndex(max(0, self.against.findData(other)))
        self._adapt()

    def set_file(self, file: str) -> None:
        """Take a file of examples; none for the dataset's own."""
        self._file = file
        self._adapt()

    def choose_file(self) -> None:
        """Ask for a file of labelled examples."""
        name, _kind = QFileDialog.getOpenFileName(self, "Labelled examples", "", FILES)
        if name:
            self.set_file(name)

    @property
    def wish(self) -> EvaluationWish:
        """What is to be measured."""
        whole = self.way.value == WHOLE
        return EvaluationWish(
            data=self._file or None,
            model=ModelId(self.model.value) if whole and self.model.value else None,
            against=ModelId(self.against.value) if whole and self.against.value else None,
            split=None if whole else Split(self.way.value),
        )

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return bool(self._file) or self.way.value != WHOLE

    def _adapt(self) -> None:
        whole = self.way.value == WHOLE
        for widget in (self.model, self.against):
            widget.setVisible(whole)
        name = wording.first_line(Path(self._file).name, 40)
        self.data.setText(name or ("Choose a file\u2026" if whole else "The dataset's own examples\u2026"))
        self.data.setAccessibleName(f"Examples: {self.data.text()}")
        self.data.setToolTip(self._file or "The dataset's own examples and what people taught; click for a file")
        self.own.setVisible(bool(self._file) and not whole)
        self.about.setText(ABOUT[self.way.value])
        if not self.busy:
            self.run.setEnabled(self.complete)
