"""Times as people write them, by a fixed clock; around the days on which clocks are changed by properties."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.errors import InvalidInput
from triage_app.domain.snooze import moment_of

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = tuple(
    map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"))
)

TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=BERLIN)


def local(text: str, now: datetime = TUESDAY) -> str:
    return f"{moment_of(text, now.astimezone(UTC), BERLIN).astimezone(BERLIN):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01T09:05", "2026-12-01 09:05:00"),
        ("2026-12-01 9:05:07", "2026-12-01 09:05:07"),
        ("2026-12-01 at 14:00", "2026-12-01 14:00:00"),
        ("2026-12-01", "2026-12-01 09:00:00"),
        ("2026-12-01T09:00Z", "2026-12-01 10:00:00"),
        ("2026-11-24T10:29Z", "2026-11-24 11:29:00"),
        ("2026-12-01T09:00+05:30", "2026-12-01 04:30:00"),
        ("2026-12-01 09:00 -0500", "2026-12-01 15:00:00"),
        ("09:00", "2026-11-25 09:00:00"),
        ("10:30", "2026-11-25 10:30:00"),
        ("10:31", "2026-11-24 10:31:00"),
        ("at 9:00", "2026-11-25 09:00:00"),
        ("today 18:00", "2026-11-24 18:00:00"),
        ("tomorrow", "2026-11-25 09:00:00"),
        ("Tomorrow  14:00", "2026-11-25 14:00:00"),
        ("monday", "2026-11-30 09:00:00"),
        ("tue", "2026-12-01 09:00:00"),
        ("tuesday 11:00", "2026-12-01 11:00:00"),
        ("WED at 7:15", "2026-11-25 07:15:00"),
        ("4h", "2026-11-24 14:30:00"),
        ("2d", "2026-11-26 10:30:00"),
        ("in 1h30m", "2026-11-24 12:00:00"),
        ("1w", "2026-12-01 10:30:00"),
    ],
)
def test_times_are_read_as_people_mean_them(text: str, expected: str) -> None:
    assert local(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no time"),
        ("soon", "is no time"),
        ("mond", "is no time"),
        ("0h", "is no time"),
        ("9", "is no time"),
        ("9" * 100_000 + "h", "is no time"),
        ("٠٩:٠٠", "is no time"),
        ("2026-02-30", "There is no time"),
        ("24:00", "There is no time"),
        ("2026-12-01T09:00+25:00", "There is no time"),
        ("0001-01-01T00:00+14:00", "There is no time"),
        ("today", "has passed: it is 2026-11-24 10:30 now"),
        ("2026-11-24T10:30", "has passed"),
        ("2026-11-23", "has passed"),
        ("9999-12-31", "ten years"),
    ],
)
def test_what_is_no_time_to_come_is_told(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        local(text)


def test_a_time_that_clocks_leave_out_is_as_much_later() -> None:
    assert local("2027-03-28T02:30", TUESDAY) == "2027-03-28 03:30:00"
    night = datetime(2027, 3, 28, 1, 45, tzinfo=BERLIN)
    assert moment_of("02:30", night, BERLIN) - night == timedelta(minutes=45)


def test_of_a_time_that_comes_twice_the_first_that_is_still_to_come_is_meant() -> None:
    before = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)  # 02:10 in summer time
    between = before + timedelta(minutes=30)
    after = between + timedelta(minutes=40)  # 02:20 in winter time
    assert moment_of("02:30", before, BERLIN) == before + timedelta(minutes=20)
    assert moment_of("02:30", between, BERLIN) == between + timedelta(minutes=50)
    assert moment_of("2026-10-25T02:30", between, BERLIN) == between + timedelta(minutes=50)
    assert moment_of("02:30", after, BERLIN) == after + timedelta(minutes=10)


nows = st.builds(
    lambda at, minutes: at + timedelta(minutes=minutes),
    # around the days on which one of the zones changes its clocks
    st.sampled_from(
        [
            datetime(2026, 3, 29, 1, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2026, 3, 8, 7, tzinfo=UTC),
            datetime(2026, 11, 1, 6, tzinfo=UTC),
            datetime(2026, 4, 4, 15, tzinfo=UTC),
            datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
            datetime(2026, 2, 15, 2, tzinfo=UTC),
            datetime(2026, 3, 22, 2, tzinfo=UTC),
        ]
    ),
    st.integers(-3 * 1440, 3 * 1440),
)


@given(nows, st.sampled_from(ZONES), st.integers(0, 23), st.integers(0, 59))
def test_a_time_is_the_next_at_which_clocks_show_it(now: datetime, zone: ZoneInfo, hour: int, minute: int) -> None:
    # when
    found = moment_of(f"{hour}:{minute:02}", now, zone)
    # then it is the first minute after now at which they do, or a time that they leave out
    wanted = (hour, minute)
    step = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    shown = (found.astimezone(zone).hour, found.astimezone(zone).minute)
    while step < found:
        assert ((at := step.astimezone(zone)).hour, at.minute) != wanted
        step += timedelta(minutes=1)
    assert now < found <= now + timedelta(hours=25)
    if shown != wanted:
        left_out = found.astimezone(zone).replace(hour=hour, minute=minute)
        assert left_out.astimezone(UTC).astimezone(zone).replace(fold=0) != left_out.replace(fold=0)


@given(nows, st.sampled_from(ZONES), st.integers(0, 3 * 86_400))
def test_how_long_is_the_same_whatever_clocks_do(now: datetime, zone: ZoneInfo, seconds: int) -> None:
    assert moment_of(f"{seconds + 1}s", now, zone) == now + timedelta(seconds=seconds + 1)


@given(nows, st.sampled_from(ZONES), st.sampled_from(["tomorrow", "monday", "friday", "sun"]))
def test_a_day_begins_at_nine_and_is_within_a_week(now: datetime, zone: ZoneInfo, day: str) -> None:
    found = moment_of(day, now, zone).astimezone(zone)
    assert (found.hour, found.minute) == (9, 0)
    assert 1 <= (found.date() - now.astimezone(zone).date()).days <= (1 if day == "tomorrow" else 7)
    assert day == "tomorrow" or f"{found:%A}".lower().startswith(day)


@given(st.text(max_size=80), nows)
def test_any_text_is_a_time_to_come_or_told(text: str, now: datetime) -> None:
    with suppress(InvalidInput):
        assert moment_of(text, now, BERLIN) > now
