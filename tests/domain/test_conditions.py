"""The condition language."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.conditions import MAX_VALUES, MODIFIERS, Condition, Deferred, always, compile_condition, texts_of
from triage_app.domain.problems import Problems

FIELDS: Mapping[str, object] = {
    "source": "VPN",
    "rule.name": "Login FAILED for anna",
    "user.name": "Anna",
    "port": 22,
    "score": 7.0,
    "ratio": 0.5,
    "flag": True,
    "tags": ("auth", "Critical"),
    "source.ip": "10.1.2.3",
    "v6": "2001:db8::1",
    "empty": "",
    "none": (),
    "late": Deferred(lambda: "made"),
    "star": "a*b",
    "multi": "one\ntwo",
}


def compiled(tree: object) -> Condition:
    problems = Problems()
    condition = compile_condition(tree, ("when",), problems)
    assert problems.found == []
    return condition


def problems_of(tree: object) -> list[tuple[tuple[str | int, ...], str]]:
    problems = Problems()
    compile_condition(tree, ("when",), problems)
    return problems.found


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (None, True),
        ({"source": "vpn"}, True),
        ({"source|cased": "vpn"}, False),
        ({"source|cased": "VPN"}, True),
        ({"source": ["mail", "vpn"]}, True),
        ({"source": "vp"}, False),
        ({"source": "v*"}, True),
        ({"source": "v?n"}, True),
        ({"source": "?"}, False),
        ({"star": r"a\*b"}, True),
        ({"star": r"x\*b"}, False),
        ({"user.name": r"a\*"}, False),
        ({"multi": "one*two"}, True),
        ({"rule.name|contains": "failed"}, True),
        ({"rule.name|contains": ["brute", "failed"]}, True),
        ({"rule.name|contains|all": ["brute", "failed"]}, False),
        ({"rule.name|contains|all": ["login", "failed"]}, True),
        ({"rule.name|startswith": "login"}, True),
        ({"rule.name|endswith": ["x", "ANNA"]}, True),
        ({"rule.name|re": "FAILED for (anna|bert)$"}, True),
        ({"rule.name|re": "failed"}, False),
        ({"rule.name|re": "(?i)failed"}, True),
        ({"port": 22}, True),
        ({"port": "22"}, True),
        ({"port|gt": 21}, True),
        ({"port|gt": 22}, False),
        ({"port|gte": 22}, True),
        ({"port|lt": 22}, False),
        ({"port|lte": 22}, True),
        ({"source|gt": 1}, False),
        ({"score": 7}, True),
        ({"ratio": 0.5}, True),
        ({"flag": True}, True),
        ({"flag": "true"}, True),
        ({"tags": "critical"}, True),
        ({"tags|contains|all": ["aut", "crit"]}, True),
        ({"tags": "none"}, False),
        ({"source.ip|cidr": "10.0.0.0/8"}, True),
        ({"source.ip|cidr": ["192.0.2.0/24", "10.1.2.3"]}, True),
        ({"source.ip|cidr": "2001:db8::/32"}, False),
        ({"v6|cidr": "2001:db8::/32"}, True),
        ({"source|cidr": "10.0.0.0/8"}, False),
        ({"source|exists": True}, True),
        ({"gone|exists": True}, False),
        ({"gone|exists": False}, True),
        ({"empty|exists": True}, False),
        ({"none|exists": True}, False),
        ({"late|exists": True}, True),
        ({"gone": None}, True),
        ({"source": None}, False),
        ({"late": "made"}, True),
        ({"gone": "*"}, False),
        ({"source": "vpn", "user.name": "anna"}, True),
        ({"source": "vpn", "user.name": "bert"}, False),
        ([{"source": "mail"}, {"user.name": "anna"}], True),
        ([{"source": "mail"}, {"user.name": "bert"}], False),
        ({"a": {"source": "vpn"}, "b": {"port": 23}, "condition": "a and not b"}, True),
        ({"a": {"source": "vpn"}, "b": {"port": 22}, "condition": "a and not b"}, False),
        ({"a": {"source": "mail"}, "b": {"port": 22}, "condition": "1 of them"}, True),
        ({"a": {"source": "mail"}, "b": {"port": 22}, "condition": "all of them"}, False),
        ({"a_x": {"source": "vpn"}, "a_y": {"port": 22}, "b": {"port": 1}, "condition": "all of a_* and not b"}, True),
        ({"a": [{"source": "mail"}, {"port": 22}], "condition": "a"}, True),
    ],
)
def test_what_holds(tree: object, *, expected: bool) -> None:
    assert compiled(tree)(FIELDS) is expected


@pytest.mark.parametrize(
    ("tree", "path", "words"),
    [
        ("text", ("when",), "no selection"),
        ({}, ("when",), "empty"),
        ([], ("when",), "at least one"),
        (["x"], ("when", 0), "no selection"),
        ({"a|contain": "x"}, ("when", "a|contain"), "did you mean contains?"),
        ({"a|zzz": "x"}, ("when", "a|zzz"), "There are: contains"),
        ({"|contains": "x"}, ("when", "|contains"), "names no field"),
        ({"a|re|contains": "x"}, ("when", "a|re|contains"), "only one"),
        ({"a|re": "("}, ("when", "a|re"), "refused"),
        ({"a|re": "(?=x)"}, ("when", "a|re"), "Look-around"),
        ({"a|re": "(a{1000}){1000}"}, ("when", "a|re"), "repetition"),
        ({"a|re": "x" * 1001}, ("when", "a|re"), "longer than"),
        ({"a|cidr": "10.0.0.0/99"}, ("when", "a|cidr"), "no network"),
        ({"a|gt": "high"}, ("when", "a|gt"), "one number"),
        ({"a|gt": [1, 2]}, ("when", "a|gt"), "one number"),
        ({"a|exists": "yes"}, ("when", "a|exists"), "true or false"),
        ({"a|contains": ""}, ("when", "a|contains"), "empty text"),
        ({"a": []}, ("when", "a"), "at least one value"),
        ({"a": [["x"]]}, ("when", "a"), "texts or numbers"),
        ({"a": {"b": 1}}, ("when", "a"), "texts or numbers"),
        ({"a": [None, "x"]}, ("when", "a"), "null stands alone"),
        ({"a": {"x": 1}, "condition": "b"}, ("when", "condition"), "which is not there"),
        ({"a": {"x": 1}, "condition": 1}, ("when", "condition"), "must be a text"),
        ({"a.b": {"x": 1}, "condition": "1 of them"}, ("when", "a.b"), "cannot name a selection"),
    ],
)
def test_mistakes_are_named_with_their_place(tree: object, path: tuple[str | int, ...], words: str) -> None:
    assert any(place == path and words in text for place, text in problems_of(tree)), problems_of(tree)


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems_of({"a|nope": 1, "b|re": "(", "c|cidr": "x"})) == 3


def test_a_field_may_be_refused() -> None:
    problems = Problems()
    compile_condition({"bad": 1}, (), problems, check=lambda name: f"{name} is wrong.")
    assert problems.found == [(("bad",), "bad is wrong.")]


def test_a_large_condition_is_refused() -> None:
    assert problems_of({"a": ["x"] * (MAX_VALUES + 1)})
    assert problems_of({"a": {"x": 1}, "condition": " or ".join(["a"] * 200)})


def test_the_longest_condition_that_is_taken_can_be_evaluated() -> None:
    assert compiled({"a": {"source": "vpn"}, "condition": f"{'not ' * 198}a"})(FIELDS) is True


def test_a_deferred_value_is_made_once_and_only_when_looked_at() -> None:
    made: list[int] = []

    def make() -> str:
        made.append(1)
        return "x"

    late = Deferred(make)
    assert made == []
    assert (late.value, late.value, made) == ("x", "x", [1])


def test_texts_of_any_value() -> None:
    assert texts_of(None) == ()
    assert texts_of("a") == ("a",)
    assert texts_of(("a", "b")) == ("a", "b")
    assert texts_of(5) == ("5",)
    assert texts_of(Deferred(lambda: (1.0, False))) == ("1", "false")


def test_no_condition_matches_everything() -> None:
    assert always({})


leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
trees = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6) | st.sampled_from([f"a|{each}" for each in MODIFIERS]), inner, max_size=3)
    ),
    max_leaves=8,
)
fields = st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=12) | st.integers() | st.tuples(st.text()))


@given(trees, fields)
def test_whatever_is_written_is_compiled_or_named(tree: object, values: dict[str, object]) -> None:
    problems = Problems()
    condition = compile_condition(tree, (), problems)
    if not problems.found:
        assert condition(values) in (True, False)
