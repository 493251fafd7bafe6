"""A soak: mails and alerts in a steady stream over real servers that are restarted, while the program follows them."""

import itertools
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.memory import tree_mb
from tests.dovecot import PASSWORD, DovecotServer
from tests.mailboxes import mail
from tests.syslogs import free_port
from tests.workspaces import opened
from triage_app.services.queries import BalanceSheet, GetBalance
from triage_app.services.source_commands import AddSource

MAILS_A_MINUTE, ALERTS_A_MINUTE = 20, 200
RESTART_SECONDS = 60.0
SAMPLE_SECONDS = 1.0
DRAIN_SECONDS = 120.0
_SETTINGS = {
    "TRIAGE_PASSPHRASE": "a long passphrase of ours",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
}


@dataclass(frozen=True, slots=True)
class Soaked:
    """What was sent, what became of it, and the memory of the program with all its processes, in MB by the second."""

    mails: int
    alerts: int
    restarts: int
    sheet: BalanceSheet
    memory: tuple[float, ...]
    code: int

    @property
    def thirds(self) -> tuple[float, float, float]:
        """The mean memory in each third of the time."""
        third = len(self.memory) // 3
        first, middle, last = self.memory[:third], self.memory[third : 2 * third], self.memory[2 * third :]
        return statistics.fmean(first), statistics.fmean(middle), statistics.fmean(last)


def soak(
    minutes: float, folder: Path, server: DovecotServer, say: Callable[[str], None] = lambda _text: None
) -> Soaked:
    """Send for so many minutes, restarting the mail server every minute; then wait until all of it was taken in."""
    port = free_port()
    os.environ.update(_SETTINGS)
    with opened(folder) as app:
        box = ("host=localhost", f"port={server.tls_port}", f"ca_file={server.ca_file}", "user=soak", "poll=5")
        app.execute(AddSource("imap", "mail", settings=box, secrets=(f"password={PASSWORD}",)))
        app.execute(AddSource("syslog", "alerts", settings=("protocol=tcp", f"port={port}")))
    server.deliver("soak")
    child = subprocess.Popen(
        [sys.executable, "-m", "triage_app", "--workspace", str(folder), "sync", "--follow"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    sent = {"mails": 0, "alerts": 0, "restarts": 0}
    memory: list[float] = []
    end = time.monotonic() + minutes * 60
    try:
        _listens(port, child)
        with (
            _every(60 / MAILS_A_MINUTE, end, _mails(server, sent)),
            _every(60 / ALERTS_A_MINUTE, end, _alerts(port, sent)),
            _every(RESTART_SECONDS, end, _restarts(server, sent)),
        ):
            for number in itertools.count():
                if time.monotonic() >= end:
                    break
                threading.Event().wait(SAMPLE_SECONDS)
                memory.append(tree_mb(child.pid))
                if number % 60 == 0:
                    say(f"{len(memory):5} s  {memory[-1]:6.1f} MB  {sent}")
        sheet = _drained(folder, sent["mails"] + sent["alerts"])
    finally:
        child.send_signal(signal.SIGINT)
        code = child.wait(60)
    return Soaked(sent["mails"], sent["alerts"], sent["restarts"], sheet, tuple(memory), code)


def _listens(port: int, child: "subprocess.Popen[bytes]") -> None:
    """Wait until the program takes alerts."""
    deadline = time.monotonic() + 60
    while subprocess.run(_logger(port, "are you there"), stderr=subprocess.DEVNULL, check=False).returncode:
        assert child.poll() is None
        assert time.monotonic() < deadline
        threading.Event().wait(0.2)


def _logger(port: int, text: str) -> list[str]:
    """A real sender of syslog (RFC 5424, RFC 6587)."""
    return ["logger", "--server", "127.0.0.1", "--port", str(port), "--tcp", "--octet-count", "--rfc5424", text]


def _mails(server: DovecotServer, sent: dict[str, int]) -> Callable[[], None]:
    def one() -> None:
        server.deliver("soak", mail(sent["mails"], 20_000))
        sent["mails"] += 1

    return one


def _alerts(port: int, sent: dict[str, int]) -> Callable[[], None]:
    # The one that asked whether somebody listens was taken as well.
    sent["alerts"] = 1

    def one() -> None:
        number = sent["alerts"]
        text = f"sshd[{number}]: Failed password for root from 192.0.2.{number % 250} port {number} ssh2"
        subprocess.run(_logger(port, text), check=True)
        sent["alerts"] += 1

    return one


def _restarts(server: DovecotServer, sent: dict[str, int]) -> Callable[[], None]:
    def one() -> None:
        server.stop()
        server.start()
        sent["restarts"] += 1

    return one


@contextmanager
def _every(seconds: float, end: float, work: Callable[[], None]) -> Iterator[None]:
    """Work in steady beats on a thread of its own; what it raises is raised at the end."""
    failed: list[BaseException] = []

    def beat() -> None:
        due = time.monotonic() + seconds
        try:
            while due < end:
                threading.Event().wait(max(0.0, due - time.monotonic()))
                work()
                due += seconds
        except BaseException as error:  # noqa: BLE001  told where it can be seen
            failed.append(error)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if failed:
        raise failed[0]


def _drained(folder: Path, wanted: int) -> BalanceSheet:
    """The balance once all was taken in and decided, or as it is when that takes too long."""
    deadline = time.monotonic() + DRAIN_SECONDS
    with opened(folder) as app:
        while True:
            sheet = app.ask(GetBalance())
            if (sheet.seen >= wanted and not sheet.pending) or time.monotonic() > deadline:
                return sheet
            threading.Event().wait(0.5)
