"""What a rule's card offers once people have taken apart what the rule had joined."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from triage_app.domain.item import RawId
from triage_app.services.app import App
from triage_app.services.commands import ImportFiles, SaveDedupRules, SplitRepeat, Undo, UnlinkTicket
from triage_app.services.dedup_queries import GetDuplicates, ListDedupRules, RuleCard, SimulateDedup
from triage_app.services.queries import ListTicketIds

RULES = """\
rules:
  - name: scans
    # one piece of work for each address
    key: [source.ip]
    window: forever
    level: {level}
"""


def intake(app: App, folder: Path, level: str, rows: Sequence[tuple[str, int]]) -> None:
    """Scans by (address, port), under a rule that looks at the address only."""
    alerts = [
        {
            "@timestamp": f"2026-11-23T10:{number // 60:02}:{number % 60:02}Z",
            "event": {"id": f"e{number}"},
            "rule": {"name": "scan"},
            "source": {"ip": address},
            "destination": {"port": port},
        }
        for number, (address, port) in enumerate(rows)
    ]
    path = folder / "scans.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in alerts), encoding="utf-8")
    app.execute(SaveDedupRules(RULES.format(level=level)))
    app.execute(ImportFiles((str(path),)))


def card(app: App) -> RuleCard:
    (found,) = app.ask(ListDedupRules()).rules
    return found


# 31 repeats of three first tickets; every 8th repeat scans another port.
ROWS = [(f"10.0.0.{n % 3}", 443 if n >= 3 and n % 8 == 0 else 22) for n in range(34)]
OTHERS = [n for n, (_, port) in enumerate(ROWS) if port == 443]


@pytest.fixture
def linked(empty: App, tmp_path: Path) -> App:
    """Tickets in the order of ROWS, the repeats linked; those of another port are unlinked again by a person."""
    intake(empty, tmp_path, "link", ROWS)
    tickets = sorted(empty.ask(ListTicketIds(view="all")).ids)
    assert len(OTHERS) == 4
    for place in OTHERS:
        empty.execute(UnlinkTicket(tickets[place]))
    return empty


def test_a_field_that_separates_what_was_taken_apart_is_offered_with_its_effect(linked: App) -> None:
    found = card(linked)
    assert (found.overruled, found.linked) == (4, 31)
    assert found.advice == (
        "Overruled 4 of 31. Adding destination.port to the key separates all 4; all 27 others looked at stay together."
    )
    assert found.advised_yaml == found.yaml.replace("[source.ip]", "[source.ip, destination.port]")
    assert "# one piece of work" in found.advised_yaml


def test_what_is_offered_can_be_simulated_and_put_in_force(linked: App) -> None:
    advised = f"rules:\n{card(linked).advised_yaml}"
    now = linked.ask(SimulateDedup(since="all"))
    then = linked.ask(SimulateDedup(rules=advised, since="all"))
    assert now.by_rule[0].matched - now.by_rule[0].groups == 31
    assert then.by_rule[0].groups == now.by_rule[0].groups + len({ROWS[place] for place in OTHERS})
    linked.execute(SaveDedupRules(advised))
    assert card(linked).key == ("source.ip", "destination.port")
    assert card(linked).advice == ""


def test_an_overrule_that_is_taken_back_teaches_nothing(linked: App) -> None:
    for _ in range(3):
        linked.execute(Undo())
    assert (card(linked).overruled, card(linked).advice, card(linked).advised_yaml) == (1, "", "")


def test_split_repeats_teach_as_well(empty: App, tmp_path: Path) -> None:
    intake(empty, tmp_path, "comment", ROWS)
    (first, *_) = sorted(empty.ask(ListTicketIds(view="all")).ids)
    for place in OTHERS:
        empty.execute(SplitRepeat(_raw(empty, place)))
    found = card(empty)
    assert found.overruled == 4
    assert found.advice.startswith("Overruled 4 of 31. Adding destination.port to the key separates all 4;")
    assert empty.ask(GetDuplicates(first)).merged < 11


def _raw(app: App, place: int) -> RawId:
    """The id of the item in that place: items are numbered as they come in."""
    repeats = {
        repeat.raw
        for ticket in app.ask(ListTicketIds(view="all")).ids
        for repeat in app.ask(GetDuplicates(ticket)).repeats
    }
    wanted = RawId(place + 1)
    assert wanted in repeats
    return wanted


def test_nothing_is_offered_where_no_field_separates(empty: App, tmp_path: Path) -> None:
    # given pairs taken apart that are like those that stand
    intake(empty, tmp_path, "link", [("10.0.0.1", 22)] * 12)
    tickets = sorted(empty.ask(ListTicketIds(view="all")).ids)
    for ticket in tickets[3:6]:
        empty.execute(UnlinkTicket(ticket))
    found = card(empty)
    assert (found.overruled, found.advice, found.advised_yaml) == (3, "", "")
