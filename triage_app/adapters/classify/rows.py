"""The rows of a table as labelled examples, whatever kind of file the table is from."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from triage_app.adapters.classify import columns
from triage_app.adapters.classify.look import Look
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import LABEL_PREFIX, Example, check_label
from triage_app.domain.timestamps import parse_time

_DAY_FIRST: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,? (\d{1,2}):(\d\d)(?::(\d\d))?)?", re.ASCII)


class Row(NamedTuple):
    """A row: its line or number in the file, its cells by column, or why it cannot be read."""

    line: int
    cells: Mapping[str, object]
    reason: str = ""


def look_at_rows(names: Sequence[str], rows: Iterable[Row], wanted: dict[str, tuple[str, ...]]) -> Look:
    """The examples of a table with these columns. Raises InvalidInput for a column that is named and not there."""
    mapping = columns.mapping_of(names, wanted)
    look = Look(columns=tuple(names), mapping=mapping.told())
    if mapping.missing:
        look.complain(
            "line 1: this is not a list of labelled examples: no column is known to hold the "
            f"{' or the '.join(mapping.missing)}. "
            f"Say which with {' and '.join(f'{field}=COLUMN' for field in mapping.missing)}; "
            f"the columns are: {columns.shown(names)}. Or give FastText lines ({LABEL_PREFIX}Label text)."
        )
        return look
    for row in rows:
        try:
            if row.reason:
                raise InvalidInput(row.reason)
            look.examples.append(_example(row.cells, mapping))
        except InvalidInput as error:
            look.complain(f"line {row.line}: {error}")
    return look


def example(label: str, text: str) -> Example:
    """An example of a label and a text; raises InvalidInput for one that is empty."""
    if not text.strip():
        raise InvalidInput("no text.")
    return Example(check_label(label.strip()), text)


def _example(cells: Mapping[str, object], mapping: columns.Mapping) -> Example:
    values: dict[str, str] = {}
    for field in columns.FIELDS:
        parts = [_text(cells.get(column), column) for column in mapping.columns.get(field, ())]
        filled = [part for part in parts if part.strip()]
        values[field] = "\n".join(filled[:1] if field == "label" else filled)
    plain = example(values["label"], values["text"])
    at = _at(values["at"], strict="at" in mapping.said)
    return Example(
        plain.label, plain.text, values["group"].strip(), at, values["layout"].strip(), values["sender"].strip(),
        values["source"].strip(),
    )  # fmt: skip


def _text(value: object, column: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | int | float):
        return str(value)
    raise InvalidInput(f"{column[:60]} is neither text nor a number.")


def _at(text: str, *, strict: bool) -> datetime | None:
    """A time; what cannot be read as one is a mistake only where the caller named the column."""
    if not text.strip():
        return None
    found = parse_time(text) or _day_first(text.strip())
    if found is None and strict:
        raise InvalidInput(f"{text.strip()[:40]!r} is not a time. Write it as 2026-03-31T14:05:00+02:00.")
    return found


def _day_first(text: str) -> datetime | None:
    """31.3.2026 14:05: where dots divide, the day comes first (DIN 5008)."""
    match = _DAY_FIRST.fullmatch(text)
    if match is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
