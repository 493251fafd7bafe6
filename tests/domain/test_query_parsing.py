"""Queries: the table of cases, and what holds for every text."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from triage_app.domain.query import (
    EVERYTHING,
    Alike,
    Among,
    And,
    Carries,
    Equal,
    InNetwork,
    Named,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    SamePattern,
    Says,
    Tagged,
    TextPlace,
)
from triage_app.domain.query_fields import BY_NAME, FIELDS, HAS, IS
from triage_app.domain.query_observables import KINDS
from triage_app.domain.query_parsing import MAX_DEPTH, MAX_LENGTH, MAX_PARTS, Parsed, parse_query

CASES = Path(__file__).parent.parent / "cases" / "queries" / "cases.yaml"
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
"""A Wednesday; half past ten in Berlin."""


class Case(NamedTuple):
    query: str
    means: str
    problem: str


def cases() -> list[Case]:
    rows = YAML(typ="safe", pure=True).load(CASES.read_text("utf-8"))
    return [Case(row["query"], row.get("means", ""), row.get("problem", "")) for row in rows]


def read(query: str) -> Parsed:
    return parse_query(query, now=NOW, me="maria", zone=ZoneInfo("Europe/Berlin"))


def written(node: Node) -> str:
    """A tree as the table of cases has it."""
    if isinstance(node, And):
        return f"all({', '.join(map(written, node.parts))})"
    if isinstance(node, Or):
        return f"any({', '.join(map(written, node.parts))})"
    if isinstance(node, Not):
        return f"not {written(node.part)}"
    return _leaf(node)


def _leaf(node: Any) -> str:
    match node:
        case Phrase(text, place, prefix, observable):
            where = "" if place is TextPlace.ANYWHERE else f"{place} "
            also = f" or {observable.kind} {observable.value}" if observable else ""
            return f"{where}'{text}'{'*' if prefix else ''}{also}"
        case Equal(column, value):
            return f"{column} = {value or 'none'}"
        case Range(number, low, high, above, below) if low == high and low is not None:
            assert (above, below) == (False, False)
            return f"{number} = {_bound(low)}"
        case Range(number, low, high, above, below):
            lower = "" if low is None else f"{_bound(low)} {'<' if above else '<='} "
            return f"{lower}{number}" + ("" if high is None else f" {'<' if below else '<='} {_bound(high)}")
        case Carries(kinds, value, where):
            names = "|".join(sorted(kinds))
            return f"has {names}" + (f" {value}" if value else "") + (f" in {where}" if where else "")
        case InNetwork(low, high):
            return f"{low.lstrip('0')} <= ip <= {high.lstrip('0')}"
        case Named(kind, value):
            return f"{kind} {value}"
        case Tagged(effect, label):
            return f"{effect} {label}"
        case Says(flag):
            return str(flag)
        case Alike(ticket):
            return f"like {ticket}"
        case Among(ids):
            return f"among {list(ids)}"
        case SamePattern(ticket):
            return f"pattern of {ticket}"
    raise AssertionError(node)


def _bound(value: float | datetime) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%S}".removesuffix(":00") if isinstance(value, datetime) else f"{value:g}"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.query[:60].encode("ascii", "replace").decode())
def test_case(case: Case) -> None:
    parsed = read(case.query)
    if case.problem:
        assert parsed.problem is not None
        found = f"{parsed.problem.start}-{parsed.problem.end} {parsed.problem.message}"
        assert found == case.problem
        assert parsed.node == EVERYTHING
    else:
        assert parsed.problem is None
        assert written(parsed.node) == case.means


def test_every_field_and_every_state_is_in_the_table() -> None:
    right = [case.query for case in cases() if case.means]
    assert [each.name for each in FIELDS if not any(f"{each.name}:" in query for query in right)] == []
    assert [each.name for each in IS if not any(f"is:{each.name}" in query for query in right)] == []
    tried = {query.partition("has:")[2] for query in right}
    assert {each.name for each in HAS} - set(KINDS) <= tried


def test_every_example_of_a_field_can_be_read() -> None:
    for field in FIELDS:
        parsed = read(field.example)
        assert parsed.problem is None, field.example
        assert [each.field for each in parsed.chips] == [field.name]


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_names_are_found_in_any_case(name: str) -> None:
    value = BY_NAME[name].example.partition(":")[2]
    chips = read(f"{name.upper()}:{value}").chips
    assert [each.field for each in chips] == [BY_NAME[name].name]


# -- chips ----------------------------------------------------------------------------------------------------------


def shown(query: str) -> list[str]:
    """Each chip as its text, then what it says."""
    return [
        f"{query[each.start : each.end]} = {'not ' if each.excluded else ''}{each.field or 'words'} {each.value}"
        for each in read(query).chips
    ]


def test_chips_are_what_must_hold() -> None:
    assert shown('from:"Bob X" AND -category:Phishing,Spam  invoice NOT "a b" confidence:<0.8') == [
        'from:"Bob X" = from Bob X',
        "-category:Phishing,Spam = not category Phishing,Spam",
        "invoice = words invoice",
        'NOT "a b" = not words a b',
        "confidence:<0.8 = confidence <0.8",
    ]


def test_a_group_is_one_chip_and_so_is_what_or_joins() -> None:
    assert shown("(a OR b) -(c d) e") == ["(a OR b) = words (a OR b)", "-(c d) = not words (c d)", "e = words e"]
    assert shown("a b OR c") == ["a b OR c = words a b OR c"]


def test_other_names_are_shown_as_the_field() -> None:
    assert shown("Label:Spam sender:bob") == ["Label:Spam = category Spam", "sender:bob = from bob"]


def test_a_part_that_is_wrong_keeps_its_chip() -> None:
    assert shown("is:open severity:hgih fron:x") == [
        "is:open = is open",
        "severity:hgih = severity hgih",
        "fron:x = words fron:x",
    ]


# -- limits ---------------------------------------------------------------------------------------------------------


def test_the_longest_query_is_read_and_a_longer_one_is_refused() -> None:
    assert read("a" * MAX_LENGTH).problem is None
    parsed = read("a" * (MAX_LENGTH + 1))
    assert parsed.problem is not None
    assert (parsed.problem.start, parsed.problem.end) == (2_000, 2_001)
    assert parsed.problem.message == "A query has at most 2,000 characters; this one has 2,001. Shorten it."


def test_so_many_parts_are_read_and_no_more() -> None:
    assert read(" ".join(["ab"] * MAX_PARTS)).problem is None
    parsed = read(" ".join(["ab"] * 500))
    assert parsed.problem is not None
    assert parsed.problem.start == 3 * MAX_PARTS
    assert "at most 64 parts" in parsed.problem.message
    listed = read(f"id:{','.join(['1'] * 65)}").problem
    assert listed is not None
    assert "at most 64 parts" in listed.message


def test_so_deep_and_no_deeper() -> None:
    assert read("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH).problem is None
    parsed = read("(" * 900 + "a" + ")" * 900)
    assert parsed.problem is not None
    assert parsed.problem.start == 0 or "nested 20 deep" in parsed.problem.message


HOSTILE = {
    "long": "a" * 100_000,
    "parentheses": "(" * 5_000,
    "parentheses within the length": "(" * 1_000 + "a" + ")" * 999,
    "closing": ")" * 1_900,
    "not": "NOT " * 499 + "a",
    "dashes": "-" * 1_999 + "a",
    "dash words": "-a" * 999,
    "only operators": "AND OR NOT " * 180,
    "only or": "OR " * 600,
    "quotes": '"' * 1_999,
    "commas": "category:" + "," * 1_900,
    "urls": "url:" + ",http://" * 240,
    "colons": ":" * 2_000,
    "colons with words": "a:" * 1_000,
    "dots": "ip:" + "." * 1_900,
    "ranges": "duplicates:" + ".." * 900,
    "nul": "a\0b\0:\0",
    "surrogates": "\ud800 \udfff:\ud800",
    "rtl": "\u202efrom:\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "emoji": "🎣:🎣 🎣" * 100,
    "stars": "*" * 2_000,
    "star words": "a* " * 600,
    "brackets": "hxxp[:]//" * 200,
    "defanged": "a[.]" * 490,
    "digits": "9" * 2_000,
    "huge numbers": f"id:{'9' * 400} duplicates:>{'9' * 400} confidence:0.{'9' * 400} age:<{'9' * 400}d",
    "numbers of another script": "duplicates:>\u0663 id:\u0661 before:\u0662\u0660\u0662\u0666-01-01 confidence:\u0660",
    "networks": "ip:::/0,0.0.0.0/0,1.2.3.4/-1,1.2.3.4/a/b,::-::,-,1-",
    "far times": "before:9999-12-31T23:59:59-23:59 after:0001-01-01 on:2199-12 event:<1970-01-01T00:00+23:59",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_queries_are_read_or_refused(name: str) -> None:
    parsed = read(HOSTILE[name])
    if parsed.problem is not None:
        assert parsed.node == EVERYTHING
        assert 0 <= parsed.problem.start < parsed.problem.end <= len(HOSTILE[name])
        assert parsed.problem.message.endswith((".", "?"))


def steps(text: str) -> int:
    """How many lines of the program are run to read a query."""
    count = 0

    def trace(_frame: FrameType, event: str, _value: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("unit", ["(", ")", "-", '"', "a ", "a:", ",", "NOT ", "OR ", "f(", "1[.]", "url:,http://"])
def test_twice_the_text_takes_twice_the_steps(unit: str) -> None:
    times = 900 // len(unit)
    read(unit * times + unit)
    assert steps(unit * 2 * times) < 3 * steps(unit * times) + 500


# -- any text -------------------------------------------------------------------------------------------------------

FRAGMENTS = [
    *("AND", "OR", "NOT", "-", "(", ")", '"', "“", ",", ":", "*", " ", "  ", "..", "<", ">=", "=", "#", "/", "\\"),
    *("a", "invoice", "me", "open", "1", "0.5", "2d", "monday", "2026-11", "10.0.0.0/8", "evil[.]example", "hxxp://"),
    *(f"{name}:" for name in ("is", "from", "category", "ip", "url", "age", "on", "duplicates", "similar", "nothing")),
    *("\0", "\ud800", "🎣", "\u202e", "ß", "\u0130", "\t", "\n"),
]
TRICKY = st.lists(st.sampled_from(FRAGMENTS), max_size=20).map("".join)
ANY_TEXT = st.one_of(TRICKY, st.text(st.characters(exclude_categories=()), max_size=60))


@given(ANY_TEXT)
def test_any_text_is_read_and_its_problem_has_a_place(text: str) -> None:
    parsed = read(text)
    written(parsed.node)
    if parsed.problem is not None:
        assert 0 <= parsed.problem.start < parsed.problem.end <= len(text)
        assert parsed.problem.message


@given(ANY_TEXT)
def test_chips_cover_what_they_say(text: str) -> None:
    parsed = read(text)
    ends = 0
    for chip in parsed.chips:
        assert ends <= chip.start < chip.end <= len(text)
        ends = chip.end
    if parsed.problem is None:
        for chip in parsed.chips:
            # each stands for itself
            (same,) = read(text[chip.start : chip.end]).chips
            assert (same.field, same.value, same.excluded) == (chip.field, chip.value, chip.excluded)


@given(ANY_TEXT)
def test_what_stands_between_chips_says_nothing(text: str) -> None:
    parsed = read(text)
    if parsed.problem is None and parsed.chips:
        # all chips joined again mean the same
        again = " ".join(text[each.start : each.end] for each in parsed.chips)
        tail = text[parsed.chips[-1].end :]
        if not tail.strip():
            assert read(again).node == parsed.node
