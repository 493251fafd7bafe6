"""Logs are held, found again and let go."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from triage_app.adapters.feeds.tail_files import MOST_HELD, Files
from triage_app.adapters.feeds.tail_marks import Mark
from triage_app.domain.errors import SourceFailed, Trouble


@pytest.fixture
def files() -> Iterator[Files]:
    made = Files()
    yield made
    made.close()


def mark_of(files: Files, path: Path, content: bytes) -> Mark:
    path.write_bytes(content)
    log = files.at(str(path))
    assert log is not None
    return Mark(str(path)).moved(log, len(content))


def test_a_log_that_is_held_is_found_wherever_it_went(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "eve.json"
    mark = mark_of(files, path, b"line\n")
    path.unlink()
    assert files.at(str(path)) is None
    found = files.where(mark, str(path))
    assert found is not None
    assert found.inode == mark.inode
    # and once it is let go, it is gone
    files.keep(())
    assert files.where(mark, str(path)) is None


def test_a_log_that_is_not_held_is_found_by_number_and_by_content(files: Files, tmp_path: Path) -> None:
    path, moved = tmp_path / "eve.json", tmp_path / "below" / "whatever"
    mark = mark_of(files, path, b"line\n")
    files.close()
    moved.parent.mkdir()
    path.rename(moved)
    assert files.is_renamed(mark, str(path))
    found = files.where(mark, str(path))
    assert found is not None
    assert found.inode == mark.inode
    files.close()
    # a copy with more in it, which has another number
    (tmp_path / "eve.json.1").write_bytes(b"line\nmore\n")
    moved.unlink()
    assert not files.is_renamed(mark, str(path))
    found = files.where(mark, str(path))
    assert found is not None
    assert found.size == 10
    # and nothing is looked for that was never there
    assert files.where(Mark(str(path)), str(path)) is None


def test_what_is_no_file_is_none_and_what_cannot_be_read_is_told(files: Files, tmp_path: Path) -> None:
    assert files.at(str(tmp_path)) is None
    assert files.at(str(tmp_path / "none")) is None
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(SourceFailed, match=r"loop cannot be read") as caught:
        files.at(str(loop))
    assert caught.value.trouble is Trouble.FOLDER
    with files.peek(str(loop)) as log:
        assert log is None


def test_no_more_than_a_number_are_held(files: Files, tmp_path: Path) -> None:
    for number in range(MOST_HELD + 5):
        mark_of(files, tmp_path / f"{number}.json", b"%d" % number)
    assert len(files.sizes()) == MOST_HELD
    last = files.at(str(tmp_path / f"{MOST_HELD + 4}.json"))
    assert last is not None
    files.keep({last.inode})
    assert list(files.sizes().values()) == [last.size]


def test_rotated_logs_beside_a_path_are_shown(files: Files, tmp_path: Path) -> None:
    for name in ("eve.json", "eve.json.1", "eve.json.2.gz", "eve-20261124.json", "other.json.1"):
        (tmp_path / name).write_bytes(name.encode())
    found = {Path(name).name: log.size for name, log in files.beside(str(tmp_path / "eve.json"))}
    assert found == {"eve.json.1": 10, "eve-20261124.json": 17}
