"""Syslog as a source: from real senders to tickets, nothing lost where a sender can wait."""

import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from tests.mailboxes import Desk
from tests.syslogs import Ear, Files, certificate_in, rsyslog, syslog_source
from triage_app.adapters.feeds import syslog
from triage_app.adapters.feeds.syslog import SyslogConnector
from triage_app.adapters.feeds.syslog_streams import Patience
from triage_app.adapters.net.listening import bound
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import Form, digest
from triage_app.domain.source import Source
from triage_app.services.app import LocalApp
from triage_app.services.context import CancelToken
from triage_app.services.queries import GetBalance, ListParked

LINES = [f"sensor raised alert number {number}" for number in range(20_000)]
SECONDS = 120


def listening(source: Source, connector: SyslogConnector | None = None) -> Ear:
    return Ear((connector or SyslogConnector(Patience(farewell=0.5))).open(source, {}))


def sent(source: Source, content: bytes) -> socket.socket:
    """A connection by which this was sent."""
    made = socket.create_connection(("127.0.0.1", int(source.settings["port"])), timeout=20)
    made.sendall(content)
    return made


def test_a_message_becomes_an_item_of_its_own() -> None:
    source = syslog_source()
    ear = listening(source)
    with sent(source, b"<34>same\n<34>same\n"):
        ear.hear(2)
    ear.end()

    first, second = ear.items
    assert (first.source, first.folder, first.uid_validity, first.form) == ("logs", "tcp", 0, Form.ALERT)
    assert (first.content, first.sha256) == (b"<34>same", digest(b"<34>same"))
    assert (first.origin, first.reason) == ("syslog by tcp from 127.0.0.1", "")
    assert first.uid != second.uid
    assert all(page.cursor is None for page in ear.pages)


def test_a_cut_message_says_so() -> None:
    source = syslog_source(max_message="480")
    ear = listening(source)
    with sent(source, b"<34>" + b"x" * 1_000 + b"\n"):
        ear.hear(1)
    ear.end()

    assert [item.origin for item in ear.items] == ["syslog by tcp from 127.0.0.1, cut after 480 bytes"]
    assert len(ear.contents[0]) == 480


def test_pages_are_bounded() -> None:
    source = syslog_source()
    ear = listening(source)
    with sent(source, b"<34>small\n" * 1_200 + (b"<34>" + b"x" * 60_000 + b"\n") * 80):
        ear.hear(1_280)
    ear.end()

    assert max(len(page.items) for page in ear.pages) == syslog.PAGE_ITEMS
    assert max(sum(len(item.content) for item in page.items) for page in ear.pages) <= syslog.PAGE_BYTES


def test_what_was_not_committed_comes_again_with_the_next_feed_and_is_the_same() -> None:
    # given a page that is had and not committed, and one that waits
    source, connector = syslog_source(), SyslogConnector(Patience(farewell=0.5))
    ear = listening(source, connector)
    with sent(source, b"".join(b"<34>%d\n" % number for number in range(700))):
        ear.feed.wait(20, CancelToken())
        held = next(ear.feed.pull({}, CancelToken())).items
        # when the feed ends by an error, and is opened again
        ear.feed.close()
    again = listening(source, connector)
    again.hear(700)
    again.end()
    # then
    assert again.contents == [b"<34>%d" % number for number in range(700)]
    assert again.items[: len(held)] == list(held)


def test_the_last_pull_brings_what_had_come_until_then() -> None:
    source = syslog_source()
    ear = listening(source)
    with sent(source, b"".join(b"<34>%d\n" % number for number in range(10_000))):
        found = ear.end()
    assert found == [b"<34>%d" % number for number in range(10_000)]


def test_senders_that_may_not_send_are_counted_as_skipped() -> None:
    source = syslog_source(protocol="udp", senders="192.0.2.0/24")
    ear = listening(source)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", ear.feed.port))
        sender.send(b"<34>no")
    ear.end()

    assert (ear.contents, ear.skipped) == ([], 1)


# -- the port --------------------------------------------------------------------------------------------------------


def test_a_test_says_whether_it_can_listen() -> None:
    source, connector = syslog_source(), SyslogConnector()

    assert "can listen on 127.0.0.1 port" in connector.test(source, {}).message
    ear = listening(source, connector)
    assert "is listening on 127.0.0.1 port" in connector.test(source, {}).message
    with pytest.raises(SourceFailed, match="in use already") as caught:
        SyslogConnector().test(source, {})
    assert caught.value.trouble is Trouble.NETWORK
    ear.end()
    assert "can listen" in connector.test(source, {}).message


def test_a_port_that_is_left_in_a_moment_is_waited_for() -> None:
    source = syslog_source()
    former = listening(source)
    threading.Timer(0.2, former.feed.close).start()

    ear = listening(source)

    assert ear.feed.port == int(source.settings["port"])
    ear.end()


def test_an_address_of_another_machine_is_told() -> None:
    for host in ("192.0.2.1", "x" * 70):
        with pytest.raises(SourceFailed, match="Set host") as caught:
            SyslogConnector().open(syslog_source(host=host), {})
        assert caught.value.trouble is Trouble.SETTINGS


# -- real senders, and the whole intake ------------------------------------------------------------------------------


def by_logger(source: Source, folder: Path) -> AbstractContextManager[None]:
    """Sent by util-linux: a line each, and as fast as it can."""
    (folder / "lines").write_text("".join(f"{line}\n" for line in LINES), encoding="utf-8")
    port, protocol = source.settings["port"], source.settings["protocol"]
    subprocess.run(
        ["logger", "--server", "127.0.0.1", "--port", port, f"--{protocol}", "--rfc5424", "-f", str(folder / "lines")],
        check=True,
    )
    return nullcontext()


def by_rsyslog(source: Source, folder: Path) -> AbstractContextManager[None]:
    """Sent with counts; over TLS where the source has a certificate, which is checked."""
    files = Files(folder / "chain.pem", folder / "key.pem", folder / "ca.pem")
    port = int(source.settings["port"])
    return rsyslog(folder / "rsyslog", LINES, port, files if source.settings["protocol"] == "tls" else None)


def all_in(app: LocalApp) -> None:
    """Wait until as much as was sent is decided."""
    end, pause = time.monotonic() + SECONDS, threading.Event()
    while time.monotonic() < end:
        sheet = app.ask(GetBalance())
        if sheet.seen >= len(LINES) and not sheet.pending:
            return
        pause.wait(0.05)


@pytest.mark.parametrize(
    ("protocol", "send", "tls"),
    [
        pytest.param("udp", by_logger, "", id="udp", marks=pytest.mark.needs("logger")),
        pytest.param("tcp", by_logger, "", id="tcp-lines", marks=pytest.mark.needs("logger")),
        pytest.param("tcp", by_rsyslog, "", id="tcp-counted", marks=pytest.mark.needs("rsyslogd")),
        pytest.param("tls", by_rsyslog, "TLS 1.3", id="tls-counted", marks=pytest.mark.needs("rsyslogd")),
    ],
)
def test_twenty_thousand_messages_of_a_real_sender_are_all_counted(
    empty: LocalApp,
    tmp_path: Path,
    protocol: str,
    send: Callable[[Source, Path], AbstractContextManager[None]],
    tls: str,
) -> None:
    # given a source that is followed
    files = certificate_in(tmp_path)
    desk = Desk(empty, SyslogConnector())
    source = desk.add(syslog_source(**(files.settings if protocol == "tls" else {"protocol": protocol})))
    with desk.following(source):
        wait_until_taken(source)
        # when
        with send(source, tmp_path):
            all_in(empty)
    # then
    balance = desk.balance(source)
    assert (balance.pending, balance.difference) == (0, 0)
    if protocol != "udp":
        assert (balance.seen, balance.ticketed, balance.parked) == (len(LINES), len(LINES), 0)
        assert sorted(map(number_of, desk.contents(source))) == list(range(len(LINES)))
    else:
        # What finds no room is told by an item of its own.
        lost = sum(int(each.reason.split(" ")[0]) for each in empty.ask(ListParked()).parked)
        assert balance.ticketed + lost == len(LINES)
    with desk._ports.storage.read() as uow:
        assert uow.sources.state(source.name).tls == tls


@pytest.mark.needs("logger")
def test_what_had_been_sent_when_the_program_ends_is_stored(empty: LocalApp, tmp_path: Path) -> None:
    # given a source that is followed
    desk = Desk(empty, SyslogConnector())
    source = desk.add(syslog_source(protocol="tcp"))
    with desk.following(source):
        wait_until_taken(source)
        # when the program ends as soon as the sender is through
        by_logger(source, tmp_path)
    # then
    balance = desk.balance(source)
    assert (balance.seen, balance.difference) == (len(LINES), 0)


def number_of(content: bytes) -> int:
    return int(content.rpartition(b" ")[2])


def wait_until_taken(source: Source) -> None:
    """Wait until somebody listens on the source's port."""
    kind = socket.SOCK_DGRAM if source.settings["protocol"] == "udp" else socket.SOCK_STREAM
    end, pause = time.monotonic() + SECONDS, threading.Event()
    while time.monotonic() < end:
        try:
            bound("127.0.0.1", int(source.settings["port"]), kind).close()
        except OSError:
            return
        pause.wait(0.02)
    raise AssertionError(f"nobody listens on {source.settings['port']}")


@pytest.mark.needs("rsyslogd")
@pytest.mark.parametrize("protocol", ["tcp", "tls"])
def test_a_sender_with_a_queue_loses_nothing_when_the_source_is_started_anew(tmp_path: Path, protocol: str) -> None:
    # given a source that ends in the middle of what is sent
    files = certificate_in(tmp_path) if protocol == "tls" else None
    source = syslog_source(**(files.settings if files else {}))
    ear = listening(source)
    with rsyslog(tmp_path / "rsyslog", LINES[:5_000], int(source.settings["port"]), files, slow=True):
        ear.hear(1_000)
        first = ear.end()
        # when it is started again
        again = listening(source)
        again.hear(5_000 - len(first))
        second = again.end()
    # then all is there; what the sender was not sure of comes again
    assert len(first) < 5_000
    assert {number_of(each) for each in first + second} == set(range(5_000))
