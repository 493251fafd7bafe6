"""Predictions and corrections for analysis and training elsewhere, as text or as Parquet."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar, get_args, get_type_hints

from triage_app.domain.errors import InvalidInput
from triage_app.domain.exports import to_csv, to_fasttext, to_jsonl
from triage_app.domain.learning import Correction
from triage_app.domain.relabelling import words_now
from triage_app.services.context import Context, Progress
from triage_app.services.learning_queries import ExportPredictions, RowFormat
from triage_app.services.learning_shapes import Outcome
from triage_app.services.outcomes import outcomes_of
from triage_app.services.ports import Cell, Column, Ports, UnitOfWork
from triage_app.services.queries import Document, ExportCorrections, ExportFormat

MEDIA_TYPES: Final = {
    "fasttext": "text/plain",
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
ENDINGS: Final = {"fasttext": "txt"}
STRIDE: Final = 1_000

_CELLS: Final = {str: Cell.TEXT, bool: Cell.FLAG, int: Cell.INTEGER, float: Cell.NUMBER, datetime: Cell.TIME}

Row = TypeVar("Row")


def export_corrections(query: ExportCorrections, uow: UnitOfWork, ports: Ports, context: Context) -> Document:
    """All corrections of a dataset, those taken back and those that only stood included and marked.

    FastText lines are what is learnt from: the latest word on each ticket, by the label's name of today."""
    dataset = ports.datasets.get(query.dataset)
    name = f"corrections-{dataset.name}-{context.now:%Y-%m-%d}"
    found = list(_watched(uow.corrections.all(dataset.name), context))
    if query.format is ExportFormat.FASTTEXT:
        content = to_fasttext(words_now(found, dataset.history))
        return _document(name, query.format, content.count("\n"), content)
    return _rows(name, query.format, Correction, found, ports)


def export_predictions(query: ExportPredictions, uow: UnitOfWork, ports: Ports, context: Context) -> Document:
    """The newest prediction of each ticket with what became of it, in the order in which the tickets came in."""
    dataset = ports.datasets.get(query.dataset)
    since, until = _moment(query.since), _moment(query.until)
    found = list(_watched(outcomes_of(dataset, uow, since=since, until=until), context))
    return _rows(f"predictions-{dataset.name}-{context.now:%Y-%m-%d}", query.format, Outcome, found, ports)


def columns_of(kind: type) -> tuple[Column, ...]:
    """The fields of a frozen dataclass as columns: texts (enums among them), numbers, flags, times, lists of texts."""
    hints = get_type_hints(kind)
    return tuple(Column(each.name, _cell(hints[each.name])) for each in fields(kind))


def _rows(name: str, form: StrEnum, kind: type, rows: Sequence[object], ports: Ports) -> Document:
    columns = columns_of(kind)
    names = [each.name for each in columns]
    if form.value == RowFormat.PARQUET.value:
        values = ([getattr(row, each) for each in names] for row in rows)
        return _document(name, form, len(rows), ports.parquet(columns, values))
    write = to_csv if form.value == RowFormat.CSV.value else to_jsonl
    return _document(name, form, len(rows), write(rows, names))


def _document(name: str, form: StrEnum, rows: int, content: str | bytes) -> Document:
    full = f"{name}.{ENDINGS.get(form.value, form.value)}"
    return document(full, MEDIA_TYPES[form.value], rows, content)


def document(name: str, media_type: str, rows: int, content: str | bytes) -> Document:
    """A document of text, or of bytes, which it holds in Base64."""
    if isinstance(content, str):
        return Document(name, media_type, rows, content)
    return Document(name, media_type, rows, base64.b64encode(content).decode(), base64=True)


def _cell(hint: Any) -> Cell:
    """What a field of this type holds; raises TypeError for one that no column can hold."""
    options = [each for each in get_args(hint) if each is not type(None)]
    if options == [str, ...]:
        return Cell.TEXTS
    base = options[0] if len(options) == 1 else hint
    base = getattr(base, "__supertype__", base)
    for known, cell in _CELLS.items():
        if base is known or (known is str and isinstance(base, type) and issubclass(base, str)):
            return cell
    raise TypeError(f"no column holds {hint}")


def _moment(text: str | None) -> datetime | None:
    """A time in ISO 8601, in UTC where it names no zone; raises InvalidInput."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(f"{text!r} is no time. Write it as 2026-03-01 or 2026-03-01T12:30:00Z.") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _watched(rows: Iterable[Row], context: Context) -> Iterator[Row]:
    """The same, with a look at the cancel token now and then."""
    for number, each in enumerate(rows):
        if number % STRIDE == 0:
            context.cancel.check()
            context.progress(Progress(number, 0, "rows read"))
        yield each
