"""Problems."""

from triage_app.domain.problems import Problems, hint, shown


def test_problems_are_kept_in_order() -> None:
    problems = Problems()
    problems.add(("a", 1), "first.")
    problems.add((), "second.")
    assert problems.found == [(("a", 1), "first."), ((), "second.")]


def test_a_hint_names_what_was_probably_meant() -> None:
    assert hint("Windw", ("window", "level")) == "; did you mean window?"
    assert hint("zzz", ("window", "level")) == ". There are: window, level."
    assert hint("", ("a",)) == ". There are: a."


def test_what_is_shown_is_short() -> None:
    assert shown("x") == "'x'"
    assert shown(None) == "None"
    assert shown([1]) == "a list"
    assert shown({}) == "a map"
    assert len(shown("x" * 500)) <= 80
