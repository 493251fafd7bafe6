"""Alerts in CSV files: each row becomes a JSON object with the header's names, every value as it was written."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from triage_app.adapters.files.streams import Limits, Piece, Stream, lines
from triage_app.domain.item import Form

HEAD = 64 * 1024
MAX_COLUMNS = 1_000
MAX_QUOTED_LINES = 100
"""Lines that one quoted value may run over; more, and the quote was never closed."""

_CELL = re.compile(r"[\w @.#/()\[\]%-]{1,60}")
_TIMES = frozenset(
    (
        "time",
        "timestamp",
        "date",
        "datetime",
        "eventtime",
        "created",
        "createdat",
        "createdtime",
        "starttime",
        "firstseen",
        "lastseen",
        "occurred",
        "detected",
        "detectedat",
        "timegenerated",
        "generatedtime",
        "receivetime",
        "utctime",
        "ts",
        "start",
    )
)
_NAMES = frozenset(
    (
        "name",
        "rule",
        "rulename",
        "ruledescription",
        "message",
        "msg",
        "signature",
        "signaturename",
        "alert",
        "alertname",
        "alerttitle",
        "title",
        "description",
        "event",
        "eventname",
        "summary",
        "subject",
        "threat",
        "threatname",
        "detection",
        "detectionname",
        "alertsignature",
        "attack",
    )
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written: its delimiter and the names of its columns."""

    delimiter: str
    names: tuple[str, ...]

    @property
    def holds_alerts(self) -> bool:
        """Whether a column is like a time and another like a name."""
        plain = {re.sub(r"[\W_]", "", name.lower()) for name in self.names}
        return bool(plain & _TIMES) and bool(plain & _NAMES)


def layout_of(head: bytes) -> Layout | None:
    """The layout of a table that begins like this, or None for other text."""
    rows = [_text(row.rstrip(b"\r")) for row in head.split(b"\n", 6)[:6]]
    if len(head) >= HEAD and len(rows) > 1:
        rows.pop()
    rows = [row for row in rows if row.strip()]
    if not rows or len(rows[0]) > HEAD // 2:
        return None
    best: Layout | None = None
    for delimiter in ",;\t|":
        names = _cells(rows[0], delimiter)
        if names and 2 <= len(names) <= MAX_COLUMNS and (best is None or len(names) > len(best.names)):
            best = Layout(delimiter, tuple(name.strip().lstrip("\ufeff") for name in names))
    if best is None or not all(_CELL.fullmatch(name) for name in best.names):
        return None
    if len(set(best.names)) < len(best.names):
        return None
    if best.holds_alerts:
        return best
    # Other tables are known by their regularity: prose with commas has none.
    same = [row for row in rows[1:] if len(_cells(row, best.delimiter) or ()) == len(best.names)]
    return best if len(best.names) >= 3 and len(same) >= 2 and len(same) * 2 > len(rows) - 1 else None


def rows(stream: Stream, layout: Layout, limits: Limits) -> Iterator[Piece]:
    """The rows as JSON objects; a row that does not fit the header is its own piece with a reason.

    A quoted value may hold line ends. Where a quote is never closed only its own line is lost.
    """
    encode = msgspec.json.Encoder().encode
    names, width, delimiter = layout.names, len(layout.names), layout.delimiter
    coming = _Lines(lines(stream, limits.row))
    coming.next()
    while (line := coming.next()) is not None:
        number = coming.number
        if not line.strip():
            continue
        if len(line) > limits.row:
            reason = f"The row is longer than {limits.row} bytes. Its beginning is kept."
            yield Piece(Form.UNKNOWN, line[: limits.kept], f"row {number - 1}", reason)
            continue
        if b'"' not in line:
            cells: Sequence[str] | None = _text(line.rstrip(b"\r")).split(delimiter)
        else:
            line = coming.quoted(line)
            cells = _cells(_text(line.rstrip(b"\r")), delimiter)
        if cells is not None and len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if cells is None or len(cells) != width or b"\0" in line:
            found = "a quote is not closed" if cells is None else f"{len(cells)} cells for {width} columns"
            if b"\0" in line:
                found = "it holds NUL bytes"
            reason = f"The row does not fit the header: {found}."
            yield Piece(Form.UNKNOWN, line, f"row {number - 1}", reason)
            continue
        yield Piece(Form.ALERT, encode(dict(zip(names, cells, strict=True))), f"row {number - 1}")


class _Lines:
    """Lines with the way back that an unclosed quote needs; `number` is that of the last one, from 1."""

    __slots__ = ("_again", "_source", "number")

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source
        self._again: deque[bytes] = deque()
        self.number = 0

    def next(self) -> bytes | None:
        self.number += 1
        return self._again.popleft() if self._again else next(self._source, None)

    def quoted(self, line: bytes) -> bytes:
        """The line with those that its open quote runs over; just the line where the quote is never closed."""
        quotes = line.count(b'"')
        if not quotes % 2:
            return line
        taken: list[bytes] = []
        while len(taken) < MAX_QUOTED_LINES and (following := self.next()) is not None:
            taken.append(following)
            quotes += following.count(b'"')
            if not quotes % 2:
                return b"\n".join((line, *taken))
        self.number -= len(taken) + (1 if len(taken) < MAX_QUOTED_LINES else 0)
        self._again.extendleft(reversed(taken))
        return line


def _text(line: bytes) -> str:
    """UTF-8, or else Windows-1252 as far as it goes: the cells of old exports."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _cells(row: str, delimiter: str) -> list[str] | None:
    if '"' not in row:
        return row.split(delimiter)
    try:
        return next(csv.reader([row], delimiter=delimiter, strict=False), None) if row.count('"') % 2 == 0 else None
    except csv.Error:
        return None
