"""Syslog by TCP and TLS: nobody holds the others up, and what comes too fast is waited for."""

import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.syslogs import Files, certificate_in, syslog_source
from triage_app.adapters.feeds import syslog_streams
from triage_app.adapters.feeds.syslog_settings import Options
from triage_app.adapters.feeds.syslog_spool import Spool
from triage_app.adapters.feeds.syslog_streams import Patience, Streams
from triage_app.adapters.net import tls
from triage_app.adapters.net.listening import listen

SECONDS = 20
QUIET = Patience()
QUICK = Patience(first=1.5, message=0.5, silence=0.5, farewell=0.5)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return certificate_in(tmp_path_factory.mktemp("tls"))


@contextmanager
def receiving(spool: Spool, patience: Patience = QUIET, /, **settings: str) -> Iterator[Streams]:
    options = Options.of(syslog_source(**settings))
    receiver = Streams(listen("127.0.0.1", 0), options, spool, patience)
    try:
        yield receiver
    finally:
        if receiver.alive:
            receiver.stop()


def connected(receiver: Streams) -> socket.socket:
    return socket.create_connection(("127.0.0.1", receiver.port), timeout=SECONDS)


def shielded(receiver: Streams, files: Files, **versions: ssl.TLSVersion) -> ssl.SSLSocket:
    context = tls.context(str(files.authority), "1.2")
    for name, value in versions.items():
        setattr(context, name, value)
    return context.wrap_socket(connected(receiver), server_hostname="localhost")


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)  # noqa: TID251  what another thread does is waited for


def contents(spool: Spool, count: int) -> list[bytes]:
    """So many messages, as soon as they have come."""
    found: list[bytes] = []
    while len(found) < count:
        assert spool.wait_for_some(SECONDS)
        found += [each.content for each in spool.take(1_000, 10_000_000)[0]]
    return found


def is_closed(channel: socket.socket) -> bool:
    """Whether the other side ends the connection."""
    try:
        return channel.recv(10) == b""
    except ConnectionError:
        return True


def test_several_senders_each_in_its_own_manner() -> None:
    spool = Spool()
    with receiving(spool) as receiver, connected(receiver) as one, connected(receiver) as two:
        one.sendall(b"<34>begun")
        two.sendall(b"7 <34>two7 <34>t")
        assert contents(spool, 1) == [b"<34>two"]
        one.sendall(b" and ended\n")
        two.sendall(b"oo")
        assert sorted(contents(spool, 2)) == [b"<34>begun and ended", b"<34>too"]
        assert receiver.connected == 2
        assert receiver.tls == ""


def test_a_sender_that_leaves_in_the_middle_is_read_to_the_end() -> None:
    spool = Spool()
    with receiving(spool) as receiver:
        with connected(receiver) as one:
            one.sendall(b"<34>one\n<34>no line feed")
        assert contents(spool, 2) == [b"<34>one", b"<34>no line feed"]
        with connected(receiver) as two:
            two.sendall(b"50 <34>a part")
        assert spool.wait_for_some(SECONDS)
        assert spool.take(1, 100)[0][0].note == "the connection ended after 10 of 50 bytes"
        until(lambda: receiver.connected == 0)


def test_senders_wait_while_too_much_waits_here(monkeypatch: pytest.MonkeyPatch) -> None:
    # given room for few, and nobody who takes them
    monkeypatch.setattr(syslog_streams, "MOST", 1_000)
    spool = Spool()
    lines = [b"<34>%06d " % number + b"x" * 300 for number in range(20_000)]
    with receiving(spool) as receiver, connected(receiver) as sender:
        # when
        left = sent_until_it_waits(sender, memoryview(b"\n".join(lines) + b"\n"), 0.5)
        # then the sender is held up
        assert left
        assert spool.count < 2_000
        # and once somebody takes them, they all come
        found: list[bytes] = []
        while len(found) < len(lines):
            found += contents(spool, 1)
            left = sent_until_it_waits(sender, left, 0.01)
    assert found == lines


def test_what_had_come_before_the_end_is_read_and_the_sender_hears_of_it() -> None:
    spool = Spool()
    with receiving(spool) as receiver:
        one, two = connected(receiver), connected(receiver)
        with one, two:
            one.sendall(b"<34>first\n")
            assert contents(spool, 1) == [b"<34>first"]
            two.sendall(b"<34>" + b"x" * 60_000 + b"\n<34>last\n")
            # when
            receiver.stop()
            # then
            assert is_closed(one)
            assert is_closed(two)
    assert [len(each) for each in contents(spool, 2)] == [60_004, 8]
    with pytest.raises(ConnectionRefusedError):
        connected(receiver)


def sent_until_it_waits(sender: socket.socket, content: memoryview, seconds: float) -> memoryview:
    """What could not be sent because the other side does not read."""
    sender.settimeout(seconds)
    try:
        while content:
            content = content[sender.send(content) :]
    except TimeoutError:
        pass
    return content


# -- the few and the bad ---------------------------------------------------------------------------------------------


def test_the_silent_and_the_slow_are_given_up() -> None:
    # given one that says nothing, one that stops in a message, and one that goes on letter by letter for ever
    spool = Spool()
    with (
        receiving(spool, QUICK) as receiver,
        connected(receiver) as mute,
        connected(receiver) as slow,
        connected(receiver) as dripping,
    ):
        slow.sendall(b"<34>one\n<34>be")
        while dripped(dripping):
            time.sleep(0.01)  # noqa: TID251  it is slow on purpose
        # then
        assert is_closed(mute)
        assert is_closed(slow)
        until(lambda: receiver.connected == 0)
    found = contents(spool, 3)
    assert b"<34>one" in found
    assert b"<34>be" in found


def test_more_than_may_connect_are_turned_away_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool()
    with caplog.at_level(logging.WARNING), receiving(spool, connections="2") as receiver:
        with connected(receiver) as one, connected(receiver) as two:
            until(lambda: receiver.connected == 2)
            with connected(receiver) as three:
                assert is_closed(three)
            one.sendall(b"<34>one\n")
            two.sendall(b"<34>two\n")
            assert sorted(contents(spool, 2)) == [b"<34>one", b"<34>two"]
        until(lambda: receiver.connected == 0)
        with connected(receiver) as again:
            again.sendall(b"<34>again\n")
            assert contents(spool, 1) == [b"<34>again"]
    assert "2 are connected already" in caplog.text


def test_one_that_was_silent_for_long_gives_its_place_to_another_and_only_then() -> None:
    spool = Spool()
    with (
        receiving(spool, QUICK, connections="2") as receiver,
        connected(receiver) as silent,
        connected(receiver) as busy,
    ):
        silent.sendall(b"<34>silent\n")
        assert contents(spool, 1) == [b"<34>silent"]
        time.sleep(QUICK.silence + 0.1)  # noqa: TID251  it is silent for so long
        busy.sendall(b"<34>busy\n")
        assert contents(spool, 1) == [b"<34>busy"]
        assert receiver.connected == 2
        # when
        with connected(receiver) as third:
            third.sendall(b"<34>third\n")
            assert contents(spool, 1) == [b"<34>third"]
        # then
        assert is_closed(silent)
        busy.sendall(b"<34>still busy\n")
        assert contents(spool, 1) == [b"<34>still busy"]


def test_only_those_who_may_send_are_let_in() -> None:
    spool = Spool()
    with receiving(spool, senders="127.0.0.2") as receiver:
        with connected(receiver) as other:
            assert is_closed(other)
        with socket.create_connection(("127.0.0.1", receiver.port), SECONDS, ("127.0.0.2", 0)) as good:
            good.sendall(b"<34>good\n")
            assert spool.wait_for_some(SECONDS)
            found, refused = spool.take(10, 100)
    assert [(each.content, each.sender) for each in found] == [(b"<34>good", "127.0.0.2")]
    assert refused == 1


def test_hostile_senders_do_not_stop_the_others() -> None:
    spool = Spool()
    with receiving(spool, max_message="480") as receiver, connected(receiver) as good:
        good.sendall(b"7 <34>one")
        assert contents(spool, 1) == [b"<34>one"]
        with connected(receiver) as gigantic, connected(receiver) as endless, connected(receiver) as odd:
            gigantic.sendall(b"99999999999 <34>x")
            assert is_closed(gigantic)
            endless.sendall(b"<34>" + b"x" * 3_000_000)
            odd.sendall(b"\0\0\xff\xfe\0\r\n\0<34>\xc3\x28\0")
            good.sendall(b"7 <34>two")
            found = sorted(contents(spool, 5))
    assert found == sorted([b"<34>x", b"<34>" + b"x" * 476, b"\xff\xfe", b"<34>\xc3\x28", b"<34>two"])


def dripped(sender: socket.socket) -> bool:
    """Send one letter; False where the connection has ended."""
    try:
        sender.sendall(b"x")
    except ConnectionError:
        return False
    return True


# -- TLS -------------------------------------------------------------------------------------------------------------


def test_tls_1_3_is_spoken_and_shown(files: Files) -> None:
    spool = Spool()
    with (
        receiving(spool, **files.settings) as receiver,
        shielded(receiver, files, minimum_version=ssl.TLSVersion.TLSv1_3) as sender,
    ):
        sender.sendall(b"".join(b"%d <34>%s" % (size + 4, b"x" * size) for size in (1, 20_000, 60_000)))
        assert [len(each) for each in contents(spool, 3)] == [5, 20_004, 60_004]
        assert (receiver.tls, tls.version(sender)) == ("TLS 1.3", "TLS 1.3")


def test_tls_1_2_is_refused_unless_a_setting_allows_it(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool()
    old = ssl.TLSVersion.TLSv1_2
    with (
        caplog.at_level(logging.WARNING),
        receiving(spool, **files.settings) as receiver,
        pytest.raises(ssl.SSLError, match="protocol version"),
    ):
        shielded(receiver, files, maximum_version=old)
    assert "tls_floor = 1.2" in caplog.text
    with receiving(spool, **files.settings, tls_floor="1.2") as receiver:
        with shielded(receiver, files) as new:
            new.sendall(b"<34>new\n")
            assert contents(spool, 1) == [b"<34>new"]
        with shielded(receiver, files, maximum_version=old) as sender:
            sender.sendall(b"<34>old\n")
            assert contents(spool, 1) == [b"<34>old"]
        # then the lowest is shown
        assert receiver.tls == "TLS 1.2"


def test_a_sender_that_trusts_another_authority_does_not_send(files: Files, tmp_path: Path) -> None:
    with receiving(Spool(), **files.settings) as receiver:
        with pytest.raises(ssl.SSLCertVerificationError):
            shielded(receiver, certificate_in(tmp_path))
        until(lambda: receiver.connected == 0)


@pytest.mark.parametrize("sent", [b"<34>plain text\n", b"\x16\x03\x01\xff\xffgarbage", b"GET / HTTP/1.1\r\n\r\n", b""])
def test_what_is_no_tls_does_not_stop_the_others(files: Files, sent: bytes) -> None:
    spool = Spool()
    with receiving(spool, QUICK, **files.settings) as receiver, connected(receiver) as bad:
        bad.sendall(sent)
        with shielded(receiver, files) as good:
            good.sendall(b"<34>good\n")
            assert contents(spool, 1) == [b"<34>good"]
        while not is_closed(bad):
            pass
        until(lambda: receiver.connected == 0)
    assert spool.count == 0


def test_a_handshake_that_does_not_end_is_given_up(files: Files) -> None:
    with receiving(Spool(), QUICK, **files.settings) as receiver, connected(receiver) as sender:
        sender.sendall(b"\x16\x03\x01")
        assert is_closed(sender)
        until(lambda: receiver.connected == 0)


def test_what_had_come_by_tls_before_the_end_is_read(files: Files) -> None:
    spool = Spool()
    with receiving(spool, **files.settings) as receiver, shielded(receiver, files) as sender:
        sender.sendall(b"<34>first\n")
        assert contents(spool, 1) == [b"<34>first"]
        sender.sendall(b"<34>" + b"x" * 60_000 + b"\n<34>last\n")
        receiver.stop()
        assert [len(each) for each in contents(spool, 2)] == [60_004, 8]
