"""The time zone in which the person at this desk names times."""

from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDateTime, QTimeZone


def desk_zone() -> tzinfo:
    """The zone of this machine with all its changes of clocks; where its name says nothing, with today's offset."""
    return zone_named(bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace"))


def zone_named(name: str) -> tzinfo:
    """The zone of a name as the IANA lists it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return timezone(timedelta(seconds=QDateTime.currentDateTime().offsetFromUtc()))
