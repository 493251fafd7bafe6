"""Times as people name them in a query: 2026-11-01, 2026-11, today, monday, 09:30, 2d ago."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from triage_app.domain.durations import duration_of

EARLIEST = 1970
LATEST = 2199

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})[Tt ](\d{1,2}:\d\d(?::\d\d)?)(?:\.\d{1,9})?(?: ?([Zz]|[+-]\d\d:?\d\d))?", re.ASCII
)

Span = tuple[datetime, datetime]
"""From a time on, and before another; both are the same where one moment is meant. Aware UTC."""


def span_of(text: str, now: datetime, zone: tzinfo) -> Span | None:
    """The year, month, day, minute or second that a text names, or the moment; None for other texts.

    Times without a zone are of `zone`. Names of days are the last such day, today included; a time alone is today's.
    """
    written = text.strip().lower()
    today = now.astimezone(zone).date()
    if written == "now":
        return now, now
    if written in {"today", "yesterday"}:
        return _days(today - timedelta(days=written == "yesterday"), 1, zone)
    if written in DAYS:
        return _days(today - timedelta(days=(today.weekday() - DAYS.index(written)) % 7), 1, zone)
    if (ago := duration_of(written.removesuffix("ago"))) is not None:
        return now - ago, now - ago
    try:
        return _calendar(written, today, zone)
    except (ValueError, OverflowError):
        return None


def _calendar(text: str, today: date, zone: tzinfo) -> Span | None:
    """Dates and clock times; raises ValueError for those that do not exist."""
    if match := _DATE.fullmatch(text):
        year, month, day = int(match[1]), match[2], match[3]
        if not EARLIEST <= year <= LATEST:
            return None
        if day:
            return _days(date(year, int(month), int(day)), 1, zone)
        first = date(year, int(month or 1), 1)
        following = date(year + (not month or int(month) == 12), 1 if not month else int(month) % 12 + 1, 1)
        return _days(first, (following - first).days, zone)
    if match := _CLOCK.fullmatch(text):
        return _moment(today, match, zone)
    if match := _MOMENT.fullmatch(text):
        there, clock = date(*map(int, match[1].split("-"))), _CLOCK.fullmatch(match[2])
        if clock is None or not EARLIEST <= there.year <= LATEST:
            return None
        return _moment(there, clock, _zone(match[3]) or zone)
    return None


def _moment(day: date, clock: re.Match[str], zone: tzinfo) -> Span:
    start = datetime.combine(day, time(int(clock[1]), int(clock[2]), int(clock[3] or 0)), zone).astimezone(UTC)
    return start, start + timedelta(seconds=1 if clock[3] else 60)


def _zone(written: str | None) -> tzinfo | None:
    if not written:
        return None
    return UTC if written in "zZ" else datetime.strptime(written, "%z").tzinfo


def _days(first: date, number: int, zone: tzinfo) -> Span:
    """So many days from their first midnight to the one behind them, which is not always 24 hours later."""
    midnight = time()
    start = datetime.combine(first, midnight, zone)
    end = datetime.combine(first + timedelta(days=number), midnight, zone)
    return start.astimezone(UTC), end.astimezone(UTC)
