"""Syslog for tests: sources that listen on this machine, and a real sender."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.servers import find_program
from triage_app.adapters.feeds.syslog import SyslogFeed
from triage_app.adapters.feeds.syslog_settings import MANIFEST
from triage_app.adapters.net.listening import listen
from triage_app.domain.item import RawItem
from triage_app.domain.source import Source, SourceName, validated
from triage_app.services.context import CancelToken
from triage_app.services.feeds import Page

SECONDS = 30


@dataclass(frozen=True, slots=True)
class Files:
    """A certificate for this machine, its key, and the authority that signed it, as PEM files."""

    certificate: Path
    key: Path
    authority: Path

    @property
    def settings(self) -> Mapping[str, str]:
        """As a source names them."""
        return {"protocol": "tls", "certificate": str(self.certificate), "key": str(self.key)}


def certificate_in(folder: Path) -> Files:
    """Make one."""
    files = Files(folder / "chain.pem", folder / "key.pem", folder / "ca.pem")
    authority = trustme.CA()
    made = authority.issue_cert("localhost", "127.0.0.1")
    files.certificate.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
    made.private_key_pem.write_to_path(str(files.key))
    authority.cert_pem.write_to_path(str(files.authority))
    return files


def free_port() -> int:
    """A port that nobody listens on."""
    with listen("127.0.0.1", 0) as door:
        return int(door.getsockname()[1])


def syslog_source(name: str = "logs", **settings: str) -> Source:
    """A source on a free port, with all defaults but what is given."""
    given = {"port": str(free_port()), **settings}
    return Source(SourceName(name), "syslog", validated(MANIFEST, given)[0])


class Ear:
    """Holds what a feed brings, as intake does."""

    def __init__(self, feed: SyslogFeed) -> None:
        self.feed = feed
        self.pages: list[Page] = []

    @property
    def items(self) -> list[RawItem]:
        return [item for page in self.pages for item in page.items]

    @property
    def contents(self) -> list[bytes]:
        return [item.content for item in self.items]

    @property
    def skipped(self) -> int:
        return sum(page.skipped for page in self.pages)

    def hear(self, count: int) -> list[bytes]:
        """Pull and wait until so many items have come in all; returns what they are."""
        end = time.monotonic() + SECONDS
        while len(self.items) < count and time.monotonic() < end:
            self._pull(CancelToken())
            self.feed.wait(0.1, CancelToken())
        return self.contents

    def end(self) -> list[bytes]:
        """The last pull, after a cancel, and the end; returns all that came."""
        token = CancelToken()
        token.cancel()
        self._pull(token)
        self.feed.close()
        return self.contents

    def _pull(self, token: CancelToken) -> None:
        for page in self.feed.pull({}, token):
            self.pages.append(page)
            self.feed.settled(page)


_CONFIGURATION = """\
global(workDirectory="{folder}" maxMessageSize="64k" defaultNetstreamDriverCAFile="{authority}")
module(load="imfile")
input(type="imfile" file="{folder}/lines" tag="probe" freshStartTail="off")
action(
    type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" template="RSYSLOG_SyslogProtocol23Format"
    TCP_Framing="octet-counted" queue.type="LinkedList" queue.size="200000"
    queue.dequeueBatchSize="50" queue.dequeueSlowDown="{pause}"
    action.resumeRetryCount="-1" action.resumeInterval="1" {security}
)
"""
_SECURITY = (
    'StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost"'
)


@contextmanager
def rsyslog(folder: Path, lines: list[str], port: int, files: Files | None, *, slow: bool = False) -> Iterator[None]:
    """A real rsyslog that sends these lines from a queue with counts, by TLS where there is a certificate to check."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lines").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (folder / "rsyslog.conf").write_text(
        _CONFIGURATION.format(
            folder=folder,
            port=port,
            authority=files.authority if files else "",
            security=_SECURITY if files else "",
            pause=10_000 if slow else 0,
        ),
        encoding="utf-8",
    )
    program = find_program("rsyslogd")
    assert program is not None
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [program, "-n", "-f", str(folder / "rsyslog.conf"), "-i", str(folder / "pid")], stdout=log, stderr=log
        )
    try:
        yield
    finally:
        child.terminate()
        child.wait(SECONDS)
