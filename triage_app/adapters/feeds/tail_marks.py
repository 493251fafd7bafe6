"""How far a log was taken in, told by the bytes that it holds: what survives that it is renamed, copied or emptied."""

import hashlib
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import msgspec

HEAD = 1024
TAIL = 256
MOST_PAST = 16
"""Generations of a log that are remembered, so that one that begins like an earlier one is told from it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A log that is open, as it was when it was looked at."""

    file: BinaryIO
    device: int
    inode: int
    size: int
    written: int

    @classmethod
    def of(cls, file: BinaryIO) -> "Opened":
        """The file as it is now; raises OSError."""
        found = os.fstat(file.fileno())
        return cls(file, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

    def bytes_at(self, start: int, size: int) -> bytes:
        """So many bytes from there, fewer only at the end; raises OSError."""
        self.file.seek(start)
        parts: list[bytes] = []
        while size > 0 and (part := self.file.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Mark:
    """One log was read up to `offset`. It is known again by the bytes before that, whatever its name is by then.

    `path` is where it was first seen, and `generation` tells it from others that were there: both name its lines for
    good. The generation is 0 until its first line was taken. `inode` and `written` (nanoseconds) are of the last look;
    the inode is 0 for a log that was not there yet. `within` says that the offset lies within a line that is too long.
    """

    path: str
    inode: int = 0
    written: int = 0
    generation: int = 0
    offset: int = 0
    trace: str = ""
    within: bool = False

    def fits(self, log: Opened) -> bool:
        """Whether this is the log, perhaps with more in it; raises OSError."""
        if self.offset == 0:
            return self.inode in (0, log.inode)
        return log.size >= self.offset and trace(log, self.offset) == self.trace

    def moved(self, log: Opened, offset: int, *, within: bool = False) -> "Mark":
        """The mark after more of it was read; raises OSError."""
        return replace(
            self, inode=log.inode, written=log.written, offset=offset, trace=trace(log, offset), within=within
        )

    def same_log(self, other: "Mark") -> bool:
        """Whether both are of one log that has been read."""
        return (self.path, self.generation) == (other.path, other.generation) and self.generation != 0


def trace(log: Opened, offset: int) -> str:
    """A fingerprint of the beginning and of what lies right before an offset; raises OSError."""
    head = log.bytes_at(0, min(HEAD, offset))
    tail = log.bytes_at(max(0, offset - TAIL), min(TAIL, offset))
    return hashlib.sha256(head + tail).hexdigest()[:32]


def first_line(log: Opened) -> int:
    """A number from 1 to 2^63 - 1 for the first line of a log, or for its beginning; raises OSError."""
    line = log.bytes_at(0, HEAD).lstrip(b"\0\r\n\t ").partition(b"\n")[0]
    return int.from_bytes(hashlib.sha256(line).digest()[:8], "big") >> 1 or 1


@dataclass(frozen=True, slots=True)
class Position:
    """What is known of the logs at one path: the one there now, and earlier ones that are not read to their end yet.

    `past` are the generations that were given to logs first seen at this path, the newest last.
    """

    current: Mark
    older: tuple[Mark, ...] = ()
    past: tuple[int, ...] = ()

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str, path: str) -> "Position":
        """The position that was written so; the start for what cannot be read, since what is known is known again."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError:
            return cls(Mark(path))

    def with_mark(self, before: Mark, after: Mark | None) -> "Position":
        """The same after more of one of its logs was read, or without it."""
        past = self.past
        if after is not None and after.generation not in (0, before.generation):
            past = (*past, after.generation)[-MOST_PAST:]
        if before == self.current and after is not None:
            return replace(self, current=after, past=past)
        older = [after if mark == before else mark for mark in self.older]
        return replace(self, older=tuple(mark for mark in older if mark is not None), past=past)

    def new_generation(self, log: Opened) -> int:
        """A number for a log whose first line is taken now: the same whenever it is asked for from here."""
        number = first_line(log)
        while number in self.past:
            number = int.from_bytes(hashlib.sha256(b"%d" % number).digest()[:8], "big") >> 1 or 1
        return number


def rotated_name(name: str, log: str) -> bool:
    """Whether a rotated log may have this name: `eve.json.1`, `eve.json-20261124`, `eve-20261124.json`, `eve.json.old`.

    What was packed is not read."""
    stem, suffix = Path(log).stem, Path(log).suffix
    if name.startswith(log):
        return re.fullmatch(r"[-._]?(?:[0-9][-0-9._TZ]*|old)", name[len(log) :]) is not None
    if not suffix or not name.startswith(stem) or not name.endswith(suffix):
        return False
    return re.fullmatch(r"[-._][0-9][-0-9._TZ]*", name[len(stem) : -len(suffix)]) is not None
