"""Parquet files for analysis elsewhere, written by pyarrow where it is installed."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from triage_app.domain.errors import DocumentFailed
from triage_app.services.ports import Cell, Column


def parquet(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> bytes:
    """A file of these rows, their values in the order of the columns; raises DocumentFailed without pyarrow.

    Texts that are no valid Unicode lose the characters that are none.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  optional, and slow to load
        from pyarrow.parquet import write_table  # noqa: PLC0415
    except ImportError as error:
        raise DocumentFailed(
            "Parquet needs the package pyarrow: install `triage-desk[parquet]`, or take --format csv or jsonl."
        ) from error
    kinds = {
        Cell.TEXT: pa.string(),
        Cell.INTEGER: pa.int64(),
        Cell.NUMBER: pa.float64(),
        Cell.FLAG: pa.bool_(),
        Cell.TIME: pa.timestamp("us", tz="UTC"),
        Cell.TEXTS: pa.list_(pa.string()),
    }
    schema = pa.schema([(each.name, kinds[each.cell]) for each in columns])
    values: list[list[Any]] = [[] for _ in columns]
    for row in rows:
        for column, value in zip(values, row, strict=True):
            column.append(_valid(value))
    table = pa.table([pa.array(column, kind.type) for column, kind in zip(values, schema, strict=True)], schema=schema)
    buffer = io.BytesIO()
    write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _valid(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return [_valid(each) for each in value] if isinstance(value, tuple) else value
