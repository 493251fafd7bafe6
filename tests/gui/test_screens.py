from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.screens.scene import add_sources, add_tokens, hold_conversation
from tests.workspaces import opened
from triage_app.bootstrap import DeskServer, resources_dir
from triage_app.gui import screens
from triage_app.gui.look import Scheme
from triage_app.services.app import App
from triage_app.services.commands import LinkTickets
from triage_app.services.queries import ListTicketIds
from triage_app.services.source_queries import ListSources


def colours(path: Path) -> int:
    image = QImage(str(path))
    return len({image.pixel(x, y) for x in range(0, image.width(), 5) for y in range(0, image.height(), 5)})


@pytest.fixture
def scene(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The sample mail with a linked group, sources, tokens and a conversation."""
    monkeypatch.setenv("TRIAGE_PASSPHRASE", "of pictures")
    with opened(demo_folder) as app:
        one, *others = app.ask(ListTicketIds(limit=4)).ids
        app.execute(LinkTickets(ids=(one, *others)))
        add_sources(app, demo_folder)
        add_tokens(app)
        hold_conversation(app, demo_folder)
        yield app


def test_the_sources_of_a_picture_fare_differently(scene: App) -> None:
    assert {row.name: row.status for row in scene.ask(ListSources()).sources} == {
        "drop": "ok",
        "ids": "paused",
        "scanner": "failing",
        "soc": "paused",
    }


def test_every_screen_is_rendered(scene: App, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    # given one size and theme, since each picture takes its time
    monkeypatch.setattr(screens, "SIZES", ((1024, 700),))
    monkeypatch.setattr(screens, "SCHEMES", (Scheme.DARK,))
    # when
    files = screens.render(scene, resources_dir(), tmp_path / "out", DeskServer(scene, tmp_path))
    # then there is a picture of each, none of them blank
    names = {path.name.removesuffix("-dark-1024x700.png") for path in files}
    wanted = {"queue", "alert", "html", "observables", "timeline", "parked", "learning", "keys", "commands", "verdict"}
    wanted |= {"duplicates", "group", "close-linked", "rules", "rules-mistake", "simulation", "window", "link"}
    wanted |= {"sources", "source-form", "balance", "conversation", "reply", "reply-template", "move-mail"}
    wanted |= {"api", "api-served", "token-form"}
    wanted |= {f"learning-{page}" for page in ("training", "models", "evaluation", "measured", "confusions")}
    wanted |= {"learning-review", "learning-audited", "learning-add", "learning-month", "learnt-changes"}
    assert wanted <= names
    for path in files:
        image = QImage(str(path))
        assert (image.width(), image.height()) == (1024, 700)
        assert colours(path) > 20, path


def test_a_picture_of_the_queue(demo: App, tmp_path: Path, qtbot: QtBot) -> None:
    path = screens.picture(demo, resources_dir(), tmp_path / "desk.png")
    assert (QImage(str(path)).width(), QImage(str(path)).height()) == (1440, 900)
    assert colours(path) > 40
