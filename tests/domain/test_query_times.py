"""Times as people name them, in a zone with summer time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.query_times import DAYS, span_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def test_a_day_is_from_midnight_to_midnight_also_when_the_clock_is_put_back() -> None:
    found = span_of("2026-10-25", NOW, BERLIN)
    assert found is not None
    assert found == (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))


def test_the_day_is_that_of_the_zone() -> None:
    # given a moment that is Thursday in Auckland already
    late = datetime(2026, 11, 25, 20, tzinfo=UTC)
    assert span_of("today", late, ZoneInfo("Pacific/Auckland")) == span_of(
        "2026-11-26", late, ZoneInfo("Pacific/Auckland")
    )
    assert span_of("today", late, UTC) == span_of("2026-11-25", late, UTC)


@pytest.mark.parametrize("name", DAYS)
def test_a_weekday_is_the_last_one(name: str) -> None:
    found = span_of(name, NOW, BERLIN)
    assert found is not None
    local = found[0].astimezone(BERLIN)
    assert f"{local:%A}".lower() == name
    assert timedelta() <= NOW - found[0] < timedelta(days=7)


@pytest.mark.parametrize(
    ("text", "seconds"), [("2026-11-01T09:30", 60), ("2026-11-01 9:30:15", 1), ("09:30", 60), ("now", 0), ("2h", 0)]
)
def test_a_clock_time_lasts_as_long_as_it_is_exact(text: str, seconds: int) -> None:
    found = span_of(text, NOW, BERLIN)
    assert found is not None
    assert found[1] - found[0] == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-00", "2026-11-31", "24:00", "9:5", "1969", "2200", "2026-11-01T09:30+99:99", "1e5", "²026"],
)
def test_what_is_no_time(text: str) -> None:
    assert span_of(text, NOW, BERLIN) is None


@given(st.text(max_size=30) | st.from_regex(r"\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d\d([+-]\d\d:?\d\d)?", fullmatch=True))
def test_any_text_is_a_span_or_none(text: str) -> None:
    found = span_of(text, NOW, BERLIN)
    assert found is None or found[0] <= found[1]
