"""What the suite promises of itself: where CI is set, nothing real is skipped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TEST = """
import pytest

@pytest.mark.needs("sh")
def test_of_what_is_there() -> None:
    pass

@pytest.mark.needs("no-such-program-of-any-kind")
def test_of_what_is_not() -> None:
    raise AssertionError("ran all the same")
"""


@pytest.mark.parametrize(("ci", "code", "closing"), [("", 0, "1 passed, 1 skipped"), ("true", 1, "1 passed, 1 error")])
def test_missing_program_skips_for_a_person_and_fails_in_ci(
    ci: str, code: int, closing: str, project: Path, tmp_path: Path
) -> None:
    # given a test that needs a program that no machine has
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_runtest_setup\n")
    (tmp_path / "test_needs.py").write_text(TEST)
    # when it runs
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        project / "pyproject.toml",
        "--rootdir",
        tmp_path,
        tmp_path,
    ]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(project)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    # then its absence is told, as what it is there
    assert (done.returncode, closing in done.stdout) == (code, True), done.stdout
    assert "no-such-program-of-any-kind is not installed" in done.stdout
