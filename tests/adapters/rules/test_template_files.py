from pathlib import Path

import pytest

from triage_app.adapters.rules.template_files import TemplateFiles
from triage_app.bootstrap import resources_dir
from triage_app.domain.reply_template import ACKNOWLEDGEMENT, NAMES

SHIPPED = "Subject: shipped\n\ntext"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    workspace, shipped = tmp_path / "workspace" / "templates", tmp_path / "shipped"
    workspace.mkdir(parents=True)
    shipped.mkdir()
    (shipped / "question.txt").write_text(SHIPPED)
    return workspace, shipped


def test_the_workspaces_own_stands_before_the_shipped_one(folders: tuple[Path, Path]) -> None:
    workspace, shipped = folders
    files = TemplateFiles(workspace.parent, shipped)
    assert files.load().templates["question"].subject == "shipped"
    (workspace / "question.txt").write_text("Subject: own\n\ntext")
    (workspace / "another.txt").write_text("Subject: another\n\ntext")
    (workspace / "notes.md").write_text("no template")
    found = files.load()
    assert {name: each.subject for name, each in found.templates.items()} == {"another": "another", "question": "own"}
    assert found.problems == ()


def test_a_file_with_a_mistake_is_told_and_the_shipped_one_stays(folders: tuple[Path, Path]) -> None:
    workspace, shipped = folders
    (workspace / "question.txt").write_text("Subject: own\n\n$nobody")
    (workspace / "latin.txt").write_bytes(b"Subject: x\n\n\xe4")
    found = TemplateFiles(workspace.parent, shipped).load()
    assert found.templates["question"].subject == "shipped"
    assert len(found.problems) == 2
    assert any("line 3" in each for each in found.problems)
    assert any("UTF-8" in each for each in found.problems)


def test_without_folders_there_are_none(tmp_path: Path) -> None:
    assert TemplateFiles(tmp_path, tmp_path / "none").load().templates == {}


def test_every_template_that_ships_can_be_filled_in(tmp_path: Path) -> None:
    found = TemplateFiles(tmp_path, resources_dir() / "templates").load()
    assert found.problems == ()
    assert ACKNOWLEDGEMENT in found.templates
    assert len(found.templates) >= 4
    for each in found.templates.values():
        subject, text = each.filled({name: f"<{name}>" for name in NAMES})
        assert "<ticket>" in subject
        assert "<desk>" in text
