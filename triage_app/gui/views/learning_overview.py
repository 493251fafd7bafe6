"""The overview of a dataset's learning: which version answers, how well, and what to do next."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.learning import Model
from triage_app.gui import learning_operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.views.learning_page import LearningPage
from triage_app.services.queries import ModelList

FORMS = "CSV (*.csv);;JSON lines (*.jsonl);;Parquet (*.parquet);;FastText (*.txt)"


class OverviewPage(LearningPage):
    """What is so, in words, and the buttons that lead on."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Overview of learning")
        self._models: tuple[Model, ...] = ()
        self._corrections: int | None = None
        px = self._look.px
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.train = QPushButton("Train a new version")
        self.train.setProperty("primary", True)
        self.train.clicked.connect(lambda: self.act_wanted.emit("train"))
        self.export = QPushButton("Export corrections\u2026")
        self.export.clicked.connect(lambda: self.act_wanted.emit("export-corrections"))
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addWidget(self.train)
        buttons.addWidget(self.export)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(16), px(24), px(16))
        layout.setSpacing(px(12))
        layout.addWidget(self.summary)
        layout.addLayout(buttons)
        layout.addStretch(1)

    @property
    def first(self) -> QWidget:
        """The first button."""
        return self.train

    def acts(self) -> dict[str, Callable[[], object]]:
        """The export."""
        return {"export-corrections": self.export_corrections}

    def load(self) -> None:
        """Read versions and corrections."""
        if self.dataset is None:
            return
        name = self.dataset.name
        learning_operations.load_models(self._desk, "overview-models", name, self._show_models, self._fail)
        learning_operations.count_corrections(self._desk, name, self._show_corrections, self._fail)

    def _show_models(self, answer: ModelList) -> None:
        self._models = answer.models
        self._say()

    def _show_corrections(self, number: int) -> None:
        self._corrections = number
        self._say()

    def _say(self) -> None:
        if self._corrections is None:
            return
        active = next((model for model in self._models if model.active), None)
        taught = wording.counted(self._corrections, "correction or confirmation", "corrections and confirmations")
        if not self._corrections:
            self.summary.setText("Nobody has corrected or confirmed a suggestion yet.")
        elif active is None:
            self.summary.setText(f"{taught} so far.")
        else:
            fresh = max(0, self._corrections - active.corrections)
            new = f"{wording.count(fresh)} of them since {active.id} was made." if fresh else f"{active.id} knows all."
            self.summary.setText(f"{taught} so far; {new}")

    def _fail(self, error: TriageError) -> None:
        self.summary.setText(error.message)

    def export_corrections(self) -> None:
        """Ask where to write the corrections, and write them."""
        if self.dataset is None:
            return
        name, _kind = QFileDialog.getSaveFileName(self, "Export corrections", "corrections.csv", FORMS)
        if name:
            learning_operations.export_corrections(
                self._desk,
                self.dataset.name,
                Path(name),
                lambda rows: self.said.emit(
                    f"Exported {wording.counted(rows, 'correction', 'corrections')} to {name}", False
                ),
            )
