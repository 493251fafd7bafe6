"""Labelled examples from files: FastText lines, JSONL or CSV, packed with gzip or not, told apart by content."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import LABEL_PREFIX, Example, check_label, from_token

MAX_BYTES: Final = 512 * 1024**2
"""Bytes read of a file, after unpacking: more is refused."""

_DELIMITERS: Final = ",;\t|"
_LABEL_KEYS: Final = ("label", "category")
_CHUNK: Final = 1 << 20


class _Row(msgspec.Struct):
    text: str
    label: str | None = None
    category: str | None = None
    group: str = ""


def read_examples(path: Path) -> list[Example]:
    """The labelled examples of a file, in its order.

    FastText lines have one label each; JSONL objects and CSV columns are `text`, `label` or `category`, and `group` if
    any, others are ignored. Raises InvalidInput that names the file and the number of the line that is broken.
    """
    try:
        text = _text(path)
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no file {path}. Give the path of a file with labelled examples.") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.") from error
    first = next((line for line in io.StringIO(text) if line.strip()), "").strip()
    if first.startswith(LABEL_PREFIX):
        return list(_fasttext(text, path))
    if first.startswith("{"):
        return list(_jsonl(text, path))
    if not first:
        raise InvalidInput(f"{path} is empty. Give a file with labelled examples.")
    return list(_csv(text, first, path))


def _text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(MAX_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InvalidInput(f"{path} is a damaged gzip file: {error}. Make it again.") from error
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"{path} has more than {MAX_BYTES // 1024**2} MB. Split it.")
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"{path}, line {line}: not {encoding[:6]} text. Save the file as UTF-8.") from error


def _example(label: str, text: str, group: str, where: str) -> Example:
    if not text.strip():
        raise InvalidInput(f"{where}: no text.")
    try:
        return Example(check_label(label.strip()), text, group)
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error}") from error


def _fasttext(text: str, path: Path) -> Iterator[Example]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        token, _, rest = line.strip().partition(" ")
        if not token.startswith(LABEL_PREFIX):
            raise InvalidInput(f"{where}: does not start with {LABEL_PREFIX} and a label.")
        if rest.lstrip().startswith(LABEL_PREFIX):
            raise InvalidInput(f"{where}: has more than one label. Give one label on each line.")
        yield _example(from_token(token), rest.strip(), "", where)


def _jsonl(text: str, path: Path) -> Iterator[Example]:
    decoder = msgspec.json.Decoder(_Row)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            row = decoder.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            raise InvalidInput(f"{where}: {error}.") from error
        label = row.label if row.label is not None else row.category
        if label is None:
            raise InvalidInput(f"{where}: has neither label nor category.")
        yield _example(label, row.text, row.group, where)


def _csv(text: str, header: str, path: Path) -> Iterator[Example]:
    delimiter, columns = _columns(header)
    label = next((columns.index(key) for key in _LABEL_KEYS if key in columns), None)
    if label is None or "text" not in columns:
        raise InvalidInput(
            f"{path} is not a list of labelled examples. Give FastText lines ({LABEL_PREFIX}Label text), "
            "JSON lines with text and label, or CSV whose first line names the columns text and label."
        )
    column = columns.index("text")
    group = columns.index("group") if "group" in columns else None
    rows = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter, strict=True)
    begun = text[: len(text) - len(text.lstrip())].count("\n")
    number = 1
    try:
        next(rows)
        number = rows.line_num + 1
        for row in rows:
            where = f"{path}, line {begun + number}"
            number = rows.line_num + 1
            if not row:
                continue
            if len(row) <= max(label, column):
                raise InvalidInput(f"{where}: has {len(row)} columns of {len(columns)}.")
            yield _example(row[label], row[column], row[group] if group is not None and group < len(row) else "", where)
    except csv.Error as error:
        raise InvalidInput(f"{path}, line {begun + number}: {error}.") from error


def _columns(header: str) -> tuple[str, Sequence[str]]:
    """The delimiter that gives the most of the wanted columns, and the names in lower case."""
    best: tuple[int, str, Sequence[str]] = (-1, ",", ())
    for delimiter in _DELIMITERS:
        try:
            names = next(csv.reader([header[:10_000]], delimiter=delimiter))
        except csv.Error:
            continue
        names = [name.strip().lower() for name in names]
        wanted = ("text" in names) + any(key in names for key in _LABEL_KEYS)
        if wanted > best[0]:
            best = (wanted, delimiter, names)
    return best[1], best[2]
