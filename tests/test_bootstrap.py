"""Building an App from a folder."""

from pathlib import Path

import pytest

from tests.workspaces import opened
from triage_app.bootstrap import build, default_workspace, demo_workspace, models_dir, resources_dir
from triage_app.domain.errors import StorageFailed
from triage_app.domain.ticket import Verdict
from triage_app.services.commands import CloseTicket, ImportFiles
from triage_app.services.queries import GetBalance, ListTickets


def test_what_ships_is_found() -> None:
    assert (resources_dir() / "demo").is_dir()
    assert (models_dir() / "category" / "data.txt").is_file()
    assert default_workspace() != demo_workspace()


def test_a_workspace_keeps_everything_from_one_start_to_the_next(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: hello\n\nI lost my phone\n")
    with opened(tmp_path / "w") as app:
        app.execute(ImportFiles((str(tmp_path / "a.eml"),)))
        ticket = app.ask(ListTickets()).tickets[0]
        app.execute(CloseTicket(ticket.id, verdict=Verdict.TEST))
    with opened(tmp_path / "w") as app:
        assert app.ask(ListTickets(view="closed")).tickets[0].verdict is Verdict.TEST
        assert app.ask(GetBalance()).ticketed == 1


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageFailed, match="Choose another folder"):
        build(tmp_path / "file" / "workspace")


def test_the_same_workspace_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: hello\n\nI lost my phone\n")
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "settings.toml").write_text(f'database = "{postgres_url}"\n', encoding="utf-8")
    with opened(tmp_path / "w") as app:
        assert app.execute(ImportFiles((str(tmp_path / "a.eml"),))).ticketed == 1
        assert app.ask(ListTickets(query="phone")).total == 1
    assert not (tmp_path / "w" / "triage.db").exists()
