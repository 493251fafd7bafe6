"""Workspaces for tests: the sample mail is imported once, each test gets a copy of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from triage_app.services.commands import LoadDemo

if TYPE_CHECKING:
    from triage_app.services.app import App


@contextmanager
def opened(folder: Path) -> "Iterator[App]":
    """An App on a folder, closed at the end."""
    from triage_app.bootstrap import build  # tests of single parts need not load everything

    app = build(folder)
    try:
        yield app
    finally:
        app.close()


def prepare_demo(folder: Path) -> None:
    """Fill a folder with the sample mail and alerts, as `triage demo` does."""
    from triage_app.bootstrap import resources_dir

    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(resources_dir() / "demo" / "settings.toml", folder / "settings.toml")
    with opened(folder) as app:
        report = app.execute(LoadDemo())
    assert report.difference == 0
    assert report.parked == 0
