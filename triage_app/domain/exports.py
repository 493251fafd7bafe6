"""Corrections and other rows as text for analysis or training elsewhere."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final

from triage_app.domain.labels import to_token
from triage_app.domain.learning import Correction, latest_words
from triage_app.domain.wording import prepare

COLUMNS: Final = tuple(field.name for field in fields(Correction))
_FORMULA: Final = "=+-@\t\r\n|%＝＋－＠"
_IGNORED: Final = " \u00a0\ufeff\u200b\"'"


def to_fasttext(corrections: Iterable[Correction]) -> str:
    """A line `__label__Label prepared text` for the latest word on each ticket; those taken back are left out."""
    lines = [(to_token(word.new), prepare(word.text)) for word in latest_words(corrections)]
    return "".join(f"{token} {text}\n" for token, text in lines if text)


def to_csv(rows: Iterable[object], columns: Sequence[str] = COLUMNS) -> str:
    """Every row (RFC 4180) under a header; `columns` are attributes. None is empty, several texts are joined by `; `.

    A cell that a spreadsheet could take for a formula starts with an apostrophe instead (OWASP, CSV injection).
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows([_cell(getattr(row, name)) for name in columns] for row in rows)
    return buffer.getvalue()


def to_jsonl(rows: Iterable[object], columns: Sequence[str] = COLUMNS) -> str:
    """Every row as a JSON object on its own line, values as they are."""
    found = ({name: _plain(getattr(row, name)) for name in columns} for row in rows)
    return "".join(json.dumps(row) + "\n" for row in found)


def neutralised(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could take it for a formula."""
    start = text.lstrip(_IGNORED)[:1]
    return "'" + text if (start and start in _FORMULA) or text[:1] in set("\t\r\n") else text


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        value = "; ".join(str(each) for each in value)
    plain = _plain(value)
    if isinstance(value, str):
        return neutralised(value.encode("utf-8", "replace").decode())
    return json.dumps(plain) if isinstance(plain, bool) else str(plain)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
