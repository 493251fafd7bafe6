"""What the tests of the desktop share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.desks import desk_on, light_look
from triage_app.gui.application import OpenedDesk
from triage_app.gui.look import Look
from triage_app.services.app import App


@pytest.fixture
def look(qtbot: QtBot) -> Look:
    """The light theme."""
    return light_look()


@pytest.fixture
def opened(demo: App, tmp_path: Path, qtbot: QtBot) -> Iterator[OpenedDesk]:
    """The desk on the sample mail, with its first page."""
    with desk_on(demo, tmp_path) as desk:
        yield desk


@pytest.fixture
def opened_empty(empty: App, tmp_path: Path, qtbot: QtBot) -> Iterator[OpenedDesk]:
    """The desk on an empty workspace."""
    with desk_on(empty, tmp_path) as desk:
        yield desk
