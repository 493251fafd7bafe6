"""Whole lines of a log that is still being written."""

from dataclasses import dataclass

from triage_app.adapters.feeds.tail_marks import Opened

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is read at once: so many lines, so many bytes; a line longer than `line` bytes is cut to that.

    `size` is larger than `line`."""

    lines: int = 500
    size: int = 2_000_000
    line: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `cut` where only its beginning is here."""

    offset: int
    content: bytes
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines, and up to where the log was read with them: `within` a line that was cut."""

    lines: tuple[Line, ...]
    end: int
    within: bool = False


def lines_from(log: Opened, offset: int, bounds: Bounds, *, within: bool = False, final: bool = False) -> Batch:
    """The next lines from an offset, which lies `within` a line to be skipped or at the beginning of one.

    A last line without an end is still being written: it is left, unless the log is `final`. Raises OSError.
    """
    if within:
        offset, ended = _line_end(log, offset)
        return Batch((), offset, within=not ended)
    if offset == 0:
        offset = _after_hole(log)
    data = log.bytes_at(offset, bounds.size)
    found: list[Line] = []
    start = 0
    while len(found) < bounds.lines and (end := data.find(b"\n", start)) >= 0:
        found.append(_line(offset + start, data[start:end], bounds))
        start = end + 1
    if len(found) < bounds.lines:
        rest = data[start:]
        if len(rest) > bounds.line and not found:
            return Batch((_line(offset, rest, bounds),), offset + len(data), within=True)
        if rest and final and len(data) < bounds.size:
            found.append(_line(offset + start, rest, bounds))
            start = len(data)
    return Batch(tuple(found), offset + start)


def last_line_start(log: Opened, bounds: Bounds) -> tuple[int, bool]:
    """Where the last line begins that is still being written, or the end; and whether that lies within a line.

    Raises OSError."""
    start = max(0, log.size - bounds.line)
    found = log.bytes_at(start, log.size - start).rfind(b"\n")
    if found >= 0:
        return start + found + 1, False
    return (0, False) if start == 0 else (log.size, True)


def _line(offset: int, content: bytes, bounds: Bounds) -> Line:
    return Line(offset, content[: bounds.line], cut=len(content) > bounds.line)


def _line_end(log: Opened, offset: int) -> tuple[int, bool]:
    """After the end of a line, or as far as it was written."""
    while chunk := log.bytes_at(offset, _CHUNK):
        found = chunk.find(b"\n")
        if found >= 0:
            return offset + found + 1, True
        offset += len(chunk)
    return offset, False


def _after_hole(log: Opened) -> int:
    """Where a log begins that was emptied while a program wrote it that does not append: after a hole of zeros."""
    offset = 0
    while chunk := log.bytes_at(offset, _CHUNK):
        rest = chunk.lstrip(b"\0")
        if rest:
            return offset + len(chunk) - len(rest)
        offset += len(chunk)
    return offset
