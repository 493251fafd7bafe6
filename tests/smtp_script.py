"""An SMTP server of a few lines, for tests: it answers as it is told, and breaks off where it is told."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

END, RESET, HANG = "(end)", "(reset)", "(hang)"
"""Instead of an answer: close in order, break off, say and read nothing until the server itself ends."""

DRIP, FLOOD = "(drip)", "(flood)"
"""An answer that never ends: a sign now and then, or line upon line."""

DOT = "."
"""The point after a whole mail."""

_USUAL = {
    "greeting": "220 here",
    "EHLO": "250 here",
    "MAIL": "250 go on",
    "RCPT": "250 go on",
    "DATA": "354 go on",
    DOT: "250 taken",
    "RSET": "250 forgotten",
    "NOOP": "250 here",
    "QUIT": "221 bye",
}
_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Scripted:
    """A running server: what it was told, and the mails it was sent whole, without doubled dots."""

    port: int
    answers: Mapping[str, str]
    auth: Sequence[str]
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)


@contextmanager
def scripted(answers: Mapping[str, str], auth: Sequence[str] = ()) -> Iterator[Scripted]:
    """Serve on loopback. `answers` are those that differ from the usual, by verb, or by `greeting`, `body` or `DOT`.

    One that ends with a line feed is sent as it stands. `auth` are the answers to AUTH and to the lines that follow it.
    """
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = Scripted(door.getsockname()[1], {**_USUAL, **answers}, auth)
        talks: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    caller, _address = door.accept()
                except OSError:
                    return
                talks.append(threading.Thread(target=_talk, args=(caller, server)))
                talks[-1].start()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server
        finally:
            server.ending.set()
            # Closing alone does not wake the thread that waits in accept.
            door.shutdown(socket.SHUT_RDWR)
            thread.join()
            for each in talks:
                each.join()


class _Over(Exception):
    """The connection has ended."""


def _talk(caller: socket.socket, server: Scripted) -> None:
    # A client that leaves its connection open would never end the test.
    caller.settimeout(20)
    with caller, caller.makefile("rb") as words, contextlib.suppress(OSError, _Over):
        _say(caller, server, "greeting")
        while line := words.readline():
            verb = _heard(server, line).split(" ")[0].upper()
            if verb == "AUTH":
                _let_in(caller, server, words)
                continue
            _say(caller, server, verb)
            if verb == "DATA" and server.answers[verb].startswith("354"):
                if "body" in server.answers:
                    _say(caller, server, "body")
                server.mails.append(_mail(words))
                _say(caller, server, DOT)


def _heard(server: Scripted, line: bytes) -> str:
    server.heard.append(line.decode().rstrip("\r\n"))
    return server.heard[-1]


def _let_in(caller: socket.socket, server: Scripted, words: BinaryIO) -> None:
    for number, answer in enumerate(server.auth):
        if number:
            _heard(server, words.readline())
        caller.sendall(f"{answer}\r\n".encode())


def _say(caller: socket.socket, server: Scripted, point: str) -> None:
    answer = server.answers[point]
    if answer == HANG:
        server.ending.wait(20)
    if answer == RESET:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    while answer == DRIP and not server.ending.wait(0.02):
        caller.sendall(b"2")
    while answer == FLOOD and not server.ending.is_set():
        caller.sendall(b"250-more\r\n" * 1_000)
    if answer in (END, RESET, HANG, DRIP, FLOOD):
        raise _Over
    caller.sendall((answer if answer.endswith("\n") else f"{answer}\r\n").encode())


def _mail(words: Iterable[bytes]) -> bytes:
    lines: list[bytes] = []
    for line in words:
        if line == b".\r\n":
            return b"".join(lines)
        lines.append(line.removeprefix(b"."))
    raise _Over
