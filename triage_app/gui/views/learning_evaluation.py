"""Evaluation: what to measure, how far it is, and what came out."""

from collections.abc import Callable

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.evaluation import Evaluation
from triage_app.gui import learning_operations, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.views.evaluation_form import EvaluationForm
from triage_app.gui.views.evaluation_report import EvaluationReport
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.queries import EvaluateModel, ModelList


class EvaluationPage(LearningPage):
    """Runs one evaluation at a time, beside whatever else is done."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Evaluation")
        self._job: Job[Evaluation] | None = None
        self._shown = ""
        self.form = EvaluationForm(self._look)
        self.form.wanted.connect(lambda: self.act_wanted.emit("evaluate"))
        self.progress = WorkingStrip(self._look, "Measuring")
        self.progress.cancel_wanted.connect(self.cancel)
        self.report = EvaluationReport(desk)
        self.report.ticket_wanted.connect(self.ticket_wanted)
        self.report.said.connect(self.said)
        self.state = StatePage(self._look, "State of the evaluation")
        body = QWidget()
        body.setAccessibleName("What came out, or state")
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.state)
        self._stack.addWidget(self.report)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.form)
        layout.addWidget(self.progress)
        layout.addWidget(body, 1)
        self._say_nothing()

    @property
    def first(self) -> QWidget:
        """The button that starts it."""
        return self.form.run

    def acts(self) -> dict[str, Callable[[], object]]:
        """The evaluation."""
        return {"evaluate": self.start}

    def load(self) -> None:
        """Read which versions can be chosen; what came out stays until another dataset is chosen."""
        if self.dataset is None:
            return
        if self._shown and self._shown != self.dataset.name:
            self._say_nothing()
        learning_operations.load_models(
            self._desk, "evaluation-models", self.dataset.name, self._show_models, self._desk.jobs.failed.emit
        )

    def _show_models(self, answer: ModelList) -> None:
        self.form.show_models(answer.models)

    def _say_nothing(self) -> None:
        self._shown = ""
        self.state.say("scan-search", "See how good the model is on what it has not learnt from.")
        self._stack.setCurrentWidget(self.state)

    # -- doing ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Measure what the form says, unless something is being measured."""
        if self.dataset is None or self._job is not None or not self.form.complete:
            return
        wish = self.form.wish
        query = EvaluateModel(
            data=wish.data, dataset=self.dataset.name, model=wish.model, against=wish.against, split=wish.split
        )
        name, threshold = self.dataset.name, self.dataset.threshold
        self.progress.begin()
        self.form.rest()
        self._job = learning_operations.evaluate(
            self._desk,
            query,
            lambda evaluation: self._done(name, evaluation, threshold),
            self._fail,
            self.progress.show_progress,
        )

    def cancel(self) -> None:
        """Stop the evaluation."""
        if self._job is not None:
            self._job.cancel()

    def _end(self) -> None:
        self._job = None
        self.progress.end()
        self.form.wake()

    def _done(self, name: str, evaluation: Evaluation, threshold: float) -> None:
        self._end()
        if self.dataset is None or self.dataset.name != name:
            return
        self._shown = name
        self.report.show_evaluation(evaluation, threshold)
        self._stack.setCurrentWidget(self.report)

    def _fail(self, error: TriageError) -> None:
        self._end()
        if operations.was_cancelled(error):
            if not self._shown:
                self._say_nothing()
            return
        again = (("Try again", self.start),)
        self.state.say("triangle-alert", wording.first_line(error.message, 400), again)
        self._stack.setCurrentWidget(self.state)
        self._shown = ""
