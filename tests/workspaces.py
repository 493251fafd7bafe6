"""Workspaces for tests: the sample mail is imported once, each test gets a copy of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage_app.bootstrap import build, resources_dir
from triage_app.services.app import App
from triage_app.services.commands import LoadDemo


@contextmanager
def opened(folder: Path) -> Iterator[App]:
    """An App on a folder, closed at the end."""
    app = build(folder)
    try:
        yield app
    finally:
        app.close()


def prepare_demo(folder: Path) -> None:
    """Fill a folder with the sample mail and alerts, as `triage demo` does."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(resources_dir() / "demo" / "settings.toml", folder / "settings.toml")
    with opened(folder) as app:
        report = app.execute(LoadDemo())
    assert report.difference == 0
    assert report.parked == 0
