"""Syslog by UDP: every datagram is a message, or is counted."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from tests.syslogs import syslog_source
from triage_app.adapters.feeds import syslog_datagrams
from triage_app.adapters.feeds.syslog_datagrams import Datagrams
from triage_app.adapters.feeds.syslog_framing import Framed
from triage_app.adapters.feeds.syslog_settings import Options
from triage_app.adapters.feeds.syslog_spool import Arrived, Spool
from triage_app.adapters.net.listening import bound


@contextmanager
def receiving(spool: Spool, **settings: str) -> Iterator[socket.socket]:
    """A receiver, and a sender that is connected to it; what was sent in the block has come at its end."""
    options = Options.of(syslog_source(protocol="udp", **settings))
    receiver = Datagrams(bound("127.0.0.1", 0, socket.SOCK_DGRAM), options, spool)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", receiver.port))
        assert receiver.tls == ""
        assert receiver.alive
        yield sender
    receiver.stop()
    assert not receiver.alive


def taken(spool: Spool) -> list[Arrived]:
    return spool.take(100_000, 100_000_000)[0]


def test_a_datagram_is_a_message_whatever_is_in_it() -> None:
    spool = Spool()
    with receiving(spool, max_message="480") as sender:
        for content in (b"<34>one\n", b"", b"\n\0", b"<34>a\nb\0", b"\xff\0\xfe", b"x" * 480, b"y" * 60_000):
            sender.send(content)

    assert [(each.content, each.note) for each in taken(spool)] == [
        (b"<34>one", ""),
        (b"<34>a\nb", ""),
        (b"\xff\0\xfe", ""),
        (b"x" * 480, ""),
        (b"y" * 480, "cut after 480 bytes"),
    ]


def test_only_those_who_may_send_are_heard() -> None:
    spool = Spool()
    with receiving(spool, senders="127.0.0.2") as sender, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.2", 0))
        other.connect(sender.getpeername())
        sender.send(b"no")
        other.send(b"yes")
        sender.send(b"no")

    found, refused = spool.take(10, 1_000)
    assert [(each.content, each.sender) for each in found] == [(b"yes", "127.0.0.2")]
    assert refused == 2


def test_what_finds_no_room_here_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    # given room for few
    monkeypatch.setattr(syslog_datagrams, "MOST", 20)
    spool = Spool()
    # when
    with receiving(spool) as sender:
        for number in range(200):
            sender.send(b"%d" % number)
    # then
    told, *kept = taken(spool)
    assert 0 < len(kept) <= 20
    assert told.reason.startswith(f"{200 - len(kept)} syslog messages were lost")


def test_what_finds_no_room_in_the_system_is_counted() -> None:
    # given a receiver that has a small buffer and is kept busy
    spool = Spool()
    options = Options.of(syslog_source(protocol="udp"))
    listener = bound("127.0.0.1", 0, socket.SOCK_DGRAM)

    class Busy(Spool):
        def add(self, messages: Sequence[Framed], sender: str) -> None:
            blast()
            spool.add(messages, sender)

        def lose(self, count: int) -> None:
            spool.lose(count)

    left = [b"x" * 1_000] * 50

    def blast() -> None:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        while left:
            sender.send(left.pop())

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(listener.getsockname())
        receiver = Datagrams(listener, options, Busy())
        sender.send(b"first")
        # when
        assert spool.wait_for_some(10)
        receiver.stop()
    # then
    told, *kept = taken(spool)
    assert kept[0].content == b"first"
    assert told.reason.startswith(f"{51 - len(kept)} syslog messages were lost")
