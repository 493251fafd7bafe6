"""Durations."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.durations import LONGEST, duration_of, duration_text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), ("90s", 90), ("1h30m", 5400), ("1h 30m", 5400), ("7d", 604_800), ("1w", 604_800), ("500ms", 0.5)],
)
def test_numbers_with_units(text: str, seconds: float) -> None:
    assert duration_of(text) == timedelta(seconds=seconds)
    assert duration_of(text.upper()) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "-5m", "m", "5 minutes", "0s", "99999d", "1e3s", "5m-", "1" * 100 + "s"])
def test_what_is_no_duration(text: str) -> None:
    assert duration_of(text) is None


@given(st.integers(1, LONGEST // timedelta(milliseconds=1)))
def test_what_is_written_is_read_back(milliseconds: int) -> None:
    duration = timedelta(milliseconds=milliseconds)
    assert duration_of(duration_text(duration)) == duration
