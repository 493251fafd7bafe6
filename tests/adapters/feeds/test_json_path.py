"""Places in JSON texts."""

import pytest

from triage_app.adapters.feeds.json_path import JsonPath, elements

TEXT = b' {"a": {"b": [ {"id":1.10}, {"id" : "x"} , 3 ]}, "c d": [[1, 2], [3]], "@odata.nextLink": "next", "e": null}'


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [TEXT]),
        ("$.a.b[1]", [b'{"id" : "x"}']),
        ("$.a.b[*].id", [b"1.10", b'"x"']),
        ("$.a.b.*", [b'{"id":1.10}', b'{"id" : "x"}', b"3"]),
        ("$['c d'][*][0]", [b"1", b"3"]),
        ('$["c d"][1]', [b"[3]"]),
        ("$.@odata.nextLink", []),
        ("$['@odata.nextLink']", [b'"next"']),
        ("$.a.*[*].id", [b"1.10", b'"x"']),
        ("$.missing.b", []),
        ("$.a.b[9]", []),
        ("$.a[0]", []),
        ("$.e.f", []),
    ],
)
def test_a_path_finds_what_lies_there_untouched(path: str, found: list[bytes]) -> None:
    assert JsonPath.of(path).find(TEXT) == found


@pytest.mark.parametrize("path", ["", "a.b", "$a", "$..a", "$.a[", "$.a[?(@.x)]", "$.a[-1]", "$.a b", "$['']"])
def test_what_is_no_path_is_told(path: str) -> None:
    with pytest.raises(ValueError, match=r"is no path|is not understood"):
        JsonPath.of(path)


def test_a_text_or_number() -> None:
    assert JsonPath.of("$.a.b[*].id").scalar(TEXT) == 1.1
    assert JsonPath.of("$['@odata.nextLink']").scalar(TEXT) == "next"
    assert JsonPath.of("$.e").scalar(TEXT) is None
    assert JsonPath.of("$.a").scalar(TEXT) is None
    assert JsonPath.of("$.t").scalar(b'{"t": true}') is None
    assert JsonPath.of("$.t").scalar(b'{"t": 1e999}') is None


def test_an_array_is_taken_apart_and_nothing_else() -> None:
    assert elements(b' [1.0, {"a":  2}]') == [b"1.0", b'{"a":  2}']
    assert elements(b'{"a": [1]}') == [b'{"a": [1]}']
