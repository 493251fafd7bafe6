from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.learning_overview import OverviewPage


def overview(opened: OpenedDesk) -> OverviewPage:
    opened.window.do("learn-overview")
    settle(opened)
    page = opened.window.learning.page("overview")
    assert isinstance(page, OverviewPage)
    return page


def test_corrections_are_counted(opened: OpenedDesk) -> None:
    page = overview(opened)
    assert "Nobody has corrected" in page.summary.text()
    opened.window.do("go-inbox")
    settle(opened)
    opened.window.do("correct-1")
    settle(opened)
    assert "1 correction or confirmation" in overview(opened).summary.text()


def test_corrections_are_exported_where_the_user_says(
    opened: OpenedDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "corrections.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    opened.window.do("correct-2")
    settle(opened)
    opened.window.do("export-corrections")
    settle(opened)
    assert out.exists()
    assert "Exported 1 correction" in opened.window.toast.text.text()
