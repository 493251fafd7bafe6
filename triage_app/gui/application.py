"""Starts the desktop: application, look, window, and what happens when something goes wrong."""

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QSettings, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from triage_app.gui.desk import Desk, LocalServer
from triage_app.gui.jobs import Jobs
from triage_app.gui.look import Look, Scheme
from triage_app.gui.views.window import MainWindow
from triage_app.services.app import App, LocalApp

# Threads that compute hold Python's lock at most this long. Painting asks for it dozens of times and waits each time:
# at 1 ms the window needed 48 ms beside a busy thread, at this 10.
SWITCH_S = 0.0002
COLLECT_AFTER = (10_000, 10, 1000)


@dataclass(frozen=True, slots=True)
class OpenedDesk:
    """A window with what it needs; `close` ends its jobs before the app is closed."""

    desk: Desk
    window: MainWindow
    close: Callable[[], None]


def make_application(arguments: list[str] | None = None) -> QApplication:
    """The one QApplication of this process."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication(arguments or ["triage"])
    application.setApplicationName("Triage")
    application.setApplicationDisplayName("Triage")
    application.setOrganizationName("triage-desk")
    application.setDesktopFileName("triage")
    application.setStyle("Fusion")
    if QLocale.system().language() is QLocale.Language.C:
        # A machine without a language: numbers are still grouped.
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.World))
    return application


def stored_settings() -> QSettings:
    """What the user has set about the view, for all workspaces."""
    return QSettings("triage-desk", "Triage")


def open_window(
    app: App,
    resources: Path,
    settings: QSettings,
    *,
    scale: float | None = None,
    server: LocalServer | None = None,
) -> OpenedDesk:
    """The main window over an app, not yet shown. Needs a QApplication; call `close` when done, which also ends the
    serving.
    """
    look = Look(resources, scale=scale)
    try:
        scheme = Scheme(str(settings.value("window/theme", Scheme.SYSTEM.value)))
    except ValueError:
        scheme = Scheme.SYSTEM
    look.apply(scheme)
    jobs = Jobs()
    stop = app.subscribe(jobs.report_changes)
    desk = Desk(app, jobs, look, settings, follows=isinstance(app, LocalApp), server=server)
    window = MainWindow(desk)

    def close() -> None:
        stop()
        jobs.close()
        if server is not None:
            server.stop()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        # What is left of it is freed here and now: later the collector could run on a thread that is not Qt's.
        gc.collect()

    return OpenedDesk(desk, window, close)


def run(app: App, resources: Path, server: LocalServer | None = None) -> int:
    """Show the desktop until its window is closed; returns the exit code. The caller closes the app.

    `server` serves the workspace to others when the user says so.
    """
    sys.setswitchinterval(SWITCH_S)
    application = make_application()
    application.setQuitOnLastWindowClosed(True)
    opened = open_window(app, resources, stored_settings(), server=server)
    icon = resources / "icons" / "triage.svg"
    if icon.exists():
        application.setWindowIcon(QIcon(str(icon)))
    before = sys.excepthook
    sys.excepthook = _error_dialog(opened.window)
    opened.window.show()
    opened.window.start()
    rarely_collect()
    try:
        return application.exec()
    finally:
        sys.excepthook = before
        opened.close()


def rarely_collect() -> None:
    """Call once the window is there. The collector stops every thread: what lives as long as the window is not looked
    at again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _error_dialog(
    window: MainWindow,
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """A hook that says what went wrong in a window instead of ending the program."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        box = QMessageBox(window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText("Something unforeseen went wrong.")
        box.setInformativeText("Nothing that was saved is lost. If it happens again, start the program anew.")
        box.setDetailedText(f"{kind.__name__}: {error}")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    return show
