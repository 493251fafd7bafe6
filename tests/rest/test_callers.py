from datetime import UTC, datetime, timedelta

import pytest

from triage_app.domain.token import Caller
from triage_app.rest.callers import MOST_CALLERS, Callers

BEGIN = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    """Each reading is a second later."""

    seconds = -1

    def __call__(self) -> datetime:
        self.seconds += 1
        return BEGIN + timedelta(seconds=self.seconds)


@pytest.fixture
def callers() -> Callers:
    return Callers(Clock())


def test_requests_are_counted_for_each_token_from_each_address(callers: Callers) -> None:
    # when
    callers.came("desk", "192.0.2.1")
    callers.came("", "192.0.2.9")
    callers.refused("", "192.0.2.9")
    callers.came("desk", "192.0.2.2")
    callers.came("desk", "192.0.2.1")
    # then the one heard of last is the first
    at = [BEGIN + timedelta(seconds=each) for each in range(7)]
    assert callers.all() == (
        Caller("desk", "192.0.2.1", at[0], at[6], 2, 0, 0),
        Caller("desk", "192.0.2.2", at[4], at[5], 1, 0, 0),
        Caller("", "192.0.2.9", at[2], at[3], 1, 1, 0),
    )


def test_whoever_listens_is_counted_for_as_long_as_that_goes_on(callers: Callers) -> None:
    with callers.listening("desk", "192.0.2.1"):
        with callers.listening("desk", "192.0.2.1"):
            assert callers.all()[0].listening == 2
        assert callers.all()[0].listening == 1
    assert callers.all()[0].listening == 0


def test_the_record_is_bounded_and_who_guesses_pushes_out_nobody(callers: Callers) -> None:
    callers.came("desk", "192.0.2.1")
    for number in range(MOST_CALLERS + 5):
        callers.came("", str(number))
    found = callers.all()
    assert len(found) == MOST_CALLERS + 1
    assert {"desk", ""} == {each.token for each in found}
    assert "4" not in {each.address for each in found}


def test_who_listens_is_not_forgotten(callers: Callers) -> None:
    with callers.listening("desk", "192.0.2.1"):
        for number in range(MOST_CALLERS):
            callers.came("other", str(number))
        assert "192.0.2.1" in {each.address for each in callers.all()}
        assert len(callers.all()) == MOST_CALLERS
