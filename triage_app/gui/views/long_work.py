"""Work that takes its time: imports, parked items, bulk decisions; with progress and cancel."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from triage_app.domain.errors import TriageError
from triage_app.domain.item import RawId
from triage_app.gui import operations, wording
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.gui.views.parked import ParkedScreen
from triage_app.gui.views.status_line import StatusLine
from triage_app.gui.views.toast import Toast
from triage_app.services.commands import ImportReport


class LongWork(QObject):
    """Starts it, shows it in the line at the foot or on its screen, and says how it ended."""

    def __init__(
        self,
        desk: Desk,
        window: QWidget,
        status: StatusLine,
        toast: Toast,
        parked: ParkedScreen,
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._status = status
        self._toast = toast
        self._parked = parked
        self._intake: Job[Any] | None = None
        self._bulk: Job[Any] | None = None
        status.cancel_wanted.connect(self.cancel)

    # -- files ---------------------------------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Ask which files to import."""
        paths, _kind = QFileDialog.getOpenFileNames(
            self._window,
            "Import mail and alerts",
            "",
            "Mail and alerts (*.eml *.msg *.mbox *.json *.jsonl *.csv *.gz *.zip);;All files (*)",
        )
        if paths:
            self.import_paths(paths)

    def choose_folder(self) -> None:
        """Ask which folder to import."""
        folder = QFileDialog.getExistingDirectory(self._window, "Import a folder of mail or alerts")
        if folder:
            self.import_paths([folder])

    def import_paths(self, paths: list[str]) -> None:
        """Read these files and folders into the queue."""
        self.begin_intake(
            "Importing",
            lambda desk, done, failed, progressed: operations.import_files(desk, paths, done, failed, progressed),
        )

    def begin_intake(self, verb: str, start: Callable[..., Job[Any]]) -> None:
        """Start an import, unless one is running."""
        if self._intake is not None:
            self._toast.say("An import is running. Wait until it is done, or cancel it.")
            return
        self._status.work(f"{verb}\u2026")
        self._intake = start(
            self._desk,
            self._intake_done,
            self._intake_failed,
            lambda progress: self._status.show_progress(verb, progress),
        )

    def _intake_done(self, report: ImportReport) -> None:
        self._intake = None
        new = wording.counted(report.ticketed + report.merged, "new item", "new items")
        parts = [new] + ([f"{wording.count(report.known)} known already"] if report.known else [])
        parts += [f"{wording.count(report.parked)} parked"] if report.parked else []
        self._status.rest(f"Imported {', '.join(parts)}")
        for warning in report.warnings[:1]:
            self._toast.say(warning, bad=True)

    def _intake_failed(self, error: TriageError) -> None:
        self._intake = None
        if operations.was_cancelled(error):
            self._status.rest("Import stopped; what was read before is kept")
        else:
            self._status.rest("Import failed")
            self._toast.say(error.message, bad=True)

    def retry(self, raw: RawId | None) -> None:
        """Try a parked item again, or all of them."""
        self.begin_intake(
            "Trying again",
            lambda desk, done, failed, progressed: operations.retry_parked(desk, raw, done, failed, progressed),
        )

    def _parked_id(self) -> RawId | None:
        return self._parked.current.id if self._parked.current is not None else None

    def retry_current(self) -> None:
        """Try the parked item in hand again."""
        self.retry(self._parked_id())

    def dismiss(self) -> None:
        """Drop the parked item in hand on purpose."""
        raw = self._parked_id()
        if raw is not None:
            operations.dismiss_parked(
                self._desk,
                raw,
                lambda item: self._toast.say(f"Dismissed: {wording.first_line(item.origin, 60)}", undo=True),
            )

    def cancel(self) -> None:
        """Stop the import and the bulk decision that run."""
        for job in (self._intake, self._bulk):
            if job is not None:
                job.cancel()
        self._status.stopping()

    def bulk_begins(self, job: Job[Any]) -> None:
        """Show a decision about several tickets."""
        self._bulk = job
        if self._intake is None:
            self._status.work("Working\u2026")

    def bulk_ends(self) -> None:
        """It has ended."""
        if self._bulk is not None:
            self._bulk = None
            if self._intake is None:
                self._status.rest("Ready")
