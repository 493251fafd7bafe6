"""The system's clock."""

from datetime import UTC

from triage_app.adapters.clock import system_clock


def test_the_time_is_aware_and_goes_on() -> None:
    first, second = system_clock(), system_clock()
    assert first.tzinfo is UTC
    assert first <= second
