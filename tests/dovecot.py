"""A real IMAP server for tests: Dovecot on loopback, with TLS, STARTTLS and plain text, any number of users.

Root is not needed, and no obstacle. Mails are delivered as files into its Maildirs, the way a mail server does it. An
SMTP server may ask it who a user is, and hand it mail by LMTP where that part is installed.
"""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import trustme
from imapclient import IMAPClient

from tests.servers import find_program

PASSWORD = "open-sesame"
"""Every user's."""

_START_SECONDS = 30
_LMTP = Path("/usr/lib/dovecot/lmtp")

_CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = {protocols}
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_client_limit = 1000
first_valid_uid = 0
first_valid_gid = 0
ssl = yes
ssl_cert = <{folder}/chain.pem
ssl_key = <{folder}/key.pem
ssl_min_protocol = TLSv1.3
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
mail_max_userip_connections = 100
mailbox_idle_check_interval = 1 s
imap_capability = {capability}
namespace {{
  inbox = yes
  mailbox "All Mail" {{
    special_use = \\All
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service auth {{
  inet_listener {{
    port = {auth_port}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
protocol lmtp {{
  auth_username_format = %Ln
}}
service anvil {{
  chroot =
  # Who gave a wrong password would wait longer with every further try.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class _Account:
    user: str
    group: str
    uid: int
    gid: int


class DovecotServer:
    """A Dovecot of its own folder and ports, gone with all its mail on exit.

    `ca_file` is the authority that signed its certificate for `localhost`. `capability` overrides what it says it can
    (`imap_capability` of Dovecot's), for a server that lacks something.
    """

    def __init__(self, program: str, capability: str = "") -> None:
        self._program = program
        self._capability = capability
        self._folder = Path(tempfile.mkdtemp(prefix="triage-imap-"))
        self._account = _account()
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.plain_port = free_port()
        self.tls_port = free_port()
        self.auth_port = free_port()
        self.lmtp_port = free_port()
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

    def another(self, capability: str) -> DovecotServer:
        """A second server, not yet started, that says it can only this."""
        return DovecotServer(self._program, capability)

    def start(self) -> None:
        """Start it, or start it again after a stop; returns when it answers."""
        as_user = []
        if os.geteuid() == 0:
            as_user = ["setpriv", f"--reuid={self._account.uid}", f"--regid={self._account.gid}", "--clear-groups"]
        self._process = subprocess.Popen(
            [*as_user, self._program, "-F", "-c", str(self._folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.plain_port), timeout=5) as probe:
                    if probe.recv(4) == b"* OK":
                        return
            except OSError:
                pass
            threading.Event().wait(0.02)
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = self._folder / "log"
                raise RuntimeError(f"Dovecot does not start:\n{log.read_text() if log.exists() else ''}")

    def stop(self) -> None:
        """End it and every session; the mail stays."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_START_SECONDS)
            self._process = None

    def client(self, user: str) -> IMAPClient:
        """Signed in as somebody, over plain text: what another mail program does to the box."""
        client = IMAPClient("127.0.0.1", self.plain_port, ssl=False, timeout=30)
        client.login(user, PASSWORD)
        return client

    def deliver(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        """Put mails into a folder, one after the other; a folder other than the INBOX is made where it is missing."""
        box = self._folder / "mail" / user
        if folder != "INBOX":
            box = box / f".{folder}"
        for name in ("tmp", "new", "cur"):
            if not (box / name).is_dir():
                (box / name).mkdir(parents=True)
        for mail in mails:
            name = f"{time.time_ns() // 10**9}.N{next(self._numbers):07}.test"
            path = box / "tmp" / name
            path.write_bytes(mail)
            os.chown(path, self._account.uid, self._account.gid)
            path.rename(box / "new" / name)
        for made in (self._folder / "mail" / user, box, box / "tmp", box / "new", box / "cur"):
            os.chown(made, self._account.uid, self._account.gid)

    def forget_uids(self, user: str, folder: str = "INBOX") -> None:
        """Make the server number a folder anew, with another UIDVALIDITY, as after a restored backup."""
        box = self._folder / "mail" / user
        if folder != "INBOX":
            box = box / f".{folder}"
        with self.client(user) as client:
            before = client.folder_status(folder, ["UIDVALIDITY"])[b"UIDVALIDITY"]
        for path in box.glob("dovecot*"):
            if path.is_file():
                path.unlink()
        listing = box / "dovecot-uidlist"
        listing.write_text(f"3 V{before + 1} N1 G{secrets.token_hex(16)}\n")
        os.chown(listing, self._account.uid, self._account.gid)

    def _prepare(self) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca_file)
        certificate = authority.issue_cert("localhost")
        (self._folder / "chain.pem").write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(str(self._folder / "key.pem"))
        for name in ("mail", "run", "state"):
            (self._folder / name).mkdir()
        self._folder.chmod(0o755)
        (self._folder / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                folder=self._folder,
                user=self._account.user,
                group=self._account.group,
                plain_port=self.plain_port,
                tls_port=self.tls_port,
                auth_port=self.auth_port,
                lmtp_port=self.lmtp_port,
                protocols="imap lmtp" if _LMTP.exists() else "imap",
                password=PASSWORD,
                capability=self._capability,
            )
        )
        for path in (self._folder, *self._folder.rglob("*")):
            os.chown(path, self._account.uid, self._account.gid)


def find_dovecot() -> str | None:
    """The server's program, None where it is not installed with IMAP."""
    return find_program("dovecot") if Path("/usr/lib/dovecot/imap").exists() else None


def _account() -> _Account:
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return _Account(user.pw_name, grp.getgrgid(user.pw_gid).gr_name, user.pw_uid, user.pw_gid)


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])
