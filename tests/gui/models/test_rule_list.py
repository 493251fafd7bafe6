from dataclasses import replace

from PySide6.QtCore import Qt

from tests.gui.groups import BEAT, CARD, NOW, YAML
from triage_app.gui.models.rule_list import ListedRule, RuleRows, caution, how_it_works, what_it_did
from triage_app.gui.rule_text import read_settings

VPN = ListedRule("vpn", CARD, read_settings(YAML, "vpn"), changed=False)
DROP = ListedRule("beat", BEAT, read_settings(YAML, "beat"), changed=False)


def test_figures_say_what_a_rule_did_and_what_people_took_back() -> None:
    assert what_it_did(VPN, NOW) == (
        "204 matched \u00b7 31 groups \u00b7 103 saved",
        "overruled 4 of 31 \u00b7 last 3h ago",
    )
    assert what_it_did(DROP, NOW) == ("Has matched nothing yet",)


def test_a_drop_rule_says_that_it_cannot_be_undone() -> None:
    assert "cannot be undone" in caution(DROP)
    assert caution(VPN) == ""


def test_a_draft_that_drops_says_so_before_it_is_in_force() -> None:
    draft = read_settings(YAML.replace("level: comment", "level: drop"), "vpn")
    assert "cannot be undone" in caution(replace(VPN, settings=draft))


def test_advice_and_mistakes_come_first() -> None:
    advised = replace(VPN, card=replace(CARD, advice="Adding dst_port separates all four."))
    assert caution(advised) == "Adding dst_port separates all four."
    assert "mistake" in caution(replace(advised, problems=1))


def test_the_draft_says_whether_a_rule_is_on() -> None:
    assert VPN.enabled
    assert not DROP.enabled
    assert replace(VPN, settings=read_settings(YAML + "    x: 1\n", "vpn")).enabled
    assert not replace(VPN, card=None, settings=None).enabled


def test_a_rule_that_is_in_the_draft_only_has_no_figures() -> None:
    new = replace(VPN, card=None)
    assert how_it_works(new) == ("In the draft only",)
    assert what_it_did(new, NOW) == ()


def test_cards_are_said_in_words_and_found_by_name() -> None:
    rows = RuleRows(lambda: NOW)
    rows.show((VPN, DROP))
    assert rows.rowCount() == 2
    assert rows.place_of("beat") == 1
    assert rows.place_of("nobody") == -1
    said = rows.data(rows.index(1), Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Heartbeats, beat, off, level drop")


def test_the_same_rules_in_the_same_order_are_no_new_list() -> None:
    rows, resets = RuleRows(lambda: NOW), list[int]()
    rows.modelReset.connect(lambda: resets.append(1))
    rows.show((VPN, DROP))
    rows.show((replace(VPN, changed=True), DROP))
    assert len(resets) == 1
    assert rows.at(0).changed
