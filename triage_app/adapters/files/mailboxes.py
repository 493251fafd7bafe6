"""Mails one after the other in an mbox file."""

import re
from collections.abc import Iterator

from triage_app.adapters.files.streams import CHUNK, Limits, Piece, Stream
from triage_app.domain.item import Form

_HEADER = rb"[\x21-\x39\x3b-\x7e]{1,100}[ \t]{0,8}:"
_DATE = rb"[^\n]{0,200}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[^\n]{0,40}\d\d:\d\d[^\n]{0,60}"
_LINE = re.compile(rb"From (?:" + _DATE + rb"\n|[^\n]{1,500}\n(?:>From [^\n]{0,500}\n)?(?=" + _HEADER + rb"))")
_QUOTED = re.compile(rb"^>(>{0,100}From )", re.MULTILINE)
_LOOKAHEAD = 2_000
"""Bytes that must follow a place before it can be told whether a mail starts there."""


def mails(stream: Stream, limits: Limits) -> Iterator[Piece]:
    """The mails of an mbox: without the `From ` lines between them and the quoting of such lines (mboxrd).

    A line counts as separator after an empty line, and if it ends in a date or a header follows: prose that starts
    with "From" does not cut a mail in two.
    """
    buffer = bytearray()
    number, skipped, start, ended = 0, 0, -1, False
    while not ended:
        chunk = stream.read(CHUNK)
        ended = not chunk
        scan = max(0, len(buffer) - _LOOKAHEAD) if start >= 0 else 0
        buffer += chunk
        kept = 0
        while (found := _separator(buffer, scan, first=start < 0)) is not None:
            place, scan = found
            if not ended and scan > len(buffer) - _LOOKAHEAD // 2:
                break
            if start >= 0:
                number += 1
                yield _mail(bytes(buffer[start:place]), number, skipped, limits)
                skipped = 0
            start = kept = scan
        if kept:
            del buffer[:kept]
            start = 0
        if len(buffer) > limits.mail + _LOOKAHEAD + CHUNK:
            # Too long to be stored: keep its beginning, and enough of its end to see the next one start.
            cut = len(buffer) - _LOOKAHEAD - limits.kept
            skipped += cut
            del buffer[limits.kept : limits.kept + cut]
    if start >= 0:
        yield _mail(bytes(buffer[start:]), number + 1, skipped, limits)


def _separator(buffer: bytearray, at: int, *, first: bool) -> tuple[int, int] | None:
    """Where the mail before the next separating line ends, and where that line ends; looking from `at` on."""
    if first and (match := _LINE.match(buffer)):
        return 0, match.end()
    place = max(0, at - 1)
    while (place := buffer.find(b"\nFrom ", place)) >= 0:
        before = buffer[max(0, place - 2) : place]
        if before.endswith(b"\n") or before == b"\n\r":
            match = _LINE.match(buffer, place + 1)
            if match:
                # Neither is the empty line part of the mail.
                return place - before.endswith(b"\r"), match.end()
        place += 1
    return None


def _mail(content: bytes, number: int, skipped: int, limits: Limits) -> Piece:
    where = f"message {number}"
    size = len(content) + skipped
    if size > limits.mail:
        reason = f"The mail has {size} bytes; at most {limits.mail} are read. Open it in a mail program."
        return Piece(Form.UNKNOWN, content[: limits.kept], where, reason)
    if b"\n>" in content and b">From " in content:
        content = _QUOTED.sub(rb"\1", content)
    return Piece(Form.MAIL, content, where)
