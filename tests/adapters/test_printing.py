import sys
from pathlib import Path

import pytest

from triage_app.adapters.printing import ChildPrinter
from triage_app.domain.errors import DocumentFailed


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules a child finds."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    return tmp_path


def test_a_page_is_printed_without_a_window() -> None:
    assert ChildPrinter()("<h1>Grüße &amp; 日本</h1>").startswith(b"%PDF-")


def test_a_child_that_fails_is_told_with_another_way(modules: Path) -> None:
    (modules / "printer_that_fails.py").write_text("raise SystemExit('no fonts here')")
    with pytest.raises(DocumentFailed, match=r"--format html.*no fonts here"):
        ChildPrinter("printer_that_fails")("<p>x</p>")


def test_a_child_that_prints_something_else_is_refused(modules: Path) -> None:
    (modules / "printer_of_nonsense.py").write_text("print('hello')")
    with pytest.raises(DocumentFailed):
        ChildPrinter("printer_of_nonsense")("<p>x</p>")


def test_a_child_that_does_not_end_is_ended(modules: Path) -> None:
    (modules / "printer_that_hangs.py").write_text("import threading\nthreading.Event().wait()")
    with pytest.raises(DocumentFailed, match=r"not ready after 0\.5 seconds"):
        ChildPrinter("printer_that_hangs", 0.5)("<p>x</p>")
