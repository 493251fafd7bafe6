"""The keyword sheet: what rules hit, where people say otherwise, where rules contradict, and drafts."""

import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.services.app import App
from triage_app.services.commands import CorrectLabel
from triage_app.services.learning_commands import RenameLabel, SaveKeywords
from triage_app.services.learning_queries import ListKeywords
from triage_app.services.queries import ClassifyText, ListDatasets, ListTickets

DRAFT = (
    "labels:\n  Phishing:\n    - {text: account}\n    - {text: zorble*}\n  Spam:\n    - {text: account, weight: 2}\n"
)


def test_the_rules_in_force_are_shown_with_their_hits(demo: App) -> None:
    sheet = demo.ask(ListKeywords("category"))
    assert sheet.text.startswith("# Keyword rules")
    assert sheet.problems == ()
    assert len(sheet.rules) == len(demo.ask(ListDatasets()).datasets[0].keywords)
    assert 0 < sheet.texts <= 1_000
    hit = [each for each in sheet.rules if each.hits]
    assert hit
    assert all(0 < len(each.tickets) <= min(5, each.hits) for each in hit)
    assert all(each.right + each.wrong <= each.hits for each in sheet.rules)


def test_a_draft_is_tried_on_the_tickets_and_people_tell_right_from_wrong(demo: App) -> None:
    # given what a rule hits
    before = demo.ask(ListKeywords("category", text=DRAFT))
    account, zorble, other = before.rules
    assert (account.hits, zorble.hits, zorble.tickets) == (other.hits, 0, ())
    assert account.hits >= 2
    (conflict,) = before.conflicts
    assert (conflict.label, conflict.other, conflict.texts) == ("Phishing", "Spam", account.hits)
    right, wrong = account.tickets[:2]
    known = account.right, account.wrong
    # when people say what is what, one of them before the label got another name
    demo.execute(CorrectLabel(right, "Phishing"))
    demo.execute(CorrectLabel(wrong, "Malware"))
    demo.execute(RenameLabel("category", "Phishing", "Phish"))
    # then
    after = demo.ask(ListKeywords("category", text=DRAFT.replace("Phishing", "Phish"))).rules[0]
    assert (after.label, after.right, after.wrong) == ("Phish", known[0] + 1, known[1] + 1)
    # and nothing of the draft is in force
    assert "zorble" not in demo.ask(ListKeywords("category", limit=1)).text


def test_fewer_tickets_can_be_looked_at(demo: App) -> None:
    newest = demo.ask(ListTickets(limit=2, view="all")).tickets
    sheet = demo.ask(ListKeywords("category", text="labels: {Spam: [{text: '*a*'}, {text: e}]}", limit=2))
    assert sheet.texts == 2
    assert {ticket for each in sheet.rules for ticket in each.tickets} <= {each.id for each in newest}


def test_mistakes_in_a_draft_are_told_by_line_and_the_rest_is_tried(demo: App) -> None:
    broken = DRAFT.replace("zorble*", "''") + "  Gone: [{text: x}]\n"
    sheet = demo.ask(ListKeywords("category", text=broken))
    assert [each.split(":")[0] for each in sheet.problems] == ["line 4", "line 7"]
    assert [each.text for each in sheet.rules] == ["account", "account"]
    assert demo.ask(ListKeywords("category", text="labels: [")).rules == ()


def test_other_rules_are_put_in_force_unless_something_is_wrong(demo: App) -> None:
    demo.execute(SaveKeywords("category", DRAFT))
    found = demo.ask(ClassifyText("zorbles"))
    assert (found.label, found.tier) == ("Phishing", "keyword")
    with pytest.raises(InvalidInput, match=r"stay as they are: line 3: labels\.Spam, rule 1: weight"):
        demo.execute(SaveKeywords("category", "labels:\n  Spam:\n    - {text: x, weight: 0}\n"))
    assert demo.ask(ListKeywords("category", limit=1)).text == DRAFT
