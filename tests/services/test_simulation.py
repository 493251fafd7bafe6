"""Rules are tried on real workspaces: what a simulation says is what an import does, and nothing is written."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.workspaces import opened
from triage_app.domain.dedup import Level
from triage_app.domain.errors import Cancelled, InvalidInput, InvalidRules, NotFound
from triage_app.services.app import App
from triage_app.services.commands import ImportFiles, SaveDedupRules
from triage_app.services.context import CancelToken, Progress
from triage_app.services.dedup_queries import (
    DesignWindow,
    ListDedupRules,
    SimulateDedup,
    SimulatedRule,
    Simulation,
)
from triage_app.services.queries import GetBalance
from triage_app.services.simulation import since_of

BEGIN = datetime(2026, 11, 23, 10, tzinfo=UTC)

STORM = """\
rules:
  - name: storm
    when: {rule.name|exists: true}
    key: [rule.name, host.name]
    window: {gap: 5m, max_count: 40}
    level: {default: comment, critical: child}
    novelty: note
  - name: by-address
    key: source.ip
    window: {calendar: hour}
    level: link
"""

DROP_ALL = "rules:\n  - {name: all, key: form, window: forever, level: drop}\n"

NONE = "rules: []\n"


def alert(seconds: float, name: str, host: str, address: str, severity: str = "low") -> dict[str, object]:
    return {
        "@timestamp": (BEGIN + timedelta(seconds=seconds)).isoformat(),
        "rule": {"name": name},
        "host": {"name": host},
        "source": {"ip": address},
        "severity": severity,
    }


def write_alerts(path: Path) -> None:
    """300 alerts of five names on two hosts: storms, breaks, one late alert in ten, rising severities, twins."""
    severities = ("low", "low", "medium", "low", "critical", "high")
    rows = []
    for number in range(300):
        at = number * 61 % 7_000 - (4_000 if number % 10 == 0 else 0)
        name = f"rule {number * number % 5}"
        rows.append(
            alert(at, name, f"host-{number % 2}", f"10.0.0.{number % 3}", severities[number * 7 % len(severities)])
        )
    path.write_text("".join(f"{json.dumps(row)}\n" for row in [*rows, *rows[:5]]), encoding="utf-8")


@pytest.fixture(scope="module")
def alerts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("alerts") / "alerts.jsonl"
    write_alerts(path)
    return path


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, alerts: Path) -> Iterator[tuple[App, Path]]:
    """A workspace that holds the alerts, taken in without any rule, and its folder. Not to be changed."""
    folder = tmp_path_factory.mktemp("stored") / "workspace"
    with opened(folder) as app:
        app.execute(SaveDedupRules(NONE))
        assert app.execute(ImportFiles((str(alerts),))).ticketed == 305
        yield app, folder


def by_rule(simulation: Simulation) -> dict[tuple[str, Level], SimulatedRule]:
    return {(each.rule, each.level): each for each in simulation.by_rule}


def test_a_simulation_says_what_an_import_does(stored: tuple[App, Path], alerts: Path, tmp_path: Path) -> None:
    # given what the draft would do to what is stored, and to the file
    app, _ = stored
    from_store = app.ask(SimulateDedup(rules=STORM, since="all"))
    from_file = app.ask(SimulateDedup((str(alerts),), rules=STORM))
    # when the same alerts come into a new workspace under these rules
    with opened(tmp_path / "workspace") as fresh:
        fresh.execute(SaveDedupRules(STORM))
        report = fresh.execute(ImportFiles((str(alerts),)))
        cards = {card.name: card for card in fresh.ask(ListDedupRules()).rules}
    # then
    assert from_store == from_file
    assert (from_file.items, from_file.tickets, from_file.saved) == (305, report.ticketed, report.merged)
    for name, card in cards.items():
        lines = [each for each in from_file.by_rule if each.rule == name]
        assert sum(each.saved for each in lines) == card.saved
        assert (
            sum(each.matched - each.groups for each in lines if each.level is card.level)
            + sum(each.matched for each in lines if each.level is not card.level)
            == card.matched - card.groups
        )
    assert from_file.saved > 20
    assert {each.level for each in from_file.by_rule} >= {Level.COMMENT, Level.CHILD, Level.NOTE, Level.LINK}
    assert from_file.novel > 0


def test_groups_are_named_by_their_values_with_members(stored: tuple[App, Path]) -> None:
    found = stored[0].ask(SimulateDedup(rules=STORM, since="all"))
    largest = found.groups[0]
    assert largest.rule in ("storm", "by-address")
    assert largest.count == max(each.count for each in found.groups)
    storm = next(each for each in found.groups if each.rule == "storm")
    assert storm.key[0].startswith("rule ")
    assert storm.key[1].startswith("host-")
    assert len(storm.sample) == min(5, storm.count)
    assert storm.key[0] in storm.sample[0]
    assert storm.first < storm.last
    assert found.group_count == sum(each.groups for each in found.by_rule if each.level in (Level.COMMENT, Level.LINK))


def test_what_would_not_be_seen_is_counted_by_severity_and_beside_todays_tickets(stored: tuple[App, Path]) -> None:
    found = stored[0].ask(SimulateDedup(rules=DROP_ALL, since="all"))
    hidden = dict(found.hidden)
    assert sum(hidden.values()) == found.saved
    assert hidden["critical"] > 0
    assert (found.today, found.items) == (305, 305)
    # Each severity above those before it is new, and the first item: four tickets at most.
    assert found.tickets <= 4
    assert found.novel == found.tickets - 1


def test_the_rules_in_force_are_simulated_where_no_draft_is_given(stored: tuple[App, Path]) -> None:
    found = stored[0].ask(SimulateDedup(since="all"))
    assert (found.items, found.tickets, found.today, found.by_rule) == (305, 305, 305, ())


def test_nothing_is_written(stored: tuple[App, Path]) -> None:
    app, folder = stored

    def contents() -> dict[str, str]:
        # The shared memory of SQLite's log notes who reads; what is stored is in the other two.
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.endswith("-shm")
        }

    before = contents(), app.ask(GetBalance())
    app.ask(SimulateDedup(rules=STORM, since="all"))
    app.ask(DesignWindow(rule="storm", rules=STORM))
    with pytest.raises(InvalidRules):
        app.ask(SimulateDedup(rules="rules: [{name: x}]"))
    assert (contents(), app.ask(GetBalance())) == before


def test_since_bounds_how_far_back(stored: tuple[App, Path]) -> None:
    assert stored[0].ask(SimulateDedup(rules=STORM, since="1h")).items == 305
    assert stored[0].ask(SimulateDedup(rules=STORM, since="1ms")).items == 0
    now = datetime(2026, 1, 8, tzinfo=UTC)
    assert since_of(" ALL ", now) is None
    assert since_of("7d", now) == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="7d"):
        stored[0].ask(SimulateDedup(since="yesterday"))


def test_a_draft_with_mistakes_names_their_lines(stored: tuple[App, Path]) -> None:
    broken = "rules:\n  - name: a\n    key: nonsense.field.name\n    window: {gap: -5m}\n    level: sideways\n"
    with pytest.raises(InvalidRules) as error:
        stored[0].ask(SimulateDedup(rules=broken, since="all"))
    assert {line for line, _ in error.value.problems} >= {4, 5}
    with pytest.raises(NotFound):
        stored[0].ask(SimulateDedup(("nowhere.jsonl",), rules=STORM))


def test_progress_is_told_and_a_stop_is_obeyed(stored: tuple[App, Path]) -> None:
    told: list[Progress] = []
    stored[0].ask(SimulateDedup(rules=STORM, since="all"), progress=told.append)
    assert [(each.done, each.total) for each in told] == [(305, 305)]
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        stored[0].ask(SimulateDedup(rules=STORM, since="all"), cancel=cancel)
    with pytest.raises(Cancelled):
        stored[0].ask(DesignWindow(rule="storm", rules=STORM), cancel=cancel)


def groups_by_hand(rows: Sequence[tuple[tuple[str, str], datetime]], gap: timedelta, most: int) -> int:
    """The documented reading, written down again."""
    groups = 0
    current: dict[tuple[str, str], list[datetime]] = {}
    for key, at in rows:
        held = current.get(key)
        if held and len(held) < most and at - max(held) <= gap and min(held) - at <= gap:
            held.append(at)
            continue
        groups += 1
        if not held or at >= min(held):
            current[key] = [at]
    return groups


def test_the_designer_counts_the_groups_of_each_setting(stored: tuple[App, Path], alerts: Path) -> None:
    report = stored[0].ask(DesignWindow(rule="storm", rules=STORM))
    rows = [json.loads(line) for line in alerts.read_text(encoding="utf-8").splitlines()]
    keyed = [((row["rule"]["name"], row["host"]["name"]), datetime.fromisoformat(row["@timestamp"])) for row in rows]
    assert (report.rule, report.items, report.keys) == ("storm", 305, len({key for key, _ in keyed}))
    assert sum(each.count for each in report.histogram) == report.items - report.keys
    assert [each.groups for each in report.settings] == [
        groups_by_hand(keyed, timedelta(seconds=each.gap_seconds), 40) for each in report.settings
    ]
    assert report.settings == tuple(sorted(report.settings, key=lambda each: each.gap_seconds))
    # The setting that the rule has is among them, and gives what a simulation gives.
    mine = next(each for each in report.settings if each.gap_seconds == 300)
    alone = STORM.split("  - name: by-address", maxsplit=1)[0]
    assert by_rule(stored[0].ask(SimulateDedup(rules=alone, since="all")))["storm", Level.COMMENT].groups == mine.groups


def test_a_rule_that_is_off_can_be_designed_and_an_unknown_one_not(stored: tuple[App, Path]) -> None:
    off = STORM.replace("  - name: storm\n", "  - name: storm\n    enabled: false\n")
    assert stored[0].ask(DesignWindow(rule="storm", rules=off)).items == 305
    with pytest.raises(NotFound, match="dedup rules"):
        stored[0].ask(DesignWindow(rule="nothing", rules=STORM))


def test_items_without_a_key_field_are_no_arrivals_where_the_rule_says_never(stored: tuple[App, Path]) -> None:
    draft = "rules:\n  - {name: a, key: user.name, window: {gap: 1m}, level: link, missing: never}\n"
    report = stored[0].ask(DesignWindow(rule="a", rules=draft))
    assert (report.items, report.keys, report.histogram) == (0, 0, ())


def test_real_alerts_are_grouped_as_computed_by_hand(empty: App, real_data: Path, tmp_path: Path) -> None:
    """The beginning of a file of real alerts, as a simulation and as an import see it."""
    import csv
    import gzip

    packed = real_data / "alerts" / "ait_ads_russellmitchell.csv.gz"
    with gzip.open(packed, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row, _ in zip(csv.DictReader(lines), range(4_000), strict=False)]
    path = tmp_path / "alerts.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    draft = "rules:\n  - {name: a, key: [rule.name, host.name], window: {gap: 5m}, level: comment}\n"
    keyed = [((row["name"], row["host"]), datetime.fromtimestamp(float(row["time"]), UTC)) for row in rows]
    expected = groups_by_hand(keyed, timedelta(minutes=5), 1_000_000)

    found = empty.ask(SimulateDedup((str(path),), rules=draft))
    empty.execute(SaveDedupRules(draft))
    report = empty.execute(ImportFiles((str(path),)))

    assert (found.items, found.tickets, found.by_rule[0].groups) == (4_000, expected, expected)
    assert (report.ticketed, report.merged) == (expected, 4_000 - expected)
