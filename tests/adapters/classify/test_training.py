"""The child alone, as a program: what it leaves when its parent goes."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.adapters.classify.conftest import EXAMPLES, OPTIONS
from triage_app.adapters.classify import training
from triage_app.adapters.classify.trainer import data_lines
from triage_app.domain.labels import Training


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    (work / training.DATA).write_bytes(data_lines(EXAMPLES))
    return work


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", training.__file__],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def request(folder: Path, options: Training) -> bytes:
    return (
        json.dumps({"folder": str(folder), "root": str(folder), "options": asdict(options), "seconds": 0}).encode()
        + b"\n"
    )


def test_it_trains_with_nothing_of_the_package_on_its_path(folder: Path) -> None:
    with start() as child:
        assert child.stdin is not None
        assert child.stderr is not None
        child.stdin.write(request(folder, OPTIONS))
        child.stdin.flush()
        child.stderr.read()
        assert child.wait() == 0
    assert (folder / training.MODEL).stat().st_size > 1_000


def test_when_its_parent_goes_it_goes_too_and_takes_the_folder_along(folder: Path) -> None:
    # given a training that would take far longer than the test may
    with start() as child:
        assert child.stdin is not None
        child.stdin.write(request(folder, Training(epoch=1_000_000, thread=1)))
        child.stdin.flush()
        # when the pipe ends, as it does when the parent is killed
        child.stdin.close()
        # then
        assert child.wait(timeout=60) == 2
    assert not folder.exists()


def test_without_a_request_it_ends() -> None:
    with start() as child:
        child.communicate(b"")
        assert child.returncode == 1


def test_it_says_why_it_failed(folder: Path) -> None:
    (folder / training.DATA).write_bytes(b"")
    with start() as child:
        assert child.stdin is not None
        assert child.stderr is not None
        child.stdin.write(request(folder, OPTIONS))
        child.stdin.flush()
        said = child.stderr.read().decode()
        assert child.wait() == 1
    assert training.FAILED in said
