from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.queries import CountViews, GetBalance

PATIENCE_MS = 120_000


def many(folder: Path, number: int) -> Path:
    folder.mkdir()
    for each in range(number):
        text = f"From: a{each}@partner.example\r\nSubject: Mail {each}\r\n\r\nI lost my phone {each}.\r\n"
        (folder / f"{each}.eml").write_bytes(text.encode())
    return folder


def test_an_import_that_is_cancelled_keeps_what_it_has_and_the_balance_holds(
    opened_empty: OpenedDesk, tmp_path: Path
) -> None:
    window = opened_empty.window
    window.work.import_paths([str(many(tmp_path / "mails", 400))])
    assert window.status.cancel.isVisible()
    window.status.cancel.click()
    settle(opened_empty, PATIENCE_MS)
    assert not window.status.cancel.isVisible()
    assert opened_empty.desk.app.ask(GetBalance()).difference == 0


def test_a_second_import_waits_its_turn(opened_empty: OpenedDesk, tmp_path: Path) -> None:
    window = opened_empty.window
    folder = str(many(tmp_path / "mails", 20))
    window.work.import_paths([folder])
    window.work.import_paths([folder])
    assert "is running" in window.toast.text.text()
    settle(opened_empty, PATIENCE_MS)
    assert opened_empty.desk.app.ask(CountViews()).inbox == 20


def test_a_path_that_is_gone_is_said(opened_empty: OpenedDesk, tmp_path: Path) -> None:
    opened_empty.window.work.import_paths([str(tmp_path / "gone.eml")])
    settle(opened_empty, PATIENCE_MS)
    assert opened_empty.window.status.what.text() == "Import failed"
    assert "gone.eml" in opened_empty.window.toast.text.text()


def test_a_dialog_that_is_left_does_nothing(opened_empty: OpenedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a, **_k: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: "")
    opened_empty.window.do("import-files")
    opened_empty.window.do("import-folder")
    assert opened_empty.window.status.what.text() == "Ready"
