"""Spreadsheets (.xlsx, .xlsb, .xls, .ods): the first sheet that holds something, read in a child process."""

import io
import subprocess
import sys
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

import msgspec

from triage_app.adapters.classify import sheet_rows
from triage_app.adapters.classify.columns import named
from triage_app.adapters.classify.look import Look
from triage_app.adapters.classify.rows import Row, look_at_rows
from triage_app.domain.errors import InvalidInput

MAX_BYTES: Final = 512 * 1024**2
"""Bytes of rows that are read, as JSON."""
SECONDS: Final = 120.0
"""How long reading a spreadsheet may take."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS: Final = ("Workbook".encode("utf-16-le"), "Book\0".encode("utf-16-le"))
_CHUNK: Final = 1 << 20


def is_spreadsheet(data: bytes) -> bool:
    """Whether a file's bytes are a spreadsheet."""
    if data.startswith(_OLE):
        return any(stream in data for stream in _STREAMS)
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = packed.namelist()
            if any(name.startswith("xl/workbook.") for name in names):
                return True
            return "mimetype" in names and packed.read("mimetype")[:100].startswith(
                b"application/vnd.oasis.opendocument.spreadsheet"
            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return False


def look_at_spreadsheet(path: Path, wanted: dict[str, tuple[str, ...]]) -> Look:
    """The examples of a spreadsheet whose first filled row names the columns. Raises InvalidInput if it is broken."""
    rows = _rows(path)
    start = next((number for number, row in enumerate(rows) if _filled(row)), None)
    if start is None:
        raise InvalidInput(f"{path} is empty. Give a file with labelled examples.")
    header = list(rows[start])
    while header and header[-1] == "":
        header.pop()
    names = named(header)
    found = [
        Row(number, dict(zip(names, row, strict=False)))
        for number, row in enumerate(rows[start + 1 :], start + 2)
        if _filled(row)
    ]
    return look_at_rows(names, found, wanted)


def _filled(row: Sequence[object]) -> bool:
    return any(cell != "" for cell in row)


def _rows(path: Path) -> list[list[object]]:
    if not sys.executable:
        raise InvalidInput(f"{path}: there is no Python interpreter to read spreadsheets with. Save it as CSV.")
    broken = InvalidInput(
        f"{path} cannot be read as a spreadsheet: it is damaged, locked with a password, or too large. Save it as CSV."
    )
    # -P: the script's own folder must not stand before the library's modules.
    with subprocess.Popen(
        [sys.executable, "-P", str(Path(sheet_rows.__file__).resolve()), str(path.resolve())],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as child:  # fmt: skip
        clock = threading.Timer(SECONDS, child.kill)
        clock.start()
        try:
            assert child.stdout is not None
            data = _bounded(child.stdout)
            if data is None:
                raise InvalidInput(f"{path} has more than {MAX_BYTES // 1024**2} MB. Split it.")
            code = child.wait()
        finally:
            clock.cancel()
            child.kill()
    if code != 0:
        raise broken
    return [msgspec.json.decode(line, type=list[object]) for line in data.splitlines()]


def _bounded(stream: IO[bytes]) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            return None
        parts.append(chunk)
    return b"".join(parts)
