"""The set-up: `run`, the lock files, and what `pyproject.toml` promises."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

LOCKS = ("requirements", "dev", "uv")


def _normal(name: str) -> str:
    """A package's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _named(requirements: list[str]) -> set[str]:
    return {_normal(re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0]) for line in requirements}


def _pinned(lock: str) -> dict[str, set[str]]:
    """Name -> versions; a universal lock may hold one version for each Python."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\\n]+)", lock, flags=re.MULTILINE):
        pins.setdefault(_normal(name), set()).add(version)
    return pins


@pytest.fixture
def read_lock(project: Path) -> Callable[[str], str]:
    return lambda name: (project / "resources" / "lock" / f"{name}.txt").read_text(encoding="utf-8")


def test_lock_pins_every_dependency_of_the_program(project: Path, read_lock: Callable[[str], str]) -> None:
    # given what pyproject names
    named = _named(tomllib.loads((project / "pyproject.toml").read_text())["project"]["dependencies"])
    # when the lock is read
    pinned = _pinned(read_lock("requirements"))
    # then it pins all of them, each with hashes
    assert named
    assert named <= pinned.keys()


def test_lock_of_developers_pins_their_tools_and_the_same_program(
    project: Path, read_lock: Callable[[str], str]
) -> None:
    # given what pyproject names for developers
    named = _named(tomllib.loads((project / "pyproject.toml").read_text())["dependency-groups"]["dev"])
    # when both locks are read
    program, everything = _pinned(read_lock("requirements")), _pinned(read_lock("dev"))
    # then the larger one adds the tools and changes nothing of the program
    assert named <= everything.keys()
    assert program.items() <= everything.items()


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_hashes_for_each_package_and_names_no_place(name: str, read_lock: Callable[[str], str]) -> None:
    lock = read_lock(name)
    # given each package's lines
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    # then each has a hash, and nothing says where to fetch it
    assert blocks
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"https?:|file:|--(?:index|extra-index|find-links)|\bwww\.", lock) == []


def test_lock_brings_no_machine_learning_framework(read_lock: Callable[[str], str]) -> None:
    # a transitive dependency on one would cost gigabytes unseen
    assert not {"torch", "tensorflow", "jax", "onnxruntime"} & _pinned(read_lock("dev")).keys()


@pytest.mark.needs("sh")
@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_script_is_valid_for_a_plain_shell(script: str, project: Path) -> None:
    shell = "dash" if Path("/bin/dash").exists() else "sh"
    done = subprocess.run([shell, "-n", project / script], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.needs("sh")
def test_run_tells_its_verbs_from_anywhere_without_any_set_up(project: Path, tmp_path: Path) -> None:
    # given a copy with no environment, and another folder to stand in
    copy, elsewhere = tmp_path / "a copy", tmp_path / "elsewhere"
    copy.mkdir()
    elsewhere.mkdir()
    (copy / "run").write_bytes((project / "run").read_bytes())
    # when help is asked for
    done = subprocess.run(["sh", copy / "run", "--help"], cwd=elsewhere, capture_output=True, check=False)
    # then it is told, and nothing was made
    assert done.returncode == 0
    for verb in ("demo", "triage", "test", "check", "screens", "bench", "lock"):
        assert f"\n  {verb} ".encode() in done.stdout
    assert [path.name for path in copy.iterdir()] == ["run"]


@pytest.mark.needs("sh")
@pytest.mark.parametrize("arguments", [[], ["no-such-verb"]])
def test_run_refuses_what_it_does_not_know(arguments: list[str], project: Path) -> None:
    done = subprocess.run(["sh", project / "run", *arguments], capture_output=True, check=False)
    assert done.returncode == 2


@pytest.mark.needs("sh")
def test_run_says_what_is_wrong_with_an_old_python(project: Path, tmp_path: Path) -> None:
    # given a checkout without environment, and a Python that is too old
    for part in ("run", "resources/lock/requirements.txt"):
        target = tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((project / part).read_bytes())
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    # when the program is asked for
    done = subprocess.run(
        ["sh", tmp_path / "run", "triage", "--help"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(old)},
        capture_output=True,
        check=False,
        text=True,
    )
    # then the reason and the remedy are told
    assert done.returncode == 1
    assert "needs Python 3.11 or later" in done.stderr
    assert "Set PYTHON" in done.stderr


def test_wheel_carries_the_data_inside_the_package_and_no_lock(project: Path, tmp_path: Path) -> None:
    # given the checkout
    # when a wheel is built of it
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        tmp_path,
    ]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    # then all lies below the package, the data that the program reads included, and what developers need does not
    assert "triage_app/__main__.py" in names
    assert "triage_app/py.typed" in names
    for folder in ("triage_app/resources/demo/", "triage_app/models/category/"):
        assert any(name.startswith(folder) for name in names), folder
    assert not [name for name in names if "/lock/" in name or name.startswith("tests/")]
    assert {name.split("/")[0] for name in names} == {"triage_app", wheel.name.rsplit("-", 3)[0] + ".dist-info"}
