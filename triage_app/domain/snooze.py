"""When a ticket is to come back: times as people write them, read with the person's clock and time zone."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from triage_app.domain.durations import LONGEST, duration_of
from triage_app.domain.errors import InvalidInput

MORNING = time(9)
"""When a day begins that is named without a time."""

MAX_LENGTH = 60

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
_OFFSET = r"(?P<offset>z|[+-]\d\d:?\d\d)"
_DATED = re.compile(
    rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:(?:t| (?:at )?){_CLOCK} ?{_OFFSET}?)?", re.ASCII
)
_NAMED = re.compile(
    rf"(?P<name>today|tomorrow|{'|'.join(f'{each[:3]}(?:{each[3:]})?' for each in _DAYS)})(?: (?:at )?{_CLOCK})?",
    re.ASCII,
)
_TIMED = re.compile(rf"(?:at )?{_CLOCK}", re.ASCII)


def moment_of(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment that a person means at `now` (aware) in a time zone, as aware UTC, later than now.

    Read are a date with or without a time (2026-12-01T09:00, 2026-12-01 09:00+01:00, 2026-12-01), a time (09:00: the
    next time that it is nine), a day (tomorrow, monday: never today) with or without a time, and how long (4h, 2d,
    1h30m; a day is 24 hours). A day without a time begins at nine. A time that clocks leave out when they are put
    forward is as much later as they are put forward; one that comes twice is the first that is still to come. Raises
    InvalidInput for what is none of these, has passed, or is more than ten years away.
    """
    words = " ".join(text.lower().split())
    written = words.removeprefix("in ")
    duration = duration_of(written) if len(written) <= MAX_LENGTH else None
    try:
        found = now + duration if duration is not None else _moment(words, now, zone)
        if found is None:
            raise InvalidInput(
                f"{text.strip()[:MAX_LENGTH]!r} is no time. Write one such as 2026-12-01T09:00, 09:00, tomorrow, "
                "monday, or how long, such as 4h or 2d."
            )
        moment = found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(f"There is no time {text.strip()[:MAX_LENGTH]!r}. Check day and hour.") from None
    if moment <= now:
        raise InvalidInput(
            f"{text.strip()!r} has passed: it is {now.astimezone(zone):%Y-%m-%d %H:%M} now. Give a later time."
        )
    if moment - now > LONGEST:
        raise InvalidInput(f"{text.strip()!r} is more than ten years away. Give an earlier time.")
    return moment


def _moment(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment, which may have passed; None for what is no time. Raises ValueError and OverflowError."""
    if len(words) > MAX_LENGTH:
        return None
    today = now.astimezone(zone).date()
    if dated := _DATED.fullmatch(words):
        day = date(int(dated["year"]), int(dated["month"]), int(dated["day"]))
        if dated["offset"]:
            return datetime.combine(day, _clock(dated), _offset(dated["offset"]))
        return _at(day, _clock(dated), now, zone)
    if named := _NAMED.fullmatch(words):
        return _at(_day(named["name"], today), _clock(named), now, zone)
    if timed := _TIMED.fullmatch(words):
        clock = _clock(timed)
        # Where clocks are put back, yesterday's time may come a second time.
        days = (today + timedelta(days=each) for each in (-1, 0, 1))
        return min(each for day in days if (each := _at(day, clock, now, zone)) > now)
    return None


def _day(name: str, today: date) -> date:
    if name == "today":
        return today
    if name == "tomorrow":
        return today + timedelta(days=1)
    wanted = next(number for number, each in enumerate(_DAYS) if each.startswith(name))
    return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)


def _clock(found: re.Match[str]) -> time:
    if found["hour"] is None:
        return MORNING
    return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))


def _offset(written: str) -> timezone:
    if written == "z":
        return UTC
    sign = -1 if written[0] == "-" else 1
    hours, minutes = int(written[1:3]), int(written[-2:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _at(day: date, clock: time, now: datetime, zone: tzinfo) -> datetime:
    """A local time as UTC: of two that read alike the first that is later than now, else the second."""
    local = datetime.combine(day, clock, zone)
    first, second = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    return second if first <= now and second > first else first
