"""How a query goes on: what is offered where, and that taking it never breaks what stands before it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_query_parsing import ANY_TEXT, HOSTILE
from triage_app.domain.query_completion import MOST, Completion, Vocabulary, complete
from triage_app.domain.query_fields import FIELDS
from triage_app.domain.query_parsing import QueryProblem, parse_query

WORDS = Vocabulary(
    categories=("Phishing", "Spam", "Needs review", 'Odd "one"', "Phone"),
    sources=("soc mailbox", "wazuh"),
    assignees=("maria", "zoe", "me"),
    tags=("urgent",),
    queues=("network",),
    playbooks=("isolate",),
    views=(("Open phishing", "is:open category:Phishing"),),
)


def offered(marked: str) -> list[str]:
    """What is offered at the | of a text."""
    cursor = marked.index("|")
    return [each.text for each in complete(marked.replace("|", ""), cursor, WORDS)]


def taken(marked: str, choice: str) -> str:
    """The text after taking what is offered."""
    cursor = marked.index("|")
    text = marked.replace("|", "", 1)
    one = next(each for each in complete(text, cursor, WORDS) if each.text == choice)
    return text[: one.start] + one.text + text[one.end :]


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("|", ["is:", "from:"]),
        ("fr|", ["from:"]),
        ("-cat|", ["category:"]),
        ("(a OR stat|", ["status:"]),
        ("is:o|", ["open"]),
        ("is:sno|", ["snoozed"]),
        ("has:att|", ["attachment", "attack"]),
        ("category:|", ["Phishing", "Spam", '"Needs review"', "Phone"]),
        ("category:Spam,ph|", ["Phishing", "Phone"]),
        ('category:"nee|', ['"Needs review"']),
        ("category:view|", ['"Needs review"']),
        ("severity:|", ["critical", "high"]),
        ("severity:>=h|", ["high"]),
        ("confidence:<|", ["0.5", "0.8"]),
        ("age:|", ["<1h"]),
        ("before:yes|", ["yesterday"]),
        ("assignee:|", ["me", "-", "maria"]),
        ("verdict:f|", ["false_positive"]),
        ("tag:|", ["urgent"]),
        ("queue:n|", ["network"]),
        ("playbook:|", ["isolate"]),
        ("source:|", ['"soc mailbox"', "wazuh"]),
        ("phish|", ["is:open category:Phishing", "category:Phishing"]),
        ("urg|", ["tag:urgent"]),
        ("zo|", ["assignee:zoe"]),
    ],
)
def test_what_is_offered_first(marked: str, first: list[str]) -> None:
    assert offered(marked)[: len(first)] == first


@pytest.mark.parametrize(
    "marked",
    ["is:open |", "invoice |", "is:open|", '"words|', '"words"|', "a OR|", "a (|", "from:bob|", "foo:x|", "in*|"],
)
def test_nothing_is_offered_where_it_would_be_in_the_way(marked: str) -> None:
    assert offered(marked) == []


@pytest.mark.parametrize(
    ("marked", "choice", "result"),
    [
        ("fr|", "from:", "from:"),
        ("fr|om:bob", "from:", "from:bob"),
        ("fr|o is:open", "from:", "from: is:open"),
        ("category:sp|am,Phishing x", "Spam", "category:Spam,Phishing x"),
        ('category:"nee|ds" x', '"Needs review"', 'category:"Needs review" x'),
        ('category:"nee| is:open', '"Needs review"', 'category:"Needs review" is:open'),
        ("a -op| b", "is:open", "a -is:open b"),
        ("phish|", "is:open category:Phishing", "is:open category:Phishing"),
    ],
)
def test_taking_one(marked: str, choice: str, result: str) -> None:
    assert taken(marked, choice) == result


def test_a_value_that_cannot_be_written_is_not_offered() -> None:
    assert not any("Odd" in each for each in offered("category:|") + offered("od|"))


def test_everything_offered_says_what_it_means() -> None:
    for field in FIELDS:
        found = complete(f"{field.name}:", len(field.name) + 1, WORDS)
        assert all(each.meaning for each in found)
        assert len(found) <= MOST


def problem(text: str) -> QueryProblem | None:
    return parse_query(text, now=datetime(2026, 11, 25, tzinfo=UTC), me="maria").problem


def check(text: str, one: Completion) -> None:
    """Taking what is offered brings no problem before it."""
    assert 0 <= one.start <= one.end <= len(text)
    before, after = problem(text), problem(text[: one.start] + one.text + text[one.end :])
    if after is not None:
        assert after.start >= min(one.start, before.start if before else one.start)


@given(ANY_TEXT, st.data())
def test_taking_what_is_offered_breaks_nothing_before_it(text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(-1, len(text) + 1))
    found = complete(text, cursor, WORDS)
    assert len(found) <= MOST
    for one in found:
        check(text, one)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_completed_or_not(name: str) -> None:
    text = HOSTILE[name]
    for cursor in {0, 1, 7, len(text) // 2, len(text)}:
        for one in complete(text, cursor, WORDS):
            check(text, one)
