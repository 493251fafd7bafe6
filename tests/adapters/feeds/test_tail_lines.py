"""Whole lines, and how much is read at once."""

from pathlib import Path

import pytest

from triage_app.adapters.feeds.tail_lines import Batch, Bounds, Line, last_line_start, lines_from
from triage_app.adapters.feeds.tail_marks import Opened

BOUNDS = Bounds(lines=3, size=40, line=20)


def read(path: Path, content: bytes, offset: int = 0, *, within: bool = False, final: bool = False) -> Batch:
    path.write_bytes(content)
    with path.open("rb", buffering=0) as file:
        return lines_from(Opened.of(file), offset, BOUNDS, within=within, final=final)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_whole_lines_are_read_up_to_a_number_and_a_size(log: Path) -> None:
    assert read(log, b"a\nb\n\nc\n") == Batch((Line(0, b"a"), Line(2, b"b"), Line(4, b"")), 5)
    assert read(log, b"a\nb\n\nc\n", 5) == Batch((Line(5, b"c"),), 7)
    assert read(log, b"a\nb\n\nc\n", 7) == Batch((), 7)
    long = b"x" * 15 + b"\n"
    assert read(log, long * 3) == Batch((Line(0, b"x" * 15), Line(16, b"x" * 15)), 32)


def test_a_line_without_its_end_is_left_unless_nobody_writes_it_any_more(log: Path) -> None:
    assert read(log, b"a\nrest") == Batch((Line(0, b"a"),), 2)
    assert read(log, b"a\nrest", final=True) == Batch((Line(0, b"a"), Line(2, b"rest")), 6)
    assert read(log, b"a\n", final=True) == Batch((Line(0, b"a"),), 2)


def test_a_line_that_is_too_long_is_the_same_whether_its_end_is_there_or_not(log: Path) -> None:
    cut = Line(0, b"y" * 20, cut=True)
    assert read(log, b"y" * 30) == Batch((cut,), 30, within=True)
    assert read(log, b"y" * 30 + b"\nz\n") == Batch((cut, Line(31, b"z")), 33)
    assert read(log, b"y" * 90 + b"\nz\n") == Batch((cut,), 40, within=True)
    # and the rest of it is skipped
    assert read(log, b"y" * 90 + b"\nz\n", 40, within=True) == Batch((), 91)
    assert read(log, b"y" * 90, 40, within=True) == Batch((), 90, within=True)


def test_a_hole_at_the_beginning_is_passed_over(log: Path) -> None:
    assert read(log, b"\0" * 700_000 + b"a\n") == Batch((Line(700_000, b"a"),), 700_002)
    assert read(log, b"\0" * 700_000) == Batch((), 700_000)
    assert read(log, b"a\n\0\0b\n") == Batch((Line(0, b"a"), Line(2, b"\0\0b")), 6)


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"", (0, False)),
        (b"a\nb\n", (4, False)),
        (b"a\nb", (2, False)),
        (b"abc", (0, False)),
        (b"a\n" + b"x" * 30, (32, True)),
    ],
)
def test_where_the_last_line_begins(log: Path, content: bytes, start: tuple[int, bool]) -> None:
    log.write_bytes(content)
    with log.open("rb", buffering=0) as file:
        assert last_line_start(Opened.of(file), BOUNDS) == start
