"""A dataset's own examples: `data.jsonl`, an object a line; before the dataset was edited `data.txt`."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from triage_app.adapters.classify.reading import read_examples
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Example, check_label

LINES: Final = "data.jsonl"
TEXT: Final = "data.txt"


class _Line(msgspec.Struct, omit_defaults=True):
    label: str
    text: str
    group: str = ""
    at: datetime | None = None
    layout: str = ""
    sender: str = ""
    source: str = ""


def own_examples(folder: Path) -> Sequence[Example]:
    """The examples of a dataset's folder; none where it has no file. Raises InvalidInput with the line's number."""
    lines = folder / LINES
    if lines.is_file():
        return _read(lines)
    text = folder / TEXT
    return read_examples(text) if text.is_file() and text.stat().st_size else ()


def example_lines(examples: Iterable[Example]) -> bytes:
    """The content of a `data.jsonl`; whose word a label is and its ticket are not kept."""
    encode = msgspec.json.Encoder().encode
    return b"".join(
        encode(
            _Line(
                each.label, _plain(each.text), _plain(each.group), each.at, each.layout, _plain(each.sender),
                _plain(each.source),
            )
        ) + b"\n"
        for each in examples
    )  # fmt: skip


def _read(path: Path) -> list[Example]:
    decoder = msgspec.json.Decoder(_Line)
    found: list[Example] = []
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if not raw.strip():
                    continue
                try:
                    line = decoder.decode(raw)
                    label = check_label(line.label)
                except (msgspec.DecodeError, InvalidInput, RecursionError) as error:
                    raise InvalidInput(f"{path}, line {number}: {error}") from error
                at = line.at if line.at is None or line.at.tzinfo else line.at.replace(tzinfo=UTC)
                found.append(Example(label, line.text, line.group, at, line.layout, line.sender, line.source))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.") from error
    return found


def _plain(text: str) -> str:
    """Text without lone surrogates, which no file can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
