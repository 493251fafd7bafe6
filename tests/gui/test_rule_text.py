from io import StringIO
from typing import Any

import pytest
from ruamel.yaml import YAML

from triage_app.gui import rule_text
from triage_app.gui.rule_text import WindowText

TEXT = """\
# The team's rules
rules:
  - name: vpn-brute-force
    title: Failed logins   # one for each user
    when:
      source: vpn
      name: not this one
    key: [user.name, service.name]
    window: {gap: 5m, max_life: 12h, time: event}  # by hand
    level: comment

  # about scanners
  - enabled: false
    name: "scanner"
    when: {form: alert}
    key: [source.ip]
    window:
      gap: 1d
      # a month
      max_life: 30d   # no more
    level: {default: link, critical: note}
    on_closed: new

  - name: odd
    window: &w {gap: 1h}
    level: |
      link
other: 1
"""


def loaded(text: str) -> list[dict[str, Any]]:
    return list(YAML(typ="safe", pure=True).load(StringIO(text))["rules"])


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.split("\n") if "#" in line]


def test_rules_are_found_with_their_lines() -> None:
    found = rule_text.blocks(TEXT)
    lines = TEXT.split("\n")
    assert [block.name for block in found] == ["vpn-brute-force", "scanner", "odd"]
    assert lines[found[0].first].strip() == "- name: vpn-brute-force"
    assert lines[found[0].end - 1].strip() == "level: comment"
    assert lines[found[1].end - 1].strip() == "on_closed: new"


@pytest.mark.parametrize(
    "text", ["", "rules: []", "rules:\n  a: 1\n", "- name: x", "\0\x01", "rules:\n" + "  - \n" * 50]
)
def test_what_is_no_list_of_rules_has_none_by_name(text: str) -> None:
    assert [block for block in rule_text.blocks(text) if block.name] == []
    assert rule_text.read_settings(text, "x") is None
    assert rule_text.write_setting(text, "x", "enabled", "true") is None


def test_settings_are_read_as_written() -> None:
    vpn = rule_text.read_settings(TEXT, "vpn-brute-force")
    assert vpn is not None
    assert (vpn.title, vpn.enabled, vpn.level) == ("Failed logins", True, "comment")
    assert vpn.window == WindowText("gap", "5m", "12h", "", "event")
    scanner = rule_text.read_settings(TEXT, "scanner")
    assert scanner is not None
    assert (scanner.enabled, scanner.level, scanner.on_closed) == (False, "link", "new")
    assert scanner.window == WindowText("gap", "1d", "30d")


def test_what_is_not_understood_is_left_to_a_person() -> None:
    assert rule_text.read_settings(TEXT, "odd") is None
    assert rule_text.write_window(TEXT, "odd", WindowText("forever")) is None
    assert rule_text.write_level(TEXT, "odd", "drop") is None


@pytest.mark.parametrize(
    ("key", "value", "is_now"),
    [("enabled", "false", False), ("on_closed", "reopen", "reopen"), ("missing", "never", "never")],
)
@pytest.mark.parametrize("rule", ["vpn-brute-force", "scanner", "odd"])
def test_one_setting_changes_and_nothing_else(rule: str, key: str, value: str, is_now: object) -> None:
    # when
    text = rule_text.write_setting(TEXT, rule, key, value)
    # then
    assert text is not None
    wanted = [{**each, key: is_now} if each["name"] == rule else each for each in loaded(TEXT)]
    assert loaded(text) == wanted
    assert comments(text) == comments(TEXT)


def test_a_level_keeps_what_severities_raise() -> None:
    text = rule_text.write_level(TEXT, "scanner", "child")
    assert text is not None
    assert loaded(text)[1]["level"] == {"default": "child", "critical": "note"}
    assert loaded(rule_text.write_level(TEXT, "vpn-brute-force", "drop") or "")[0]["level"] == "drop"


@pytest.mark.parametrize("rule", ["vpn-brute-force", "scanner"])
@pytest.mark.parametrize(
    ("window", "wanted"),
    [
        (WindowText("gap", "10m", "", "500", "received"), {"gap": "10m", "max_count": 500, "time": "received"}),
        (WindowText("same_time"), {"kind": "same_time"}),
        (WindowText("day", zone="Europe/Berlin"), {"calendar": "day", "zone": "Europe/Berlin"}),
        (WindowText("gap", "1d", "30d"), {"gap": "1d", "max_life": "30d"}),
    ],
)
def test_a_window_is_written_in_the_manner_of_the_file(rule: str, window: WindowText, wanted: dict[str, Any]) -> None:
    text = rule_text.write_window(TEXT, rule, window)
    assert text is not None
    by_name = {each["name"]: each for each in loaded(text)}
    assert by_name[rule]["window"] == wanted
    settings = rule_text.read_settings(text, rule)
    assert settings is not None
    assert settings.window == window
    others = [each for each in loaded(TEXT) if each["name"] != rule]
    assert [each for each in loaded(text) if each["name"] != rule] == others


def test_comments_within_a_window_stay() -> None:
    text = rule_text.write_window(TEXT, "scanner", WindowText("gap", "2d", "60d"))
    assert text is not None
    assert "      # a month\n      max_life: 60d   # no more" in text


def test_a_window_that_is_not_there_is_added() -> None:
    text = rule_text.write_window("rules:\n- name: a\n  level: link\n", "a", WindowText("gap", "5m"))
    assert text == "rules:\n- name: a\n  level: link\n  window: {gap: 5m}\n"


@pytest.mark.parametrize(
    "yaml", ["name: scanner\nlevel: drop\nkey: [a,\n  b]\n", "  - name: scanner\n    level: drop\n    key: [a, b]\n"]
)
def test_a_rule_is_replaced_at_its_place(yaml: str) -> None:
    text = rule_text.replace_rule(TEXT, "scanner", yaml)
    assert text is not None
    assert loaded(text)[1] == {"name": "scanner", "level": "drop", "key": ["a", "b"]}
    assert [each["name"] for each in loaded(text)] == ["vpn-brute-force", "scanner", "odd"]
    assert "# about scanners" in text
    assert rule_text.replace_rule(TEXT, "nobody", yaml) is None
