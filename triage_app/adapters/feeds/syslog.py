"""Alerts by syslog: what other machines send is kept until it is committed, and handed on page by page."""

import errno
import socket
import threading
import time
from collections.abc import Iterator, Mapping

from triage_app.adapters.feeds.syslog_datagrams import Datagrams
from triage_app.adapters.feeds.syslog_settings import MANIFEST, Options
from triage_app.adapters.feeds.syslog_spool import Arrived, Spool
from triage_app.adapters.feeds.syslog_streams import Patience, Streams
from triage_app.adapters.net.listening import bound
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import Form, RawItem, digest
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Manifest, Source, SourceName, Tested
from triage_app.services.context import CancelToken
from triage_app.services.feeds import Page

PAGE_ITEMS = 500
PAGE_BYTES = 2_000_000
_PAGES = 40
"""Pages of one pull: where more comes all the time, the follower must have its turn."""

_PORT_SECONDS = 3.0
"""How long the port is waited for: the one who has it may be this source with its former settings."""

_LOOK_SECONDS = 0.05
_CALM_SECONDS = 0.5

Receiver = Datagrams | Streams


class SyslogConnector:
    """Listens for syslog. What was received and not committed is kept for the next feed of the source."""

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._spools: dict[SourceName, Spool] = {}
        self._open: dict[SourceName, Receiver] = {}

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""
        return MANIFEST

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> "SyslogFeed":
        """Listen."""
        del secrets
        options = Options.of(source)
        listener = _listener(source, options, _PORT_SECONDS)
        spool = self._spools.setdefault(source.name, Spool())
        receiver: Receiver
        if options.protocol == "udp":
            receiver = Datagrams(listener, options, spool)
        else:
            receiver = Streams(listener, options, spool, self._patience)
        self._open[source.name] = receiver
        return SyslogFeed(source, options, spool, receiver)

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Listen for a moment; where this source does so already, that is enough."""
        del secrets
        options = Options.of(source)
        where = f"{options.host} port {options.port} ({options.protocol})"
        receiver = self._open.get(source.name)
        if receiver is not None and receiver.alive and receiver.port == options.port:
            return Tested(f"It is listening on {where}.", receiver.tls)
        _listener(source, options, 0).close()
        return Tested(f"It can listen on {where}; it does so while it is followed.")


class SyslogFeed:
    """A port that is listened on."""

    def __init__(self, source: Source, options: Options, spool: Spool, receiver: Receiver) -> None:
        self._source = source
        self._folder = options.protocol
        self._spool = spool
        self._receiver = receiver
        self._uncommitted: dict[str, list[Arrived]] = {}
        self._closed = False

    @property
    def tls(self) -> str:
        """The lowest version of TLS that a sender spoke."""
        return self._receiver.tls

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._receiver.port

    def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
        """What has arrived. There is no cursor: nobody sends anything twice. After a cancel it is the last pull, which
        ends the listening and takes what had come until then."""
        del cursors
        if cancel.cancelled:
            self._stop()
        elif not self._receiver.alive:
            raise SourceFailed(
                Trouble.NETWORK, f"{self._source.name} listens no more after an error of this program; see its log."
            )
        self._let_it_calm_down()
        pages = 0
        while pages < _PAGES or self._closed:
            taken, refused = self._spool.take(PAGE_ITEMS, PAGE_BYTES)
            if not taken and not refused:
                return
            if taken:
                self._uncommitted[taken[0].uid] = taken
            yield Page(tuple(map(self._item, taken)), None, skipped=refused)
            pages += 1
            if cancel.cancelled and not self._closed:
                return

    def settled(self, page: Page) -> None:
        """Forget what is committed."""
        if page.items:
            del self._uncommitted[page.items[0].uid]

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Return when something has come."""
        end = time.monotonic() + seconds
        while not cancel.cancelled and self._receiver.alive:
            left = end - time.monotonic()
            if left <= 0 or self._spool.wait_for_some(min(left, _LOOK_SECONDS)):
                return

    def close(self) -> None:
        """Listen no more; what is not committed waits for the next feed."""
        self._stop()
        for taken in reversed(self._uncommitted.values()):
            self._spool.put_back(taken)
        self._uncommitted.clear()

    def _stop(self) -> None:
        if not self._closed:
            self._closed = True
            self._receiver.stop()

    def _let_it_calm_down(self) -> None:
        """Leave the processor to the receiver for a moment while much comes: more go together, and by UDP nobody waits
        for us."""
        end = time.monotonic() + _CALM_SECONDS
        while not self._closed and 0 < (count := self._spool.count) < self._receiver.calm_count:
            if time.monotonic() > end or not self._spool.wait_for_more(count, self._receiver.calm_seconds):
                return

    def _item(self, arrived: Arrived) -> RawItem:
        origin = f"syslog by {self._folder} from {arrived.sender}"
        return RawItem(
            self._source.name,
            self._folder,
            0,
            arrived.uid,
            Form.ALERT,
            arrived.content,
            digest(arrived.content),
            f"{origin}, {arrived.note}" if arrived.note else origin,
            arrived.reason,
        )


def _listener(source: Source, options: Options, seconds: float) -> socket.socket:
    """A socket on the port, which is waited for a while if it is in use."""
    kind = socket.SOCK_DGRAM if options.protocol == "udp" else socket.SOCK_STREAM
    where = f"{options.host} port {options.port}"
    end = time.monotonic() + seconds
    while True:
        try:
            return bound(options.host, options.port, kind)
        except socket.gaierror:
            raise SourceFailed(
                Trouble.SETTINGS, f"{source.name}: {options.host} is no address of this machine. Set host to one."
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < end:
                threading.Event().wait(_LOOK_SECONDS)
                continue
            raise _deaf(source, where, error) from None


def _deaf(source: Source, where: str, error: OSError) -> SourceFailed:
    if error.errno == errno.EADDRINUSE:
        return SourceFailed(
            Trouble.NETWORK,
            f"{source.name}: {where} is in use already. Stop the program that uses it (another window may follow this "
            "source), or set another port.",
        )
    if error.errno == errno.EACCES:
        return SourceFailed(
            Trouble.SETTINGS,
            f"{source.name}: this program may not listen on {where}. Set a port above 1023, or give it the right.",
        )
    return SourceFailed(
        Trouble.SETTINGS, f"{source.name}: {where} cannot be listened on ({error.strerror}). Set host and port anew."
    )
