import json
import subprocess
import sys
from pathlib import Path

import pytest

from triage_app.adapters.classify import sheet_rows


def test_rows_are_written_one_a_line(project: Path, tmp_path: Path) -> None:
    # in a process of its own, since it limits its memory
    path = project / "tests" / "cases" / "learning" / "tickets.xls"
    done = subprocess.run(
        [sys.executable, "-P", str(Path(sheet_rows.__file__)), str(path)],
        cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows[0] == ["Category", "Subject", "Body", "Opened"]
    assert rows[1] == ["Phishing", "account locked", "verify now", "2026-03-31 14:05:00"]


@pytest.mark.parametrize("content", [b"", b"label,text\n", b"PK\x03\x04 broken"])
def test_what_is_none_is_told_and_the_exit_code_is_not_zero(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-P", str(Path(sheet_rows.__file__)), str(path)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert "error" in json.loads(done.stdout)
