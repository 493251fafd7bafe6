"""Answers as JSON for scripts and as plain tables for people."""

import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from triage_app.domain.ticket import Severity, TicketRow
from triage_app.services.queries import TicketList

MIN_COLUMN = 8
HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that could move the cursor, hide or turn around text: never sent to a terminal."""


def to_json(answer: Any) -> str:
    """One JSON document."""
    return msgspec.json.encode(answer, enc_hook=_encode).decode()


def error_json(code: str, message: str) -> str:
    """The one error shape."""
    return msgspec.json.encode({"error": {"code": code, "message": message}}).decode()


def to_text(answer: Any) -> str:
    """An answer for a terminal: single values as lines, lists as tables. Untrusted text cannot steer the terminal."""
    if isinstance(answer, TicketList):
        return _tickets(answer)
    lines = []
    tables = []
    for each in fields(answer):
        value = getattr(answer, each.name)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            tables.append((each.name, value))
        elif value not in ((), None, ""):
            lines.append((each.name, _cell(value, multiline=True)))
    width = max((len(name) for name, _ in lines), default=0)
    blocks = ["\n".join(f"{name.replace('_', ' '):<{width}}  {value}" for name, value in lines)] if lines else []
    for name, rows in tables:
        names = [each.name for each in fields(rows[0])]
        cells = [[_cell(getattr(row, column), multiline=False) for column in names] for row in rows]
        blocks.append(f"{name.replace('_', ' ')}\n{table([column.replace('_', ' ') for column in names], cells)}")
    return "\n\n".join(blocks) if blocks else "nothing"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their content, cut so that a line fits the terminal: the widest columns give way first."""
    widths = [max(cells) for cells in zip(*[[_width(cell) for cell in row] for row in (header, *rows)], strict=True)]
    room = shutil.get_terminal_size((140, 40)).columns - 2 * (len(widths) - 1)
    while sum(widths) > room and max(widths) > MIN_COLUMN:
        widest = widths.index(max(widths))
        widths[widest] = max(MIN_COLUMN, widths[widest] - (sum(widths) - room))
    return "\n".join(
        "  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    )


def plain(text: str) -> str:
    """Text that is safe on a terminal, on one line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if unicodedata.category(each) in HIDDEN else each for each in text)


def _tickets(answer: TicketList) -> str:
    rows = [_ticket(row) for row in answer.tickets]
    shown = table(["id", "category", "conf", "subject", "sender", "sev", "status", "received"], rows) if rows else ""
    return f"{shown}\n\n{len(rows)} of {answer.total} tickets" if rows else "No tickets here."


def _ticket(row: TicketRow) -> list[str]:
    return [
        str(row.id),
        plain(row.category),
        f"{row.confidence:4.0%}",
        plain(row.subject),
        plain(row.sender),
        row.severity.word if row.severity is not Severity.UNKNOWN else "-",
        row.status.replace("_", " "),
        f"{row.received_at:%Y-%m-%d %H:%M}",
    ]


def _cell(value: Any, *, multiline: bool) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Severity):
        return value.word
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(_cell(getattr(value, each.name), multiline=False) for each in fields(value))
    if isinstance(value, list | tuple | frozenset):
        return "; ".join(_cell(each, multiline=False) for each in value)
    text = str(value)
    if multiline and "\n" in text:
        return "\n" + "\n".join(f"    {plain(line)}" for line in text.splitlines())
    return plain(text)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def _fit(text: str, width: int) -> str:
    """The text cut or padded to a width in terminal columns."""
    if _width(text) <= width:
        return text + " " * (width - _width(text))
    cut = ""
    for each in text:
        if _width(cut + each) > width - 1:
            break
        cut += each
    return f"{cut}…" + " " * (width - 1 - _width(cut))


def _encode(value: Any) -> Any:
    """Sequences that are neither list nor tuple, such as arrays of ids."""
    return list(value)
