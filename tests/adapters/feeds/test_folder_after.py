"""Files are moved and deleted: the right ones, and nothing is overwritten."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from triage_app.adapters.feeds.folder_after import delete, move
from triage_app.adapters.feeds.folder_tree import Lying, Stamp


def lying(path: Path, content: bytes) -> Lying:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    stamp = Stamp.of(str(path))
    assert stamp is not None
    return Lying(str(path), stamp)


@pytest.fixture(params=["here", "elsewhere"])
def done(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder to move to, in the same file system and, where there is one, in another."""
    if request.param == "here":
        yield tmp_path / "done"
        return
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system")
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder) / "done"


def test_a_file_is_moved_to_its_place_below_the_target(tmp_path: Path, done: Path) -> None:
    root = tmp_path / "drop"
    file = lying(root / "sub" / "a.eml", b"mail")
    os.utime(file.path, (1, 1))
    file = Lying(file.path, Stamp.of(file.path) or file.stamp)
    move(file, root, done)
    assert (done / "sub" / "a.eml").read_bytes() == b"mail"
    assert (done / "sub" / "a.eml").stat().st_mtime == 1
    assert not Path(file.path).exists()
    assert [each.name for each in (done / "sub").iterdir()] == ["a.eml"]


def test_nothing_is_overwritten_and_the_same_is_not_kept_twice(tmp_path: Path, done: Path) -> None:
    root = tmp_path / "drop"
    for content in (b"one", b"two", b"one", b"two", b"three"):
        move(lying(root / "a.eml", content), root, done)
    assert {each.name: each.read_bytes() for each in done.iterdir()} == {
        "a.eml": b"one",
        "a-2.eml": b"two",
        "a-3.eml": b"three",
    }
    assert list(root.iterdir()) == []


def test_a_file_that_is_another_by_now_is_left_where_it_is(tmp_path: Path, done: Path) -> None:
    root = tmp_path / "drop"
    before = lying(root / "a.eml", b"before")
    (root / "new").write_bytes(b"after!")
    (root / "new").replace(root / "a.eml")
    move(before, root, done)
    delete(before)
    assert (root / "a.eml").read_bytes() == b"after!"
    assert not done.exists()


def test_a_file_is_deleted_and_one_that_is_gone_is_no_error(tmp_path: Path) -> None:
    file = lying(tmp_path / "a.eml", b"mail")
    delete(file)
    assert list(tmp_path.iterdir()) == []
    delete(file)
    move(file, tmp_path, tmp_path / "done")
