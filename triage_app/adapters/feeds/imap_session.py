"""A signed-in connection to an IMAP server: every call has a time-out, every failure its kind and words."""

import contextlib
import imaplib
import ipaddress
import selectors
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from imapclient import SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from triage_app.adapters.feeds.imap_client import Client, Fetched
from triage_app.adapters.feeds.imap_position import uid_set
from triage_app.adapters.feeds.imap_trouble import UNREADABLE, not_let_in, told
from triage_app.adapters.net import tls
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.services.context import CancelToken

RENEW_SECONDS = 28 * 60
"""Servers may end an IDLE after 29 minutes."""

_SLICE_SECONDS = 0.25
_MOST_FOUND = 50_000
"""Uids asked for at once: the answer is one line, and imaplib reads none above a million characters."""

_NO_FOLDER = frozenset({b"\\noselect", b"\\nonexistent"})


@dataclass(frozen=True, slots=True)
class Options:
    """How to reach a server and sign in. `password` is the access token where `auth` is xoauth2."""

    host: str
    port: int
    security: str
    user: str
    password: Secret
    auth: str = "plain"
    ca_file: str = ""
    floor: str = "1.3"
    timeout: float = 60.0

    @property
    def where(self) -> str:
        """The server, for a person."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as the server tells it; `next` is the uid that the next mail will have, 0 where it does not say."""

    mails: int
    next: int
    validity: int


class Session:
    """One connection, used by one thread. All raise SourceFailed; after trouble with the network it is of no use."""

    def __init__(self, options: Options) -> None:
        """Connect and sign in."""
        self._options = options
        self._client = _connect(options)
        self._selected = ""
        self._writable = False
        self._folder: Folder | None = None
        self._broken = False
        try:
            with told(options.where):
                _sign_in(self._client, options)
                self.tls = tls.version(self._client.socket())
        except BaseException:
            self._broken = True
            self.close()
            raise

    def can(self, capability: str) -> bool:
        """Whether the server says so."""
        with self._telling():
            return bool(self._client.has_capability(capability))

    def folders(self) -> Sequence[tuple[frozenset[str], str]]:
        """All folders: flags in lower case, and name."""
        with self._telling():
            return [
                (frozenset(flag.decode("ascii", "replace").lower() for flag in flags), str(name))
                for flags, _delimiter, name in self._client.list_folders()
            ]

    def status(self, name: str) -> Folder:
        """How a folder stands, without opening it."""
        with self._telling(name):
            said = self._client.folder_status(name, ["MESSAGES", "UIDNEXT", "UIDVALIDITY"])
            return Folder(*(int(said.get(key, 0)) for key in (b"MESSAGES", b"UIDNEXT", b"UIDVALIDITY")))

    def select(self, name: str, *, writable: bool) -> Folder:
        """Open a folder, unless it is open that way already."""
        if self._folder is None or self._selected != name or (writable and not self._writable):
            self._folder = None
            with self._telling(name):
                said = self._client.select_folder(name, readonly=not writable)
                self._folder = Folder(*(int(said.get(key, 0)) for key in (b"EXISTS", b"UIDNEXT", b"UIDVALIDITY")))
            self._selected, self._writable = name, writable
        return self._folder

    def leave(self) -> None:
        """Have the next `select` ask the server anew."""
        self._folder = None

    def found(self, low: int, folder: Folder) -> Iterator[list[int]]:
        """Uids in the open folder from `low` on, in order, in lists of bounded length."""
        top = folder.next if folder.mails > _MOST_FOUND and folder.next else 0
        while True:
            high = str(low + _MOST_FOUND - 1) if top else "*"
            with self._telling(self._selected):
                uids = self._client.search(["UID", f"{low}:{high}"])
            # `9:*` gives the last mail even where its uid is below 9.
            yield sorted({int(uid) for uid in uids if int(uid) >= low})
            low += _MOST_FOUND
            if low >= top:
                return

    def received_since(self, low: int, high: int, since: date) -> frozenset[int]:
        """Uids in the open folder from `low` to `high` of mails that the server received on that day or later."""
        with self._telling(self._selected):
            return frozenset(int(uid) for uid in self._client.search(["UID", f"{low}:{high}", "SINCE", since]))

    def still_there(self, uids: Sequence[int]) -> frozenset[int]:
        """Those of these uids that the open folder holds."""
        with self._telling(self._selected):
            return frozenset(int(uid) for uid in self._client.search(["UID", uid_set(uids)])) & frozenset(uids)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Sizes in bytes as the server claims them; a mail that is gone is missing."""
        return {uid: each.size or 0 for uid, each in self._fetched(uids, "(UID RFC822.SIZE)").items()}

    def contents(self, uids: Sequence[int]) -> dict[int, Fetched]:
        """Whole mails, without marking them as seen; a mail that is gone, or is not given out, is missing."""
        return self._fetched(uids, "(UID RFC822.SIZE BODY.PEEK[])")

    def header(self, uid: int, most: int) -> bytes:
        """The header of one mail, at most so many bytes of it."""
        said = self._fetched([uid], f"(UID BODY.PEEK[HEADER]<0.{most}>)").get(uid)
        return said.content or b"" if said else b""

    def holding(self, text: str) -> Sequence[int]:
        """Uids in the open folder of mails with this text, printable ASCII, in their Message-ID, in order."""
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        with self._telling(self._selected):
            return sorted(int(uid) for uid in self._client.search(f'HEADER Message-ID "{quoted}"'.encode("ascii")))

    def of_size(self, size: int) -> Sequence[int]:
        """Uids in the open folder of mails that have so many bytes, in order."""
        with self._telling(self._selected):
            return sorted(int(uid) for uid in self._client.search(["LARGER", size - 1, "SMALLER", size + 1]))

    def flag(self, uids: Sequence[int], flag: str) -> None:
        r"""Flag mails of the open folder: `\Seen`, `\Flagged`."""
        with self._telling(self._selected):
            self._client.add_flags(uid_set(uids), [flag], silent=True)

    def named(self, path: str) -> str:
        """The server's name of a folder that a person wrote with slashes."""
        with self._telling():
            listed = self._client.list_folders("", "") if "/" in path else ()
            delimiter = next((each.decode("ascii") for _flags, each, _name in listed if each), "/")
            return path if self._exists(path) else path.replace("/", delimiter)

    def make(self, name: str) -> None:
        """Make a folder that is missing."""
        with self._telling(name):
            if not self._exists(name):
                self._client.create_folder(name)

    def move(self, uids: Sequence[int], target: str) -> None:
        """Move mails of the open folder; a target that is missing is made."""
        self.make(target)
        with self._telling(self._selected):
            if self._client.has_capability("MOVE"):
                self._client.move(uid_set(uids), target)
            else:
                self._client.copy(uid_set(uids), target)
                self._erase(uids)

    def delete(self, uids: Sequence[int]) -> None:
        """Delete mails of the open folder."""
        with self._telling(self._selected):
            self._erase(uids)

    def idle(self, seconds: float, cancel: CancelToken) -> None:
        """Return on news of the open folder, or after so many seconds, or soon after a cancel."""
        end = time.monotonic() + seconds
        with self._telling(self._selected):
            if _brings_mail(self._client.noop()[1]):
                return
            while not cancel.cancelled and (left := end - time.monotonic()) > 0:
                self._client.idle()
                if not self._client.has_news():
                    self._readable(min(left, RENEW_SECONDS), cancel)
                if _brings_mail(self._client.idle_done()[1]):
                    return

    def pause(self, seconds: float, cancel: CancelToken) -> None:
        """Wait for a server that has no IDLE; ends early where it says something by itself."""
        with self._telling():
            self._readable(seconds, cancel)

    def close(self) -> None:
        """Sign out where that is possible, and disconnect."""
        errors = (OSError, IMAPClientError, *UNREADABLE)
        if not self._broken:
            with contextlib.suppress(*errors):
                self._client.socket().settimeout(min(5.0, self._options.timeout))
                self._client.logout()
                return
        with contextlib.suppress(*errors):
            self._client.shutdown()

    def _fetched(self, uids: Sequence[int], items: str) -> dict[int, Fetched]:
        with self._telling(self._selected):
            _whole, found = self._client.fetched(uid_set(uids), items)
            asked = frozenset(uids)
            return {uid: each for uid, each in found.items() if uid in asked}

    def _exists(self, name: str) -> bool:
        """Whether there is such a folder, and not only folders below it."""
        return any(
            folder_key(each) == folder_key(name) and _NO_FOLDER.isdisjoint(flag.lower() for flag in flags)
            for flags, _delimiter, each in self._client.list_folders("", name)
        )

    def _erase(self, uids: Sequence[int]) -> None:
        self._client.add_flags(uid_set(uids), [b"\\Deleted"], silent=True)
        # Without UIDPLUS, an EXPUNGE would also take what others have marked: it stays marked then.
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uid_set(uids))

    def _readable(self, seconds: float, cancel: CancelToken) -> None:
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._client.socket(), selectors.EVENT_READ)
            while not cancel.cancelled and (left := end - time.monotonic()) > 0:
                if selector.select(min(left, _SLICE_SECONDS)):
                    return

    @contextlib.contextmanager
    def _telling(self, folder: str = "") -> Iterator[None]:
        try:
            with told(self._options.where, folder, connected=True):
                yield
        except SourceFailed as error:
            if error.trouble is not Trouble.FOLDER:
                self._broken = True
            self._folder = None
            raise


def folder_key(name: str) -> str:
    """What two names of one folder have in common: the INBOX may be written in any case (RFC 3501, section 5.1)."""
    return "INBOX" if name.upper() == "INBOX" else name


def _connect(options: Options) -> Client:
    if options.security == "none" and not _is_loopback(options.host):
        raise SourceFailed(
            Trouble.SETTINGS,
            f"Without TLS the password would be readable on the way to {options.host}. "
            "Set security to tls or starttls.",
        )
    made = None if options.security == "none" else tls.context(options.ca_file, options.floor)
    with told(options.where):
        client = Client(
            options.host,
            options.port,
            ssl=options.security == "tls",
            ssl_context=made,
            timeout=SocketTimeout(min(options.timeout, 30.0), options.timeout),
        )
        client.quieten()
        if options.security == "starttls":
            try:
                client.starttls(made)
            except BaseException:
                client.shutdown()
                raise
        return client


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _sign_in(client: Client, options: Options) -> None:
    try:
        if options.auth == "xoauth2":
            client.oauth2_login(options.user, options.password.reveal())
        elif options.auth == "login":
            client.login(options.user, options.password.reveal())
        else:
            client.plain_login(options.user, options.password.reveal())
    except UnicodeError:
        raise SourceFailed(
            Trouble.AUTHENTICATION,
            f"{options.where} cannot be told this user or password by LOGIN, which knows ASCII only. "
            "Set auth to plain.",
        ) from None
    except LoginError as error:
        # It hides a lost connection, too.
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise error.__context__ from None
        raise not_let_in(error, options.where, options.user) from None


def _brings_mail(said: Sequence[tuple[object, ...]]) -> bool:
    return any(len(each) > 1 and each[1] in (b"EXISTS", b"RECENT") for each in said)
