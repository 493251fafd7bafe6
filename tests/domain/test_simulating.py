from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain import simulating
from triage_app.domain.deciding import decide
from triage_app.domain.dedup import (
    Arrival,
    KeyPart,
    Level,
    Rule,
    RuleKey,
    RuleName,
    RuleSet,
    Window,
    WindowKind,
)
from triage_app.domain.errors import InvalidState
from triage_app.domain.groups import Groups
from triage_app.domain.item import RawId
from triage_app.domain.simulating import SHOWN_GROUPS, Effect, RuleCount, Simulation
from triage_app.domain.ticket import Severity, TicketId

START = datetime(2026, 11, 1, tzinfo=UTC)
GAP = Window(WindowKind.GAP, gap=timedelta(minutes=5))


def _any(_fields: Mapping[str, object]) -> bool:
    return True


def _none(_fields: Mapping[str, object]) -> tuple[str | None, ...]:
    return ()


def rule(name: str, level: Level, window: Window = GAP, levels: Mapping[Severity, Level] | None = None) -> Rule:
    key: Callable[[Mapping[str, object]], tuple[str | None, ...]] = _none
    return Rule(
        RuleName(name), name, True, _any, (KeyPart("host.name", "host.name"),), key, window, level, levels=levels
    )


def arrival(seconds: float, severity: Severity = Severity.LOW, /, **keys: str) -> Arrival:
    named = tuple(RuleKey(RuleName(name), (value,)) for name, value in keys.items())
    at = START + timedelta(seconds=seconds)
    return Arrival(RawId(1), at, START, severity, named)


def run(rules: RuleSet, *arrivals: Arrival) -> Effect:
    simulation = Simulation(rules)
    for number, each in enumerate(arrivals):
        simulation.take(each, f"number {number}")
    return simulation.effect()


def test_merged_repeats_save_tickets_and_are_counted_as_hidden() -> None:
    rules = RuleSet((rule("a", Level.COMMENT),), "1")
    effect = run(
        rules,
        arrival(0, Severity.HIGH, a="x"),
        arrival(60, Severity.HIGH, a="x"),
        arrival(61, Severity.LOW, a="x"),
        arrival(62, a="y"),
        arrival(1000, a="x"),
    )
    assert (effect.items, effect.tickets, effect.saved) == (5, 3, 2)
    assert effect.by_rule == (RuleCount(RuleName("a"), Level.COMMENT, 5, 3, 2),)
    assert effect.hidden == ((Severity.LOW, 1), (Severity.HIGH, 1))
    first = effect.groups[0]
    assert (first.rule, first.key, first.count, first.sample) == ("a", ("x",), 3, ("number 0", "number 1", "number 2"))
    assert (first.first, first.last) == (START, START + timedelta(seconds=61))
    assert [each.count for each in effect.groups] == [3, 1, 1]


def test_a_higher_severity_is_kept_as_a_ticket_and_counted_as_new() -> None:
    rules = RuleSet((rule("a", Level.DROP),), "1")
    effect = run(rules, arrival(0, a="x"), arrival(1, Severity.CRITICAL, a="x"), arrival(2, Severity.CRITICAL, a="x"))
    assert (effect.tickets, effect.novel) == (2, 1)
    assert effect.by_rule == (
        RuleCount(RuleName("a"), Level.DROP, 2, 1, 1),
        RuleCount(RuleName("a"), Level.LINK, 1, 1, 0),
    )
    assert effect.hidden == ((Severity.CRITICAL, 1),)


def test_a_level_by_severity_has_a_line_of_its_own_and_is_nothing_new() -> None:
    rules = RuleSet((rule("a", Level.COMMENT, levels={Severity.HIGH: Level.CHILD}),), "1")
    effect = run(rules, *(arrival(each, Severity.HIGH, a="x") for each in range(3)), arrival(3, Severity.LOW, a="x"))
    assert effect.by_rule == (
        RuleCount(RuleName("a"), Level.COMMENT, 2, 1, 1),
        RuleCount(RuleName("a"), Level.CHILD, 2, 1, 0),
    )
    assert (effect.tickets, effect.novel) == (3, 0)


def test_levels_with_a_ticket_save_none() -> None:
    for level in (Level.CHILD, Level.LINK, Level.NOTE, Level.SUGGEST):
        effect = run(RuleSet((rule("a", level),), "1"), arrival(0, a="x"), arrival(1, a="x"))
        assert (effect.tickets, effect.saved, effect.hidden) == (2, 0, ())
        assert effect.by_rule == (RuleCount(RuleName("a"), level, 2, 1, 0),)


def test_a_late_one_stands_alone_and_is_a_group_of_one() -> None:
    effect = run(
        RuleSet((rule("a", Level.COMMENT),), "1"), arrival(1000, a="x"), arrival(0, a="x"), arrival(1100, a="x")
    )
    assert (effect.tickets, effect.group_count) == (2, 2)
    assert [each.count for each in effect.groups] == [2, 1]


def test_the_largest_groups_are_shown_whether_current_or_not() -> None:
    rules = RuleSet((rule("a", Level.COMMENT),), "1")
    small = [arrival(each * 1000, a="x") for each in range(SHOWN_GROUPS + 50)]
    large = [arrival(100 * 1000 + each, a="x") for each in range(1, 4)]
    effect = run(rules, *small[:101], *large, *small[101:])
    assert effect.group_count == SHOWN_GROUPS + 50
    assert len(effect.groups) == SHOWN_GROUPS
    assert (effect.groups[0].count, effect.groups[1].count) == (4, 1)
    assert effect.groups[1].first == START


def test_without_samples_nothing_but_numbers_is_kept() -> None:
    simulation = Simulation(RuleSet((rule("a", Level.COMMENT),), "1"), samples=0)
    for each in (0, 1, 1000):
        simulation.take(arrival(each, a="x"), "subject")
    effect = simulation.effect()
    assert (effect.tickets, effect.group_count) == (2, 2)
    assert all(each.sample == () for each in effect.groups)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2000), st.sampled_from(Severity), st.sampled_from(("", "x", "y")), st.sampled_from(("", "x"))
        ),
        max_size=30,
    ),
    st.sampled_from(Level),
    st.sampled_from(Level),
)
def test_it_decides_as_any_other_book_does(
    drawn: list[tuple[int, Severity, str, str]], one: Level, other: Level
) -> None:
    rules = RuleSet((rule("a", one), rule("b", other, Window(WindowKind.FOREVER, max_count=4))), "1")
    simulation, groups = Simulation(rules), Groups(rules)
    tickets = 0
    for seconds, severity, a, b in drawn:
        each = arrival(seconds, severity, **{name: value for name, value in (("a", a), ("b", b)) if value})
        expected = decide(rules, each, groups)
        tickets += groups.apply(expected, each, TicketId(tickets + 1))
        found = simulation.take(each, "")
        assert (found.level, found.rule, found.opens, found.alone, found.novelty) == (
            expected.level,
            expected.rule,
            expected.opens,
            expected.alone,
            expected.novelty,
        )
    effect = simulation.effect()
    assert effect.tickets == tickets
    assert effect.items == len(drawn)


def test_keys_of_several_parts_stay_apart_and_come_back_whole() -> None:
    rules = RuleSet((rule("a", Level.COMMENT),), "1")
    simulation = Simulation(rules)
    for values in (("x", ""), ("", "x"), ("x", ""), ("x y", "z"), ("x", "y z")):
        key = RuleKey(RuleName("a"), values)
        simulation.take(Arrival(RawId(1), START, START, Severity.LOW, (key,)), "")
    effect = simulation.effect()
    assert [(each.key, each.count) for each in effect.groups] == [
        (("x", ""), 2),
        (("", "x"), 1),
        (("x y", "z"), 1),
        (("x", "y z"), 1),
    ]


def test_more_keys_than_can_be_held_are_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulating, "MOST_KEYS", 3)
    rules = RuleSet((rule("a", Level.COMMENT),), "1")
    run(rules, *(arrival(0, a=name) for name in "xyzxyz"))
    with pytest.raises(InvalidState, match="shorter time"):
        run(rules, *(arrival(0, a=name) for name in "wxyz"))
