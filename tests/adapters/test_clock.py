"""The system's clock and time zone."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from triage_app.adapters.clock import SystemZone, system_clock

NAME = "Europe/Berlin"


def test_the_time_is_aware_and_goes_on() -> None:
    first, second = system_clock(), system_clock()
    assert first.tzinfo is UTC
    assert first <= second


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[SystemZone]:
    """A machine in Berlin."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system's time zone cannot be set for one program")
    monkeypatch.setenv("TZ", NAME)
    time.tzset()
    yield SystemZone()
    monkeypatch.undo()
    time.tzset()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(946_684_800, 2_145_916_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
@example(datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
def test_the_zone_of_the_machine_is_that_of_its_name(berlin: SystemZone, moment: datetime) -> None:
    named, here = moment.astimezone(ZoneInfo(NAME)), moment.astimezone(berlin)
    assert here.replace(tzinfo=None) == named.replace(tzinfo=None)
    assert (here.fold, here.utcoffset(), here.tzname()) == (named.fold, named.utcoffset(), named.tzname())
    assert here.astimezone(UTC) == moment
    local = moment.replace(tzinfo=None)
    for fold in (0, 1):
        there = local.replace(tzinfo=ZoneInfo(NAME), fold=fold)
        assert local.replace(tzinfo=berlin, fold=fold).astimezone(UTC) == there.astimezone(UTC)
