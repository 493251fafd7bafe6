"""The Month page of learning: what was predicted and decided in a month, and the ways to take that elsewhere."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from triage_app.domain.changes import ChangeKind
from triage_app.domain.errors import TriageError
from triage_app.domain.poison import OriginKind
from triage_app.gui import labelling_operations, month_wording, operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.learning_page import LearningPage
from triage_app.gui.views.month_sheet import MonthSheet
from triage_app.gui.views.state import StatePage
from triage_app.gui.views.working import WorkingStrip
from triage_app.services.learning_shapes import Forgotten, MonthReport

REPORTS = "Web page (*.html);;PDF (*.pdf);;Figures (*.csv);;JSON (*.json);;Text (*.txt)"
EXPORTS = "CSV (*.csv);;JSON lines (*.jsonl);;Parquet (*.parquet)"


class MonthPage(LearningPage):
    """A month is chosen, this one at first; everything is of the tickets that came in then."""

    KINDS: ClassVar[frozenset[ChangeKind]] = frozenset({ChangeKind.CORRECTIONS, ChangeKind.MODELS})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Month")
        px = self._look.px
        self._report: MonthReport | None = None
        months = month_wording.months(desk.now())
        self.month = Choice(self._look, "Month", [(each, month_wording.month_name(each)) for each in months])
        self.month.currentIndexChanged.connect(lambda _place: self.load())
        self.earlier = self._turn("chevron-left", "The month before", 1)
        self.later = self._turn("chevron-right", "The month after", -1)
        self.export = QPushButton("Export predictions\u2026")
        self.export.clicked.connect(self.export_predictions)
        self.save = QPushButton("Save report\u2026")
        self.save.setProperty("primary", True)
        self.save.clicked.connect(self.save_report)
        top = QHBoxLayout()
        top.setContentsMargins(px(24), px(10), px(16), px(6))
        top.setSpacing(px(4))
        for widget in (self.earlier, self.month, self.later):
            top.addWidget(widget)
        top.addStretch(1)
        top.addWidget(self.export)
        top.addSpacing(px(4))
        top.addWidget(self.save)
        self._job: Job[MonthReport] | None = None
        self.working = WorkingStrip(self._look, "Reading the month")
        self.working.cancel_wanted.connect(self._stop)
        self.sheet = MonthSheet(desk)
        self.sheet.opened.connect(self.ticket_wanted)
        self.sheet.forgotten.connect(self.forget_source)
        self.state = StatePage(self._look, "State of the month")
        holder = QWidget()
        holder.setAccessibleName("Figures of the month or state")
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.sheet)
        self._stack.addWidget(self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.working)
        layout.addWidget(holder, 1)

    def _turn(self, icon: str, name: str, by: int) -> QPushButton:
        button = QPushButton()
        button.setProperty("flat", True)
        button.setAccessibleName(name)
        button.setToolTip(name)
        self._look.dress(button, icon, size=14)
        button.clicked.connect(lambda: self.month.setCurrentIndex(self.month.currentIndex() + by))
        return button

    @property
    def first(self) -> QWidget:
        """The choice of the month."""
        return self.month

    def acts(self) -> dict[str, Callable[[], object]]:
        """The report is saved, predictions are exported."""
        return {"save-report": self.save_report, "export-predictions": self.export_predictions}

    # -- showing -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the month that is chosen."""
        place = self.month.currentIndex()
        self.later.setEnabled(place > 0)
        self.earlier.setEnabled(place < self.month.count() - 1)
        if self.dataset is None:
            return
        if self._report is None:
            self.state.say("clock", "Reading the month\u2026")
            self._stack.setCurrentWidget(self.state)
        self.working.wait()
        self._job = labelling_operations.load_month(
            self._desk, self.dataset.name, self.month.value, self.show_report, self._fail, self.working.show_progress
        )

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def show_report(self, report: MonthReport) -> None:
        """Show a month, or that nothing came in then."""
        self.working.end()
        self._report = report
        self.save.setEnabled(report.predictions > 0)
        if not report.predictions:
            self.state.say("inbox", f"Nothing was predicted in {month_wording.month_name(report.month)}.")
            self._stack.setCurrentWidget(self.state)
            return
        self.sheet.show_report(report)
        self._stack.setCurrentWidget(self.sheet)

    def _fail(self, error: TriageError) -> None:
        self.working.end()
        if not operations.was_cancelled(error):
            self.state.say("triangle-alert", error.message, (("Try again", self.load),))
            self._stack.setCurrentWidget(self.state)
        elif self._report is None:
            self.state.say("clock", "Stopped before the month was read.", (("Read it", self.load),))

    # -- taking elsewhere ----------------------------------------------------------------------------------------

    def save_report(self) -> None:
        """Ask where to write the report, and write it."""
        if self.dataset is None:
            return
        name = f"{self.dataset.name}-{self.month.value}.html"
        file, kind = QFileDialog.getSaveFileName(self, "Save the report of the month", name, REPORTS)
        if file:
            self.write_report(with_ending(file, kind))

    def write_report(self, file: Path) -> None:
        """Write the report; the ending says the form."""
        if self.dataset is not None:
            labelling_operations.save_report(
                self._desk,
                self.dataset.name,
                self.month.value,
                file,
                lambda _rows: self.said.emit(f"The report is in {file}", False),
                self._refuse,
            )

    def export_predictions(self) -> None:
        """Ask where to write all predictions, and write them."""
        if self.dataset is None:
            return
        file, kind = QFileDialog.getSaveFileName(
            self, "Export predictions", f"predictions-{self.dataset.name}.csv", EXPORTS
        )
        if file:
            self.write_predictions(with_ending(file, kind))

    def write_predictions(self, file: Path) -> None:
        """Write all predictions; the ending says the form."""
        if self.dataset is not None:
            labelling_operations.export_predictions(
                self._desk,
                self.dataset.name,
                file,
                lambda rows: self.said.emit(
                    f"Exported {wording.counted(rows, 'prediction', 'predictions')} to {file}", False
                ),
                self._refuse,
            )

    def _refuse(self, error: TriageError) -> None:
        if not operations.was_cancelled(error):
            self.said.emit(error.message, False)

    def forget_source(self, source: str) -> None:
        """Learn nothing from a source any more."""
        if self.dataset is not None:
            labelling_operations.forget_origin(
                self._desk, OriginKind.SOURCE, source, self.dataset.name, self._forgotten, self._refuse
            )

    def _forgotten(self, forgotten: Forgotten) -> None:
        self.said.emit(f"Nothing is learnt from {forgotten.value} from the next training on", True)


def with_ending(file: str, kind: str) -> Path:
    """The file with the ending of the form that was chosen, where it has none of its own."""
    path = Path(file)
    if path.suffix:
        return path
    return path.with_suffix(kind.partition("(*")[2].rstrip(")") or ".txt")
