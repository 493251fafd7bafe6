import random
from collections import Counter
from math import log

import pytest

from triage_app.domain.drift import MUCH, distance, excess, stability, stability_of


def test_equal_shares_are_no_change() -> None:
    assert stability([10, 20, 0], [100, 200, 0]) == pytest.approx(0.0)
    assert stability_of({"a": 1, "b": 1}, {"b": 3, "a": 3}) == pytest.approx(0.0)


def test_the_stability_index_is_that_of_its_formula() -> None:
    expected = (0.25 - 0.5) * log(0.25 / 0.5) + (0.75 - 0.5) * log(0.75 / 0.5)
    assert stability([50, 50], [25, 75]) == pytest.approx(expected)


def test_a_source_that_is_new_is_much_and_finite() -> None:
    assert MUCH < stability_of({"a": 100}, {"a": 100, "b": 100}) < 10


def test_nothing_counted_is_no_change() -> None:
    assert stability([0, 0], [1, 2]) == stability_of({}, {"a": 1}) == distance({}, {"a": 1}) == 0.0


def test_the_distance_goes_from_nothing_to_one() -> None:
    assert distance({"a": 3, "b": 1}, {"a": 6, "b": 2}) == pytest.approx(0.0, abs=1e-6)
    assert distance({"a": 3}, {"b": 3}) == pytest.approx(1.0)
    assert 0.0 < distance({"a": 3, "b": 1}, {"a": 1, "b": 3}) < 1.0


def test_two_samples_of_the_same_words_have_not_drifted_and_other_words_have() -> None:
    # given many rare words, so that no two samples are alike
    chance = random.Random(5)

    def sample(first: int) -> Counter[str]:
        return Counter(f"word{first + int(chance.expovariate(0.01))}" for _ in range(2_000))

    same = excess([sample(0), sample(0)], [sample(0), sample(0)])
    other = excess([sample(0), sample(0)], [sample(200), sample(200)])
    # then
    assert distance(sample(0), sample(0)) > 0.1
    assert same < 0.05
    assert other > MUCH
