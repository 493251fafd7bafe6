import io
import json

import pytest

from triage_app.adapters.files.streams import Limits, Piece, Stream
from triage_app.adapters.files.tables import layout_of, rows
from triage_app.domain.item import Form

HEADER = b"time,name,ip\n"


def read(content: bytes, limits: Limits | None = None) -> list[Piece]:
    layout = layout_of(content[:65_536])
    assert layout is not None
    return list(rows(Stream(io.BytesIO(content).read), layout, limits or Limits()))


def test_rows_become_objects_with_every_value_as_written() -> None:
    [one, two] = read(HEADER + b'0012,"a, ""b""",1.5\r\n13,\xe9t\xe9,\n')

    assert json.loads(one.content) == {"time": "0012", "name": 'a, "b"', "ip": "1.5"}
    assert json.loads(two.content) == {"time": "13", "name": "été", "ip": ""}
    assert [one.where, two.where] == ["row 1", "row 2"]


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t", b"|"])
def test_the_delimiter_is_found(delimiter: bytes) -> None:
    content = b"\xef\xbb\xbfTimestamp, Rule Name ,x\n1,a,b\n".replace(b",", delimiter)

    [row] = read(content)

    assert json.loads(row.content) == {"Timestamp": "1", "Rule Name": "a", "x": "b"}


def test_a_value_may_run_over_lines() -> None:
    [row, last] = read(HEADER + b'1,"two\nlines",x\n2,b,y\n')

    assert json.loads(row.content)["name"] == "two\nlines"
    assert last.where == "row 3"


def test_broken_rows_are_items_of_their_own_and_the_rest_flows() -> None:
    broken = [b"1,a", b"1,a,b,c", b"1,a\0,b", b'1,"open,b']
    good = b"2,b,c"

    pieces = read(HEADER + b"\n".join(part for each in broken for part in (each, good)))

    assert [piece.form for piece in pieces] == [Form.UNKNOWN, Form.ALERT] * 4
    assert [piece.content for piece in pieces[::2]] == broken
    assert [piece.where for piece in pieces] == [f"row {number}" for number in range(1, 9)]


def test_a_quote_that_is_never_closed_costs_one_row_however_many_follow() -> None:
    pieces = read(HEADER + b'1,"open,b\n' + b"2,b,c\n" * 500)

    assert [bool(piece.reason) for piece in pieces] == [True] + [False] * 500
    assert pieces[-1].where == "row 501"


def test_a_huge_cell_is_parked_with_its_beginning() -> None:
    pieces = read(HEADER + b"1,a,b\n2," + b"x" * 10_000_000 + b",c\n3,a,b\n", Limits(kept=100))

    assert [piece.form for piece in pieces] == [Form.ALERT, Form.UNKNOWN, Form.ALERT]
    assert len(pieces[1].content) == 100


@pytest.mark.parametrize(
    "text",
    [
        b"Dear all, please read this, and answer\nthanks, Bob\n",
        b"one line only",
        b"a,a,time\n1,2,3\n4,5,6\n",
        b"",
    ],
)
def test_prose_is_no_table(text: bytes) -> None:
    assert layout_of(text) is None
