"""A real SMTP server for tests: Postfix on loopback that signs users in by a Dovecot and delivers to its mailboxes.

It runs from a folder and ports of its own and leaves the system's Postfix alone. Its master process must be root, which
drops what it can: `find_postfix` gives None to anybody else.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import trustme

from tests.dovecot import DovecotServer, free_port
from tests.servers import find_program

MOST_BYTES = 1_000_000
"""The largest mail it takes."""

REFUSED, LATER = "refused@example.org", "later@example.org"
"""Recipients that it never takes, and not for now; any other `name@domain` is the mailbox `name`."""

_START_SECONDS = 30

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = /dev/stdout
myhostname = localhost
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
message_size_limit = {most}
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
max_use = 1
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth_port}
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access inline:{{
  {{ {refused} = 550 5.1.1 Nobody of that name here }}
  {{ {later} = 450 4.2.0 Greylisted }} }}
smtpd_tls_chain_files = {folder}/certificate.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_mandatory_protocols = >=TLSv1.3
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:all
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
"""

_MASTER = """\
{plain_port} inet n - n - - smtpd
  -o smtpd_tls_security_level=none
  -o smtpd_tls_auth_only=no
{starttls_port} inet n - n - - smtpd
{tls_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
{old_port} inet n - n - - smtpd
  -o smtpd_tls_mandatory_protocols=TLSv1.2
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class SmtpServer:
    """A Postfix of its own folder and ports, gone on exit. Its users and their passwords are those of `boxes`.

    `ca_file` is the authority that signed its certificate for `localhost`. Nothing leaves this machine: every mail is
    delivered to a mailbox of `boxes`.
    """

    def __init__(self, program: str, boxes: DovecotServer) -> None:
        self._program = program
        self._boxes = boxes
        self._folder = Path(tempfile.mkdtemp(prefix="triage-smtp-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.plain_port = free_port()
        """Without TLS."""
        self.starttls_port = free_port()
        """Nothing but STARTTLS before it, and TLS 1.3."""
        self.tls_port = free_port()
        """TLS 1.3 from the first byte."""
        self.old_port = free_port()
        """STARTTLS, and nothing newer than TLS 1.2."""
        self.ca_file = str(self._folder / "ca.pem")

    def __enter__(self) -> Self:
        try:
            self._prepare()
            self.start()
        except BaseException:
            self.stop()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, or start it again after a stop; returns when it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(self._folder), "start-fg"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.plain_port), timeout=5) as probe:
                    if probe.recv(3) == b"220":
                        return
            except OSError:
                pass
            threading.Event().wait(0.02)
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Postfix does not start:\n{self._log.read_text()}")

    def stop(self) -> None:
        """End it; what it took over and has not delivered waits for the next start."""
        if self._process is not None:
            # The master has left for a session of its own: a signal to what started it would not reach it.
            subprocess.call(
                [self._program, "-c", str(self._folder), "abort"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._process.wait(_START_SECONDS)
            self._process = None

    def arrived(self, user: str, count: int = 1) -> list[bytes]:
        """The mails in somebody's INBOX as soon as there are so many, in order. Raises TimeoutError."""
        deadline = time.monotonic() + _START_SECONDS
        with self._boxes.client(user) as client:
            client.select_folder("INBOX")
            while len(uids := client.search("ALL")) < count:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{len(uids)} of {count} mails arrived:\n{self._log.read_text()}")
                client.idle()
                client.idle_check(timeout=1)
                client.idle_done()
            found = client.fetch(uids, ["BODY.PEEK[]"])
        return [found[uid][b"BODY[]"] for uid in sorted(found)]

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _prepare(self) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca_file)
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
            str(self._folder / "certificate.pem")
        )
        for name in ("queue", "data"):
            (self._folder / name).mkdir()
        os.chown(self._folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
        self._folder.chmod(0o755)
        (self._folder / "main.cf").write_text(
            _MAIN.format(
                folder=self._folder,
                most=MOST_BYTES,
                auth_port=self._boxes.auth_port,
                lmtp_port=self._boxes.lmtp_port,
                refused=REFUSED,
                later=LATER,
            )
        )
        (self._folder / "master.cf").write_text(
            _MASTER.format(
                plain_port=self.plain_port,
                starttls_port=self.starttls_port,
                tls_port=self.tls_port,
                old_port=self.old_port,
            )
        )


def find_postfix() -> str | None:
    """The server's program, None where it is not installed or may not be started."""
    return find_program("postfix") if os.geteuid() == 0 and Path("/usr/lib/dovecot/lmtp").exists() else None
