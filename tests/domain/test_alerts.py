import csv
import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from triage_app.domain import ecs
from triage_app.domain.alerts import MAX_FIELDS, parse_alert
from triage_app.domain.item import Form, ParsedItem
from triage_app.domain.ticket import Severity
from triage_app.domain.timestamps import parse_time

CASES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(
    (Path(__file__).parents[1] / "cases" / "alerts" / "cases.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_cases(case: dict[str, Any]) -> None:
    parsed = parse_alert(json.dumps(case["alert"]).encode())

    assert parsed.form is Form.ALERT
    assert parsed.subject == case["subject"]
    assert (parsed.sender.name if parsed.sender else None) == case.get("sender", parsed.sender and parsed.sender.name)
    assert parsed.severity.word == case["severity"]
    assert (parsed.event_at.isoformat() if parsed.event_at else None) == case.get("at")
    expected = {
        name: tuple(value) if isinstance(value, list) else value for name, value in case.get("fields", {}).items()
    }
    assert {name: parsed.fields.get(name) for name in expected} == expected
    assert [defect.code for defect in parsed.defects] == case.get("defects", [])
    for name in ("source.ip", "user.name", "host.name"):
        assert str(parsed.fields.get(name, "")) in parsed.text


def test_a_log_line_is_no_broken_json_but_what_begins_like_json_is() -> None:
    assert parse_alert(b"<34>1 2026-10-11T22:14:15Z h p - - - words").defects == ()
    assert [each.code for each in parse_alert(b' {"a": ').defects] == ["not_json"]


def test_a_long_log_line_is_read_to_its_end() -> None:
    padding = json.dumps({"a": "x" * 30_000, "rule": {"name": "Beacon"}})

    assert parse_alert(f"<34>Oct 11 22:14:15 h p: {padding}".encode()).subject == "Beacon — h"


def test_a_time_without_a_year_is_the_one_closest_to_the_arrival() -> None:
    content = json.dumps({"raw": "<11>Dec 31 23:59:59 host su: failed"}).encode()

    parsed = parse_alert(content, near=datetime(2026, 1, 1, tzinfo=UTC))

    assert parsed.event_at == datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert not parsed.defects


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[1]",
        b"\xff\xfe\x00",
        b"plain words",
        b'{"a":' * 50_000,
        b"[" * 100_000,
        b'{"title": "\\ud800"}',
        b'{"title": NaN, "severity": -Infinity, "timestamp": 1e999}',
        b'{"timestamp": ' + b"9" * 5_000 + b"}",
        b'{"raw": "' + b'a=\\"' * 20_000 + b'"}',
        b'{"raw": "CEF:0' + b"|" * 50_000 + b'"}',
        b'{"raw": "<1>1 ' + b'[a b=\\"' * 9_000 + b'"}',
        json.dumps({f"key{number}": "x" * 10_000 for number in range(1_000)}).encode(),
        json.dumps({"raw": "\t" * 60_000}).encode(),
        json.dumps({"title": "\u202e" * 100_000}).encode(),
    ],
    ids=range(16),
)
def test_whatever_comes_is_read_and_stays_small(content: bytes) -> None:
    parsed = parse_alert(content)

    assert parsed.subject
    assert parsed.subject.isprintable()
    assert len(parsed.subject) <= 300
    assert len(parsed.fields) <= MAX_FIELDS
    assert all(len(str(value)) <= 250_000 for value in parsed.fields.values())
    parsed.text.encode("utf-8")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["event", "rule", "name", "title", "timestamp", "severity", "source", "ip", "raw", "alert", "level"]
            )
            | st.text(max_size=6),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(_JSON)
def test_any_json_is_read(value: object) -> None:
    parsed = parse_alert(json.dumps(value).encode())

    assert parsed.subject
    json.dumps(dict(parsed.fields))


@given(
    st.sampled_from(
        [{"event_type": "alert"}, {"rule": {"level": 3}, "agent": {}}, {"time": 1, "name": "x", "ip": "y"}]
    ),
    st.dictionaries(
        st.sampled_from(["alert", "src_ip", "dest_ip", "full_log", "data", "name", "time", "timestamp"]), _JSON
    ),
)
def test_known_layouts_with_wrong_types_are_read(layout: dict[str, object], odd: dict[str, object]) -> None:
    assert parse_alert(json.dumps({**layout, **odd}).encode()).subject


@given(st.binary(max_size=200))
def test_any_bytes_are_read(content: bytes) -> None:
    assert parse_alert(content).subject


def lines(path: Path) -> list[bytes]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [line for line in data.splitlines() if line.strip()]


def without(parsed: Iterable[ParsedItem], what: str) -> int:
    return sum(not getattr(each, what) for each in parsed)


def test_real_alerts_have_a_name_a_time_and_a_severity_where_the_row_has_them(real_data: Path) -> None:
    folder = real_data / "alerts"
    with gzip.open(folder / "ait_ads_russellmitchell.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [json.dumps(row).encode() for row in csv.DictReader(file)]
    ait = [parse_alert(row) for row in rows]
    eve = [parse_alert(row) for row in lines(folder / "suricata_eve_alerts.jsonl.gz")]
    wazuh = [parse_alert(row) for row in lines(folder / "wazuh_spiral.jsonl.gz")]
    vendor = [parse_alert(row) for row in lines(folder / "vendor_json_events.jsonl.gz")]
    syslog = [
        parse_alert(row, near=datetime(2020, 3, 11, tzinfo=UTC)) for row in lines(folder / "syslog_cef_leef.jsonl.gz")
    ]
    webhooks = [parse_alert(row) for row in lines(folder / "keep_provider_mocks.jsonl")]

    everything = [*ait, *eve, *wazuh, *vendor, *syslog, *webhooks]
    assert without(everything, "subject") == 0
    assert not [each for each in everything if each.subject.startswith(("Alert without", "Alert from"))]
    assert without([*ait, *eve, *wazuh], "event_at") == 0
    assert without([*ait, *vendor], "sender") == 0
    assert without([*eve, *wazuh, *vendor], "severity") == 0
    assert {each.fields["rule.name"] for each in eve} == {
        json.loads(row)["alert"]["signature"] for row in lines(folder / "suricata_eve_alerts.jsonl.gz")
    }
    words = {"Info": Severity.LOW, "Low": Severity.LOW, "Medium": Severity.MEDIUM, "High": Severity.HIGH}
    for row, each in zip(lines(folder / "vendor_json_events.jsonl.gz"), vendor, strict=True):
        given_word = json.loads(row)["rule_severity"]
        assert each.severity is words.get(given_word, Severity.CRITICAL)
    # 128 of the lines are fragments, or written without a time.
    assert without(syslog, "event_at") <= 80
    # Where any key that means a time holds one, the alert has a time.
    times = set(ecs.ALIASES["@timestamp"])
    missed = [
        (path, value)
        for each in vendor
        if each.event_at is None
        for path, value in each.fields.items()
        if path.count(".") <= 2  # deeper ones are about what enriches the event
        and path.rpartition(".")[2].lower().replace("_", "") in times
        and parse_time(value) is not None
    ]
    assert missed == []
