"""The system's clock: the one place that reads the time."""

from datetime import UTC, datetime


def system_clock() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)
