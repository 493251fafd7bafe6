"""Drop folders on a real disk: everything once, nothing half, and nothing away before it is held."""

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.analyser import HereAnalyser
from tests.fakes.workbench import BEGIN, workbench
from tests.mailboxes import Taker, mail, subjects
from tests.rights import unprivileged
from triage_app.adapters.feeds.folder import MANIFEST, PAGE_BYTES, PAGE_ITEMS, FolderConnector
from triage_app.adapters.files.reader import FilesReader
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.source import Source, SourceName, validated
from triage_app.services.context import CancelToken, Context
from triage_app.services.feeds import Feed
from triage_app.services.following import Follower, Tally
from triage_app.services.queries import GetBalance
from triage_app.services.shapes import Analysis


def folder(root: Path, /, **settings: str) -> Source:
    given = {"path": str(root), "settle": "0", **settings}
    return Source(SourceName("drop"), "folder", validated(MANIFEST, given)[0])


def opened(source: Source) -> Feed:
    return FolderConnector(FilesReader()).open(source, {})


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_mail_and_alerts_are_told_by_content_and_bear_the_name_of_the_source(drop: Path) -> None:
    put(drop / "a.eml", mail(1))
    put(drop / "sub" / "alerts.txt", b'{"alert": 1}\n{"alert": 1}\n')
    put(drop / "c.bin", b"\x7fELF")
    taker, feed = Taker(), opened(folder(drop))
    assert len(taker.take(feed)) == 4
    assert {(item.source, item.folder, item.uid_validity) for item in taker.items} == {("drop", "", 0)}
    assert len({item.uid for item in taker.items}) == 4
    assert [item.origin for item in taker.items if item.reason] == [str(drop / "c.bin")]
    assert [page.cursor for page in taker.pages] == [None]
    # and nothing is read again
    assert taker.take(feed) == []
    assert len(taker.pages) == 1


def test_the_same_content_is_the_same_item_after_a_restart_and_under_another_name(drop: Path) -> None:
    put(drop / "a.eml", mail(1))
    taker = Taker()
    (first,) = taker.take(opened(folder(drop)))
    put(drop / "b.eml", mail(1))
    both = taker.take(opened(folder(drop)))
    assert [item.uid for item in both] == [first.uid] * 2


def test_a_file_that_is_written_is_not_taken_before_it_rests(drop: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with (drop / "slow.eml").open("wb") as file:
            while not stop.wait(0.05):
                file.write(b"x")
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        put(drop / "a.eml", mail(1))
        taker, feed = Taker(), opened(folder(drop, settle="1"))
        assert subjects(taker.take(feed)) == ["mail 1"]
    finally:
        stop.set()
        writer.join()
    put(drop / "slow.eml", mail(2))
    feed.wait(30, CancelToken())
    assert subjects(taker.take(feed)) == ["mail 2"]


def test_pages_are_bounded_and_a_large_file_fills_several(drop: Path) -> None:
    put(drop / "many.jsonl", b"".join(b'{"alert": %d}\n' % number for number in range(1_200)))
    put(drop / "large.mbox", b"".join(b"From x\n" + mail(number, 300_000) + b"\n" for number in range(10)))
    taker = Taker()
    assert len(taker.take(opened(folder(drop, after="delete")))) == 1_210
    for page in taker.pages:
        assert len(page.items) <= PAGE_ITEMS
        assert sum(len(item.content) for item in page.items) <= PAGE_BYTES
    assert len(taker.pages) == 5
    assert list(drop.iterdir()) == []


@pytest.mark.parametrize("after", ["move", "delete"])
def test_a_file_is_put_away_when_all_of_it_is_held_and_not_before(drop: Path, tmp_path: Path, after: str) -> None:
    done = tmp_path / "done"
    put(drop / "many.jsonl", b"".join(b'{"alert": %d}\n' % number for number in range(PAGE_ITEMS + 1)))
    put(drop / "sub" / "later.eml", mail(1))
    os.utime(drop / "many.jsonl", (1, 1))
    source = folder(drop, after=after, move_to=str(done) if after == "move" else "")
    # given a program that ends after the first page, and another one between holding and putting away
    taker, feed = Taker(), opened(source)
    for page in feed.pull({}, CancelToken()):
        taker.hold(page)
        feed.settled(page)
        break
    assert (drop / "many.jsonl").exists()
    taker.take(opened(source), settle=False)
    assert (drop / "many.jsonl").exists()
    # when it starts again
    again = opened(source)
    taker.take(again)
    # then all is put away, and what lies there is told
    assert [each for each in drop.rglob("*") if each.is_file()] == []
    assert taker.pages[-1].on_server == 0
    assert len({item.uid for item in taker.items}) == PAGE_ITEMS + 2
    if after == "move":
        assert sorted(each.name for each in done.rglob("*") if each.is_file()) == ["later.eml", "many.jsonl"]


def test_what_could_not_be_read_stays_where_it_is(drop: Path) -> None:
    put(drop / "a.eml", mail(1))
    put(drop / "b.bin", b"\x7fELF")
    put(drop / "c.jsonl", b'{"alert": 1}\nbroken\n{"alert": 2}\n')
    taker, feed = Taker(), opened(folder(drop, after="delete"))
    assert len(taker.take(feed)) == 5
    assert sorted(each.name for each in drop.iterdir()) == ["b.bin", "c.jsonl"]
    assert taker.pages[-1].on_server == 2
    assert taker.take(feed) == []


def test_files_may_be_moved_into_a_folder_within(drop: Path) -> None:
    put(drop / "a.eml", mail(1))
    taker, feed = Taker(), opened(folder(drop, after="move", move_to=str(drop / "done")))
    assert subjects(taker.take(feed)) == ["mail 1"]
    assert (drop / "done" / "a.eml").read_bytes() == mail(1)
    assert taker.take(feed) == []


def test_where_files_cannot_be_put_away_they_still_come_in_and_it_is_told(drop: Path, tmp_path: Path) -> None:
    # given a target below what is no folder
    put(tmp_path / "file", b"")
    put(drop / "a.eml", mail(1))
    put(drop / "b.eml", mail(2))
    connector = FolderConnector(FilesReader())
    source, taker = folder(drop, after="move", move_to=str(tmp_path / "file" / "done")), Taker()
    for _ in range(2):
        feed = connector.open(source, {})
        with pytest.raises(SourceFailed, match="was taken in, but cannot be put away") as caught:
            taker.take(feed)
        feed.close()
        assert caught.value.trouble is Trouble.FOLDER
    assert set(subjects(taker.items)) == {"mail 1", "mail 2"}
    # and once they can, they are
    (tmp_path / "file").unlink()
    taker.take(connector.open(source, {}))
    assert list(drop.iterdir()) == []


def test_a_file_that_may_not_be_read_is_told_until_it_can_be_after_the_others_had_their_turn() -> None:
    with unprivileged() as root:
        put(root / "a.eml", mail(1))
        put(root / "b.eml", mail(2))
        (root / "a.eml").chmod(0)
        connector, source, taker = FolderConnector(FilesReader()), folder(root), Taker()
        for _ in range(2):
            feed = connector.open(source, {})
            with pytest.raises(SourceFailed, match=r"a\.eml cannot be read \(Permission denied\)") as caught:
                taker.take(feed)
            feed.close()
            assert caught.value.trouble is Trouble.FOLDER
        assert subjects(taker.items) == ["mail 2"]
        (root / "a.eml").chmod(0o600)
        assert subjects(taker.take(connector.open(source, {}))) == ["mail 1"]


@pytest.mark.parametrize("change", ["rewritten", "gone"])
def test_a_file_that_changes_while_it_is_read_is_not_taken_as_it_was(drop: Path, change: str) -> None:
    alerts = b"".join(b'{"alert": %d}\n' % number for number in range(2 * PAGE_ITEMS))
    put(drop / "many.jsonl", alerts)
    taker, feed = Taker(), opened(folder(drop, after="delete"))
    for page in feed.pull({}, CancelToken()):
        taker.hold(page)
        if change == "gone":
            (drop / "many.jsonl").unlink(missing_ok=True)
        elif len(taker.pages) == 1:
            put(drop / "many.jsonl", alerts + b'{"alert": "new"}\n')
        feed.settled(page)
    assert len(taker.items) == PAGE_ITEMS
    assert (drop / "many.jsonl").exists() is (change == "rewritten")
    taker.take(feed)
    held = {item.uid for item in taker.items}
    assert len(held) == (2 * PAGE_ITEMS + 1 if change == "rewritten" else PAGE_ITEMS)
    assert list(drop.iterdir()) == []


def test_a_large_folder_is_read_once_also_where_the_feed_is_opened_again(drop: Path) -> None:
    for number in range(10_000):
        (drop / f"{number}.eml").write_bytes(b"Subject: mail %d\r\n\r\n" % number)
    taker, connector, source = Taker(), FolderConnector(FilesReader()), folder(drop)
    feed = connector.open(source, {})
    assert len(taker.take(feed)) == 10_000
    assert taker.take(feed) == []
    feed.close()
    again = connector.open(source, {})
    assert taker.take(again) == []


def test_two_feeds_at_once_know_nothing_of_each_other_and_other_settings_begin_anew(drop: Path) -> None:
    put(drop / "a.eml", mail(1))
    connector, source = FolderConnector(FilesReader()), folder(drop)
    one, two = connector.open(source, {}), connector.open(source, {})
    for feed in (one, two):
        assert len(Taker().take(feed)) == 1
        feed.close()
    assert Taker().take(connector.open(source, {})) == []
    two.close()
    assert len(Taker().take(connector.open(folder(drop, subfolders="no"), {}))) == 1


@pytest.mark.parametrize(
    ("settings", "trouble", "said"),
    [
        ({"path": "drop"}, Trouble.SETTINGS, "path = drop is not a whole path"),
        ({"path": "{tmp}/none"}, Trouble.FOLDER, "there is no folder"),
        ({"after": "move"}, Trouble.SETTINGS, "afterwards = move needs move_to"),
        ({"after": "move", "move_to": "done"}, Trouble.SETTINGS, "move_to = done is not a whole path"),
        ({"after": "move", "move_to": "{tmp}/drop"}, Trouble.SETTINGS, "move_to is the watched folder itself"),
    ],
)
def test_settings_that_lead_nowhere_are_refused(
    drop: Path, tmp_path: Path, settings: dict[str, str], trouble: Trouble, said: str
) -> None:
    source = folder(drop, **{name: text.format(tmp=tmp_path) for name, text in settings.items()})
    connector = FolderConnector(FilesReader())
    for attempt in (connector.open, connector.test):
        with pytest.raises(SourceFailed, match=said) as caught:
            attempt(source, {})
        assert caught.value.trouble is trouble


def test_a_folder_that_goes_away_is_told(drop: Path) -> None:
    feed = opened(folder(drop))
    drop.rmdir()
    with pytest.raises(SourceFailed, match="drop cannot be read") as caught:
        Taker().take(feed)
    assert caught.value.trouble is Trouble.FOLDER


def test_a_test_counts_and_takes_nothing(drop: Path) -> None:
    put(drop / "a.eml", mail(1))
    connector, source = FolderConnector(FilesReader()), folder(drop, after="delete")
    assert connector.test(source, {}).message == f"1 files lie in {drop}."
    assert len(Taker().take(connector.open(source, {}))) == 1


def test_a_file_is_a_ticket_soon_after_it_was_put_there_and_then_it_is_deleted(drop: Path) -> None:
    with workbench("", FolderConnector(FilesReader())) as bench:
        source = folder(drop, after="delete", settle="1")
        analyser = HereAnalyser(lambda items, _models: [Analysis(str(each.id), form=each.form) for each in items])
        ports = replace(bench.ports, analyser=analyser)
        with bench.storage.write() as uow:
            uow.sources.add(source, BEGIN)
        cancel = CancelToken()
        context = Context("test", BEGIN, cancel=cancel)

        def becomes(number: int) -> bool:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                sheet = bench.app.ask(GetBalance())
                if (sheet.seen, sheet.ticketed, sheet.on_server) == (number, number, 0):
                    return list(drop.iterdir()) == []
                threading.Event().wait(0.05)
            return False

        put(drop / "a.eml", mail(1))
        Follower(source, ports, context, Tally()).once(cancel)
        assert becomes(1)
        thread = threading.Thread(target=Follower(source, ports, context, Tally()).follow, args=(cancel,))
        thread.start()
        try:
            put(drop / "b.eml", mail(2))
            assert becomes(2)
            # and the same again is no other ticket
            put(drop / "c.eml", mail(2))
            put(drop / "d.eml", mail(3))
            assert becomes(3)
        finally:
            cancel.cancel()
            thread.join()
