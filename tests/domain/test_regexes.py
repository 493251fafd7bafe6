"""Regexes of users."""

import pytest

from triage_app.domain.problems import Problems
from triage_app.domain.regexes import MAX_PATTERN, MAX_TEXT, Regex, compile_regex


def regex(pattern: str) -> Regex:
    problems = Problems()
    found = compile_regex(pattern, (), problems)
    assert problems.found == []
    assert found is not None
    return found


def test_matching() -> None:
    assert regex("b+").is_in("abbc")
    assert not regex("b+").is_all("abbc")
    assert regex("ab+c").is_all("abbc")


def test_the_first_group_is_captured_or_all_that_matched() -> None:
    assert regex(r"id (\d+)-(\d+)").captured("see id 12-34") == "12"
    assert regex(r"\d+").captured("see id 12-34") == "12"
    assert regex(r"x(y)?").captured("x") is None
    assert regex("z").captured("x") is None
    assert regex("ü(.)").captured("aüßb") == "ß"


def test_text_that_is_no_unicode_is_searched_all_the_same() -> None:
    assert regex("b").is_in("a\ud800b")
    assert regex("(.)b").captured("a\ud800b") == "?"


def test_only_so_much_text_is_searched() -> None:
    assert not regex("b").is_in("a" * MAX_TEXT + "b")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "not empty"),
        (7, "not empty"),
        ("(", "missing )"),
        ("(?<=x)y", "Look-around"),
        (r"(a)\1", "back-references"),
        ("(a{1000}){1000}", "repetition"),
        ("((a{100}){100}){9}", "refused"),
        ("x" * (MAX_PATTERN + 1), "longer"),
    ],
)
def test_what_cannot_be_linear_or_small_is_refused(pattern: object, words: str) -> None:
    problems = Problems()
    assert compile_regex(pattern, ("key", 0), problems) is None
    ((path, text),) = problems.found
    assert path == ("key", 0)
    assert words in text


def test_what_takes_others_minutes_is_answered_at_once() -> None:
    assert not regex("^(a+)+$").is_in("a" * 50_000 + "!")
    assert not regex("(x+x+)+y").is_in("x" * 50_000)
