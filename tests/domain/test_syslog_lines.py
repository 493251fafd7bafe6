import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.syslog_lines import LineKind, cef_pairs, pairs_in, parse_line


@pytest.mark.parametrize(
    ("line", "kind", "time", "host", "program"),
    [
        ("<34>Oct 11 22:14:15 mymachine su: failed", LineKind.RFC3164, "Oct 11 22:14:15", "mymachine", "su"),
        ("<34>Oct  1 22:14:15 my.host su[3]: failed", LineKind.RFC3164, "Oct  1 22:14:15", "my.host", "su"),
        ("<34> Oct 11 2026 22:14:15 2001:db8::1 x: y", LineKind.RFC3164, "Oct 11 2026 22:14:15", "2001:db8::1", "x"),
        ("Oct 11 22:14:15 cron[7]: no host", LineKind.RFC3164, "Oct 11 22:14:15", "", "cron"),
        ("<34>1 2026-10-11T22:14:15Z h p 1 ID1 - text", LineKind.RFC5424, "2026-10-11T22:14:15Z", "h", "p"),
        ("<34>1 - - - - - -", LineKind.RFC5424, "", "", ""),
        ('<34>Oct 11 22:14:15 h p: {"a": 1}', LineKind.JSON, "Oct 11 22:14:15", "h", "p"),
        ("just words", LineKind.PLAIN, "", "", ""),
        ("", LineKind.PLAIN, "", "", ""),
    ],
)
def test_headers(line: str, kind: LineKind, time: str, host: str, program: str) -> None:
    found = parse_line(line)

    assert (found.kind, found.time, found.host, found.program) == (kind, time, host, program)


def test_priority_holds_the_severity() -> None:
    assert parse_line("<165>x").level_of_priority == 5
    assert parse_line("<999>x").priority is None
    assert parse_line("x").level_of_priority is None


def test_a_cef_header_with_escaped_bars_and_backslashes() -> None:
    found = parse_line(r"CEF:0|Ven\|dor|Pro\\duct|1|id|na\|me|High|src=192.0.2.1")

    assert (found.vendor, found.product, found.event_id, found.name, found.level) == (
        "Ven|dor",
        r"Pro\duct",
        "id",
        "na|me",
        "High",
    )
    assert found.pairs == {"src": "192.0.2.1"}


def test_a_cef_header_that_ends_early_is_read_as_far_as_it_goes() -> None:
    assert parse_line("CEF:0|V|P|1|id|name|5").level == "5"
    assert parse_line("CEF:0|V|P|1|id").event_id == ""
    assert parse_line("CEF:0|V").kind is LineKind.CEF


def test_cef_values_hold_blanks_escapes_and_quotes() -> None:
    assert cef_pairs(r"msg=a b \= c\nd act=\"x\" empty= path=C:\\dir fileHash=aa request=http://h/?q\=1&r\=2") == {
        "msg": "a b = c\nd",
        "act": "x",
        "path": "C:\\dir",
        "fileHash": "aa",
        "request": "http://h/?q=1&r=2",
    }


@pytest.mark.parametrize("delimiter", ["^", "0x5E", "x5e", "5E^"])
def test_leef_delimiters(delimiter: str) -> None:
    found = parse_line(f"LEEF:2.0|V|P|1|E|{delimiter}|src=192.0.2.1^usrName=a b")

    if delimiter != "5E^":
        assert found.pairs == {"src": "192.0.2.1", "usrName": "a b"}
    assert found.kind is LineKind.LEEF


def test_leef_one_has_tabs_or_what_a_relay_made_of_them() -> None:
    tabs = parse_line("LEEF:1.0|V|P|1|E|src=192.0.2.1\tusrName=a b\tsev=3")
    blanks = parse_line("LEEF:1.0|V|P|1|E|src=192.0.2.1 usrName=a b sev=3")

    assert tabs.pairs == blanks.pairs == {"src": "192.0.2.1", "usrName": "a b", "sev": "3"}
    assert tabs.level == "3"


def test_structured_data() -> None:
    found = parse_line(r'<1>1 - h p - - [a@1 k="v \"q\" \] \\"][b x="y"] text')

    assert found.pairs == {"k": 'v "q" ] \\', "x": "y"}
    assert found.message == "text"


def test_pairs_in_prose_are_left_alone() -> None:
    assert pairs_in("a=1 and b=2") == {}
    assert pairs_in('a=1, b="two words" c=3;d=') == {"a": "1", "b": "two words", "c": "3"}


@given(st.text(max_size=300) | st.text('<>|=\\"[] CEFL:0123^\t', max_size=300))
def test_it_never_raises(text: str) -> None:
    parse_line(text)
    parse_line("CEF:0|" + text)
    parse_line("LEEF:2.0|" + text)
    parse_line("<1>1 - - - - - [" + text)


def test_real_lines_are_of_the_kind_that_they_are(real_data: Path) -> None:
    packed = (real_data / "alerts" / "syslog_cef_leef.jsonl.gz").read_bytes()
    rows = [json.loads(row) for row in gzip.decompress(packed).splitlines()]
    kinds = {"cef": LineKind.CEF, "leef": LineKind.LEEF}

    assert [
        row["raw"]
        for row in rows
        if kinds.get(row["format"], parse_line(row["raw"]).kind) is not parse_line(row["raw"]).kind
    ] == []
    assert all(parse_line(row["raw"]).pairs for row in rows if row["format"] == "leef")
