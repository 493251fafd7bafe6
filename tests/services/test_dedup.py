"""The rules as people see them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.dedup import Level, TimeBase, Window, WindowKind
from triage_app.domain.errors import InvalidRules
from triage_app.services.app import App
from triage_app.services.commands import ImportFiles, SaveDedupRules
from triage_app.services.dedup import window_words
from triage_app.services.dedup_queries import CheckDedupRules, ListDedupRules
from triage_app.services.queries import ListAudit

RULES = """\
rules:
  # The team's own.
  - name: scans
    title: Scans of one host
    when: {rule.name: scan}
    key: [host.name|lower]
    window: {gap: 5m}
    level: {default: comment, critical: drop}
    on_closed: reopen
    missing: group
  - name: off
    enabled: false
    key: source.ip
    window: forever
    level: link
"""


def write_scans(path: Path, count: int) -> Path:
    rows = [
        {"@timestamp": f"2026-11-23T10:00:{second:02}Z", "rule": {"name": "scan"}, "host": {"name": "Web"}}
        for second in range(count)
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_a_new_workspace_has_the_starter_rules(empty: App) -> None:
    found = empty.ask(ListDedupRules())
    assert {"resend", "vpn-brute-force", "address-and-cve"} <= {card.name for card in found.rules}
    assert all(card.yaml in found.text for card in found.rules)
    assert found.config_id.startswith("dedup-")
    assert all((card.matched, card.advice, card.last_at) == (0, "", None) for card in found.rules)


def test_rules_that_are_put_in_force_are_shown_with_what_they_did(empty: App, tmp_path: Path) -> None:
    # given
    seen: list[ChangeSet] = []
    empty.subscribe(seen.append)
    saved = empty.execute(SaveDedupRules(RULES))
    assert seen[-1].kinds == {ChangeKind.RULES}
    # when
    empty.execute(ImportFiles((str(write_scans(tmp_path / "scans.jsonl", 9)),)))
    # then
    found = empty.ask(ListDedupRules())
    first, second = found.rules
    assert (saved.rules, saved.config_id) == (("scans", "off"), found.config_id)
    assert found.text == RULES
    assert (first.title, first.key, first.window) == (
        "Scans of one host",
        ("host.name|lower",),
        "gap 5m, by event time",
    )
    assert (first.level, first.on_closed, first.missing, first.line) == (Level.COMMENT, "reopen", "group", 3)
    assert (first.matched, first.groups, first.saved, first.overruled) == (9, 1, 8, 0)
    assert first.last_at is not None
    assert not first.undoable
    assert (second.enabled, second.matched, second.undoable) == (False, 0, True)
    assert second.yaml.lstrip().startswith("- name: off")


def test_a_file_with_mistakes_is_refused_and_the_rules_in_force_stay(empty: App) -> None:
    empty.execute(SaveDedupRules(RULES))
    before = empty.ask(ListDedupRules())
    with pytest.raises(InvalidRules, match="line 2"):
        empty.execute(SaveDedupRules("rules:\n  - {name: a, key: x|nothing, window: forever, level: link}\n"))
    assert empty.ask(ListDedupRules()) == before


def test_a_check_names_every_mistake_with_its_line(empty: App) -> None:
    good = empty.ask(CheckDedupRules(RULES))
    assert (good.ok, good.rules, good.problems) == (True, ("scans", "off"), ())
    bad = empty.ask(CheckDedupRules(RULES.replace("5m", "-5m").replace("forever", "for ever")))
    assert not bad.ok
    assert [each.line for each in bad.problems] == [7, 14]
    for hostile in ("", "rules: {", "\0", "a: &a [*a]", "rules: [" * 500, "- " * 5000):
        assert not empty.ask(CheckDedupRules(hostile)).ok


def test_the_log_keeps_the_rules_that_were_put_in_force(empty: App) -> None:
    empty.execute(SaveDedupRules(RULES))
    with pytest.raises(InvalidRules):
        empty.execute(SaveDedupRules("rules: 5"))
    refused, done = empty.ask(ListAudit(limit=2)).entries
    assert json.loads(done.arguments)["text"] == RULES
    assert (done.command, refused.command) == ("dedup save", "dedup save")
    assert "invalid_rules" in refused.result


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(WindowKind.GAP, gap=timedelta(minutes=5)), "gap 5m, by event time"),
        (
            Window(WindowKind.GAP, gap=timedelta(seconds=90), max_life=timedelta(hours=12), max_count=500),
            "gap 1m30s, at most 12h and 500 items, by event time",
        ),
        (Window(WindowKind.FOREVER, max_count=2, time=TimeBase.RECEIVED), "forever, at most 2 items, by received time"),
        (Window(WindowKind.SAME_TIME), "same time, by event time"),
        (Window(WindowKind.DAY, zone="Europe/Berlin"), "calendar day (Europe/Berlin), by event time"),
    ],
)
def test_windows_are_told_in_words(window: Window, words: str) -> None:
    assert window_words(window) == words
