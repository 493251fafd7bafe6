"""Follows the live sources from the start of the desk to its end, and knows how they fare."""

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import TriageError
from triage_app.gui import operations, source_operations
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job
from triage_app.services.context import Progress
from triage_app.services.source_queries import SourceList

LONG_FETCH = 50
"""From so many items on, a fetch is shown while it runs."""

REST_MS = 1500
AGAIN_MS = 30_000


class Following(QObject):
    """One job follows all sources as long as there are any. What fails is told in words, never by a dialog.

    A desk on another machine's workspace only looks: the sources are followed where they are configured.
    """

    listed = Signal(object)
    changed = Signal()
    fetching = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._job: Job[Any] | None = None
        self._wanted = desk.follows
        self.sources: SourceList | None = None
        self.error = ""
        self._again = self._timer(AGAIN_MS, self.load)
        self._rest = self._timer(REST_MS, lambda: self.fetching.emit(None))

    def _timer(self, milliseconds: int, then: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    @property
    def running(self) -> bool:
        """Whether the sources are followed now, by this desk or where they are configured."""
        return self._job is not None or not self._desk.follows

    @property
    def here(self) -> bool:
        """Whether this desk is the one that follows."""
        return self._desk.follows

    def load(self) -> None:
        """Read how the sources fare; following begins where there are any, or where something is to be done by time."""
        source_operations.load_sources(self._desk, self._take, self._unlisted)

    def take_changes(self, changes: ChangeSet) -> None:
        """Look again when sources changed, or where a ticket may have been put off and nobody would bring it back."""
        waits = ChangeKind.TICKETS_CHANGED in changes.kinds and self._wanted and self._job is None
        if waits or ChangeKind.SOURCES in changes.kinds:
            self.load()

    def _take(self, listed: SourceList) -> None:
        self.sources = listed
        if (listed.sources or listed.scheduled) and self._wanted and self._job is None:
            self._begin()
        self.listed.emit(listed)

    def _unlisted(self, error: TriageError) -> None:
        self.error = error.message
        self.changed.emit()

    # -- begin and end -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Follow, from now on."""
        self._wanted = self._desk.follows
        self.load()

    def stop(self) -> None:
        """Stop following until `begin`, or until the desk is opened again; what was taken in is kept."""
        self._wanted = False
        self._again.stop()
        if self._job is not None:
            self._job.cancel()

    def _begin(self) -> None:
        self._again.stop()
        self.error = ""
        self._job = source_operations.follow(self._desk, lambda _report: self._ended(""), self._failed, self._fetching)
        self.changed.emit()

    def _failed(self, error: TriageError) -> None:
        self._ended("" if operations.was_cancelled(error) else error.message)

    def _ended(self, error: str) -> None:
        self._job = None
        self.error = error
        if self._wanted:
            self._again.start()
        self.fetching.emit(None)
        self.changed.emit()

    def _fetching(self, progress: Progress) -> None:
        if progress.done >= LONG_FETCH:
            self._rest.start()
            self.fetching.emit(progress)
