"""A signed-in connection to an IMAP server: every call has a time-out, every failure its kind and words."""

import contextlib
import imaplib
import ipaddress
import re
import selectors
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from imapclient import SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from triage_app.adapters.feeds.imap_client import Client, Fetched
from triage_app.adapters.feeds.imap_position import uid_set
from triage_app.adapters.net import tls
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.services.context import CancelToken

RENEW_SECONDS = 28 * 60
"""Servers may end an IDLE after 29 minutes."""

_SLICE_SECONDS = 0.25
_MOST_FOUND = 50_000
"""Uids asked for at once: the answer is one line, and imaplib reads none above a million characters."""

_MOST_SAID = 200
_FULL = re.compile(r"OVERQUOTA|\bLIMIT\]|quota|throttl|bandwidth|too many|rate limit", re.IGNORECASE)
_LATER = re.compile(r"UNAVAILABLE|\bINUSE\b|temporar|try again", re.IGNORECASE)
_UNREADABLE = (ValueError, AssertionError, LookupError, TypeError, AttributeError)
"""What parsers raise on an answer that is none."""


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
            with _told(options.where):
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

    def flag_seen(self, uids: Sequence[int]) -> None:
        """Flag mails of the open folder as seen."""
        with self._telling(self._selected):
            self._client.add_flags(uid_set(uids), [b"\\Seen"], silent=True)

    def move(self, uids: Sequence[int], target: str) -> None:
        """Move mails of the open folder; a target that is missing is made."""
        with self._telling(self._selected):
            if not self._client.folder_exists(target):
                self._client.create_folder(target)
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
        errors = (OSError, IMAPClientError, *_UNREADABLE)
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
            with _told(self._options.where, folder, connected=True):
                yield
        except SourceFailed as error:
            if error.trouble is not Trouble.FOLDER:
                self._broken = True
            self._folder = None
            raise


def _connect(options: Options) -> Client:
    if options.security == "none" and not _is_loopback(options.host):
        raise SourceFailed(
            Trouble.SETTINGS,
            f"Without TLS the password would be readable on the way to {options.host}. "
            "Set security to tls or starttls.",
        )
    made = None if options.security == "none" else tls.context(options.ca_file, options.floor)
    with _told(options.where):
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
        said = _plain(error)
        if _FULL.search(said):
            raise _quota(options.where, said) from None
        if _LATER.search(said):
            raise SourceFailed(
                Trouble.NETWORK, f"{options.where} cannot sign anybody in for now: {said}. It is tried again by itself."
            ) from None
        raise SourceFailed(
            Trouble.AUTHENTICATION,
            f"{options.where} does not let {options.user} in: {said}. "
            "Check user, password and auth; some providers want a password for apps, or xoauth2.",
        ) from None


@contextlib.contextmanager
def _told(where: str, folder: str = "", *, connected: bool = False) -> Iterator[None]:
    """Turn what IMAPClient, imaplib, ssl and sockets raise into SourceFailed."""
    try:
        yield
    except imaplib.IMAP4.readonly:
        raise SourceFailed(
            Trouble.FOLDER,
            f"The folder {folder} of {where} may only be read. Set after to leave, or ask for the right to change it.",
        ) from None
    except imaplib.IMAP4.abort as error:
        raise _lost(error, where, connected=connected) from error
    except CapabilityError as error:
        raise SourceFailed(
            Trouble.TLS if "STARTTLS" in str(error) else Trouble.PROTOCOL,
            f"{where} lacks something that is needed: {_plain(error)}. Check the port and the security setting.",
        ) from None
    except IMAPClientError as error:
        raise _refused(error, where, folder) from error
    except OSError as error:
        raise _failed(error, where, connected=connected) from error
    except _UNREADABLE as error:
        raise SourceFailed(
            Trouble.PROTOCOL, f"{where} gave an answer that cannot be read. The connection is made anew by itself."
        ) from error


def _failed(error: OSError, where: str, *, connected: bool) -> SourceFailed:
    told = tls.failure(error, where)
    if connected and told.trouble is Trouble.TLS:
        # It was in order when the connection was made.
        return SourceFailed(
            Trouble.NETWORK, f"What {where} sent was damaged on the way. The connection is made anew by itself."
        )
    return told


def _lost(error: imaplib.IMAP4.abort, where: str, *, connected: bool) -> SourceFailed:
    """imaplib's `abort`: the connection is of no use any more."""
    said = _plain(error)
    if _FULL.search(said):
        return _quota(where, said)
    cause = error.__context__
    if isinstance(cause, OSError):
        return _failed(cause, where, connected=connected)
    if "EOF" in said or "unterminated" in said or "BYE" in said:
        return SourceFailed(Trouble.NETWORK, f"{where} closed the connection. It is made anew by itself.")
    return SourceFailed(
        Trouble.PROTOCOL, f"{where} gave an answer out of place ({said}). The connection is made anew by itself."
    )


def _refused(error: IMAPClientError, where: str, folder: str) -> SourceFailed:
    """NO or BAD: the connection is in order."""
    said = _plain(error)
    if _FULL.search(said):
        return _quota(where, said)
    if folder:
        return SourceFailed(
            Trouble.FOLDER,
            f"{where} refuses what was asked of the folder {folder}: {said}. Check the folder's name and your rights.",
        )
    return SourceFailed(Trouble.PROTOCOL, f"{where} refuses: {said}. Check that this is an IMAP server.")


def _quota(where: str, said: str) -> SourceFailed:
    return SourceFailed(
        Trouble.QUOTA, f"{where} sets a limit: {said}. It is tried again later; a higher poll setting asks less often."
    )


def _plain(error: BaseException) -> str:
    """A server's words on one line, cut, as they may be shown."""
    text = str(error)
    if text[:2] in ("b'", 'b"'):
        text = text[2:-1]
    text = "".join(sign if sign.isprintable() else " " for sign in text).strip()
    return text[:_MOST_SAID].rstrip(". ")


def _brings_mail(said: Sequence[tuple[object, ...]]) -> bool:
    return any(len(each) > 1 and each[1] in (b"EXISTS", b"RECENT") for each in said)
