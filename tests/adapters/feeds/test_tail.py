"""Logs of alerts on a real disk: each line once, however the log is rotated and whenever the program ends."""

import os
import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fakes.analyser import HereAnalyser
from tests.fakes.workbench import BEGIN, workbench
from tests.rights import unprivileged
from triage_app.adapters.feeds.tail import MANIFEST, TailConnector, TailFeed
from triage_app.adapters.feeds.tail_lines import Bounds
from triage_app.domain.errors import InvalidInput, SourceFailed, Trouble
from triage_app.domain.item import Form, RawItem
from triage_app.domain.source import Cursor, Source, SourceName, validated
from triage_app.services.context import CancelToken, Context
from triage_app.services.feeds import Page
from triage_app.services.following import Follower, Tally
from triage_app.services.queries import GetBalance
from triage_app.services.shapes import Analysis

SMALL = Bounds(lines=3, size=2_000, line=1_000)
LATER = 100 * 10**9
"""Nanoseconds after which nobody writes to a rotated log any more."""


def logs(paths: Path | str, **settings: str) -> Source:
    return Source(SourceName("ids"), "tail", validated(MANIFEST, {"paths": str(paths), **settings})[0])


@dataclass
class Reader:
    """Follows a source and holds what it brings as the ledger does; it may be started again at any moment."""

    source: Source
    connector: TailConnector = field(default_factory=lambda: TailConnector(SMALL))
    held: dict[tuple[str, str, int, str], RawItem] = field(default_factory=dict)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    again: int = 0
    _feed: TailFeed | None = None

    @property
    def feed(self) -> TailFeed:
        if self._feed is None:
            self._feed = self.connector.open(self.source, {})
        return self._feed

    def pull(self, most: int = 1_000_000) -> list[bytes]:
        """Take so many pages, then end as if the power failed before the next was stored."""
        new: list[bytes] = []
        pages = self.feed.pull(self.cursors, CancelToken())
        for count, page in enumerate(pages):
            if count == most:
                break
            new += self.hold(page)
        return new

    def hold(self, page: Page) -> list[bytes]:
        """What one transaction does; returns what is new."""
        self.pages.append(page)
        new = []
        for item in page.items:
            key = (item.source, item.folder, item.uid_validity, item.uid)
            self.again += key in self.held
            if self.held.setdefault(key, item) is item:
                new.append(item.content)
        if page.cursor is not None:
            self.cursors[page.cursor.folder] = page.cursor
        return new

    def restart(self) -> None:
        if self._feed is not None:
            self._feed.close()
            self._feed = None

    @property
    def contents(self) -> list[bytes]:
        return [item.content for item in self.held.values()]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(logs(tmp_path / "eve.json"))
    yield made
    made.restart()


def line(number: int) -> bytes:
    return b'{"alert": %d}' % number


def write(path: Path, *numbers: int) -> None:
    with path.open("ab") as file:
        file.write(b"".join(line(each) + b"\n" for each in numbers))


def much_later(path: Path) -> None:
    """The log is written to so much later that its predecessor is left."""
    found = path.stat()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns + LATER))


def lines(*numbers: int) -> list[bytes]:
    return [line(each) for each in numbers]


def test_each_line_is_an_alert_with_its_place(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    write(log, *range(5))
    assert reader.pull() == lines(*range(5))
    assert [len(page.items) for page in reader.pages] == [3, 2]
    first, second, *_ = reader.held.values()
    assert (first.source, first.folder, first.form, first.reason) == ("ids", str(log), Form.ALERT, "")
    assert (first.origin, second.origin) == (f"{log} byte 0", f"{log} byte 13")
    assert reader.pages[-1].cursor is not None
    assert reader.pages[-1].cursor.folder == str(log)
    # and nothing more until more is written
    assert reader.pull() == []
    assert len(reader.pages) == 2
    write(log, 5)
    reader.restart()
    assert reader.pull() == lines(5)
    assert reader.again == 0


def test_two_equal_lines_are_two_alerts_also_after_a_rotation(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    write(log, 1, 1)
    assert reader.pull() == lines(1, 1)
    log.rename(tmp_path / "eve.json.1")
    write(log, 1, 1, 1)
    assert reader.pull() == lines(1, 1, 1)
    assert {item.uid_validity for item in reader.held.values()} == {0}
    assert reader.again == 0


def test_a_line_is_taken_when_its_end_is_written(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    log.write_bytes(b'{"alert"')
    assert reader.pull() == []
    with log.open("ab") as file:
        file.write(b": 1}")
    assert reader.pull() == []
    with log.open("ab") as file:
        file.write(b"\n")
    assert reader.pull() == lines(1)


def test_what_came_after_the_first_look_is_read_also_if_it_was_rotated_since(reader: Reader, tmp_path: Path) -> None:
    write(tmp_path / "eve.json.2", 1)
    write(tmp_path / "eve.json.1", 2)
    assert reader.pull() == []
    log = tmp_path / "eve.json"
    write(log, 3)
    log.rename(tmp_path / "eve.json-20261124")
    write(log, 4)
    assert reader.pull() == lines(3, 4)


def test_a_file_may_come_later_and_be_gone_for_a_while(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    assert reader.pull() == []
    write(log, 1)
    assert reader.pull() == lines(1)
    log.unlink()
    assert reader.pull() == []
    write(log, 2)
    assert reader.pull() == lines(2)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_renamed_log_is_read_to_its_end_first(reader: Reader, tmp_path: Path, restarted: bool) -> None:
    log, old = tmp_path / "eve.json", tmp_path / "eve.json.1"
    write(log, 1)
    reader.pull()
    # given a writer that goes on with the renamed file for a while and leaves its last line without an end
    write(log, 2)
    log.rename(old)
    write(old, 3)
    write(log, 4)
    if restarted:
        reader.restart()
    assert reader.pull() == lines(2, 3, 4)
    with old.open("ab") as file:
        file.write(line(5))
    assert reader.pull() == []
    # when the next log is long in use
    much_later(log)
    if restarted:
        reader.restart()
    # then the last line counts as whole
    assert reader.pull() == lines(5)
    write(old, 9)
    assert reader.pull() == []
    assert '"older":[]' in reader.cursors[str(log)].position


def test_a_log_that_was_rotated_several_times_meanwhile_is_read_in_order(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    write(log, 1)
    write(tmp_path / "eve.json.7", 70)
    os.utime(tmp_path / "eve.json.7", (1, 1))
    (tmp_path / "eve.json.8.gz").write_bytes(b"\x1f\x8b\x08")
    assert reader.pull() == lines(1)
    reader.restart()
    for number in (2, 3, 4):
        for old in (2, 1):
            if (found := tmp_path / f"eve.json.{old}").exists():
                found.rename(tmp_path / f"eve.json.{old + 1}")
        write(log, number * 10)
        log.rename(tmp_path / "eve.json.1")
    write(log, 50)
    assert reader.pull() == lines(20, 30, 40, 50)
    # and what was rotated before the first look is not
    assert b'{"alert": 70}' not in reader.contents
    reader.restart()
    assert reader.pull() == []


def test_a_log_that_is_packed_away_at_once_is_still_read_to_its_end(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    write(log, 1)
    reader.pull()
    write(log, 2)
    log.unlink()
    write(log, 3)
    assert reader.pull() == lines(2, 3)


def test_a_log_that_was_moved_into_a_folder_below_is_found(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "alerts.json"
    reader.source = logs(log)
    write(log, 1)
    reader.pull()
    reader.restart()
    (tmp_path / "2026" / "Nov").mkdir(parents=True)
    write(log, 2)
    log.rename(tmp_path / "2026" / "Nov" / "ossec-alerts-23.json")
    write(log, 3)
    assert reader.pull() == lines(2, 3)


def test_what_is_gone_while_nobody_looked_is_told_in_the_log(
    reader: Reader, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = tmp_path / "eve.json"
    write(log, 1)
    reader.pull()
    reader.restart()
    write(log, 2)
    log.unlink()
    write(log, 3, 3)
    assert reader.pull() == lines(3, 3)
    assert "whatever followed its byte 13 was not read" in caplog.text


@pytest.mark.parametrize("restarted", [False, True])
def test_a_log_that_is_copied_and_emptied_goes_on(reader: Reader, tmp_path: Path, restarted: bool) -> None:
    log = tmp_path / "eve.json"
    write(log, *range(8))
    reader.pull()
    # given lines that only the copy has, and a new log longer than what was read of the old one
    write(log, 8)
    shutil.copy(log, tmp_path / "eve.json.1")
    os.truncate(log, 0)
    write(log, *range(100, 120))
    if restarted:
        reader.restart()
    assert reader.pull() == lines(8, *range(100, 120))
    assert reader.pull() == []


def test_a_log_that_is_emptied_between_two_pages_is_not_read_on_in_the_next_one(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    write(log, *range(10, 20))
    for page in reader.feed.pull({}, CancelToken()):
        if not reader.held:
            shutil.copy(log, tmp_path / "eve.json.1")
            log.write_bytes(b'{"longer": true}\n' * 20)
        reader.hold(page)
    reader.pull()
    assert Counter(reader.contents) == Counter({b'{"longer": true}': 20}) + Counter(lines(*range(10, 20)))


def test_a_log_emptied_under_a_writer_that_does_not_append_begins_after_the_hole(
    reader: Reader, tmp_path: Path
) -> None:
    log = tmp_path / "eve.json"
    write(log, *range(200))
    reader.pull()
    with log.open("r+b") as file:
        file.truncate(0)
        file.seek(400_000)
        file.write(line(1) + b"\n")
    assert reader.pull() == lines(1)
    write(log, 2)
    assert reader.pull() == lines(2)


def test_a_copy_that_takes_the_place_of_a_log_and_has_more_is_the_same_log(reader: Reader, tmp_path: Path) -> None:
    # as rsync brings it from another machine
    log, copy = tmp_path / "eve.json", tmp_path / "copy"
    for number in range(4):
        write(log, number)
        assert reader.pull() == lines(number)
        shutil.copy(log, copy)
        copy.replace(log)
        reader.restart()


def test_a_pattern_follows_all_and_what_is_renamed_among_them(reader: Reader, tmp_path: Path) -> None:
    reader.source = logs(tmp_path / "eve*.json")
    first, second = tmp_path / "eve.json", tmp_path / "eve-flow.json"
    write(first, 1)
    write(second, 2)
    (tmp_path / "eve-folder.json").mkdir()
    assert sorted(reader.pull()) == lines(1, 2)
    write(first, 3)
    first.rename(tmp_path / "eve-20261124.json")
    write(first, 4)
    write(tmp_path / "eve-dns.json", 5)
    write(tmp_path / "eve-7.json", 7)
    assert sorted(reader.pull()) == lines(3, 4, 5, 7)
    write(tmp_path / "eve-20261124.json", 6)
    assert reader.pull() == lines(6)
    reader.restart()
    assert reader.pull() == []
    assert reader.again == 0


def test_a_start_at_the_end_leaves_out_what_was_there_and_nothing_that_comes(reader: Reader, tmp_path: Path) -> None:
    reader.source = logs(f"{tmp_path}/eve*.json\n{tmp_path}/alerts.json", start="end")
    log = tmp_path / "eve.json"
    write(log, 1, 2)
    with log.open("ab") as file:
        file.write(b'{"alert"')
    assert reader.pull() == []
    reader.restart()
    # the line that was being written, a file that matches later, and one that was not there yet
    with log.open("ab") as file:
        file.write(b": 3}\n")
    write(tmp_path / "eve-new.json", 4)
    write(tmp_path / "alerts.json", 5)
    assert sorted(reader.pull()) == lines(3, 4, 5)
    # and a rotation is no start
    log.rename(tmp_path / "eve.json.1")
    write(log, 6)
    assert reader.pull() == lines(6)


def test_lines_that_the_filter_leaves_out_are_counted_once(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    reader.source = logs(tmp_path / "eve*.json", only="alert=3")
    write(log, *range(5))
    assert reader.pull() == lines(3)
    reader.restart()
    assert reader.pull() == []
    log.rename(tmp_path / "eve-2.json")
    write(log, 1, 2)
    write(tmp_path / "eve-2.json", 3)
    assert reader.pull() == lines(3)
    assert reader.pull() == []
    assert sum(page.skipped for page in reader.pages) == 6


def test_lines_that_are_no_alerts_are_named_and_empty_ones_are_passed_over(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    log.write_bytes(
        b'\xef\xbb\xbf{"a": 1}\r\n\n  \nplain\n{"b": "\xff\xff"\n{"long": "' + b"x" * 5_000 + b'"}\n[1]\n{"c": 2}\n'
    )
    reader.pull()
    items = list(reader.held.values())
    assert [item.content[:8] for item in items if not item.reason] == [b'{"a": 1}', b'{"c": 2}']
    reasons = [item.reason for item in items if item.reason]
    assert len(reasons) == 4
    assert reasons[0].startswith("The line is not a JSON object")
    assert reasons[2] == "The line is longer than 1000 bytes. Its beginning is kept."
    assert {item.form for item in items if item.reason} == {Form.UNKNOWN}
    assert max(len(item.content) for item in items) == 1_000


def test_a_line_that_never_ends_is_taken_once_with_its_beginning(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    for part in (b"x" * 1_500, b"y" * 5_000, b"z" * 3_000):
        with log.open("ab") as file:
            file.write(part)
        reader.pull()
        reader.restart()
    with log.open("ab") as file:
        file.write(b"\n" + line(1) + b"\n")
    assert reader.pull() == lines(1)
    assert reader.contents == [b"x" * 1_000, line(1)]


def test_a_file_that_may_not_be_read_is_told_after_the_others_had_their_turn(reader: Reader) -> None:
    with unprivileged() as folder:
        write(folder / "eve-a.json", 1)
        write(folder / "eve-b.json", 2)
        (folder / "eve-a.json").chmod(0)
        reader.source = logs(folder / "eve-?.json")
        with pytest.raises(SourceFailed, match=r"eve-a\.json cannot be read \(Permission denied\)") as caught:
            reader.pull()
        assert caught.value.trouble is Trouble.FOLDER
        assert reader.contents == lines(2)
        (folder / "eve-a.json").chmod(0o600)
        reader.restart()
        assert reader.pull() == lines(1)


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ("eve.json", "paths = eve.json is not a whole path"),
        ("{folder}", "is a folder. Name the files in it"),
        ("{folder}/none/eve.json", "none cannot be read"),
    ],
)
def test_paths_that_lead_nowhere_are_refused(tmp_path: Path, paths: str, said: str) -> None:
    source = logs(paths.format(folder=tmp_path))
    for attempt in (TailConnector().open, TailConnector().test):
        with pytest.raises(SourceFailed, match=said):
            attempt(source, {})
    with pytest.raises(InvalidInput, match=r"Files \(paths\) is needed"):
        logs("")


def test_a_test_says_what_is_there(tmp_path: Path) -> None:
    write(tmp_path / "eve.json", 1)
    found = TailConnector().test(logs(f"{tmp_path}/eve*.json\n{tmp_path}/alerts.json"), {})
    assert found.message == "1 files with 13 bytes can be read."
    assert found.details == (f"{tmp_path}/eve.json: 13 bytes", f"{tmp_path}/alerts.json: not there yet")


def test_waiting_ends_when_something_is_written_and_soon_after_a_cancel(reader: Reader, tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    write(log, 1)
    reader.pull()
    reader.pull()

    def rotate() -> None:
        log.rename(tmp_path / "eve.json.1")
        write(log, 3)

    for change in (lambda: write(log, 2), rotate, lambda: write(tmp_path / "eve.json.1", 4)):
        begin = time.monotonic()
        threading.Timer(0.1, change).start()
        reader.feed.wait(30, CancelToken())
        assert time.monotonic() - begin < 5
        reader.pull()
        reader.pull()
    assert sorted(reader.contents) == lines(1, 2, 3, 4)
    cancel, begin = CancelToken(), time.monotonic()
    threading.Timer(0.1, cancel.cancel).start()
    reader.feed.wait(30, cancel)
    assert 0.1 <= time.monotonic() - begin < 2


class Writer:
    """Writes a log and rotates it, at random."""

    def __init__(self, folder: Path, chance: random.Random, *, copies: bool, header: bool) -> None:
        self.log = folder / "eve.json"
        self.written: list[bytes] = []
        self._folder = folder
        self._chance = chance
        self._copies = copies
        self._header = header
        self._rest = b""
        self._generation = 0

    def write(self) -> None:
        """Some lines; some of them equal, the last often without its end."""
        out = self._rest
        if self._header and not self.log.exists() | bool(out):
            out += self._line(b'{"event_type": "start"}')
        for _ in range(self._chance.randrange(8)):
            # A log that is copied and emptied can be told from the next one by its times alone.
            at = len(self.written) // (1 if self._copies else 20)
            out += self._line(b'{"t": %d, "n": %d}' % (at, self._chance.randrange(4)))
        cut = self._chance.randrange(len(out) + 1) if self._chance.random() < 0.5 else len(out)
        with self.log.open("ab") as file:
            file.write(out[:cut])
        self._rest = out[cut:]

    def rotate(self) -> None:
        """By another name or by a copy, after the line that is being written."""
        if not self.log.exists():
            return
        if self._rest:
            with self.log.open("ab") as file:
                file.write(self._rest)
            self._rest = b""
        self._generation += 1
        for number in range(self._generation, 1, -1):
            (self._folder / f"eve.json.{number - 1}").rename(self._folder / f"eve.json.{number}")
        if self._copies:
            shutil.copy(self.log, self._folder / "eve.json.1")
            os.truncate(self.log, 0)
        else:
            self.log.rename(self._folder / "eve.json.1")

    def _line(self, content: bytes) -> bytes:
        self.written.append(content)
        return content + b"\n"


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", ["renamed", "copied", "header"])
def test_every_line_comes_once_whatever_happens(reader: Reader, tmp_path: Path, kind: str, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    writer = Writer(tmp_path, chance, copies=kind == "copied", header=kind == "header")
    writer.write()
    reader.pull()
    for _ in range(60):
        step = chance.random()
        if step < 0.4:
            writer.write()
        elif step < 0.5:
            writer.rotate()
        elif step < 0.6:
            reader.restart()
        else:
            reader.pull(chance.choice((1, 2, 1_000)))
    writer.rotate()
    writer.write()
    writer.rotate()
    write(writer.log, 0)
    much_later(writer.log)
    reader.pull()
    reader.pull()
    assert Counter(reader.contents) == Counter([*writer.written, line(0)])


def test_followed_through_rotations_every_line_is_a_ticket(tmp_path: Path) -> None:
    log, source = tmp_path / "eve.json", logs(tmp_path / "eve.json")
    with workbench("", TailConnector()) as bench:
        analyser = HereAnalyser(lambda items, _models: [Analysis(str(each.id), form=each.form) for each in items])
        ports = replace(bench.ports, analyser=analyser)
        with bench.storage.write() as uow:
            uow.sources.add(source, BEGIN)
        cancel = CancelToken()
        context = Context("test", BEGIN, cancel=cancel)

        def written(*names: str) -> None:
            """A hundred equal lines for each name, under which the log is then put away."""
            for name in names:
                with log.open("ab") as file:
                    file.write(b'{"name": "beacon"}\n' * 100)
                log.rename(tmp_path / name)
            log.touch()

        def ticketed(number: int) -> bool:
            deadline = time.monotonic() + 30
            while bench.app.ask(GetBalance()).ticketed < number and time.monotonic() < deadline:
                threading.Event().wait(0.05)
            sheet = bench.app.ask(GetBalance())
            return (sheet.seen, sheet.ticketed, sheet.difference) == (number, number, 0)

        log.touch()
        for total, names in ((200, ("eve.json.2", "eve.json.1")), (300, ("eve.json-20261124",))):
            # given a follower that ends, and another one that goes on
            Follower(source, ports, context, Tally()).once(cancel)
            thread = threading.Thread(target=Follower(source, ports, context, Tally()).follow, args=(cancel,))
            thread.start()
            try:
                written(*names)
                assert ticketed(total)
            finally:
                cancel.cancel()
                thread.join()
            cancel = CancelToken()
            context = replace(context, cancel=cancel)
