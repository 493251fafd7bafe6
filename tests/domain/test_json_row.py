"""Lines of JSON that are alerts, and those that are none."""

import pytest

from triage_app.domain.json_row import why_no_alert


@pytest.mark.parametrize("row", [b"{}", b'{"a": [1, {"b": null}]}', b'{"score": NaN}', ' {"name": "Jörg"} '.encode()])
def test_an_object_is_an_alert(row: bytes) -> None:
    assert why_no_alert(row) == ""


@pytest.mark.parametrize("row", [b"[1]", b'"text"', b"plain text", b'{"a": ', b"\0\0", b'{"a": "\xff"', b"{} {}"])
def test_anything_else_is_none_and_it_is_said_why(row: bytes) -> None:
    assert why_no_alert(row).startswith("The line is not a JSON object: ")


def test_what_is_nested_without_end_is_none() -> None:
    assert why_no_alert(b'{"a":' * 100_000).endswith("it is nested too deeply")
