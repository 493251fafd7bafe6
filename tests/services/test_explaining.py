"""Why tickets are duplicates or not, from real workspaces."""

import json
from pathlib import Path

import pytest

from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.commands import ImportFiles, LinkTickets, SaveDedupRules, UnlinkTicket
from triage_app.services.dedup_queries import ExplainDedup, FieldComparison, RuleExplanation

RULES = """\
rules:
  - name: scans
    when: {rule.name: scan}
    key: [host.name, destination.port]
    window: {gap: 5m}
    level: link
    missing: never
  - name: logins
    when: {rule.name: login}
    key: user.name
    window: forever
    level: comment
  - name: off
    enabled: false
    key: source.ip
    window: forever
    level: link
"""


def scan(minute: int, port: int | None, host: str = "web", name: str = "scan") -> dict[str, object]:
    row: dict[str, object] = {
        "@timestamp": f"2026-11-23T10:{minute:02}:00Z",
        "rule": {"name": name},
        "host": {"name": host},
        "source": {"ip": "10.0.0.1"},
        "user": {"name": "anna"} if name == "login" else {},
    }
    return row if port is None else row | {"destination": {"port": port}}


@pytest.fixture
def scans(empty: App, tmp_path: Path) -> App:
    """Tickets 1 to 6: two scans that are linked, another port, one much later, one without a port, a login with a
    repeat merged into it.
    """
    rows = [scan(0, 22), scan(3, 22), scan(4, 80), scan(50, 22), scan(51, None), *[scan(52, None, name="login")] * 2]
    path = tmp_path / "scans.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    empty.execute(SaveDedupRules(RULES))
    report = empty.execute(ImportFiles((str(path),)))
    assert (report.ticketed, report.merged) == (6, 1)
    return empty


def rule(app: App, name: str, one: int, other: int | None = None) -> RuleExplanation:
    found = app.ask(ExplainDedup(TicketId(one), None if other is None else TicketId(other)))
    assert [each.rule for each in found.rules] == ["scans", "logins", "off"]
    return next(each for each in found.rules if each.rule == name)


def test_one_ticket_is_explained_by_what_was_decided_and_by_every_rule(scans: App) -> None:
    first = scans.ask(ExplainDedup(TicketId(1)))
    second = scans.ask(ExplainDedup(TicketId(2)))
    assert first.decided == ("1 ticket is linked under it.",)
    assert second.decided[0] == "Ticket 2 was linked to ticket 1 as link by rule scans."
    assert "host.name = web" in second.decided[1]
    assert rule(scans, "scans", 2).fields == (
        FieldComparison("host.name", "web", None, same=False),
        FieldComparison("destination.port", "22", None, same=False),
    )
    assert rule(scans, "scans", 2).verdict.startswith("Its key's current group begins with ticket 4")
    assert rule(scans, "scans", 4).verdict.startswith("Its key's current group begins with this ticket")
    assert (rule(scans, "logins", 2).matches, rule(scans, "logins", 2).verdict) == (
        False,
        "Its `when` does not match.",
    )
    assert rule(scans, "off", 2).verdict == "The rule is off."
    assert "destination.port missing" in rule(scans, "scans", 5).verdict


def test_a_merged_repeat_is_named(scans: App) -> None:
    (sentence,) = scans.ask(ExplainDedup(TicketId(6))).decided
    assert sentence.startswith("Item 7 of files was merged into it by rule logins")


def test_a_ticket_of_its_own_says_so(scans: App) -> None:
    assert "ticket of its own" in scans.ask(ExplainDedup(TicketId(3))).decided[0]


def test_two_are_compared_field_by_field(scans: App) -> None:
    same, port, later = rule(scans, "scans", 1, 2), rule(scans, "scans", 3, 1), rule(scans, "scans", 1, 4)
    assert same.fields == (
        FieldComparison("host.name", "web", "web", same=True),
        FieldComparison("destination.port", "22", "22", same=True),
    )
    assert same.verdict == "The same, 3 min apart: ticket 2 after 1 is a link."
    # The earlier item comes first, whichever was named first.
    assert port.fields[1] == FieldComparison("destination.port", "22", "80", same=False)
    assert port.verdict == "Not the same: destination.port differs."
    assert later.verdict.startswith("The same key, 50 min apart: too far")
    assert rule(scans, "scans", 1, 5).verdict.startswith("Ticket 5: destination.port missing")
    assert rule(scans, "scans", 1, 6).verdict == "Ticket 6: Its `when` does not match."
    assert rule(scans, "off", 1, 2).verdict == "The rule is off."


def test_what_people_said_about_two_is_told(scans: App) -> None:
    assert scans.ask(ExplainDedup(TicketId(3), TicketId(4))).decided == ("Nothing links them.",)
    scans.execute(UnlinkTicket(TicketId(2)), actor="ana")
    scans.execute(LinkTickets((TicketId(3), TicketId(4))), actor="ben")
    scans.execute(LinkTickets((TicketId(3), TicketId(5))), actor="ben")
    assert (
        scans.ask(ExplainDedup(TicketId(1), TicketId(2))).decided[0].startswith("ana said that they are not the same")
    )
    linked = scans.ask(ExplainDedup(TicketId(4), TicketId(3))).decided
    assert linked[0] == "Ticket 4 was linked to ticket 3 as link by ben."
    assert any(each.startswith("ben said that they are the same") for each in linked)
    assert scans.ask(ExplainDedup(TicketId(4), TicketId(5))).decided == ("Both are linked under ticket 3.",)


def test_what_cannot_be_explained_is_refused(scans: App) -> None:
    with pytest.raises(NotFound):
        scans.ask(ExplainDedup(TicketId(99)))
    with pytest.raises(NotFound):
        scans.ask(ExplainDedup(TicketId(1), TicketId(99)))
    with pytest.raises(InvalidInput):
        scans.ask(ExplainDedup(TicketId(1), TicketId(1)))
