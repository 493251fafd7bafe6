"""A proxy between a client and a real server that breaks things at chosen points of what the server says."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

_CHUNK = 65_536
_AT_ONCE = struct.pack("ii", 1, 0)
"""A linger of no time: closing resets the connection."""


class Harm(StrEnum):
    """What happens at the point."""

    DROP = "drop"
    """The connection is torn down: a reset, without a farewell."""

    END = "end"
    """The connection is closed in order, in the middle of a word."""

    STALL = "stall"
    """Nothing more comes, and the connection stays open."""

    DELAY = "delay"
    """What follows comes late, but within the client's patience."""

    SWALLOW = "swallow"
    """Some bytes are missing; what follows comes."""

    CORRUPT = "corrupt"
    """One byte is another."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`harm` befalls a connection `after` bytes beyond the first `mark` in what the server says (b"": from its start).

    `amount` is how many bytes are swallowed, or how many thousandths of a second something is late.
    """

    harm: Harm
    mark: bytes = b""
    after: int = 0
    amount: int = 1


class FaultProxy:
    """Listens on loopback and hands everything on to `port`; `plan(number)` gives the fault of each connection."""

    def __init__(self, port: int, plan: Callable[[int], Fault | None] = lambda _number: None) -> None:
        self._upstream = port
        self.plan = plan
        self.struck = 0
        """How many faults came to pass."""
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        # Closing alone does not wake the thread that waits in accept.
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for each in list(self._open):
            _hang_up(each)
        for thread in list(self._threads):
            thread.join()

    def _spawn(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        number = 0
        while not self._ended.is_set():
            try:
                client, _address = self._door.accept()
                server = socket.create_connection(("127.0.0.1", self._upstream), timeout=30)
            except OSError:
                continue
            server.settimeout(None)
            self._open |= {client, server}
            fault = self.plan(number)
            number += 1
            self._spawn(_Questions(self, client, server).run)
            self._spawn(_Answers(self, client, server, fault).run)

    def over(self, client: socket.socket, server: socket.socket) -> None:
        """Both ends of a connection are closed."""
        for each in (client, server):
            _hang_up(each)
            self._open.discard(each)

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the proxy ends."""
        self._ended.wait(seconds)


@dataclass(slots=True)
class _Questions:
    proxy: FaultProxy
    client: socket.socket
    server: socket.socket

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while data := self.client.recv(_CHUNK):
                self.server.sendall(data)
        self.proxy.over(self.client, self.server)


@dataclass(slots=True)
class _Answers:
    proxy: FaultProxy
    client: socket.socket
    server: socket.socket
    fault: Fault | None
    seen: bytes = b""
    left: int | None = None
    """Bytes until the fault, once its mark was seen."""

    def run(self) -> None:
        if self.fault is not None and not self.fault.mark:
            self.left = self.fault.after
        with contextlib.suppress(OSError):
            while data := self.server.recv(_CHUNK):
                data = self._with_fault(data)
                if self.left == -1:
                    return
                self.client.sendall(data)
        self.proxy.over(self.client, self.server)

    def _with_fault(self, data: bytes) -> bytes:
        """What is handed on of these bytes; -1 in `left` says that the connection's end was made here."""
        fault = self.fault
        if fault is None:
            return data
        if self.left is None:
            before = len(self.seen)
            self.seen += data
            place = self.seen.find(fault.mark)
            if place < 0:
                self.seen = self.seen[-len(fault.mark) :]
                return data
            self.left = max(0, place + len(fault.mark) - before) + fault.after
        if self.left >= len(data):
            self.left -= len(data)
            return data
        self.proxy.struck += 1
        self.fault = None
        good, bad = data[: self.left], data[self.left :]
        if fault.harm is Harm.CORRUPT:
            return good + bytes([bad[0] ^ 0x55]) + bad[1:]
        if fault.harm is Harm.SWALLOW:
            return good + bad[fault.amount :]
        self.client.sendall(good)
        if fault.harm is Harm.DELAY:
            self.proxy.wait(fault.amount / 1000)
            return bad
        if fault.harm is Harm.STALL:
            # The client's own end closes it.
            with contextlib.suppress(OSError):
                self.server.shutdown(socket.SHUT_RD)
        else:
            if fault.harm is Harm.DROP:
                self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self.proxy.over(self.client, self.server)
        self.left = -1
        return b""


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        at_once = end.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(_AT_ONCE)) == _AT_ONCE
        # Either wakes a thread that waits for this end; only the second says farewell to the other side.
        end.shutdown(socket.SHUT_RD if at_once else socket.SHUT_RDWR)
    end.close()
