"""What the tests of the desktop share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.desks import desk_on, light_look
from triage_app.gui.application import OpenedDesk
from triage_app.gui.look import Look
from triage_app.services.app import App


@pytest.fixture(autouse=True)
def nobody_chooses_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialog that asks for a file would wait for a person for ever: here each is left as if by Cancel."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a, **_k: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: "")


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
