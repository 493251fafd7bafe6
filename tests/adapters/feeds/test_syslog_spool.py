"""What waits between the thread that receives and the one that follows."""

import threading

from triage_app.adapters.feeds.syslog_framing import Framed
from triage_app.adapters.feeds.syslog_spool import Spool


def lines(*texts: bytes) -> list[Framed]:
    return [Framed(text) for text in texts]


def test_equal_lines_are_two_and_what_is_put_back_is_the_same_again() -> None:
    spool = Spool()
    spool.add(lines(b"same", b"same", b"last"), "192.0.2.1")

    first, _ = spool.take(2, 100)
    assert [each.content for each in first] == [b"same", b"same"]
    assert len({each.uid for each in first}) == 2
    assert (spool.count, spool.size) == (1, 4)

    spool.put_back(first)
    assert (spool.count, spool.size) == (3, 12)
    again, _ = spool.take(10, 100)
    assert again[:2] == first
    assert again[2].content == b"last"


def test_two_runs_never_use_the_same_uid() -> None:
    spools = [Spool(), Spool()]
    for spool in spools:
        spool.add(lines(b"a"), "")

    assert spools[0].take(1, 1)[0][0].uid != spools[1].take(1, 1)[0][0].uid


def test_a_page_is_bounded_but_never_empty_while_something_waits() -> None:
    spool = Spool()
    spool.add(lines(b"long" * 10, b"b", b"c"), "")

    assert [len(each.content) for each in spool.take(10, 5)[0]] == [40]
    assert [each.content for each in spool.take(1, 5)[0]] == [b"b"]
    assert spool.take(10, 5)[0][0].content == b"c"
    assert spool.take(10, 5) == ([], 0)
    assert spool.size == 0


def test_what_was_lost_is_told_once_and_what_was_refused_is_counted() -> None:
    spool = Spool()
    spool.lose(3)
    spool.lose(4)
    spool.refuse()
    assert spool.wait_for_some(0)

    taken, refused = spool.take(10, 100)

    assert [each.reason.startswith("7 syslog messages were lost") for each in taken] == [True]
    assert refused == 1
    assert spool.take(10, 100) == ([], 0)
    spool.put_back(taken)
    assert spool.take(10, 100) == (taken, 0)
    assert spool.size == 0


def test_the_other_thread_is_woken() -> None:
    spool = Spool()
    threading.Timer(0.01, lambda: spool.add(lines(b"a"), "")).start()
    assert spool.wait_for_some(10)
    threading.Timer(0.01, lambda: spool.take(1, 1)).start()
    assert spool.wait_for_room(1, 100, 10)
    threading.Timer(0.01, lambda: spool.add(lines(b"a"), "")).start()
    assert spool.wait_for_more(0, 10)
    assert not spool.wait_for_more(1, 0.01)
