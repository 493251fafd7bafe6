import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from triage_app.gui.print_pdf import to_pdf


def test_a_page_becomes_a_pdf_of_a4_pages(qapp: QGuiApplication) -> None:
    short, long = to_pdf("<h1>A month</h1>"), to_pdf("<p>line</p>" * 400)
    assert short.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 595" in short
    assert short.count(b"/Type /Page\n") == 1 < long.count(b"/Type /Page\n")


def test_nothing_that_a_page_names_is_loaded(qapp: QGuiApplication, project: Path) -> None:
    picture = next((project / "resources").rglob("*.png"), None) or next((project / "docs").rglob("*.png"))
    pages = [to_pdf(f'<p>one</p><img src="{source}">') for source in (picture, picture.as_uri(), "none.png")]
    assert max(map(len, pages)) - min(map(len, pages)) < 100 < picture.stat().st_size


def test_the_child_reads_a_page_and_writes_a_pdf(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "triage_app.gui.print_pdf"],
        input="<p>Grüße 日本</p>".encode(), capture_output=True, check=True, cwd=project,
    )  # fmt: skip
    assert done.stdout.startswith(b"%PDF-")
