from datetime import UTC, datetime, timedelta, timezone

import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.domain.months import Month, month_named, month_of


def test_a_month_begins_with_its_first_moment_and_ends_with_that_of_the_next() -> None:
    month = month_named("2026-12")
    assert month.since == datetime(2026, 12, 1, tzinfo=UTC)
    assert month.until == datetime(2027, 1, 1, tzinfo=UTC)
    assert (month.name, month.before.name, month.after.name) == ("2026-12", "2026-11", "2027-01")
    assert Month(2026, 1).before == Month(2025, 12)


def test_a_time_elsewhere_counts_in_the_month_that_utc_has_then() -> None:
    east = timezone(timedelta(hours=2))
    assert month_of(datetime(2026, 3, 1, 1, 30, tzinfo=east)) == Month(2026, 2)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", "٢٠٢٦-٠١", "9999-12"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="YYYY-MM"):
        month_named(text)
