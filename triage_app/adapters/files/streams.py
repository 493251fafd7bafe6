"""Bytes read once from front to end: looked at before they are read, unpacked within limits."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, Protocol

from triage_app.domain.errors import InvalidInput
from triage_app.domain.item import Form

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may ask of us. Sizes in bytes.

    `mail` is one mail or .msg, `kept` what is stored of content that cannot be used, `row` one alert, `document` one
    JSON document that holds many. `members`, `unpacked` and `ratio` are for one packed file, the ratio from
    `ratio_from` on; `nesting` is how many packed files may lie one in another.
    """

    mail: int = 64 * 1024 * 1024
    kept: int = 1024 * 1024
    row: int = 1024 * 1024
    document: int = 64 * 1024 * 1024
    members: int = 1_000_000
    unpacked: int = 16 * 1024 * 1024 * 1024
    ratio: int = 200
    ratio_from: int = 16 * 1024 * 1024
    nesting: int = 2
    nested_zip: int = 256 * 1024 * 1024


class Piece(NamedTuple):
    """One item as found: `where` it lies in its file; `reason` why it cannot be used, or empty."""

    form: Form
    content: bytes
    where: str
    reason: str = ""


class CannotUnpack(InvalidInput):
    """A packed file is damaged, or would unpack to more than the limits allow."""


class Stream:
    """A source of bytes with a look-ahead. `file` is the seekable file behind it, if it is one."""

    __slots__ = ("_buffer", "_read", "file")

    def __init__(self, read: Callable[[int], bytes], file: BinaryIO | None = None) -> None:
        self._read = read
        self._buffer = b""
        self.file = file

    def head(self, size: int) -> bytes:
        """The next bytes, which stay unread; fewer only at the end."""
        if len(self._buffer) < size:
            self._buffer += _exactly(self._read, size - len(self._buffer))
        return self._buffer[:size]

    def read(self, size: int) -> bytes:
        """The next bytes; fewer only at the end."""
        if size <= 0:
            return b""
        if not self._buffer:
            return _exactly(self._read, size)
        part, self._buffer = self._buffer[:size], self._buffer[size:]
        return part if len(part) == size else part + _exactly(self._read, size - len(part))

    def take(self, limit: int) -> tuple[bytes, bool]:
        """All that is left, up to a limit, and whether there is more."""
        content = self.read(limit + 1)
        return (content[:limit], True) if len(content) > limit else (content, False)


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    """Read until the size is reached or the source ends, in chunks so that a claimed size allocates nothing."""
    first = read(min(size, CHUNK))
    if len(first) == size or not first:
        return first
    parts, count = [first], len(first)
    while count < size:
        part = read(min(size - count, CHUNK))
        if not part:
            break
        parts.append(part)
        count += len(part)
    return b"".join(parts)


def lines(stream: Stream, limit: int) -> Iterator[bytes]:
    """Lines without their ends. A longer one comes cut to `limit` + 1 bytes, by which it is known."""
    rest = b""
    while chunk := stream.read(CHUNK):
        parts = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
        rest = parts.pop()
        for line in parts:
            yield line if len(line) <= limit else line[: limit + 1]
        if len(rest) > limit:
            yield rest[: limit + 1]
            rest = _after_line(stream)
    parts = rest.split(b"\n")
    if not parts[-1]:
        parts.pop()
    for line in parts:
        yield line if len(line) <= limit else line[: limit + 1]


def _after_line(stream: Stream) -> bytes:
    """Skip to the end of the line; what was read beyond it."""
    while chunk := stream.read(CHUNK):
        _, end, rest = chunk.partition(b"\n")
        if end:
            return rest
    return b""


# -- unpacking -------------------------------------------------------------------------------------------------------


class _Decompressor(Protocol):
    """What bz2 and lzma offer."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gunzip:
    """zlib's decompressor in the shape of the others."""

    __slots__ = ("_full", "_inner", "_tail")

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self._tail = b""
        self._full = False

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._tail and not self._full

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._inner.decompress(self._tail + data, max_length)
        self._tail = self._inner.unconsumed_tail
        self._full = len(out) == max_length
        return out


def _unxz() -> _Decompressor:
    return lzma.LZMADecompressor(memlimit=128 * 1024 * 1024)


PACKERS: tuple[tuple[bytes, Callable[[], _Decompressor]], ...] = (
    (b"\x1f\x8b\x08", _Gunzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", _unxz),
)


def unpacked(stream: Stream, limits: Limits) -> Stream | None:
    """What a gzip, bzip2 or xz stream holds, or None if it is none; reading it raises CannotUnpack."""
    head = stream.head(6)
    for magic, make in PACKERS:
        if head.startswith(magic):
            return Stream(_Unpacking(stream, magic, make, limits).read)
    return None


class _Unpacking:
    """Unpacks piece by piece, several packed parts one after the other included."""

    __slots__ = ("_in", "_limits", "_magic", "_make", "_now", "_out", "_source")

    def __init__(self, source: Stream, magic: bytes, make: Callable[[], _Decompressor], limits: Limits) -> None:
        self._source, self._magic, self._make, self._limits = source, magic, make, limits
        self._now = make()
        self._in = self._out = 0

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, none at the end."""
        try:
            while True:
                data = b""
                if self._now.eof:
                    data = self._next_part()
                    if not data:
                        return b""
                elif self._now.needs_input:
                    data = self._source.read(64 * 1024)
                    if not data:
                        raise CannotUnpack("the packed data end in the middle: get the file again")
                    self._in += len(data)
                out = self._now.decompress(data, size)
                self._count(len(out))
                if out:
                    return out
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError) as error:
            raise CannotUnpack(f"the packed data are damaged ({error}): get the file again") from error

    def _next_part(self) -> bytes:
        rest = self._now.unused_data
        more = self._source.read(64 * 1024) if len(rest) < 64 * 1024 else b""
        self._in += len(more)
        data = (rest + more).lstrip(b"\0")
        while not data and more:
            more = self._source.read(64 * 1024)
            data = more.lstrip(b"\0")
        if data:
            if not data.startswith(self._magic):
                raise CannotUnpack("other bytes follow the packed data: get the file again")
            self._now = self._make()
        return data

    def _count(self, size: int) -> None:
        self._out += size
        if self._out > self._limits.unpacked:
            raise CannotUnpack(f"it unpacks to more than {self._limits.unpacked} bytes: unpack it and import the parts")
        if self._out > self._limits.ratio_from and self._out > self._limits.ratio * self._in:
            raise CannotUnpack(
                f"it unpacks to more than {self._limits.ratio} times its size, as made to exhaust a machine: "
                "unpack it yourself if you trust it"
            )
