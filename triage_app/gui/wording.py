"""How values are said to a person: counts, percent, ages and times, in the user's locale."""

from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime, QLocale, QTimeZone

from triage_app.domain.labels import Tier
from triage_app.domain.ticket import Status, Verdict
from triage_app.services.queries import BalanceSheet

VERDICTS = {
    Verdict.TRUE_POSITIVE: "True positive",
    Verdict.BENIGN_POSITIVE: "Benign positive",
    Verdict.FALSE_POSITIVE: "False positive",
    Verdict.DUPLICATE: "Duplicate",
    Verdict.TEST: "Test",
    Verdict.INSUFFICIENT_DATA: "Insufficient data",
}
STATES = {
    Status.NEW: "New",
    Status.IN_PROGRESS: "In progress",
    Status.WAITING: "Waiting",
    Status.RESOLVED: "Closed",
}
TIERS = {
    Tier.MODEL: "by the model",
    Tier.KEYWORD: "by keywords",
    Tier.DEFAULT: "by default: nothing spoke for a label",
    Tier.PERSON: "set by a person",
}
MINUTE, HOUR, DAY = 60, 3600, 86400


def count(number: int) -> str:
    """A number with the locale's grouping."""
    return QLocale().toString(number)


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun: `1 ticket`, `1,204 tickets`."""
    return f"{count(number)} {one if number == 1 else many}"


def percent(share: float) -> str:
    """A share 0..1 as whole percent; below 1 only what rounds to 100 from 99.5 on is said as 99."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        whole = 99
    return f"{QLocale().toString(whole)}%"


def age(then: datetime, now: datetime) -> str:
    """How long ago, short: `now`, `9m`, `3h`, `2d`, `5w`, `1y`; a time to come is `now`."""
    seconds = max(timedelta(), now - then).total_seconds()
    if seconds < MINUTE:
        return "now"
    for size, below, sign in ((MINUTE, HOUR, "m"), (HOUR, DAY, "h"), (DAY, 14 * DAY, "d"), (7 * DAY, 365 * DAY, "w")):
        if seconds < below:
            return f"{int(seconds // size)}{sign}"
    return f"{int(seconds // (365 * DAY))}y"


def similar(still_open: int, past: int) -> str:
    """How many similar tickets there are, open and past: `3 / 12`, or `3` where none is past."""
    return f"{count(still_open)} / {count(past)}" if past else count(still_open)


def similar_in_words(still_open: int, past: int) -> str:
    """The same as a sentence."""
    if not past:
        return f"{counted(still_open, 'open ticket is', 'open tickets are')} similar"
    return f"{count(still_open)} open and {counted(past, 'past ticket is', 'past tickets are')} similar"


def apart(days: float) -> str:
    """How long before something, in words: `3 weeks before`; below 0 it came after: `2 hours after`."""
    seconds = abs(days) * DAY
    if seconds < MINUTE:
        return "at the same time"
    for size, below, one, many in (
        (MINUTE, HOUR, "minute", "minutes"),
        (HOUR, DAY, "hour", "hours"),
        (DAY, 14 * DAY, "day", "days"),
        (7 * DAY, 365 * DAY, "week", "weeks"),
        (365 * DAY, float("inf"), "year", "years"),
    ):
        if seconds < below:
            return f"{counted(int(seconds // size), one, many)} {'before' if days > 0 else 'after'}"
    return ""


def clock(then: datetime) -> str:
    """The time of day in the user's zone and locale."""
    return QLocale().toString(_local(then).time(), QLocale.FormatType.ShortFormat)


def coming(then: datetime, now: datetime) -> str:
    """A time to come, as one says it: `today 17:30`, `tomorrow 09:00`, `Monday 09:00`, `1 Dec 09:00`."""
    local, today = _local(then), _local(now).date()
    days = today.daysTo(local.date())
    time = clock(then)
    if days in (0, 1):
        return f"{'tomorrow' if days else 'today'} {time}"
    if 1 < days < 7:
        return f"{QLocale().dayName(local.date().dayOfWeek())} {time}"
    form = "d MMM" if local.date().year() == today.year() else "d MMM yyyy"
    return f"{QLocale().toString(local.date(), form)} {time}"


def until(moment: str, on_change: bool, now: datetime) -> str:
    """When something comes back: at a moment (ISO 8601; empty: none), or when something changes."""
    if not moment:
        return "when something changes"
    when = coming(datetime.fromisoformat(moment), now)
    return f"{when}, or when something changes" if on_change else when


def exact(then: datetime) -> str:
    """The time in the user's zone and locale, to the minute, with the zone."""
    local = _local(then)
    return f"{QLocale().toString(local, QLocale.FormatType.ShortFormat)} {local.timeZoneAbbreviation()}"


def _local(then: datetime) -> QDateTime:
    # Whole seconds: QDateTime takes an aware datetime as local time.
    return QDateTime.fromSecsSinceEpoch(int(then.timestamp()), QTimeZone(QTimeZone.Initialization.LocalTime))


def size(number: int) -> str:
    """A number of bytes in the locale's words."""
    return QLocale().formattedDataSize(number, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def balance(sheet: BalanceSheet) -> str:
    """Seen = ticketed + merged + dropped + parked + pending, as one line."""
    parts = (sheet.ticketed, sheet.merged, sheet.dropped, sheet.parked, sheet.pending)
    return f"{count(sheet.seen)} seen = {' + '.join(count(part) for part in parts)}"


def balance_in_words(sheet: BalanceSheet) -> str:
    """The balance with what each number counts."""
    names = ("ticketed", "merged", "dropped", "parked", "pending")
    lines = [f"{count(sheet.seen)} items seen"]
    lines += [f"{count(getattr(sheet, name))} {name}" for name in names]
    lines.append("Nothing is lost." if sheet.difference == 0 else f"Unaccounted for: {count(sheet.difference)}")
    return "\n".join(lines)


def first_line(text: str, limit: int = 80) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "\u2026"
