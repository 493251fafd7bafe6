"""Mappings as data: what they fit, what they give and what is wrong with them."""

import json
from typing import Any

import pytest

from triage_app.domain.alerts import parse_alert
from triage_app.domain.flatten import flatten
from triage_app.domain.mapping import AlertMapping, Mappings, compile_mapping
from triage_app.domain.problems import Problems
from triage_app.domain.ticket import Severity

ACME: dict[str, Any] = {
    "name": "acme",
    "product": "Acme Sensor",
    "when": {"acme.kind": ["hit", "probe"], "who": True},
    "severity": {"red": "critical", 3: "low"},
    "fields": {
        "rule.name": ["what.long", "what.short"],
        "event.severity": "colour",
        "source.ip": "peers.*.addr",
        "user.name": "who.login",
        "@timestamp": "seen",
    },
}
ALERT: dict[str, Any] = {
    "acme": {"kind": "hit"},
    "who": {"login": "p.lund"},
    "what": {"short": "Odd login"},
    "colour": "Red",
    "peers": [{"name": "x"}, {"addr": "203.0.113.5"}, {"addr": "203.0.113.6"}],
    "seen": "2026-03-29T11:01:38Z",
    "hostname": "web01",
}


def compiled(tree: object) -> AlertMapping:
    problems = Problems()
    made = compile_mapping(tree, problems)
    assert problems.found == []
    assert made is not None
    return made


def found(mappings: Mappings, alert: dict[str, Any]) -> str:
    mapping = mappings.find(alert, flatten(alert)[0])
    return mapping.name if mapping else ""


def test_an_alert_is_read_by_the_mapping_that_fits() -> None:
    parsed = parse_alert(json.dumps(ALERT).encode(), mappings=Mappings([compiled(ACME)]))
    assert parsed.subject == "Odd login — 203.0.113.5, p.lund on web01"
    assert parsed.sender is not None
    assert parsed.sender.name == "Acme Sensor"
    assert parsed.severity is Severity.CRITICAL
    assert parsed.event_at is not None
    assert parsed.event_at.isoformat() == "2026-03-29T11:01:38+00:00"
    assert parsed.fields["event.module"] == "acme"
    # what the mapping leaves over is read by its keys, and nothing is lost
    assert parsed.fields["host.name"] == "web01"
    assert parsed.fields["peers.2.addr"] == "203.0.113.6"


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"acme": {"kind": "probe"}}, True),
        ({"acme": {"kind": "other"}}, False),
        ({"acme": {"kinds": "hit"}}, False),
        ({"who": None}, False),
        ({"whom": 1}, True),
    ],
)
def test_each_condition_must_hold(change: dict[str, Any], fits: bool) -> None:
    assert (found(Mappings([compiled(ACME)]), {**ALERT, **change}) == "acme") is fits


def test_one_of_several_groups_is_enough_and_the_first_mapping_wins() -> None:
    first = compiled({**ACME, "name": "first", "when": [{"a": 1}, {"b": True}]})
    mappings = Mappings([first, compiled({**ACME, "name": "second", "when": {"b": True}})])
    assert found(mappings, {"a": 1}) == "first"
    assert found(mappings, {"a": 2}) == ""
    assert found(mappings, {"b": {"c": 0}}) == "first"


def test_an_alert_may_lie_inside_another_object_or_not() -> None:
    mapping = compiled({**ACME, "inside": "_source", "when": {"x.y": True}, "fields": {"rule.name": "x.y"}})
    for alert in ({"_source": {"x.y": "A"}}, {"_source": {"x": {"y": "A"}}}, {"x": {"y": "A"}}, {"x.y": "A"}):
        parsed = parse_alert(json.dumps(alert).encode(), mappings=Mappings([mapping]))
        assert parsed.fields["rule.name"] == "A"
        assert parsed.fields["event.module"] == "acme"


def test_numbers_are_read_by_the_scale() -> None:
    mapping = compiled({**ACME, "severity": "priority"})
    parsed = parse_alert(json.dumps({**ALERT, "colour": 1}).encode(), mappings=Mappings([mapping]))
    assert parsed.severity is Severity.CRITICAL


def test_without_a_mapping_that_fits_nothing_changes() -> None:
    content = json.dumps({"title": "Scan", "host": "web01"}).encode()
    assert parse_alert(content, mappings=Mappings([compiled(ACME)])) == parse_alert(content)


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        ({"nam": "x"}, ("nam",), "did you mean name"),
        ({"name": ""}, ("name",), "is needed"),
        ({"product": 7}, ("product",), "one line"),
        ({"when": {}}, ("when",), "is needed"),
        ({"when": {"a": None}}, ("when", "a"), "must have a value"),
        ({"when": {"a": False}}, ("when", "a"), "must have a value"),
        ({"fields": {}}, ("fields",), "is needed"),
        ({"fields": {"rule.name": [1]}}, ("fields", "rule.name"), "must have a path"),
        ({"severity": "tens"}, ("severity",), "did you mean ten"),
        ({"severity": {"a": "worst"}}, ("severity",), "a scale"),
        ({"severity": {"a": ["low"]}}, ("severity",), "a scale"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change: dict[str, Any], place: tuple[str, ...], says: str) -> None:
    problems = Problems()
    assert compile_mapping({**ACME, **change}, problems) is None
    assert place in [path for path, _ in problems.found]
    assert any(says in sentence for _, sentence in problems.found)


@pytest.mark.parametrize("tree", [None, [], "x", 1])
def test_what_is_no_map_is_no_mapping(tree: object) -> None:
    assert compile_mapping(tree, Problems()) is None
