"""When a challenger loses."""

import pytest

from triage_app.domain.comparing import compare
from triage_app.domain.evaluation import Comparison, Quality
from triage_app.domain.labels import ModelId
from triage_app.domain.promotion import on_corrections, on_examples

NEW, OLD = ModelId("new"), ModelId("old")


def comparison(both: int, only_new: int, only_old: int, neither: int) -> Comparison:
    truth = ["a"] * (both + only_new + only_old + neither)
    new = ["a"] * (both + only_new) + ["b"] * (only_old + neither)
    old = ["a"] * both + ["b"] * only_new + ["a"] * only_old + ["b"] * neither
    return compare(NEW, OLD, truth, new, old)


@pytest.mark.parametrize(
    ("only_new", "only_old", "margin", "loses"),
    [
        (5, 5, 0.0, False),
        (6, 5, 0.0, False),
        (5, 6, 0.0, True),
        (5, 6, 0.01, False),
        (0, 8, 0.2, True),  # within the margin, and yet surely worse
        (0, 5, 0.2, False),
    ],
)
def test_who_is_lower_by_more_than_the_margin_or_surely_lower_loses(
    only_new: int, only_old: int, margin: float, loses: bool
) -> None:
    found = on_corrections(comparison(80, only_new, only_old, 100 - 80 - only_new - only_old), margin)
    assert found.loses is loses
    assert f"right on {80 + only_new} of 100 held-back corrections ({80 + only_new:.1f}%), old on" in found.sentence


def quality(n: int, accuracy: float) -> Quality:
    return Quality(n, accuracy, accuracy, 0.7, 0.95, 0.01)


def test_on_different_examples_only_a_sure_loss_counts() -> None:
    assert not on_examples(quality(2_000, 0.845), quality(2_000, 0.85), OLD, 3, 0.0).loses
    worse = on_examples(quality(2_000, 0.80), quality(2_000, 0.85), OLD, 3, 0.0)
    assert worse.loses
    assert "80.0% of 2000 examples" in worse.sentence
    assert "only 3 held-back corrections" in worse.sentence
    assert not on_examples(quality(2_000, 0.80), quality(2_000, 0.85), OLD, 3, 0.05).loses
    # ten examples say little
    assert not on_examples(quality(10, 0.7), quality(10, 0.9), OLD, 3, 0.0).loses


@pytest.mark.parametrize(("one", "other"), [(None, quality(9, 0.5)), (quality(9, 0.5), None), (quality(0, 0), None)])
def test_what_was_not_measured_does_not_lose_and_says_so(one: Quality | None, other: Quality | None) -> None:
    found = on_examples(one, other, OLD, 0, 0.0)
    assert not found.loses
    assert "not compared with old" in found.sentence
