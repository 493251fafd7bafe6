"""Windows read exactly, keys, and the comparison with real alerts computed by hand."""

import csv
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.alerts import parse_alert
from triage_app.domain.deciding import decide
from triage_app.domain.dedup import (
    Arrival,
    Group,
    GroupId,
    Level,
    RuleKey,
    RuleName,
    RuleSet,
    TimeBase,
    Window,
    WindowKind,
    grown,
    joins,
    keys_of,
    time_of,
    zone_of,
)
from triage_app.domain.groups import Groups
from triage_app.domain.item import RawId
from triage_app.domain.item_fields import fields_of
from triage_app.domain.problems import Problems
from triage_app.domain.rule_tree import compile_rules
from triage_app.domain.ticket import Severity, TicketId

START = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def group(first: float = 0, last: float = 0, count: int = 1) -> Group:
    return Group(GroupId(1), RuleName("r"), ("h",), at(first), at(last), count, TicketId(1))


def rules_of(*entries: dict[str, Any]) -> RuleSet:
    problems = Problems()
    rules = compile_rules({"rules": list(entries)}, problems, lambda _path: (1, ""))
    assert problems.found == []
    return RuleSet(rules, "test")


@pytest.mark.parametrize(
    ("seconds", "joined"),
    [(300, True), (300.000001, False), (50, True), (-200, True), (-200.000001, False)],
)
def test_a_gap_is_from_the_last_and_to_the_first_both_ends_included(seconds: float, *, joined: bool) -> None:
    window = Window(WindowKind.GAP, gap=timedelta(seconds=200))
    assert joins(window, group(0, 100, 2), at(seconds)) is joined


@pytest.mark.parametrize(
    ("first", "seconds", "joined"), [(0, 0.9, True), (0.4, 0, True), (0, 1, False), (0, -0.1, False)]
)
def test_the_same_time_is_the_same_second(first: float, seconds: float, *, joined: bool) -> None:
    assert joins(Window(WindowKind.SAME_TIME), group(first, first), at(seconds)) is joined


@pytest.mark.parametrize("seconds", [-1e8, 0, 1e9])
def test_forever_is_always(seconds: float) -> None:
    assert joins(Window(WindowKind.FOREVER), group(), at(seconds))


def test_the_longest_life_is_from_the_first_its_end_included() -> None:
    window = Window(WindowKind.FOREVER, max_life=timedelta(seconds=100))
    assert joins(window, group(0, 90), at(100))
    assert not joins(window, group(0, 90), at(101))
    assert joins(window, group(0, 90), at(-1000))


def test_the_highest_count_counts_the_first_item_too() -> None:
    window = Window(WindowKind.FOREVER, max_count=3)
    assert joins(window, group(count=2), at(0))
    assert not joins(window, group(count=3), at(0))


def test_the_calendar_goes_by_the_clocks_of_the_zone() -> None:
    hour, day = Window(WindowKind.HOUR), Window(WindowKind.DAY)
    assert joins(hour, group(), at(3599))
    assert not joins(hour, group(), at(3600))
    assert not joins(hour, group(), at(-1))
    assert joins(day, group(), at(6 * 3600 - 1))
    assert not joins(day, group(), at(6 * 3600))
    berlin = replace(day, zone="Europe/Berlin")
    assert joins(berlin, group(), at(5 * 3600 - 1))
    assert not joins(berlin, group(), at(5 * 3600))
    # half an hour beside the others
    india = replace(hour, zone="Asia/Kolkata")
    assert joins(india, group(), at(1799))
    assert not joins(india, group(), at(1800))


def test_the_hour_that_comes_twice_in_autumn_is_two_hours() -> None:
    window = Window(WindowKind.HOUR, zone="Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in summer time
    summer = replace(group(), first=first, last=first)
    assert joins(window, summer, first + timedelta(minutes=29))
    assert not joins(window, summer, first + timedelta(hours=1))  # 02:30 again


def test_event_time_falls_back_to_receipt() -> None:
    came = Arrival(RawId(1), at(5), at(100), Severity.LOW, ())
    assert time_of(came, Window(WindowKind.FOREVER)) == at(5)
    assert time_of(came, Window(WindowKind.FOREVER, time=TimeBase.RECEIVED)) == at(100)
    assert time_of(replace(came, event_at=None), Window(WindowKind.FOREVER)) == at(100)


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError):
        zone_of("Europe/Nowhere")


def test_a_group_grows_by_all_that_an_item_brings() -> None:
    came = Arrival(RawId(2), at(-5), at(9), Severity.HIGH, (), frozenset({"a"}), frozenset({"x"}))
    after = grown(group(0, 3), came, at(-5))
    assert (after.first, after.last, after.count, after.severity) == (at(-5), at(3), 2, Severity.HIGH)
    assert (after.recipients, after.malicious) == (frozenset({"a"}), frozenset({"x"}))


times = st.floats(-1e6, 1e6, allow_nan=False).map(lambda seconds: at(round(seconds, 6)))
durations = st.integers(1, 10**12).map(lambda micros: timedelta(microseconds=micros))
windows = st.builds(
    Window,
    st.sampled_from(WindowKind),
    durations,
    st.none() | durations,
    st.none() | st.integers(1, 5),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns"]),
)


@given(windows, times, durations, st.integers(1, 6), times)
def test_joining_follows_the_documented_reading(
    window: Window, first: datetime, length: timedelta, count: int, t: datetime
) -> None:
    held = replace(group(), first=first, last=first + length, count=count)
    local_t, local_first = t.astimezone(zone_of(window.zone)), first.astimezone(zone_of(window.zone))
    reading = {
        WindowKind.FOREVER: True,
        WindowKind.SAME_TIME: int(t.timestamp()) == int(first.timestamp()),
        WindowKind.DAY: local_t.date() == local_first.date(),
        WindowKind.HOUR: (local_t.strftime("%F %H %z")) == local_first.strftime("%F %H %z"),
        WindowKind.GAP: t - held.last <= window.gap and first - t <= window.gap,
    }[window.kind]
    lives = window.max_life is None or t - first <= window.max_life
    has_room = window.max_count is None or count < window.max_count
    assert joins(window, held, t) is (reading and lives and has_room)


# -- keys ------------------------------------------------------------------------------------------------------------


def keyed(**settings: Any) -> RuleSet:
    return rules_of({"name": "r", "key": ["a", "b|lower"], "window": "forever", "level": "link"} | settings)


def test_a_key_has_the_values_of_its_parts() -> None:
    assert keys_of(keyed(), {"a": "X", "b": "Y"}) == (RuleKey(RuleName("r"), ("X", "y")),)


@pytest.mark.parametrize("empty", [{}, {"b": ""}, {"b": "  "}, {"b": ()}, {"b": None}])
def test_a_missing_field_does_what_the_rule_says(empty: dict[str, object]) -> None:
    fields = {"a": "X"} | empty
    assert keys_of(keyed(), fields) == ()
    assert keys_of(keyed(missing="group"), fields) == (RuleKey(RuleName("r"), ("X", "")),)
    assert keys_of(keyed(missing="never"), fields) == (RuleKey(RuleName("r"), ("X", ""), never=True),)


def test_rules_that_are_off_or_do_not_match_say_nothing() -> None:
    fields = {"a": "X", "b": "Y"}
    assert keys_of(keyed(enabled=False), fields) == ()
    assert keys_of(keyed(when={"a": "other"}), fields) == ()


def test_keys_come_in_the_order_of_the_file() -> None:
    rules = rules_of(*({"name": name, "key": "a", "window": "forever", "level": "link"} for name in "cab"))
    assert [key.rule for key in keys_of(rules, {"a": "1"})] == ["c", "a", "b"]
    assert list(rules.by_name) == ["c", "a", "b"]


# -- real alerts -----------------------------------------------------------------------------------------------------

WINDOWS: dict[str, tuple[object, Any]] = {
    "gap": ({"gap": "5m"}, lambda t, first, last, count: t - last <= 300 and first - t <= 300),
    "bounded gap": (
        {"gap": "5m", "max_life": "1h", "max_count": 50},
        lambda t, first, last, count: t - last <= 300 and first - t <= 300 and t - first <= 3600 and count < 50,
    ),
    "same_time": ("same_time", lambda t, first, last, count: t == first),
    "forever": ("forever", lambda t, first, last, count: True),
    "hour": ({"calendar": "hour"}, lambda t, first, last, count: t // 3600 == first // 3600),
    "day": ({"calendar": "day"}, lambda t, first, last, count: t // 86400 == first // 86400),
}


def by_hand(rows: list[tuple[int, str, str]], joins_: Any) -> int:
    """The number of groups of rows (time, name, host), from docs/dedup.md alone."""
    current: dict[tuple[str, str], tuple[int, int, int]] = {}
    groups = 0
    for t, name, host in rows:
        held = current.get((name, host))
        if held and joins_(t, *held):
            current[name, host] = (min(held[0], t), max(held[1], t), held[2] + 1)
            continue
        groups += 1
        if not held or t >= held[0]:
            current[name, host] = (t, t, 1)
    return groups


@pytest.fixture(scope="module")
def real_alerts(real_data: Path) -> tuple[list[tuple[int, str, str]], list[Arrival]]:
    """Rows as in the file, and the same as arrivals: read, with keys."""
    rules = rules_of({"name": "storm", "key": ["rule.name", "host.name"], "window": "forever", "level": "comment"})
    rows, arrivals = [], []
    with gzip.open(real_data / "alerts" / "ait_ads_russellmitchell.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            rows.append((int(row["time"]), row["name"], row["host"]))
            parsed = parse_alert(json.dumps(row).encode())
            keys = keys_of(rules, fields_of(parsed, source="files", received_at=START))
            arrivals.append(Arrival(RawId(number), parsed.event_at, START, parsed.severity, keys))
    return rows, arrivals


@pytest.mark.parametrize("name", list(WINDOWS))
def test_the_groups_of_real_alerts_are_those_computed_by_hand(
    real_alerts: tuple[list[tuple[int, str, str]], list[Arrival]], name: str
) -> None:
    rows, arrivals = real_alerts
    written, reading = WINDOWS[name]
    expected = by_hand(rows, reading)
    assert 1 < expected < len(rows)
    for level in Level:
        rules = rules_of({"name": "storm", "key": ["rule.name", "host.name"], "window": written, "level": level.value})
        book = Groups(rules)
        alone = tickets = 0
        for came in arrivals:
            decision = decide(rules, came, book)
            tickets += book.apply(decision, came, TicketId(came.raw))
            alone += len(decision.alone)
        assert len(book.all) + alone == expected
        assert tickets == (len(rows) if level.has_ticket else expected)
        assert sum(each.count for each in book.all.values()) + alone == len(rows)
