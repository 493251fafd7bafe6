import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.proportions import share_of, wilson


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_literature(right: int, n: int, low: float, high: float) -> None:
    found = wilson(right, n)

    assert found[0] == pytest.approx(low, abs=1e-4)
    assert found[1] == pytest.approx(high, abs=1e-4)


def test_nothing_counted_leaves_everything_possible() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert share_of(0, 0) == 0.0


def test_all_right_reaches_one_and_none_right_reaches_zero() -> None:
    assert wilson(7, 7)[1] == 1.0
    assert wilson(0, 7)[0] == 0.0


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(case: tuple[int, int]) -> None:
    right, n = case

    low, high = wilson(right, n)

    assert 0.0 <= low <= share_of(right, n) <= high <= 1.0


def test_more_counted_makes_it_narrower() -> None:
    few, many = wilson(8, 10), wilson(800, 1_000)

    assert many[1] - many[0] < few[1] - few[0]
