"""Syslog by TCP and TLS: one thread that reads all connections, and none of them while too much waits."""

import contextlib
import logging
import math
import selectors
import socket
import ssl
import threading
import time
from dataclasses import dataclass

from triage_app.adapters.feeds.syslog_framing import Framer
from triage_app.adapters.feeds.syslog_settings import Options
from triage_app.adapters.feeds.syslog_spool import Spool
from triage_app.adapters.net import tls
from triage_app.adapters.net.listening import WAITING

MOST = 5_000
MOST_BYTES = 8_000_000
"""While so much waits to be committed, nothing is read: the senders wait."""

BUFFER_BYTES = 256 * 1024
"""What the system holds of one connection: the less, the less is between two programs when one of them ends."""

_LAST = 10
"""So many times as much may wait at the end, when it is the last chance to read it."""

_CHUNK = 65_536
_CHUNKS = 16
"""Read of one connection before it is the next one's turn."""

_LOOK_SECONDS = 0.5
_SHORT_SECONDS = 0.05
_MOST_TOLD = 200

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until a connection is given up: one that has not said a whole message yet, whose message does not come to
    its end, or that has been silent where another wants its place. And how long the last words of all are waited for at
    the end."""

    first: float = 30.0
    message: float = 60.0
    silence: float = 600.0
    farewell: float = 1.0


@dataclass(slots=True, eq=False)
class _Connection:
    channel: socket.socket
    sender: str
    framer: Framer
    deadline: float
    shaking: bool
    heard: float = 0.0
    began: float | None = None
    """When the message that has not ended began."""


class Streams:
    """Receives on a listening socket until it is stopped."""

    calm_seconds = 0.002
    calm_count = 500
    """How long more are waited for, and how many at most, so that they go together."""

    def __init__(self, listener: socket.socket, options: Options, spool: Spool, patience: Patience) -> None:
        self._listener = listener
        self._port = int(listener.getsockname()[1])
        self._options = options
        self._spool = spool
        self._patience = patience
        self._connections: set[_Connection] = set()
        self._eager: set[_Connection] = set()
        self._told: set[str] = set()
        self._tls = ""
        self._paused = 0.0
        self._most = 1
        self._stopping = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._bell, self._ear = socket.socketpair()
        listener.settimeout(0)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._selector.register(listener, selectors.EVENT_READ)
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="syslog", daemon=True)
        self._thread.start()

    @property
    def tls(self) -> str:
        """The lowest version of TLS that a sender spoke."""
        return self._tls

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    @property
    def alive(self) -> bool:
        """Whether it still receives."""
        return self._thread.is_alive()

    @property
    def connected(self) -> int:
        """How many senders are connected."""
        return len(self._connections)

    def stop(self) -> None:
        """Accept nobody any more, say so to those connected, and take what they had sent until then."""
        self._stopping.set()
        self._bell.send(b".")
        self._thread.join()
        for connection in list(self._connections):
            self._leave(connection)
        for each in (self._listener, self._bell, self._ear):
            each.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._turn(_LOOK_SECONDS)
        self._part()

    def _turn(self, seconds: float) -> None:
        if self._is_full():
            self._pause()
            return
        eager, self._eager = self._eager, set()
        ready = self._selector.select(0 if eager else seconds)
        for connection in eager.union(key.data for key, _ in ready if key.data is not None):
            if self._is_full():
                self._eager.add(connection)
            else:
                self._read(connection)
        if any(key.fileobj is self._listener for key, _ in ready):
            self._accept()
        self._give_up()

    def _is_full(self) -> bool:
        return self._spool.count >= MOST * self._most or self._spool.size >= MOST_BYTES * self._most

    def _pause(self) -> None:
        """Time stands still meanwhile: it is not the senders who are slow."""
        began = time.monotonic()
        self._spool.wait_for_room(MOST * self._most, MOST_BYTES * self._most, _LOOK_SECONDS)
        self._paused += time.monotonic() - began

    def _now(self) -> float:
        return time.monotonic() - self._paused

    # -- connections -------------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        for _ in range(WAITING + 1):
            try:
                channel, address = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                # Gone again already, or too many open files: it is asked again.
                self._tell(f"a connection could not be accepted: {error.strerror}")
                self._stopping.wait(_SHORT_SECONDS)
                return
            sender = address[0]
            if not self._options.allows(sender):
                self._spool.refuse()
                self._tell(f"{sender} was turned away: it is not among the senders")
                channel.close()
            elif len(self._connections) >= self._options.connections and not self._makes_room():
                self._tell(f"{sender} was turned away: {self._options.connections} are connected already")
                channel.close()
            else:
                self._welcome(channel, sender)

    def _welcome(self, channel: socket.socket, sender: str) -> None:
        channel.settimeout(0)
        # Those that are gone without a word are noticed by the system.
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        shield = self._options.shield
        try:
            if shield is not None:
                channel = shield.wrap_socket(channel, server_side=True, do_handshake_on_connect=False)
        except OSError:
            channel.close()
            return
        deadline = self._now() + self._patience.first
        connection = _Connection(channel, sender, Framer(self._options.most), deadline, shield is not None)
        self._selector.register(channel, selectors.EVENT_READ, connection)
        self._connections.add(connection)

    def _makes_room(self) -> bool:
        """Whether one that has been silent for long gives its place up. A sender that does not look before it speaks
        loses what it says next, so nobody is sent away without need."""
        silent = [each for each in self._connections if each.deadline == math.inf]
        longest = min(silent, key=lambda each: each.heard, default=None)
        if longest is None or self._now() - longest.heard < self._patience.silence:
            return False
        self._read(longest)
        if longest in self._connections and self._now() - longest.heard >= self._patience.silence:
            self._tell(f"{longest.sender} was disconnected: it was silent, and another wanted its place")
            self._leave(longest)
        return len(self._connections) < self._options.connections

    def _leave(self, connection: _Connection) -> None:
        """Close, and keep what was begun."""
        self._spool.add(connection.framer.rest(), connection.sender)
        self._selector.unregister(connection.channel)
        self._connections.discard(connection)
        self._eager.discard(connection)
        connection.channel.close()

    def _give_up(self) -> None:
        now = self._now()
        for each in [each for each in self._connections - self._eager if each.deadline < now]:
            self._tell(f"{each.sender} was disconnected: its message did not come to an end in time")
            self._leave(each)

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read(self, connection: _Connection) -> None:
        try:
            if connection.shaking:
                self._shake(connection)
            for _ in range(_CHUNKS):
                data = connection.channel.recv(_CHUNK)
                if not data:
                    self._leave(connection)
                    return
                if not self._take(connection, data):
                    return
                if self._is_full():
                    break
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except ssl.SSLWantWriteError:
            # Nothing of ours is long enough to fill a socket; the next turn sends it.
            self._eager.add(connection)
            return
        except OSError as error:
            if isinstance(error, ssl.SSLError):
                self._tell(tls.refusal(error, connection.sender))
            self._leave(connection)
            return
        # There may be more that has been read from the socket and is not in sight of the selector.
        self._eager.add(connection)

    def _shake(self, connection: _Connection) -> None:
        channel = connection.channel
        assert isinstance(channel, ssl.SSLSocket)
        channel.do_handshake()
        connection.shaking = False
        spoken = tls.version(channel)
        self._tls = min(self._tls or spoken, spoken)

    def _take(self, connection: _Connection, data: bytes) -> bool:
        """Hand the messages on; False where the connection was left."""
        framer = connection.framer
        messages = framer.feed(data)
        if messages:
            self._spool.add(messages, connection.sender)
        if framer.broken:
            self._tell(f"{connection.sender} was disconnected: the length of a message makes no sense")
            self._leave(connection)
            return False
        now = connection.heard = self._now()
        if messages or not framer.in_message:
            connection.began = None
        if framer.in_message:
            connection.began = connection.began or now
            connection.deadline = connection.began + self._patience.message
        elif messages:
            connection.deadline = math.inf
        return True

    def _part(self) -> None:
        """Take those who wait to be accepted; then close our side, which makes a sender keep what it has, and read
        theirs to the end."""
        self._most = _LAST
        self._accept()
        self._selector.unregister(self._listener)
        self._listener.close()
        for each in self._connections:
            # Below TLS: a sender looks for the end of the connection, and no further.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(each.channel, socket.SHUT_WR)
        end = time.monotonic() + self._patience.farewell
        while self._connections and time.monotonic() < end:
            self._turn(_SHORT_SECONDS)

    def _tell(self, what: str) -> None:
        """Into the log, each thing once."""
        if what not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(what)
            _LOG.warning("Syslog: %s.", what)
