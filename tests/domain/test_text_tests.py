"""Tests of one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.problems import Problems
from triage_app.domain.text_tests import KINDS, Test, has_wildcard, plain_text, text_test, unescaped


def compiled(kind: str, *values: object, cased: bool = False) -> Test:
    problems = Problems()
    test = text_test(kind, list(values), (), problems, cased=cased)
    assert problems.found == []
    assert test is not None
    return test


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (1.0, "1"), (1.5, "1.5"), (True, "true"), ("x", "x")])
def test_a_value_as_text(value: object, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize(
    ("text", "wild", "meant"),
    [("a", False, "a"), ("a*", True, "a*"), (r"a\*", False, "a*"), (r"a\\*", True, "a\\*"), (r"C:\x", False, r"C:\x")],
)
def test_a_backslash_makes_a_wildcard_mean_itself(text: str, *, wild: bool, meant: str) -> None:
    assert (has_wildcard(text), unescaped(text)) == (wild, meant)


def test_a_star_is_any_text_also_over_lines() -> None:
    assert compiled("", "a*z")("A\n.\nZ")
    assert not compiled("", "a*z")("a\nzx")
    assert compiled("", "a.c*")("a.cd")
    assert not compiled("", "a.c*")("abcd")


def test_numbers_that_are_too_long_or_none_are_no_numbers() -> None:
    assert not compiled("gt", 1)("9" * 41)
    assert not compiled("gt", 1)("many")
    assert not compiled("lt", 1)("nan")


def test_addresses_of_another_family_are_in_no_network() -> None:
    assert not compiled("cidr", "0.0.0.0/0")("::1")
    assert compiled("cidr", "0.0.0.0/0", "::/0")("::1")


@given(st.sampled_from(["contains", "startswith", "endswith", ""]), st.text(min_size=1), st.text())
def test_text_comparison_is_that_of_python(kind: str, value: str, text: str) -> None:
    if not kind and (has_wildcard(value) or "\\" in value):
        return
    expected = {
        "contains": value in text,
        "startswith": text.startswith(value),
        "endswith": text.endswith(value),
        "": text == value,
    }[kind]
    assert compiled(kind, value, cased=True)(text) is expected


@given(st.sampled_from(KINDS), st.lists(st.text(max_size=8) | st.integers() | st.floats(), max_size=3), st.text())
def test_any_value_is_compiled_or_named(kind: str, values: list[object], text: str) -> None:
    problems = Problems()
    test = text_test(kind, values or ["x"], (), problems, cased=False)
    assert (test is None) is bool(problems.found)
    if test is not None:
        assert test(text) in (True, False)
