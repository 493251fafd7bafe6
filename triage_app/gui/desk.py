"""What every part of the window is given: the app, the jobs, the look, the settings of the view, and the time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, QSettings

from triage_app.gui.jobs import Jobs
from triage_app.gui.look import Look
from triage_app.services.app import App


def read_clock() -> datetime:
    """Now, aware UTC, as the window system tells it; only for saying how old things are."""
    return datetime.fromtimestamp(QDateTime.currentMSecsSinceEpoch() / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk: parts talk to each other through it and through signals, never through globals.

    `follows`: live sources are followed by this desk, as those of a workspace of this machine are.
    """

    app: App
    jobs: Jobs
    look: Look
    settings: QSettings
    now: Callable[[], datetime] = read_clock
    follows: bool = True
