"""Deciding: the cases of every level and every kind of key, what is new, closed tickets, and pairs set apart."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from triage_app.domain.alerts import parse_alert
from triage_app.domain.deciding import decide, novelty_of
from triage_app.domain.dedup import (
    Arrival,
    DuplicateDecision,
    Level,
    Novelty,
    OnClosed,
    RuleKey,
    RuleName,
    RuleSet,
    joins,
    keys_of,
    time_of,
)
from triage_app.domain.groups import Groups
from triage_app.domain.item import RawId
from triage_app.domain.item_fields import fields_of
from triage_app.domain.problems import Problems
from triage_app.domain.rule_tree import compile_rules
from triage_app.domain.ticket import Severity, TicketId

CASES = Path(__file__).parents[1] / "cases" / "dedup"
START = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)


def rules_of(*entries: dict[str, Any]) -> RuleSet:
    problems = Problems()
    rules = compile_rules({"rules": list(entries)}, problems, lambda _path: (1, ""))
    assert problems.found == []
    return RuleSet(rules, "test")


def rule(name: str = "r", **settings: Any) -> dict[str, Any]:
    return {"name": name, "key": ["host.name"], "window": "forever", "level": "comment"} | settings


def arrival(
    number: int,
    *keys: tuple[str, str],
    at: float = 0,
    severity: Severity = Severity.LOW,
    recipients: str = "",
    malicious: str = "",
    ticket: int | None = None,
    never: bool = False,
) -> Arrival:
    return Arrival(
        RawId(number),
        START + timedelta(seconds=at),
        START + timedelta(days=1, seconds=number),
        severity,
        tuple(RuleKey(RuleName(name), (value,), never) for name, value in keys or (("r", "h"),)),
        frozenset(recipients.split()),
        frozenset(malicious.split()),
        None if ticket is None else TicketId(ticket),
    )


class Desk:
    """Takes arrivals; ticket numbers are those of the items."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.book = Groups(rules)

    def take(self, item: Arrival) -> DuplicateDecision:
        decision = decide(self.rules, item, self.book)
        self.book.apply(decision, item, TicketId(item.raw))
        return decision


# -- the cases -------------------------------------------------------------------------------------------------------


def case_names() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.yaml"))


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("name", case_names())
def test_every_level_with_every_kind_of_key(name: str, level: Level) -> None:
    # given
    case = YAML(typ="safe", pure=True).load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    desk = Desk(rules_of(case["rule"] | {"level": level.value}))
    # when
    said = []
    for number, item in enumerate(case["items"], 1):
        received = START + timedelta(seconds=item["received"])
        parsed = parse_alert(json.dumps(item["alert"]).encode(), near=received)
        keys = keys_of(desk.rules, fields_of(parsed, source="files", received_at=received))
        came = Arrival(RawId(number), parsed.event_at, received, parsed.severity, keys)
        decision = desk.take(came)
        said.append("ticket" if decision.level is None else f"{decision.level} {decision.primary}")
        assert all(reason.endswith(".") for reason in decision.reasons)
        assert decision.reasons
    # then
    assert said == case["decisions"][level.value]


def test_the_cases_are_all_there() -> None:
    assert case_names() == [
        "address_and_cve",
        "another_time_stamp",
        "bound_in_time",
        "login_and_service",
        "other",
        "same_time_stamp",
    ]


# -- one rule --------------------------------------------------------------------------------------------------------


def test_the_first_opens_a_group_and_the_second_joins_it() -> None:
    desk = Desk(rules_of(rule()))
    first = desk.take(arrival(1))
    assert (first.level, first.opens, first.group) == (None, (RuleKey(RuleName("r"), ("h",)),), None)
    second = desk.take(arrival(2, at=125))
    assert (second.level, second.primary, second.opens) == (Level.COMMENT, TicketId(1), ())
    assert second.reasons == ("Rule r: host.name = h as in ticket 1, 2 min 5 s after the last of 1.",)


def test_no_rule_makes_a_ticket() -> None:
    decision = Desk(rules_of(rule())).take(replace(arrival(1), keys=()))
    assert (decision.level, decision.reasons) == (None, ("No rule applies to it.",))


def test_a_key_of_a_rule_that_is_gone_counts_for_nothing() -> None:
    decision = Desk(rules_of(rule())).take(arrival(1, ("gone", "h")))
    assert (decision.level, decision.opens) == (None, ())


def test_an_alternation_is_still_a_repeat() -> None:
    desk = Desk(rules_of(rule()))
    said = [desk.take(arrival(number, ("r", value))).primary for number, value in enumerate("ABABA", 1)]
    assert said == [None, None, 1, 2, 1]


def test_a_late_item_stands_alone_and_opens_nothing() -> None:
    desk = Desk(rules_of(rule(window={"gap": "1m"})))
    desk.take(arrival(1, at=1000))
    late = desk.take(arrival(2, at=100))
    assert (late.level, late.opens, [key.rule for key in late.alone]) == (None, (), ["r"])
    assert "before the first" in late.reasons[0]
    assert desk.take(arrival(3, at=1010)).primary == 1


def test_a_late_item_that_is_near_moves_the_first() -> None:
    desk = Desk(rules_of(rule(window={"gap": "1m"})))
    desk.take(arrival(1, at=1000))
    assert desk.take(arrival(2, at=940)).primary == 1
    assert desk.take(arrival(3, at=880)).primary == 1
    assert desk.take(arrival(4, at=819)).level is None


def test_severity_raises_and_lowers_the_level() -> None:
    desk = Desk(rules_of(rule(level={"default": "comment", "critical": "link", "low": "drop"})))
    desk.take(arrival(1, severity=Severity.CRITICAL))
    said = [desk.take(arrival(number, severity=each)).level for number, each in enumerate(Severity, 2)]
    assert said == [Level.COMMENT, Level.DROP, Level.COMMENT, Level.COMMENT, Level.LINK]


def test_a_missing_field_that_forbids_a_match_ends_the_asking() -> None:
    desk = Desk(rules_of(rule("first"), rule("strict", missing="never"), rule("last")))
    never = replace(
        arrival(0), keys=(RuleKey(RuleName("strict"), ("",), never=True), RuleKey(RuleName("last"), ("h",)))
    )
    desk.take(arrival(1, ("last", "h")))
    decision = desk.take(replace(never, raw=RawId(2)))
    assert (decision.level, decision.opens) == (None, ())
    assert "never a duplicate" in decision.reasons[0]


def test_an_earlier_rule_may_still_match_where_a_later_one_forbids_it() -> None:
    desk = Desk(rules_of(rule("first"), rule("strict", missing="never")))
    desk.take(arrival(1, ("first", "h")))
    keys = (RuleKey(RuleName("first"), ("h",)), RuleKey(RuleName("strict"), ("",), never=True))
    assert desk.take(replace(arrival(2), keys=keys)).level is Level.COMMENT


# -- what is new -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("kept", list(Novelty))
@pytest.mark.parametrize(
    ("news", "word"),
    [
        ({"severity": Severity.HIGH}, "Severity high"),
        ({"recipients": "b@example.com"}, "b@example.com"),
        ({"malicious": "evil.example"}, "evil.example"),
    ],
)
def test_what_is_new_is_never_hidden(level: Level, kept: Novelty, news: dict[str, Any], word: str) -> None:
    desk = Desk(rules_of(rule(level=level.value, novelty=kept.value)))
    desk.take(arrival(1, recipients="a@example.com"))
    # when
    decision = desk.take(arrival(2, **news))
    # then
    assert decision.level == (level if level.has_ticket else kept.value)
    assert decision.primary == 1
    assert word in decision.novelty[0]
    # and it is new only once
    again = desk.take(arrival(3, **news))
    assert (again.level, again.novelty) == (level, ())


def test_nothing_is_new_in_what_the_group_has_seen() -> None:
    desk = Desk(rules_of(rule()))
    desk.take(arrival(1, severity=Severity.HIGH, recipients="a b", malicious="x"))
    group = desk.book.current(RuleName("r"), ("h",))
    assert group is not None
    assert novelty_of(arrival(2, severity=Severity.LOW, recipients="b", malicious="x"), group) == ()


# -- closed first tickets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", list(Level))
def test_a_closed_first_ticket_is_opened_again(level: Level) -> None:
    desk = Desk(rules_of(rule(level=level.value, on_closed="reopen")))
    desk.take(arrival(1))
    desk.book.close(TicketId(1))
    decision = desk.take(arrival(2))
    assert (decision.level, decision.reopens, decision.primary) == (level, True, 1)
    assert desk.take(arrival(3)).reopens is False


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize(("on_closed", "linked"), [(OnClosed.NEW_AND_LINK, 1), (OnClosed.NEW, None)])
def test_a_closed_first_ticket_swallows_nothing(level: Level, on_closed: OnClosed, linked: int | None) -> None:
    desk = Desk(rules_of(rule(level=level.value, on_closed=on_closed.value)))
    desk.take(arrival(1))
    desk.book.close(TicketId(1))
    # when
    decision = desk.take(arrival(2))
    # then
    assert (decision.level, decision.group, decision.primary, decision.links_to) == (None, None, None, linked)
    assert "is closed" in decision.reasons[-1]
    # and the new one is the first of those that follow
    assert desk.take(arrival(3)).primary == 2


# -- pairs set apart -------------------------------------------------------------------------------------------------


def test_what_a_person_set_apart_never_joins_again() -> None:
    desk = Desk(rules_of(rule()))
    desk.take(arrival(1))
    desk.book.set_apart(TicketId(1), TicketId(2))
    decision = desk.take(arrival(2, ticket=2))
    assert (decision.level, decision.opens, len(decision.alone)) == (None, (), 1)
    assert "set it apart" in decision.reasons[0]
    # and the current group stays the others'
    assert desk.take(arrival(3)).primary == 1


def test_a_first_ticket_that_is_decided_anew_is_no_duplicate_of_itself() -> None:
    desk = Desk(rules_of(rule()))
    desk.take(arrival(1))
    decision = desk.take(arrival(1, ticket=1))
    assert (decision.level, decision.opens, decision.alone) == (None, (), ())


# -- several rules ---------------------------------------------------------------------------------------------------


def test_the_first_rule_in_the_file_decides() -> None:
    desk = Desk(rules_of(rule("a", level="link"), rule("b", level="drop")))
    desk.take(arrival(1, ("a", "x"), ("b", "x")))
    decision = desk.take(arrival(2, ("a", "x"), ("b", "x")))
    assert (decision.rule, decision.level) == ("a", Level.LINK)


def test_a_linked_ticket_is_the_first_for_the_rules_that_did_not_know_it() -> None:
    desk = Desk(rules_of(rule("resend", level="drop"), rule("storm", level="link"), rule("like", level="suggest")))
    desk.take(arrival(1, ("resend", "one"), ("storm", "h"), ("like", "x")))
    # when another content of the same storm comes
    decision = desk.take(arrival(2, ("resend", "two"), ("storm", "h"), ("like", "y")))
    assert (decision.level, decision.primary) == (Level.LINK, 1)
    assert [key.values for key in decision.opens] == [("two",), ("y",)]
    # then its resend is dropped, and what is like it is suggested as like it
    assert desk.take(arrival(3, ("resend", "two"), ("storm", "h"))).level is Level.DROP
    like = desk.take(arrival(4, ("like", "y")))
    assert (like.level, like.primary) == (Level.SUGGEST, 2)


def test_a_linked_ticket_leaves_the_groups_that_would_have_taken_it_in() -> None:
    desk = Desk(rules_of(rule("a", level="link"), rule("b", level="comment")))
    desk.take(arrival(1, ("a", "x")))
    desk.take(arrival(2, ("b", "x")))
    decision = desk.take(arrival(3, ("a", "x"), ("b", "x")))
    assert (decision.rule, decision.opens) == ("a", ())
    assert desk.take(arrival(4, ("b", "x"))).primary == 2


def test_what_is_merged_opens_nothing() -> None:
    desk = Desk(rules_of(rule("a", level="comment"), rule("b", level="comment")))
    desk.take(arrival(1, ("a", "x")))
    assert desk.take(arrival(2, ("a", "x"), ("b", "new"))).opens == ()


# -- any history -----------------------------------------------------------------------------------------------------

NAMES = ("a", "b", "c")
any_rule = st.fixed_dictionaries(
    {
        "window": st.sampled_from(
            ["forever", "same_time", "hour", "day", {"gap": "30s"}, {"gap": "2m", "max_life": "5m", "max_count": 3}]
        ),
        "level": st.sampled_from([each.value for each in Level]),
        "on_closed": st.sampled_from([each.value for each in OnClosed]),
        "novelty": st.sampled_from([each.value for each in Novelty]),
    }
)
any_item = st.tuples(
    st.tuples(*(st.sampled_from(["", "x", "y"]) for _ in NAMES)),
    st.integers(0, 400),
    st.sampled_from(list(Severity)),
    st.sampled_from(["", "anna", "anna bert"]),
    st.sampled_from(["", "evil"]),
    st.booleans(),
)


@given(st.tuples(any_rule, any_rule, any_rule), st.lists(any_item, max_size=25))
def test_whatever_comes_nothing_new_is_hidden_and_nothing_joins_what_it_may_not(
    settings: tuple[dict[str, Any], ...], items: list[Any]
) -> None:
    rules = rules_of(*(rule(name, **each) for name, each in zip(NAMES, settings, strict=True)))
    desk = Desk(rules)
    tickets: set[int] = set()
    for number, (values, at, severity, recipients, malicious, closes) in enumerate(items, 1):
        keys = [(name, value) for name, value in zip(NAMES, values, strict=True) if value]
        came = replace(
            arrival(number, *keys, at=at, severity=severity, recipients=recipients, malicious=malicious),
            keys=tuple(RuleKey(RuleName(name), (value,)) for name, value in keys),
        )
        before = {key: desk.book.current(key.rule, key.values) for key in came.keys}
        was_open = {group.primary: desk.book.is_open(group.primary) for group in before.values() if group}
        decision = desk.take(came)
        taking = [
            key
            for key, group in before.items()
            if group and joins(rules.by_name[key.rule].window, group, time_of(came, rules.by_name[key.rule].window))
        ]
        # the first rule whose group takes it in decides
        assert decision.rule == (taking[0].rule if taking else None)
        if decision.level is None:
            assert decision.group is None
            tickets.add(number)
        else:
            group = before[taking[0]]
            assert group is not None
            assert (decision.group, decision.primary) == (group.id, group.primary)
            assert group.primary in tickets
            assert decision.reopens is not was_open[group.primary]
            assert desk.book.is_open(group.primary)
            if not decision.level.has_ticket:
                assert novelty_of(came, group) == ()
                assert decision.opens == ()
            else:
                tickets.add(number)
        # every key is accounted for, each in one way
        if decision.level is None or decision.level.has_ticket:
            told = {*decision.opens, *decision.alone, *taking}
            assert told == set(came.keys)
            assert not set(decision.opens) & set(decision.alone)
        if closes and number in tickets:
            desk.book.close(TicketId(number))
