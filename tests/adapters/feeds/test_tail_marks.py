"""Logs are known again by what they hold."""

from pathlib import Path

import pytest

from triage_app.adapters.feeds.tail_marks import MOST_PAST, Mark, Opened, Position, first_line, rotated_name


def opened(path: Path, content: bytes) -> Opened:
    path.write_bytes(content)
    return Opened.of(path.open("rb", buffering=0))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "eve.json"


def test_a_mark_fits_the_log_with_more_in_it_and_no_other(log: Path) -> None:
    content = b"first line\n" * 200
    with opened(log, content).file as file:
        mark = Mark(str(log)).moved(Opened.of(file), len(content))
    for other, fits in (
        (content + b"more", True),
        (content, True),
        (content[:-1], False),
        (b"F" + content[1:] + b"more", False),
        (content[:-2] + b"E\nmore", False),
        (b"", False),
    ):
        with opened(log, other).file as file:
            assert mark.fits(Opened.of(file)) is fits, other[-10:]


def test_a_log_of_which_nothing_was_read_is_known_by_its_number_alone(log: Path) -> None:
    with opened(log, b"").file as file:
        now = Opened.of(file)
        assert Mark("p", now.inode).fits(now)
        assert not Mark("p", now.inode + 1).fits(now)
        assert Mark("p").fits(now)


def test_a_generation_is_told_by_the_first_line_and_from_earlier_ones_that_began_alike(log: Path) -> None:
    with opened(log, b"\0\0\n {}\nrest").file as file:
        now = Opened.of(file)
        number = first_line(now)
        assert 0 < number < 2**63
        position = Position(Mark("p"))
        assert position.new_generation(now) == position.new_generation(now) == number
        seen = {number}
        for _ in range(5):
            before = position.current
            position = position.with_mark(before, Mark("p", generation=position.new_generation(now)))
            seen.add(position.new_generation(now))
        assert len(seen) == 6
    with opened(log, b"{}\nother").file as file:
        assert first_line(Opened.of(file)) == number
    with opened(log, b"{1}\nother").file as file:
        assert first_line(Opened.of(file)) != number


def test_a_position_is_read_as_it_was_written_and_holds_no_more_than_it_needs() -> None:
    position = Position(Mark("/a", 1, 2, 3, 4, "5", within=True), (Mark("/b"),), (6, 7))
    assert Position.read(str(position), "/a") == position
    assert Position.read("begun", "/a") == Position(Mark("/a"))
    for number in range(1, 100):
        position = position.with_mark(position.current, Mark("/a", generation=number))
    assert position.past == tuple(range(100 - MOST_PAST, 100))
    assert position.with_mark(Mark("/b"), None).older == ()


@pytest.mark.parametrize(
    "name",
    ["eve.json.1", "eve.json-20261124", "eve.json.2026-11-24T00", "eve-20261124.json", "eve.1.json", "eve.json.old"],
)
def test_names_of_rotated_logs(name: str) -> None:
    assert rotated_name(name, "eve.json")


@pytest.mark.parametrize(
    "name", ["eve.json", "eve.json.1.gz", "eve.log", "eve-flow.json", "eve.jsonl", "alerts.json.1"]
)
def test_names_of_others(name: str) -> None:
    assert not rotated_name(name, "eve.json")
