from datetime import UTC, datetime, timedelta

from triage_app.adapters.clock import system_clock
from triage_app.gui.desk import read_clock


def test_the_clock_of_the_view_is_aware_and_right() -> None:
    now = read_clock()
    assert now.tzinfo is UTC
    assert abs(now - system_clock()) < timedelta(seconds=5)
    assert isinstance(now, datetime)
