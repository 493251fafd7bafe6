"""When something happened, read from the many ways in which products write a time."""

import re
from datetime import UTC, datetime, timedelta, timezone

EARLIEST = 1990
LATEST = 2100
"""Years outside are not times of alerts but counters, ids and defaults such as 1970-01-01."""

MAX_LENGTH = 64

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp][Mm]))?"
)
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0,
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
"""Hours east of Greenwich of zones with a name: those of RFC 5322, and others that mean one thing only."""

_ZONE = rf"(?: ?(?P<zone>{'|'.join(ZONES)}|[+-]\d\d(?:[:.]?\d\d)?)(?: ?(?:Z|UTC|GMT))?)?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        # 2025-02-15 14:59:03.266529825 +0000 UTC, 2024/08/14 21:28:56 GMT, 2025-02-03T21:41:42.853014+01.00
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:(?:T| {{1,2}}|, ?){_CLOCK}{_ZONE})?",
        # Thu, 29 Feb 2024 11:48:32 GMT (RFC 5322), 04/Mar/2020:18:02:04 +0000 (web servers)
        (
            rf"(?:[A-Za-z]{{3,9}},? )?(?P<day>\d{{1,2}})[ /-](?P<name>[A-Za-z]{{3}})[a-z]{{0,6}}[ /-](?P<year>\d{{4}})"
            rf"(?:[ :]{_CLOCK}{_ZONE})?"
        ),
        # Sat Oct 26 23:20:39 UTC 2024 (date), Mon Aug 10 10:04:39 2020 (asctime)
        (
            rf"(?:[A-Za-z]{{3}},? )?(?P<name>[A-Za-z]{{3}}) {{1,2}}(?P<day>\d{{1,2}}) {_CLOCK}{_ZONE} (?P<year>\d{{4}})"
            r"(?: ?(?P<after>UTC|GMT|Z|[+-]\d\d:?\d\d))?"
        ),
        # Sep 23, 2022 11:25:46 PM, Mar 10 2020 15:46:20
        (
            rf"(?:[A-Za-z]{{3}},? )?(?P<name>[A-Za-z]{{3}})[a-z]{{0,6}} {{1,2}}(?P<day>\d{{1,2}}),? (?P<year>\d{{4}})"
            rf"(?:,? {_CLOCK}{_ZONE})?"
        ),
        # 2020 Mar 10 15:46:20 PDT (Cisco)
        rf"(?P<year>\d{{4}}) (?P<name>[A-Za-z]{{3}}) {{1,2}}(?P<day>\d{{1,2}}) {_CLOCK}{_ZONE}",
        # 03/04/2020-18:02:04.347123 (Suricata, Snort), 4/1/2025 7:39:45 PM: the month comes first
        rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}})(?:[ -]{_CLOCK}{_ZONE})?",
    )
)
_YEARLESS = re.compile(rf"(?P<name>[A-Z][a-z]{{2}}) {{1,2}}(?P<day>\d{{1,2}}) {_CLOCK}{_ZONE}", re.ASCII)


def parse_time(value: object, *, near: datetime | None = None) -> datetime | None:
    """A time as aware UTC, or None where `value` is none.

    Numbers (also as text) are seconds, milli-, micro- or nanoseconds since 1970, told apart by their size. A text
    without a zone is taken as UTC: what the product meant is not in the text. A text without a year (RFC 3164) needs
    `near`, and means the time closest to it.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _epoch(value)
    if not isinstance(value, str) or not 4 <= len(value) <= MAX_LENGTH:
        return None
    text = value.strip()
    number = _number(text)
    if number is not None:
        return _epoch(number)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _written(text, near)
    return _checked(found if found.tzinfo else found.replace(tzinfo=UTC))


def _number(text: str) -> float | None:
    """A plain number of ten digits or more: shorter ones are years and days."""
    whole, _, part = text.partition(".")
    if len(whole) < 9 or not whole.isascii() or not whole.isdigit() or (part and not part.isdecimal()):
        return None
    return float(text) if part.isascii() else None


def _epoch(number: float) -> datetime | None:
    seconds = float(number) if abs(number) < 1e300 else 0.0
    for limit, scale in ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9)):
        if seconds < limit:
            seconds /= scale
            break
    # False also for NaN.
    if not 6e8 <= seconds <= 4.2e9:
        return None
    return _checked(_EPOCH + timedelta(seconds=seconds))


def _checked(found: datetime) -> datetime | None:
    try:
        utc = found.astimezone(UTC)
    except OverflowError:
        return None
    return utc if EARLIEST <= utc.year <= LATEST else None


def _written(text: str, near: datetime | None) -> datetime | None:
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            return _from_parts(match, int(match["year"]))
    match = _YEARLESS.fullmatch(text)
    if match is None or near is None:
        return None
    around = [_from_parts(match, near.year + offset) for offset in (-1, 0, 1)]
    return min((each for each in around if each), key=lambda each: abs(each - near), default=None)


def is_yearless(text: str) -> bool:
    """Whether this is a time without a year, which only the time of its arrival can complete."""
    return len(text) <= MAX_LENGTH and _YEARLESS.fullmatch(text) is not None


def _from_parts(match: re.Match[str], year: int) -> datetime | None:
    parts = match.groupdict()
    month = _MONTHS.get(parts["name"].lower()) if parts.get("name") else int(parts.get("month") or 0)
    hour = int(parts.get("hour") or 0)
    half = (parts.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    fraction = int(((parts.get("fraction") or "") + "000000")[:6])
    try:
        return _checked(
            datetime(
                year,
                month or 0,
                int(parts["day"]),
                hour,
                int(parts.get("minute") or 0),
                int(parts.get("second") or 0),
                fraction,
                _zone(parts.get("zone") or parts.get("after") or ""),
            )
        )
    except ValueError:
        return None


def _zone(text: str) -> timezone:
    if not text or text[0] not in "+-":
        return timezone(timedelta(hours=ZONES.get(text, 0)))
    digits = re.sub(r"[^0-9]", "", text).ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return timezone(-offset if text[0] == "-" else offset)
