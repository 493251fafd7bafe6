"""Training: with which options, how far it is, and what came of it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.learning import Model
from triage_app.gui import learning_operations, learning_wording, operations
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.views.busy_button import BusyButton
from triage_app.gui.views.chart_card import ChartCard
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.plot_curves import LossPlot
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.tick_box import TickBox
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.context import Progress

LOOKING = (
    ("0", "Options as the dataset says"),
    ("30", "Look for better options for 30 s"),
    ("120", "Look for better options for 2 min"),
    ("300", "Look for better options for 5 min"),
    ("900", "Look for better options for 15 min"),
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
        self.begin = BusyButton("Train a new version")
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
        self.title = QLabel()
        self.title.setFont(self._look.strong)
        self.result = QLabel()
        self.quality = QLabel()
        self.versions = QPushButton("Look at the versions")
        self.versions.clicked.connect(lambda: self.page_wanted.emit("models"))
        self.loss = LossPlot(self._look)
        self._card = ChartCard(
            desk,
            "Loss",
            "How wrong the model is on what it learns from, while it learns. It falls fast, then hardly.",
            self.loss,
        )
        self._card.said.connect(self.said)
        self._card.setMaximumHeight(px(380))
        came = QVBoxLayout()
        came.setContentsMargins(px(24), px(10), px(24), px(12))
        came.setSpacing(px(6))
        for label in (self.title, self.result, self.quality):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.hide()
            came.addWidget(label)
        came.addWidget(self.versions, 0, Qt.AlignmentFlag.AlignLeft)
        came.addSpacing(px(8))
        came.addWidget(self._card, 1)
        came.addStretch(0)
        outcome = QWidget()
        outcome.setAccessibleName("The training")
        outcome.setLayout(came)
        self.state = StatePage(self._look, "State of the training")
        body = QWidget()
        body.setAccessibleName("The training, or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.state)
        self._stack.addWidget(outcome)
        self._outcome = outcome
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.progress)
        layout.addWidget(body, 1)
        self.versions.hide()
        self._card.hide()
        self.state.say(
            "graduation-cap",
            "A training learns from the dataset's examples and what people said. The new version answers only if it "
            "does not lose against the one in use.",
        )

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
        self.begin.rest()
        self._say("Training\u2026")
        self.loss.clear()
        self._card.hide()
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
        if progress.loss is not None:
            self.loss.add(progress.done, progress.loss, progress.what)
            self._card.show()

    def _say(self, title: str, result: str = "", quality: str = "") -> None:
        for label, text in ((self.title, title), (self.result, result), (self.quality, quality)):
            label.setText(text)
            label.setVisible(bool(text))
        self.versions.hide()
        self._stack.setCurrentWidget(self._outcome)

    def _end(self) -> None:
        self._job = None
        self.progress.end()
        self.begin.wake()

    def _done(self, model: Model) -> None:
        self._end()
        title = f"{model.id} answers from now on" if model.active else f"{model.id} is kept, and does not answer"
        self._say(title, model.decision, learning_wording.quality_of(model))
        self.versions.show()
        self.said.emit(title, model.active and model.parent is not None)

    def _fail(self, error: TriageError) -> None:
        self._end()
        if operations.was_cancelled(error):
            self._say("The training was stopped; nothing has changed.")
        else:
            self._say("The training failed; nothing has changed.", error.message)
