from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.gui.labelling import month_report, share
from triage_app.gui import month_wording as said
from triage_app.services.learning_shapes import Saving, Share


def test_months_go_back_over_the_turn_of_the_year() -> None:
    months = said.months(datetime(2026, 2, 3, tzinfo=UTC))
    assert months[:4] == ("2026-02", "2026-01", "2025-12", "2025-11")
    assert len(set(months)) == said.MONTHS_BACK
    assert "2025" in said.month_name("2025-12")


def test_a_trend_says_whether_it_may_be_chance() -> None:
    before, close, far = Share(100, 80, 0.8, 0.71, 0.87), Share(100, 84, 0.84, 0.76, 0.9), share(1_000, 950)
    assert said.trend(close, before) == "up 4 points from 80%, which may be chance"
    assert said.trend(before, far) == "down 15 points from 95%"
    assert said.trend(before, before) == "as before (80%)"
    assert said.trend(before, share(0, 0)) == ""
    assert said.interval(before) == "71 to 87%"
    assert said.interval(share(0, 0)) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "\u2014"), (12.4, "12 min"), (89.0, "89 min"), (255.0, "4 h 15 min"), (120.0, "2 h"), (-3.0, "-3 min")],
)
def test_minutes(value: float | None, words: str) -> None:
    assert said.minutes(value) == words


def test_what_was_not_measured_is_not_claimed() -> None:
    report = month_report()
    assert said.saved(report) == "measured in 912 decisions"
    assert said.saved(replace(report, minutes_saved=None, measured=3)) == "3 decisions measured: too few to tell"
    assert said.not_claimed(Saving("a", 3, None, None, None)) == "too few were measured"
    assert said.not_claimed(Saving("a", 30, 1.0, 2.0, 0.5)) == ""
    assert said.seconds(None) == "\u2014"
    assert said.seconds(14.2) == "14 s"


def test_a_drift_is_much_some_or_little() -> None:
    assert [said.drift(size) for size in (0.3, 0.2, 0.05)] == ["much", "some", "little"]


def test_the_month_before_is_named() -> None:
    assert said.volume(month_report()).endswith("in October 2026")
    assert said.volume(replace(month_report(), predictions_before=0)) == "none in October 2026"
