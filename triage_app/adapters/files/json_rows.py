"""Alerts in JSON documents and in JSON lines."""

import json
from collections.abc import Iterator, Sequence
from io import BytesIO

import msgspec

from triage_app.adapters.files.streams import Limits, Piece, Stream, lines
from triage_app.domain.item import Form
from triage_app.domain.json_row import short, why_no_alert

HEAD = 1024 * 1024
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_LISTS = ("alerts", "results", "hits", "value", "items", "data", "records", "events")
_OWN_NAMES = frozenset(("title", "name", "message", "rule", "event_type", "severity", "signature", "raw", "summary"))
"""An object with one of these is an alert itself, whatever list it holds."""

_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def alerts(stream: Stream, limits: Limits) -> Iterator[Piece]:
    """One piece for each alert: JSON lines as they are, the elements of a list as the bytes that they are.

    Where only the lenient reader understands a document (NaN, say), its elements are written anew, compactly.
    """
    head = stream.head(HEAD)
    if head.startswith(b"\xef\xbb\xbf"):
        stream.read(3)
        head = stream.head(HEAD)
    whole = len(head) < HEAD
    if head.lstrip()[:1] == b"{" and _is_lines(head, whole):
        return _rows(stream, limits)
    return _document(stream, limits)


def _is_lines(head: bytes, whole: bool) -> bool:  # noqa: FBT001  one call, right above
    """Whether this is one object a line. One broken line does not hide that."""
    rows = [row for row in head.split(b"\n", 6)[:6] if row.strip()]
    if len(rows) < 2:
        return False
    good = [_is_object(row) for row in rows]
    if good[0]:
        return True
    return sum(good[1:-1] if not whole else good[1:]) >= (1 if whole and len(rows) <= 3 else 2) and not (
        whole and _is_object(head)
    )


def _is_object(row: bytes) -> bool:
    try:
        _OBJECT.decode(row)
    except _ERRORS:
        return False
    return True


def _rows(stream: Stream, limits: Limits) -> Iterator[Piece]:
    for number, line in enumerate(lines(stream, limits.row), start=1):
        content = line.strip()
        if not content:
            continue
        reason = _why_not(content, len(line), limits)
        yield Piece(Form.UNKNOWN if reason else Form.ALERT, content, f"line {number}", reason)


def _why_not(row: bytes, size: int, limits: Limits) -> str:
    """Why a line is no alert, or nothing."""
    if size > limits.row:
        return f"The line is longer than {limits.row} bytes. Its beginning is kept."
    return why_no_alert(row)


def _document(stream: Stream, limits: Limits) -> Iterator[Piece]:
    content, over = stream.take(limits.document)
    if over:
        reason = (
            f"The JSON document is larger than {limits.document} bytes. Write it as JSON lines, one alert a line, "
            "and import that."
        )
        yield Piece(Form.UNKNOWN, content[: limits.kept], "", reason)
        return
    try:
        rows = _elements(content)
    except _ERRORS as error:
        loose = _loose_elements(content)
        if loose is None:
            reason = f"The file is not valid JSON: {short(error)}"
            yield Piece(Form.UNKNOWN, content[: limits.kept], "", reason)
            return
        rows = loose
    if rows is None:
        yield from _checked([content.strip()], limits, named=False)
    else:
        yield from _checked(rows, limits, named=True)


def _elements(content: bytes) -> Sequence[bytes] | None:
    """The elements of a list of alerts, as written; None where the document is one alert."""
    if content.lstrip()[:1] == b"[":
        return [bytes(raw) for raw in _ARRAY.decode(content)]
    found = _OBJECT.decode(content)
    if _OWN_NAMES & found.keys():
        return None
    for name in _LISTS:
        raw = bytes(found[name]) if name in found else b""
        if raw[:1] == b"{" and name == "hits":
            raw = bytes(_OBJECT.decode(raw).get("hits", msgspec.Raw(b"")))
        if raw[:1] == b"[" and raw[1:].lstrip()[:1] == b"{":
            return [bytes(each) for each in _ARRAY.decode(raw)]
    return None


def _loose_elements(content: bytes) -> Sequence[bytes] | None:
    try:
        found: object = json.load(BytesIO(content))
    except (ValueError, RecursionError):
        return None
    rows: Sequence[object] = found if isinstance(found, list) else [found]
    try:
        return [msgspec.json.encode(each) for each in rows]
    except (UnicodeEncodeError, ValueError, RecursionError, OverflowError):
        return None


def _checked(rows: Sequence[bytes], limits: Limits, *, named: bool) -> Iterator[Piece]:
    if not rows:
        yield Piece(Form.UNKNOWN, b"[]", "", "The JSON list is empty: there is nothing in it to import.")
    for number, row in enumerate(rows, start=1):
        where = f"item {number}" if named else ""
        if len(row) > limits.row:
            reason = f"The alert has {len(row)} bytes; at most {limits.row} are read."
            yield Piece(Form.UNKNOWN, row[: limits.kept], where, reason)
        elif row[:1] != b"{":
            yield Piece(Form.UNKNOWN, row, where, "The element of the list is not a JSON object, so it is no alert.")
        else:
            yield Piece(Form.ALERT, row, where)
