"""Tables in text files: CSV with any common delimiter, JSON objects one a line, and one JSON list of objects."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from triage_app.adapters.classify.columns import mapping_of, named
from triage_app.adapters.classify.look import Look
from triage_app.adapters.classify.rows import Row, look_at_rows
from triage_app.domain.errors import InvalidInput

_DELIMITERS: Final = ",;\t|"


def look_at_json_lines(text: str, wanted: dict[str, tuple[str, ...]]) -> Look:
    """The examples of JSON objects, one a line; their keys are the columns."""
    decoder = msgspec.json.Decoder(dict[str, Any])
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(Row(number, decoder.decode(line)))
        except (msgspec.DecodeError, RecursionError) as error:
            rows.append(Row(number, {}, f"{error}."))
    return look_at_rows(_keys(rows), rows, wanted)


def look_at_json(text: str, path: object, wanted: dict[str, tuple[str, ...]]) -> Look:
    """The examples of one JSON list of objects; the number of an object stands for its line."""
    try:
        found = msgspec.json.decode(text, type=list[Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInput(f"{path} is not a list of JSON objects: {error}.") from error
    rows = [
        Row(number, each) if isinstance(each, dict) else Row(number, {}, "not a JSON object.")
        for number, each in enumerate(found, 1)
    ]
    return look_at_rows(_keys(rows), rows, wanted)


def look_at_csv(text: str, wanted: dict[str, tuple[str, ...]]) -> Look:
    """The examples of a table whose first line names the columns (RFC 4180; also with `;`, tab or `|`)."""
    begun = text[: len(text) - len(text.lstrip())].count("\n")
    text = text.lstrip()
    names, delimiter = _header(text, wanted)
    return look_at_rows(names, _rows(text, names, delimiter, begun), wanted)


def _rows(text: str, names: Sequence[str], delimiter: str, begun: int) -> Iterator[Row]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        next(rows)
        number = rows.line_num + 1
        for row in rows:
            line, number = begun + number, rows.line_num + 1
            if row:
                yield Row(line, dict(zip(names, row, strict=False)))
    except csv.Error as error:
        yield Row(begun + number, {}, f"{error}. What follows was not read.")


def _header(text: str, wanted: dict[str, tuple[str, ...]]) -> tuple[tuple[str, ...], str]:
    """The names of the columns, and the delimiter that gives the most of those that are wanted."""
    best: tuple[tuple[int, int], tuple[str, ...], str] = ((-1, -1), ("",), ",")
    for delimiter in _DELIMITERS:
        try:
            names = named(next(csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)))
        except (csv.Error, StopIteration):
            continue
        plain = {name.casefold() for name in names}
        said = sum(column.casefold() in plain for columns in wanted.values() for column in columns)
        guessed = 2 - len(mapping_of(names, {}).missing)
        if ((said + guessed), len(names)) > best[0]:
            best = ((said + guessed, len(names)), names, delimiter)
    return best[1], best[2]


def _keys(rows: Sequence[Row]) -> tuple[str, ...]:
    keys: dict[str, None] = {}
    for row in rows:
        keys.update(dict.fromkeys(_plain_keys(row.cells)))
    return tuple(keys)


def _plain_keys(cells: Mapping[str, object]) -> Iterator[str]:
    return (key for key, value in cells.items() if not isinstance(value, dict | list))
