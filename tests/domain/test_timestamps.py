from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.timestamps import is_yearless, parse_time

AT = datetime(2026, 2, 5, 4, 3, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        1770264201,
        1770264201.0,
        1770264201000,
        1770264201000000,
        1770264201000000000,
        "1770264201",
        "1770264201000",
        "1770264201.000",
        "2026-02-05T04:03:21Z",
        "2026-02-05T04:03:21.000000+0000",
        "2026-02-05T05:03:21+01:00",
        "2026-02-05T05:03:21.000000+01.00",
        "2026-02-05 04:03:21",
        "2026-02-05 04:03:21.000000000",
        "2026-02-05 04:03:21.000000000 +0000 UTC",
        "2026/02/05 04:03:21 GMT",
        "2026-02-05 04:03:21,000",
        "Thu, 5 Feb 2026 04:03:21 GMT",
        "Thu, 05 Feb 2026 06:03:21 +0200",
        "05/Feb/2026:04:03:21 +0000",
        "Thu Feb  5 04:03:21 2026",
        "Thu Feb 5 04:03:21 UTC 2026",
        "Feb 5, 2026 4:03:21 AM",
        "Feb 05 2026 04:03:21",
        "2026 Feb  5 04:03:21 GMT",
        "2026 Feb  4 20:03:21.000 PST",
        "Thu, 5 Feb 2026 05:03:21 CET",
        "02/05/2026-04:03:21.000000",
        "2/5/2026 4:03:21 AM",
    ],
)
def test_the_same_moment_in_many_hands(written: object) -> None:
    assert parse_time(written) == AT


@pytest.mark.parametrize(
    "written",
    [None, True, "", "now", "12", 7, -1, 0, "0", "1970-01-01T00:00:00Z", "2026-13-45", "9999-12-31T23:59:59Z"],
)
def test_what_is_no_time(written: object) -> None:
    assert parse_time(written, near=AT) is None


@pytest.mark.parametrize(
    "written",
    [
        float("nan"),
        float("inf"),
        10**400,
        "x" * 10_000,
        "٢٠٢٦-٠٢-٠٥",
        "2026-02-05T04:03:21+99:99",
        [1],
        "Foo 5 04:03:21",
    ],
)
def test_what_only_looks_like_a_time(written: object) -> None:
    assert parse_time(written, near=AT) is None


def test_a_time_without_a_year_needs_its_arrival() -> None:
    assert is_yearless("Feb  5 04:03:21")
    assert is_yearless("Feb  5 04:03:21.000 EEST")
    assert not is_yearless("Feb  5 2026 04:03:21")
    assert parse_time("Feb  5 04:03:21") is None
    assert parse_time("Feb  5 04:03:21", near=AT) == AT
    assert parse_time("Dec 31 23:00:00", near=AT) == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert parse_time("Feb 29 23:00:00", near=AT) is None


@given(st.text(max_size=70) | st.floats() | st.integers())
def test_it_never_raises(written: object) -> None:
    found = parse_time(written, near=AT)
    assert found is None or found.tzinfo is UTC
