import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.alerts import parse_alert
from triage_app.domain.syslog_lines import LineKind, cef_pairs, pairs_in, parse_line
from triage_app.domain.timestamps import parse_time

NEAR = datetime(2020, 3, 11, tzinfo=UTC)
"""When the lines of the real data came."""


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
        (
            "<34>22: sw.example: 0225: .Oct 11 22:14:15.1 CDT: %S-5-C: x",
            LineKind.RFC3164,
            "Oct 11 22:14:15.1 CDT",
            "sw.example",
            "",
        ),
        ("<34>22: Oct 11 22:14:15 IST: %S-5-C: x", LineKind.RFC3164, "Oct 11 22:14:15", "", ""),
        ("<34>: 2026 Oct 11 22:14:15 PDT: %S-5-C: x", LineKind.RFC3164, "2026 Oct 11 22:14:15 PDT", "", ""),
        ("<34>Oct 11 22:14:15 ASA : %ASA-6-1: x", LineKind.RFC3164, "Oct 11 22:14:15", "ASA", ""),
        ("<34>sw.example: *task1: Oct 11 22:14:15: %S-5-C: x", LineKind.RFC3164, "Oct 11 22:14:15", "sw.example", ""),
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


def test_pairs_between_bars_or_tabs_may_hold_blanks() -> None:
    assert pairs_in('time=1|product=CPMI Client|origin=192.0.2.1|192.0.2.2|rule name=a b|empty= |quoted="x y"') == {
        "time": "1",
        "product": "CPMI Client",
        "origin": "192.0.2.1",
        "rule name": "a b",
        "quoted": "x y",
    }
    assert pairs_in("\ta=one two\tb=2\tc=3 | d=4") == {"a": "one two", "b": "2", "c": "3 | d=4"}
    assert pairs_in("a=1 | b=2 c=3 d=4") == {"a": "1", "b": "2", "c": "3", "d": "4"}


@given(st.text(max_size=300) | st.text('<>|=\\"[] CEFL:0123^\t', max_size=300))
def test_it_never_raises(text: str) -> None:
    parse_line(text)
    parse_line("CEF:0|" + text)
    parse_line("LEEF:2.0|" + text)
    parse_line("<1>1 - - - - - [" + text)


def test_real_lines_are_of_the_kind_that_they_are_with_their_fields(real_data: Path) -> None:
    packed = (real_data / "alerts" / "syslog_cef_leef.jsonl.gz").read_bytes()
    rows = [json.loads(row) for row in gzip.decompress(packed).splitlines()]
    counts: Counter[LineKind] = Counter()

    for row in rows:
        raw = row["raw"]
        line, fields, carried = parse_line(raw), parse_alert(raw.encode(), near=NEAR).fields, object_at_the_end(raw)
        counts[line.kind] += 1
        assert line.kind is kind_of(row["format"], raw, carried), raw
        held = {
            str(part).strip() for each in fields.values() for part in (each if isinstance(each, tuple) else (each,))
        }
        wanted = {str(each).strip() for each in (line.pairs.values() if carried is None else leaves_of(carried))}
        # One sender did not fill its template in: that is no time, and the header's stands in its place.
        assert wanted - {"", "$timestamp"} <= held, raw
        assert line.pairs or line.kind not in (LineKind.CEF, LineKind.LEEF), raw
        assert not line.time or parse_time(fields["@timestamp"], near=NEAR), raw

    assert len(rows) == 553
    assert (counts[LineKind.CEF], counts[LineKind.LEEF]) == (46, 17)


def object_at_the_end(raw: str) -> dict[str, object] | None:
    """The JSON object with which a line ends, if it does."""
    start = raw.find('{"')
    try:
        found = json.loads(raw[start:]) if start >= 0 else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def leaves_of(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves_of(each)
    elif value is not None:
        yield value


def kind_of(form: str, raw: str, carried: object) -> LineKind:
    """What a line is by the form that the data names; some that hold a brace are named JSON there."""
    if form in ("cef", "leef"):
        return LineKind(form)
    # One holds quotes that are not escaped: JSON all the same.
    if carried is not None or (form == "json-syslog" and re.search(r': \{"\w+":.*\}$', raw)):
        return LineKind.JSON
    if form == "rfc5424":
        return LineKind.RFC5424
    headed = re.match(r"<\d+>|[A-Z][a-z]{2} [ \d]\d \d\d:|\d{4}-\d\d-\d\d[T ]", raw)
    return LineKind.RFC3164 if headed else LineKind.PLAIN
