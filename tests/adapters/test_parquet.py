import io
import sys
from datetime import UTC, datetime

import pyarrow.parquet
import pytest

from triage_app.adapters.parquet import parquet
from triage_app.domain.errors import DocumentFailed
from triage_app.services.ports import Cell, Column

COLUMNS = [Column(each.value, each) for each in Cell]
NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)


def test_every_kind_of_cell_comes_back_as_it_was() -> None:
    rows = [("=1+1 日本", 7, 0.1 + 0.2, True, NOON, ("a", "b")), (None, None, None, None, None, None)]
    table = pyarrow.parquet.read_table(io.BytesIO(parquet(COLUMNS, rows)))
    read = [tuple(row.values()) for row in table.to_pylist()]
    assert read == [("=1+1 日本", 7, 0.1 + 0.2, True, NOON, ["a", "b"]), rows[1]]


def test_no_rows_keep_their_columns() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(parquet(COLUMNS, [])))
    assert (table.num_rows, table.column_names) == (0, [each.name for each in COLUMNS])


def test_what_is_no_valid_text_costs_only_itself() -> None:
    found = pyarrow.parquet.read_table(io.BytesIO(parquet(COLUMNS[:1], [("a\ud800b",)])))
    assert found.to_pylist() == [{"text": "a?b"}]


def test_without_pyarrow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DocumentFailed, match=r"triage-desk\[parquet\]"):
        parquet(COLUMNS, [])
