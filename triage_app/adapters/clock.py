"""The system's clock and time zone: the one place that reads the time."""

from datetime import UTC, datetime, timedelta, tzinfo


def system_clock() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)


class SystemZone(tzinfo):
    """The time zone of this machine, with all its changes of clocks, on systems that do not tell its name too."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """How far clocks are ahead of UTC at a local time."""
        return None if dt is None else dt.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, dt: datetime | None) -> timedelta | None:
        """Not known."""
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        """The system's short name for it at a local time."""
        return None if dt is None else dt.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, dt: datetime) -> datetime:
        """The local time at a time in UTC."""
        there = dt.replace(tzinfo=UTC).astimezone()
        local = there.replace(tzinfo=self, fold=0)
        return local if local.utcoffset() == there.utcoffset() else local.replace(fold=1)
