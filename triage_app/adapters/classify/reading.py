"""Labelled examples from files and folders: FastText lines, JSON, CSV, spreadsheets, and mail by folder; told apart by
content.
"""

import gzip
import io
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from triage_app.adapters.classify import mail_folders, spreadsheets
from triage_app.adapters.classify.columns import wanted_columns
from triage_app.adapters.classify.look import Look, all_or_nothing
from triage_app.adapters.classify.rows import example
from triage_app.adapters.classify.tables import look_at_csv, look_at_json, look_at_json_lines
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import LABEL_PREFIX, Example, from_token
from triage_app.services.ports import FileReader

MAX_BYTES: Final = 512 * 1024**2
"""Bytes read of a file, after unpacking: more is refused."""

_TAR_AT: Final = 257
_PACKED: Final = (b"PK\x03\x04", b"BZh", b"\xfd7zXZ\0")


def read_examples(path: Path, columns: Sequence[str] = (), files: FileReader | None = None) -> list[Example]:
    """The labelled examples of a file or folder, in its order.

    Raises InvalidInput that names the file and the numbers of the first lines that are broken.
    """
    return list(all_or_nothing(look_at(path, columns, files), path))


def look_at(path: Path, columns: Sequence[str] = (), files: FileReader | None = None) -> Look:
    """What a file or folder holds, what is broken listed by line.

    FastText lines have one label each. JSON objects (one a line, or one list), CSV and the first sheet of a spreadsheet
    have columns: `columns` says which of them holds what, as FIELD=COLUMN; what it does not say is guessed by name.
    Of a folder, or of a packed folder, each sub-folder is a label for the mail in it, which `files` finds.
    Raises InvalidInput for what is nothing of this kind.
    """
    wanted = wanted_columns(columns)
    if path.is_dir():
        return _mail(path, columns, files)
    data = _content(path)
    if spreadsheets.is_spreadsheet(data):
        return spreadsheets.look_at_spreadsheet(path, wanted)
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data, path)
    if data.startswith(_PACKED) or data[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return _mail(path, columns, files)
    text = _text(data, path)
    first = next((line for line in io.StringIO(text) if line.strip()), "").strip()
    if first.startswith(LABEL_PREFIX):
        _demand_no_columns(path, columns)
        return _fasttext(text)
    if first.startswith("{"):
        return look_at_json_lines(text, wanted)
    if first.startswith("["):
        return look_at_json(text, path, wanted)
    if not first:
        raise InvalidInput(f"{path} is empty. Give a file with labelled examples.")
    return look_at_csv(text, wanted)


def _mail(path: Path, columns: Sequence[str], files: FileReader | None) -> Look:
    _demand_no_columns(path, columns)
    if files is None:
        raise InvalidInput(f"{path} is a folder or packed: mail can not be read here. Give a file with examples.")
    return mail_folders.look_at_mail(path, files)


def _demand_no_columns(path: Path, columns: Sequence[str]) -> None:
    if columns:
        raise InvalidInput(f"{path} has no columns. Leave out what says which column holds what.")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no file {path}. Give the path of a file with labelled examples.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidInput(f"{path} cannot be read: {reason or error}.") from error
    _demand_size(data, path)
    return data


def _unpacked(data: bytes, path: Path) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            data = packed.read(MAX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInput(f"{path} is a damaged gzip file: {error}. Make it again.") from error
    _demand_size(data, path)
    return data


def _demand_size(data: bytes, path: Path) -> None:
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"{path} has more than {MAX_BYTES // 1024**2} MB. Split it.")


def _text(data: bytes, path: Path) -> str:
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"{path}, line {line}: not {encoding[:6]} text. Save the file as UTF-8.") from error


def _fasttext(text: str) -> Look:
    look = Look()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        token, _, rest = line.strip().partition(" ")
        try:
            if not token.startswith(LABEL_PREFIX):
                raise InvalidInput(f"does not start with {LABEL_PREFIX} and a label.")
            if rest.lstrip().startswith(LABEL_PREFIX):
                raise InvalidInput("has more than one label. Give one label on each line.")
            look.examples.append(example(from_token(token), rest.strip()))
        except InvalidInput as error:
            look.complain(f"line {number}: {error}")
    return look
