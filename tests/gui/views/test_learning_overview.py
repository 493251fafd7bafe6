from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.gui.measured import PROMISE, version
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.learning_overview import OverviewPage
from triage_app.services.queries import ModelList

PATIENCE_MS = 60_000


def overview(opened: OpenedDesk) -> OverviewPage:
    opened.window.do("learn-overview")
    settle(opened, PATIENCE_MS)
    page = opened.window.learning.page("overview")
    assert isinstance(page, OverviewPage)
    return page


def test_corrections_are_counted_and_the_version_in_use_is_named(opened: OpenedDesk) -> None:
    page = overview(opened)
    assert "Nobody has corrected" in page.summary.text()
    assert page.answers.text() == f"{opened.window.status.model.text()} answers"
    opened.window.do("go-inbox")
    settle(opened)
    opened.window.do("correct-1")
    settle(opened)
    assert "1 correction or confirmation" in overview(opened).summary.text()


def test_a_broken_promise_stands_out_and_leads_to_the_audit(opened: OpenedDesk) -> None:
    page = overview(opened)
    page._show_promise(PROMISE)
    assert page.broken.isVisible()
    assert page.broken.text() == PROMISE.broken[0]
    assert [row.text for row in page.promise._rows] == ["Spam", "Phishing"]
    first = page.buttons[0]
    assert first.property("primary")
    assert page.first is first
    first.click()
    settle(opened, PATIENCE_MS)
    assert opened.window.learning.current == "audit"
    page._show_promise(replace(PROMISE, labels=(), broken=()))
    assert not page.broken.isVisible()
    assert not page._card.isVisible()


def test_without_a_version_the_first_is_to_be_trained(opened: OpenedDesk) -> None:
    page = overview(opened)
    page._show_models(ModelList(()))
    assert "No version answers yet" in page.answers.text()
    assert [button.text() for button in page.buttons] == ["Train a version"]
    page._show_models(ModelList((version("cat-2", active=True),)))
    assert "right of all: 90.0%" in page.figures.accessibleName()


def test_corrections_are_exported_where_the_user_says(
    opened: OpenedDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "corrections.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    opened.window.do("correct-2")
    settle(opened)
    opened.window.do("export-corrections")
    settle(opened, PATIENCE_MS)
    assert out.exists()
    assert "Exported 1 correction" in opened.window.toast.text.text()
