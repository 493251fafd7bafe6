"""Durations as people write them: 5m, 90s, 1h30m, 7d."""

import re
from datetime import timedelta

LONGEST = timedelta(days=3660)

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?(ms|s|m|h|d|w)")
_WHOLE = re.compile(rf"(?:{_PART.pattern} ?){{1,6}}")


def duration_of(text: str) -> timedelta | None:
    """A duration above nothing and up to ten years, from numbers with units (ms, s, m, h, d, w); None for other
    texts.
    """
    written = text.strip().lower()
    if len(written) > 60 or not _WHOLE.fullmatch(written):
        return None
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(written))
    return timedelta(seconds=seconds) if 0 < seconds <= LONGEST.total_seconds() else None


def duration_text(duration: timedelta) -> str:
    """A duration as it would be written in a rule: `duration_of` reads it back, to the millisecond."""
    left = round(duration.total_seconds() * 1000)
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        size = round(_UNITS[unit] * 1000)
        if left >= size:
            parts.append(f"{left // size}{unit}")
            left %= size
    return "".join(parts) or "0s"
