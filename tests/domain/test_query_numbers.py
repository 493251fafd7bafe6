"""Numbers and times in queries against what they say, value by value."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.errors import InvalidInput
from triage_app.domain.query import Node, Number, Range
from triage_app.domain.query_numbers import age, number, severity, share, whole_number
from triage_app.domain.query_values import Scope, Value

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
SCOPE = Scope(NOW, UTC, "maria")


def holds(node: Node, value: float | datetime) -> bool:
    """Whether a value is in a range, by its definition."""
    assert isinstance(node, Range)
    low, high = node.low, node.high
    if isinstance(value, datetime):
        assert not isinstance(low, int | float)
        assert not isinstance(high, int | float)
        is_above = low is None or value > low or (value == low and not node.above)
        return is_above and (high is None or value < high or (value == high and not node.below))
    assert not isinstance(low, datetime)
    assert not isinstance(high, datetime)
    is_above = low is None or value > low or (value == low and not node.above)
    return is_above and (high is None or value < high or (value == high and not node.below))


@given(st.sampled_from(["", "=", "<", "<=", ">", ">="]), st.integers(0, 9), st.integers(0, 9))
def test_comparisons_say_what_they_mean(operator: str, bound: int, value: int) -> None:
    node = number(Number.DUPLICATES, whole_number)(Value(str(bound), operator=operator), SCOPE)
    means = {
        "": value == bound,
        "=": value == bound,
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
    }
    assert holds(node, value) is means[operator]


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_ranges_hold_both_ends(low: int, more: int, value: int) -> None:
    node = number(Number.ID, whole_number)(Value(f"{low}..{low + more}"), SCOPE)
    assert holds(node, value) is (low <= value <= low + more)


@given(st.integers(1, 99), st.integers(0, 99))
def test_an_age_is_from_now_backwards(bound: int, hours: int) -> None:
    then = NOW - timedelta(hours=hours)
    assert holds(age(Value(f"{bound}h", operator="<"), SCOPE), then) is (hours < bound)
    assert holds(age(Value(f"{bound}h", operator=">="), SCOPE), then) is (hours >= bound)
    assert holds(age(Value(f"{bound}h..99h"), SCOPE), then) is (bound <= hours <= 99)


def test_shares_and_severities() -> None:
    assert [share(each) for each in ("0", "1", ".5", "0.5", "50%", "100%", "0%")] == [0, 1, 0.5, 0.5, 0.5, 1, 0]
    assert [severity(each) for each in ("unknown", "Low", "critical")] == [0, 1, 4]


@pytest.mark.parametrize("text", ["", ".", "%", "-1", "1.01", "101%", "nan", "inf", "1e-1", "٠"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no confidence"):
        share(text)
