import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from triage_app.domain.exports import COLUMNS, neutralised, to_csv, to_fasttext, to_jsonl
from triage_app.domain.labels import ModelId
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.ticket import TicketId

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def word(
    number: int, *, new: str = "Spam", why: str = "", text: str = "Buy, now!\nhere", undone: bool = False
) -> Correction:
    return Correction(
        CorrectionId(number), TicketId(number), "category", Decision.CORRECTED, "Other", new, "maria", NOON, why,
        ModelId("m1"), "model", 0.875, text, undone,
    )  # fmt: skip


def test_fasttext_lines_are_prepared_and_hold_what_is_in_force() -> None:
    words = [word(1), word(2, undone=True), word(3, new="HR Support", text="__label__Phishing x"), word(4, text="\n")]
    assert to_fasttext(words) == "__label__Spam buy now ! here\n__label__HR%20Support label phishing x\n"


def test_csv_holds_every_word_and_reads_back() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv([word(1), word(2, undone=True)]))))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["text"] == "Buy, now!\nhere"
    assert [(row["undone"], row["confidence"], row["decision"], row["at"]) for row in rows] == [
        ("false", "0.875", "corrected", "2026-11-02T12:00:00+00:00"),
        ("true", "0.875", "corrected", "2026-11-02T12:00:00+00:00"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        '"=1',
        "\u00a0=1",
        "＝1",
        "|x",
        "%00",
        "'=1",
        "\ufeff=1",
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    row = next(csv.DictReader(io.StringIO(to_csv([word(1, why=text, text=text, new=text)]), newline="")))
    assert all(row[key] == "'" + text for key in ("why", "text", "new"))


@pytest.mark.parametrize("text", ["plain", "a=b", "", "5 - 3", "mail@example.com"])
def test_harmless_text_is_unchanged(text: str) -> None:
    assert neutralised(text) == text


def test_jsonl_keeps_values_as_they_are() -> None:
    lines = to_jsonl([word(1, why="=1+1", text="\ud800\u2028x"), word(2, undone=True)]).splitlines()
    first, second = map(json.loads, lines)
    assert (first["why"], first["text"], first["ticket"], first["undone"]) == ("=1+1", "\ud800\u2028x", 1, False)
    assert (second["undone"], second["decision"], second["confidence"]) == (True, "corrected", 0.875)


def test_nothing_learnt_exports_nothing_but_the_header() -> None:
    assert (to_fasttext([]), to_jsonl([])) == ("", "")
    assert to_csv([]) == ",".join(COLUMNS) + "\r\n"


def test_what_is_not_known_is_an_empty_cell_and_several_texts_are_one() -> None:
    @dataclass(frozen=True)
    class Row:
        seconds: float | None
        keywords: tuple[str, ...]

    rows = [Row(None, ("=a", "b*")), Row(1.5, ())]
    assert to_csv(rows, ("seconds", "keywords")) == "seconds,keywords\r\n,'=a; b*\r\n1.5,\r\n"
    assert [json.loads(line) for line in to_jsonl(rows, ("seconds", "keywords")).splitlines()] == [
        {"seconds": None, "keywords": ["=a", "b*"]},
        {"seconds": 1.5, "keywords": []},
    ]
