"""A desk for tests: a real App, a real window offscreen, and a way to wait until nothing runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSettings

from triage_app.bootstrap import resources_dir
from triage_app.gui.application import OpenedDesk, make_application, open_window
from triage_app.gui.desk import LocalServer
from triage_app.gui.look import Look, Scheme
from triage_app.gui.screens import settle
from triage_app.services.app import App


def settings_in(folder: Path) -> QSettings:
    """Settings of the view that belong to one test."""
    return QSettings(str(folder / "view.ini"), QSettings.Format.IniFormat)


def light_look(scheme: Scheme = Scheme.LIGHT, scale: float = 1.0) -> Look:
    """A look in force."""
    make_application()
    look = Look(resources_dir(), scale=scale)
    look.apply(scheme)
    return look


@contextmanager
def desk_on(
    app: App,
    folder: Path,
    *,
    width: int = 1440,
    height: int = 900,
    scale: float = 1.0,
    server: LocalServer | None = None,
) -> Iterator[OpenedDesk]:
    """A shown window whose first page is there."""
    make_application()
    opened = open_window(app, resources_dir(), settings_in(folder), scale=scale, server=server)
    try:
        opened.window.resize(width, height)
        opened.window.show()
        opened.window.start()
        settle(opened)
        yield opened
    finally:
        opened.window.close()
        opened.close()
