"""Training: with which options, how far it is, and what came of it."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.learning import Model
from triage_app.gui import learning_operations, operations
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.tick_box import TickBox
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.context import Progress

LOOKING = (
    ("0", "As the dataset says"),
    ("30", "Look for better ones for 30 s"),
    ("120", "Look for better ones for 2 min"),
    ("300", "Look for better ones for 5 min"),
    ("900", "Look for better ones for 15 min"),
)


class TrainingPage(LearningPage):
    """Starts a training and shows it until its end, also while another page is in sight."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Training")
        self._job: Job[Model] | None = None
        px = self._look.px
        self.autotune = Choice(self._look, "Options of the training", LOOKING)
        self.deterministic = TickBox(self._look, "Repeatable")
        self.deterministic.setToolTip("The same data gives the same model, byte by byte; takes longer")
        self.begin = QPushButton("Train a new version")
        self.begin.setProperty("primary", True)
        self.begin.clicked.connect(self.start)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(12), px(24), px(12))
        top.setSpacing(px(12))
        top.addWidget(self.begin)
        top.addWidget(self.autotune)
        top.addWidget(self.deterministic)
        top.addStretch(1)
        self.progress = WorkingStrip(self._look, "Training")
        self.progress.cancel_wanted.connect(self.cancel)
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.result.setContentsMargins(px(24), px(12), px(24), px(12))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.progress)
        layout.addWidget(self.result)
        layout.addStretch(1)

    @property
    def first(self) -> QWidget:
        """The button that starts it."""
        return self.begin

    def acts(self) -> dict[str, Callable[[], object]]:
        """The training."""
        return {"train": self.start}

    def load(self) -> None:
        """Nothing is read: what is shown is the training that runs, or the last one."""

    def start(self) -> None:
        """Train a new version, unless one is being trained."""
        if self.dataset is None or self._job is not None:
            return
        self.begin.setEnabled(False)
        self.result.clear()
        self.progress.begin()
        self._job = learning_operations.train(
            self._desk,
            self.dataset.name,
            self._done,
            self._fail,
            self._show_progress,
            autotune=int(self.autotune.value or "0"),
            deterministic=self.deterministic.isChecked(),
        )

    def cancel(self) -> None:
        """Stop the training."""
        if self._job is not None:
            self._job.cancel()

    def _show_progress(self, progress: Progress) -> None:
        self.progress.show_progress(progress)

    def _end(self) -> None:
        self._job = None
        self.progress.end()
        self.begin.setEnabled(True)

    def _done(self, model: Model) -> None:
        self._end()
        answers = f"{model.id} is trained and answers from now on"
        self.said.emit(answers if model.active else f"{model.id} is trained", False)
        self.result.setText(model.decision or f"{answers}." if model.active else f"{model.id} is trained.")

    def _fail(self, error: TriageError) -> None:
        self._end()
        if operations.was_cancelled(error):
            self.result.setText("The training was stopped; nothing has changed.")
        else:
            self.result.setText(error.message)
