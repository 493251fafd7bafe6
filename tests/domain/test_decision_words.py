"""The sentences of decisions."""

from datetime import timedelta

import pytest

from triage_app.domain.decision_words import MAX_SHOWN, key_words, people, span


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.25, "0.25 s"),
        (59, "59 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (86_399, "23 h 59 min"),
        (90_000, "1 d 1 h"),
        (-125, "2 min 5 s"),
        (864_000, "10 d"),
    ],
)
def test_a_span(seconds: float, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


def test_a_key_is_shown_with_its_values() -> None:
    assert key_words(("a|lower", "b"), ("x", "")) == "a|lower = x, b missing"
    assert len(key_words(("a",), ("x" * 900,))) < MAX_SHOWN + 10


def test_only_some_of_many_are_named() -> None:
    assert people(["a", "b"]) == "a, b"
    assert people(list("abcdefg")) == "a, b, c, d, e and 2 more"
