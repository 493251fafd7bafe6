"""Which files of a folder are whole."""

import os
import threading
import time
from pathlib import Path

import pytest

from tests.rights import unprivileged
from triage_app.adapters.feeds.folder_tree import Tree
from triage_app.services.context import CancelToken


def names(tree: Tree) -> list[str]:
    ready, errors = tree.look()
    assert errors == []
    return [Path(each.path).name for each in ready]


def put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path, 0, None, deep=True)


def test_what_is_no_whole_file_is_left_alone(tree: Tree, tmp_path: Path) -> None:
    put(tmp_path / "a.eml")
    put(tmp_path / "sub" / "b.eml")
    put(tmp_path / "empty.eml", b"")
    put(tmp_path / ".hidden" / "c.eml")
    put(tmp_path / ".rsync.eml.Xy12")
    put(tmp_path / "d.eml.filepart")
    put(tmp_path / "e.CRDOWNLOAD")
    (tmp_path / "link.eml").symlink_to("/etc/hostname")
    (tmp_path / "around").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert sorted(names(tree)) == ["a.eml", "b.eml"]
    assert tree.count == 2
    assert names(Tree(tmp_path, 0, None, deep=False)) == ["a.eml"]
    assert names(Tree(tmp_path, 0, tmp_path / "sub", deep=True)) == ["a.eml"]


def test_a_maildir_is_read_without_what_is_being_delivered(tree: Tree, tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        put(tmp_path / folder / f"{folder}-mail")
    assert sorted(names(tree)) == ["cur-mail", "new-mail"]


def test_the_oldest_comes_first(tree: Tree, tmp_path: Path) -> None:
    for number, name in enumerate(("c", "a", "b")):
        os.utime(put(tmp_path / name), (number, number))
    assert names(tree) == ["c", "a", "b"]


def test_a_file_that_is_written_is_not_whole_until_it_rests(tmp_path: Path) -> None:
    tree = Tree(tmp_path, 0.2, None, deep=True)
    file = put(tmp_path / "a.eml")
    assert names(tree) == []
    assert tree.is_waiting
    tree.settle(CancelToken())
    # given that it was written to meanwhile, also if it looks as old as before
    os.utime(put(file, b"y"), ns=(0, file.stat().st_mtime_ns))
    assert names(tree) == []
    tree.settle(CancelToken())
    assert names(tree) == ["a.eml"]
    assert not tree.is_waiting


def test_what_was_taken_comes_again_only_when_it_changes(tree: Tree, tmp_path: Path) -> None:
    file = put(tmp_path / "a.eml")
    (ready,), _ = tree.look()
    assert ready.is_unchanged()
    tree.take(ready)
    assert names(tree) == []
    put(file, b"other")
    assert not ready.is_unchanged()
    assert names(tree) == ["a.eml"]
    file.unlink()
    assert names(tree) == []
    assert tree.count == 0


def test_waiting_ends_when_a_file_is_whole_and_soon_after_a_cancel(tree: Tree, tmp_path: Path) -> None:
    begin = time.monotonic()
    threading.Timer(0.1, put, (tmp_path / "a.eml",)).start()
    tree.wait(30, CancelToken())
    assert names(tree) == ["a.eml"]
    (ready,), _ = tree.look()
    tree.take(ready)
    cancel = CancelToken()
    threading.Timer(0.1, cancel.cancel).start()
    tree.wait(30, cancel)
    assert time.monotonic() - begin < 10


def test_a_folder_that_cannot_be_looked_into_is_told_and_the_rest_goes_on() -> None:
    with unprivileged() as root:
        put(root / "a.eml")
        put(root / "shut" / "b.eml")
        (root / "shut").chmod(0)
        tree = Tree(root, 0, None, deep=True)
        ready, errors = tree.look()
        assert [Path(each.path).name for each in ready] == ["a.eml"]
        assert [each.filename for each in errors] == [str(root / "shut")]
        (root / "shut").chmod(0o700)
        assert sorted(names(tree)) == ["a.eml", "b.eml"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Tree(tmp_path / "none", 0, None, deep=True).look()
