import io

import pytest

from triage_app.adapters.files.json_rows import alerts
from triage_app.adapters.files.streams import Limits, Piece, Stream
from triage_app.domain.item import Form


def read(content: bytes, limits: Limits | None = None) -> list[Piece]:
    return list(alerts(Stream(io.BytesIO(content).read), limits or Limits()))


def test_json_lines_stay_as_they_are() -> None:
    rows = [b'{"a": 1}', b'{"b":  "\xc3\xa9"}', b'{"a": 1}']

    pieces = read(b"\n".join(rows) + b"\n\n")

    assert [piece.content for piece in pieces] == rows
    assert [piece.where for piece in pieces] == ["line 1", "line 2", "line 3"]
    assert {piece.form for piece in pieces} == {Form.ALERT}


@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_one_broken_line_is_an_item_of_its_own(position: int) -> None:
    rows = [b'{"a": 1}', b'{"b": 2}', b'{"c": 3}']
    rows.insert(position, b'{"broken":')

    pieces = read(b"\r\n".join(rows))

    assert [piece.content for piece in pieces] == rows
    assert [bool(piece.reason) for piece in pieces] == [number == position for number in range(4)]


def test_a_document_that_is_one_alert_is_one_item_however_it_is_laid_out() -> None:
    document = b'{\n  "title": "x",\n  "data": [{"a": 1},\n {"b": 2}]\n}'

    [piece] = read(document + b"\n")

    assert piece == Piece(Form.ALERT, document, "")


@pytest.mark.parametrize(
    "document",
    [
        b'[{"a":  1},\n{"b": 2}]',
        b'{"alerts": [{"a":  1}, {"b": 2}]}',
        b'{"total": 2, "value": [{"a":  1}, {"b": 2}]}',
        b'{"took": 1, "hits": {"total": 2, "hits": [{"a":  1}, {"b": 2}]}}',
        b'{"alerts":[\n{"a":  1},\n{"b": 2}\n]}',
    ],
)
def test_the_elements_of_a_list_are_the_bytes_that_they_are(document: bytes) -> None:
    assert [piece.content for piece in read(document)] == [b'{"a":  1}', b'{"b": 2}']


def test_what_only_the_lenient_reader_understands_is_not_lost() -> None:
    [line_one, line_two] = read(b'{"a": NaN}\n{"b": 1}')
    [element] = read(b'[{"a": NaN}]')

    assert (line_one.form, line_two.form, element.form) == (Form.ALERT, Form.ALERT, Form.ALERT)
    assert element.content == b'{"a":null}'


def test_an_element_that_is_no_object_is_parked() -> None:
    pieces = read(b'[{"a": 1}, 7, "x"]')

    assert [piece.form for piece in pieces] == [Form.ALERT, Form.UNKNOWN, Form.UNKNOWN]


@pytest.mark.parametrize("content", [b"[" * 500_000, b'{"a":' * 300_000, b'[{"a": 1}', b'{"a": "\xff'])
def test_hostile_documents_are_parked_whole(content: bytes) -> None:
    [piece] = read(content)

    assert piece.form is Form.UNKNOWN
    assert piece.reason


def test_sizes_are_limited() -> None:
    limits = Limits(row=100, document=1_000, kept=50)

    rows = read(b'{"a": 1}\n{"b": "' + b"x" * 500_000 + b'"}\n{"c": 3}', limits)
    [document] = read(b'[{"a": "' + b"x" * 5_000 + b'"}]', limits)

    assert [bool(piece.reason) for piece in rows] == [False, True, False]
    assert "larger than" in document.reason
    assert len(document.content) == 50
