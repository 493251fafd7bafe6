"""The standard library's SMTP client with an end to every answer: the whole of it is bounded in time and in size."""

import io
import smtplib
import socket
import time
from typing import Final

MOST_BYTES: Final = 64 * 1024
"""Of one answer, all its lines together."""


class Client(smtplib.SMTP):
    """`timeout` seconds bound a whole answer, and each piece that is sent; `patience`, where it is set, an answer.

    By itself smtplib bounds every wait for more, so that a server which says a little now and then is never done.
    """

    patience = 0.0
    _ear: "_Ear | None" = None

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None and (self.file is None or self._ear is None):
            self._ear = _Ear(self.sock)
            self.file = io.BufferedReader(self._ear)
        if self._ear is not None:
            self._ear.begin(self.patience or self.timeout)
        try:
            return super().getreply()
        finally:
            if self.sock is not None:
                self.sock.settimeout(self.timeout)


class ShieldedClient(Client, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


class _Ear(io.RawIOBase):
    """What a server says, for so long and so much."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._ends = 0.0
        self._left = 0

    def begin(self, seconds: float) -> None:
        """An answer is waited for from now on."""
        self._ends = time.monotonic() + seconds
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        if self._left <= 0:
            raise OSError("its answer does not end")
        self._sock.settimeout(seconds)
        count = self._sock.recv_into(buffer)
        self._left -= count
        return count
