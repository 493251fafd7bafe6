"""What every part of the window is given: the app, the jobs, the look, the settings of the view, and the time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from PySide6.QtCore import QDateTime, QSettings

from triage_app.domain.token import Caller
from triage_app.gui.jobs import Jobs
from triage_app.gui.look import Look
from triage_app.services.app import App


def read_clock() -> datetime:
    """Now, aware UTC, as the window system tells it; only for saying how old things are."""
    return datetime.fromtimestamp(QDateTime.currentMSecsSinceEpoch() / 1000, UTC)


class LocalServer(Protocol):
    """The local API of the desk's own workspace. `start` and `stop` take their time: they belong on a job."""

    @property
    def place(self) -> str:
        """What is served."""

    @property
    def address(self) -> str:
        """Where it serves; empty while it does not."""

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its certificate; empty without TLS."""

    def start(self, host: str, port: int) -> None:
        """Serve. Raises TriageError."""

    def stop(self) -> None:
        """Serve no more."""

    def callers(self) -> tuple[Caller, ...]:
        """Who has called since the start, the last one first."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk: parts talk to each other through it and through signals, never through globals.

    `follows`: live sources are followed by this desk, as those of a workspace of this machine are. `server`: what
    serves that workspace to others; None on another machine's.
    """

    app: App
    jobs: Jobs
    look: Look
    settings: QSettings
    now: Callable[[], datetime] = read_clock
    follows: bool = True
    server: LocalServer | None = None
