"""From what a rule file says to rules."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.dedup import (
    Level,
    Missing,
    Novelty,
    OnClosed,
    Rule,
    RuleSet,
    TimeBase,
    Window,
    WindowKind,
    keys_of,
)
from triage_app.domain.problems import Path, Problems
from triage_app.domain.rule_tree import KEYS, MAX_RULES, WINDOW_KEYS, compile_rules
from triage_app.domain.ticket import Severity

PLAIN = {"name": "r", "key": "host.name", "window": "forever", "level": "comment"}


def place(path: Path) -> tuple[int, str]:
    return 10 + int(path[1]), f"rule {path[1]}"


def rule(**settings: Any) -> Rule:
    problems = Problems()
    (found,) = compile_rules({"rules": [PLAIN | settings]}, problems, place)
    assert problems.found == []
    return found


def problems_of(tree: object) -> list[tuple[Path, str]]:
    problems = Problems()
    compile_rules(tree, problems, place)
    return problems.found


def test_what_is_left_out_has_a_sensible_value() -> None:
    found = rule()
    assert (found.name, found.title, found.enabled, found.line, found.text) == ("r", "", True, 10, "rule 0")
    assert (found.window, found.level, found.levels) == (Window(WindowKind.FOREVER), Level.COMMENT, None)
    assert (found.on_closed, found.missing, found.novelty) == (OnClosed.NEW_AND_LINK, Missing.SKIP, Novelty.LINK)
    assert found.when({})


def test_everything_can_be_set() -> None:
    found = rule(
        title="A title",
        enabled=False,
        when={"source": "vpn"},
        key=["a", "b|lower"],
        window={"gap": "5m", "max_life": "12h", "max_count": 500, "time": "received"},
        level={"default": "comment", "critical": "link", "unknown": "note"},
        on_closed="reopen",
        missing="never",
        novelty="note",
    )
    assert found.window == Window(
        WindowKind.GAP, timedelta(minutes=5), timedelta(hours=12), 500, TimeBase.RECEIVED, "UTC"
    )
    assert found.levels == {Severity.CRITICAL: Level.LINK, Severity.UNKNOWN: Level.NOTE}
    assert (found.title, found.enabled, found.level) == ("A title", False, Level.COMMENT)
    assert (found.on_closed, found.missing, found.novelty) == (OnClosed.REOPEN, Missing.NEVER, Novelty.NOTE)
    assert [part.text for part in found.parts] == ["a", "b|lower"]
    assert found.when({"source": "VPN"})
    assert not found.when({"source": "mail"})


@pytest.mark.parametrize(
    ("written", "window"),
    [
        ("same_time", Window(WindowKind.SAME_TIME)),
        ("hour", Window(WindowKind.HOUR)),
        ({"kind": "day", "zone": "Europe/Berlin"}, Window(WindowKind.DAY, zone="Europe/Berlin")),
        ({"calendar": "day"}, Window(WindowKind.DAY)),
        ({"kind": "calendar", "calendar": "hour"}, Window(WindowKind.HOUR)),
        ({"kind": "gap", "gap": "30s"}, Window(WindowKind.GAP, timedelta(seconds=30))),
        ({"kind": "forever", "max_life": "1d"}, Window(WindowKind.FOREVER, max_life=timedelta(days=1))),
    ],
)
def test_windows(written: object, window: Window) -> None:
    assert rule(window=written).window == window


def changed(**settings: Any) -> dict[str, Any]:
    return {"rules": [PLAIN | settings]}


def without(key: str) -> dict[str, Any]:
    return {"rules": [{name: value for name, value in PLAIN.items() if name != key}]}


@pytest.mark.parametrize(
    ("tree", "path", "words"),
    [
        (None, (), "must hold `rules:`"),
        ([], (), "must hold `rules:`"),
        ({}, (), "has no `rules:`"),
        ({"rules": None}, ("rules",), "must be a list"),
        ({"rules": [], "rule": 1}, ("rule",), "did you mean rules?"),
        ({"rules": ["x"]}, ("rules", 0), "a map with name"),
        ({"rules": [PLAIN] * (MAX_RULES + 1)}, ("rules",), "at most"),
        ({"rules": [PLAIN, PLAIN]}, ("rules", 1, "name"), "taken by the rule in line 10"),
        (changed(windw="x"), ("rules", 0, "windw"), "did you mean window?"),
        *[(without(key), ("rules", 0, key), f"has no {key}") for key in PLAIN],
        (changed(name="two words"), ("rules", 0, "name"), "letters, digits"),
        (changed(name=7), ("rules", 0, "name"), "letters, digits"),
        (changed(name="x" * 65), ("rules", 0, "name"), "up to 64"),
        (changed(title="two\nlines"), ("rules", 0, "title"), "one line"),
        (changed(enabled="on"), ("rules", 0, "enabled"), "true or false"),
        (changed(when={"a|nope": 1}), ("rules", 0, "when", "a|nope"), "does not exist"),
        (changed(when={"observable.ip": 1}), ("rules", 0, "when", "observable.ip"), "does not exist"),
        (changed(key=["a", "b|nope"]), ("rules", 0, "key", 1), "does not exist"),
        (changed(key=["Subject"]), ("rules", 0, "key", 0), "did you mean subject?"),
        (changed(level="merge"), ("rules", 0, "level"), "There are: drop"),
        (changed(level=["drop"]), ("rules", 0, "level"), "not one of them"),
        (changed(level={"critical": "link"}), ("rules", 0, "level"), "need a `default`"),
        (changed(level={"default": "link", "worst": "link"}), ("rules", 0, "level", "worst"), "no severity"),
        (changed(level={"default": "lnk"}), ("rules", 0, "level", "default"), "did you mean link?"),
        (changed(on_closed="open"), ("rules", 0, "on_closed"), "did you mean reopen?"),
        (changed(missing=None), ("rules", 0, "missing"), "not one of them"),
        (changed(novelty="drop"), ("rules", 0, "novelty"), "There are: link, note."),
        (changed(window=5), ("rules", 0, "window"), "a word such as"),
        (changed(window="weekly"), ("rules", 0, "window", "kind"), "There are: same_time"),
        (changed(window={}), ("rules", 0, "window"), "has no kind"),
        (changed(window={"kind": "gap"}), ("rules", 0, "window"), "needs its `gap`"),
        (changed(window={"gap": "-5m"}), ("rules", 0, "window", "gap"), "longer than nothing"),
        (changed(window={"gap": 300}), ("rules", 0, "window", "gap"), "needs a unit"),
        (changed(window={"gap": -300}), ("rules", 0, "window", "gap"), "longer than nothing"),
        (changed(window={"gap": "0s"}), ("rules", 0, "window", "gap"), "longer than nothing"),
        (changed(window={"gap": "5m", "max_life": "x"}), ("rules", 0, "window", "max_life"), "longer than nothing"),
        (changed(window={"gap": "5m", "max_count": 0}), ("rules", 0, "window", "max_count"), "from 1 on"),
        (changed(window={"gap": "5m", "max_count": True}), ("rules", 0, "window", "max_count"), "from 1 on"),
        (changed(window={"gap": "5m", "time": "now"}), ("rules", 0, "window", "time"), "There are: event"),
        (changed(window={"gap": "5m", "zone": "UTC"}), ("rules", 0, "window", "zone"), "Only the calendar"),
        (changed(window={"calendar": "day", "zone": "Mars"}), ("rules", 0, "window", "zone"), "no time zone"),
        (changed(window={"calendar": "day", "zone": "../x"}), ("rules", 0, "window", "zone"), "no time zone"),
        (changed(window={"calendar": "week"}), ("rules", 0, "window", "calendar"), "hour and day"),
        (changed(window={"kind": "calendar"}), ("rules", 0, "window", "kind"), "which calendar"),
        (changed(window={"kind": "forever", "gap": "5m"}), ("rules", 0, "window"), "at once"),
        (changed(window={"calendar": "day", "gap": "5m"}), ("rules", 0, "window"), "at once"),
        (changed(window={"gap": "5m", "max": 1}), ("rules", 0, "window", "max"), "does not exist"),
    ],
)
def test_a_mistake_is_named_with_its_place(tree: object, path: Path, words: str) -> None:
    found = problems_of(tree)
    assert any(where == path and words in text for where, text in found), found
    assert all(text.endswith((".", "?")) for _, text in found)


def test_all_mistakes_of_all_rules_are_told_at_once() -> None:
    found = problems_of({"rules": [{"name": "a", "level": "x"}, PLAIN | {"key": "a|nope", "missing": "x"}]})
    assert {path[1] for path, _ in found} == {0, 1}
    assert len(found) == 5


leaf = st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats() | st.text(max_size=8)
values = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*WINDOW_KEYS, "default", "low", "a", "a|re", "condition"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), values) | values, max_size=3))
def test_whatever_is_written_is_compiled_or_named(entries: list[object]) -> None:
    problems = Problems()
    rules = compile_rules({"rules": entries}, problems, lambda _path: (1, ""))
    if not problems.found:
        keys_of(RuleSet(rules, "x"), {"a": "x"})
