import base64
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import fields

import pyarrow.parquet
import pytest

from tests.fakes.judged import Alert, Judged, judged
from triage_app.domain.errors import Cancelled, InvalidInput
from triage_app.domain.learning import Correction
from triage_app.domain.ticket import Verdict
from triage_app.services.commands import CloseTicket, CorrectLabel
from triage_app.services.context import CancelToken
from triage_app.services.exporting import columns_of
from triage_app.services.learning_queries import ExportPredictions, RowFormat
from triage_app.services.learning_shapes import Outcome
from triage_app.services.ports import Cell
from triage_app.services.queries import Document, ExportCorrections, ExportFormat, TicketView, bytes_of


@pytest.fixture
def scene() -> Iterator[Judged]:
    with judged() as found:
        tickets = found.take_in(
            [Alert("=1+1 offer"), Alert("please verify", confidence=0.5, sender="@eve"), Alert("third", "Malware")]
        )
        found.app.execute(CorrectLabel(tickets[0], "Phishing", why="-x", seconds=12.5))
        found.app.execute(CloseTicket(tickets[1], verdict=Verdict.TEST))
        yield found


def parquet(document: Document) -> list[dict[str, object]]:
    found: list[dict[str, object]] = pyarrow.parquet.read_table(io.BytesIO(bytes_of(document))).to_pylist()
    return found


def test_predictions_are_the_same_rows_in_every_form(scene: Judged) -> None:
    documents = {form: scene.app.ask(ExportPredictions(format=form)) for form in RowFormat}
    as_csv = list(csv.DictReader(io.StringIO(documents[RowFormat.CSV].content)))
    as_json = [json.loads(line) for line in documents[RowFormat.JSONL].content.splitlines()]
    as_parquet = parquet(documents[RowFormat.PARQUET])
    assert [each.rows for each in documents.values()] == [3, 3, 3]
    names = [each.name for each in fields(Outcome)]
    assert list(as_csv[0]) == list(as_json[0]) == list(as_parquet[0]) == names
    # formulas are text in the table only
    assert [row["subject"] for row in as_csv] == ["'=1+1 offer", "please verify", "third"]
    assert [row["sender"] for row in as_csv] == ["bob@example.org", "'@eve", "bob@example.org"]
    assert [row["subject"] for row in as_json] == [row["subject"] for row in as_parquet] == [
        "=1+1 offer", "please verify", "third",
    ]  # fmt: skip
    assert [(row["tier"], row["decision"], row["truth"], row["seconds"], row["keywords"]) for row in as_json] == [
        ("model", "corrected", "Phishing", 12.5, []),
        ("keyword", "stood", "Phishing", None, ["verify"]),
        ("model", None, "", None, []),
    ]
    for name in ("tier", "decision", "truth", "seconds", "keywords", "best", "best_confidence", "held", "ticket"):
        assert [row[name] for row in as_parquet] == [row[name] for row in as_json]
    assert documents[RowFormat.PARQUET].name.startswith("predictions-category-2026-11-23")
    assert documents[RowFormat.PARQUET].name.endswith(".parquet")


def test_only_a_stretch_of_time(scene: Judged) -> None:
    whole = scene.app.ask(ExportPredictions(format=RowFormat.JSONL)).content.splitlines()
    at = json.loads(whole[0])["received_at"]
    assert scene.app.ask(ExportPredictions(since=at)).rows == 3
    assert scene.app.ask(ExportPredictions(until=at)).rows == 0
    assert scene.app.ask(ExportPredictions(since="2026-11-23", until="2026-11-24")).rows == 3
    with pytest.raises(InvalidInput, match="2026-03-01"):
        scene.app.ask(ExportPredictions(since="yesterday"))


def test_corrections_have_all_that_is_known_of_them_also_as_parquet(scene: Judged) -> None:
    first, second = parquet(scene.app.ask(ExportCorrections(format=ExportFormat.PARQUET)))
    assert list(first) == [each.name for each in fields(Correction)]
    assert (first["decision"], first["new"], first["why"], first["seconds"]) == ("corrected", "Phishing", "-x", 12.5)
    assert (first["best"], first["best_confidence"], first["sender"]) == ("Spam", 0.9, "bob@example.org")
    assert (second["decision"], second["old"], second["text"], second["undone"]) == ("stood", "Phishing", "", False)


def test_fasttext_lines_count_as_many_rows_as_they_are(scene: Judged) -> None:
    lines = scene.app.ask(ExportCorrections(format=ExportFormat.FASTTEXT))
    assert lines.rows == len(lines.content.splitlines()) == 1


def test_bytes_are_base64_and_text_is_text() -> None:
    assert bytes_of(Document("a", "b", 0, base64.b64encode(b"\x00\xff").decode(), base64=True)) == b"\x00\xff"
    assert bytes_of(Document("a", "b", 0, "Grüße")) == "Grüße".encode()


def test_an_export_can_be_cancelled(scene: Judged) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        scene.app.ask(ExportPredictions(), cancel=cancel)


def test_columns_are_what_the_fields_hold() -> None:
    cells = {each.name: each.cell for each in columns_of(Outcome)}
    assert (cells["ticket"], cells["subject"], cells["tier"], cells["held"]) == (
        Cell.INTEGER, Cell.TEXT, Cell.TEXT, Cell.TEXT,
    )  # fmt: skip
    assert (cells["confidence"], cells["seconds"], cells["received_at"], cells["keywords"]) == (
        Cell.NUMBER, Cell.NUMBER, Cell.TIME, Cell.TEXTS,
    )  # fmt: skip
    assert {each.name: each.cell for each in columns_of(Correction)}["undone"] is Cell.FLAG
    with pytest.raises(TypeError, match="no column"):
        columns_of(TicketView)
