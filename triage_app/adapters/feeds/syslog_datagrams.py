"""Syslog by UDP: a thread that does nothing but empty the socket, since nobody waits for it."""

import contextlib
import selectors
import socket
import struct
import threading
from typing import Final

from triage_app.adapters.feeds.syslog_framing import Framed
from triage_app.adapters.feeds.syslog_settings import Options
from triage_app.adapters.feeds.syslog_spool import Spool

MOST = 50_000
MOST_BYTES = 64_000_000
"""What waits to be committed at most; what comes beyond that is lost, and counted."""

BUFFER_BYTES: Final = 8_000_000
"""Asked of the system for what comes while this program is busy; it may give less."""

_AT_ONCE = 500
_LOOK_SECONDS = 0.2
_LONGEST = 65_536
_MOST_SENDERS = 10_000
# From Linux's asm-generic/socket.h; Python has no names for them.
_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
_MEMINFO = struct.Struct("9I")
_DROPS = 8


class Datagrams:
    """Receives on a bound socket until it is stopped; each datagram is one message."""

    calm_seconds = 0.02
    calm_count = MOST // 2
    """While they come closer together than that, and no more than so many wait, nothing else should be done."""

    def __init__(self, listener: socket.socket, options: Options, spool: Spool) -> None:
        self._listener = listener
        self._port = int(listener.getsockname()[1])
        self._options = options
        self._spool = spool
        self._allowed: dict[str, bool] = {}
        self._dropped = 0
        self._stopping = threading.Event()
        listener.settimeout(0)
        _enlarge(listener)
        self._thread = threading.Thread(target=self._run, name="syslog udp", daemon=True)
        self._thread.start()

    @property
    def tls(self) -> str:
        """Never any."""
        return ""

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    @property
    def alive(self) -> bool:
        """Whether it still receives."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Take what has come already, and listen no more."""
        self._stopping.set()
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._stopping.is_set():
                if selector.select(_LOOK_SECONDS):
                    self._drain()
        self._drain()

    def _drain(self) -> None:
        """Read until nothing is left, in groups of what one sender sent."""
        group: list[Framed] = []
        sender = ""
        longest = min(self._options.most + 1, _LONGEST)
        while True:
            try:
                content, address = self._listener.recvfrom(longest)
            except OSError:
                # Nothing is left, or something is wrong with an earlier datagram; then the next ones are still there.
                break
            if address[0] != sender or len(group) >= _AT_ONCE:
                self._keep(group, sender)
                group, sender = [], address[0]
            group.append(self._framed(content))
        self._keep(group, sender)
        self._count_dropped()

    def _framed(self, content: bytes) -> Framed:
        if len(content) > self._options.most:
            return Framed(content[: self._options.most], f"cut after {self._options.most} bytes")
        return Framed(content.rstrip(b"\r\n\0"))

    def _keep(self, group: list[Framed], sender: str) -> None:
        group = [each for each in group if each.content]
        if not group:
            return
        if not self._is_allowed(sender):
            for _ in group:
                self._spool.refuse()
            return
        room = max(0, MOST - self._spool.count) if self._spool.size < MOST_BYTES else 0
        self._spool.add(group[:room], sender)
        if len(group) > room:
            self._spool.lose(len(group) - room)

    def _is_allowed(self, sender: str) -> bool:
        known = self._allowed.get(sender)
        if known is None:
            if len(self._allowed) >= _MOST_SENDERS:
                self._allowed.clear()
            known = self._allowed[sender] = self._options.allows(sender)
        return known

    def _count_dropped(self) -> None:
        """What the system had no room for."""
        dropped = _dropped(self._listener)
        if dropped != self._dropped:
            self._spool.lose((dropped - self._dropped) % 2**32)
            self._dropped = dropped


def _enlarge(listener: socket.socket) -> None:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    # Beyond the system's limit, where this program may.
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, BUFFER_BYTES)


def _dropped(listener: socket.socket) -> int:
    """How many datagrams the system has dropped for want of room; 0 where it does not say."""
    try:
        return int(_MEMINFO.unpack(listener.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size))[_DROPS])
    except (OSError, struct.error):
        return 0
