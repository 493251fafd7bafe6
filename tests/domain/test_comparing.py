from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.comparing import compare, mcnemar
from triage_app.domain.labels import ModelId


def exact(one: int, other: int) -> float:
    """The same in whole numbers, as it is written in the books."""
    n = one + other
    tail = sum(comb(n, each) for each in range(min(one, other) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**n)))


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_probability_is_that_of_whole_numbers(one: int, other: int) -> None:
    assert mcnemar(one, other) == pytest.approx(exact(one, other), rel=1e-10)
    assert mcnemar(one, other) == mcnemar(other, one)


@pytest.mark.parametrize(("one", "other"), [(2_000, 2_100), (5_000, 5_300), (1, 3_000), (4_000, 4_001)])
def test_thousands_are_no_less_exact(one: int, other: int) -> None:
    assert mcnemar(one, other) == pytest.approx(exact(one, other), rel=1e-8, abs=1e-300)


def test_known_values() -> None:
    assert mcnemar(0, 0) == mcnemar(7, 7) == 1.0
    assert mcnemar(1, 0) == 1.0
    assert mcnemar(0, 5) == pytest.approx(2 / 32)
    assert mcnemar(0, 6) == pytest.approx(2 / 64)
    assert mcnemar(0, 1_000_000) == 0.0


def test_two_models_are_compared_on_the_same_examples() -> None:
    # given
    truth = ["A", "A", "A", "B", "B", "B"]
    one = ["A", "A", "B", "B", "A", "B"]
    other = ["A", "B", "B", "B", "A", "A"]
    # when
    found = compare(ModelId("new"), ModelId("old"), truth, one, other)
    # then
    assert (found.one, found.other, found.n) == ("new", "old", 6)
    assert (found.both_right, found.only_one, found.only_other, found.both_wrong) == (2, 2, 0, 2)
    assert found.p == pytest.approx(0.5)
    assert (found.one_accuracy, found.other_accuracy) == pytest.approx((4 / 6, 2 / 6))
    assert found.one_macro_f1 == pytest.approx(2 / 3)
    assert found.other_macro_f1 == pytest.approx(1 / 3)


def test_answers_for_all_examples_are_needed() -> None:
    with pytest.raises(ValueError):
        compare(ModelId("a"), ModelId("b"), ["A"], ["A"], [])
