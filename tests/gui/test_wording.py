from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from triage_app.gui import wording
from triage_app.services.queries import BalanceSheet

NOW = datetime(2026, 11, 8, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=-300), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=60), "1m"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(hours=1), "1h"),
        (timedelta(hours=23, minutes=59), "23h"),
        (timedelta(days=1), "1d"),
        (timedelta(days=13, hours=23), "13d"),
        (timedelta(days=14), "2w"),
        (timedelta(days=364), "52w"),
        (timedelta(days=800), "2y"),
    ],
)
def test_age(ago: timedelta, said: str) -> None:
    assert wording.age(NOW - ago, NOW) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0%"), (0.004, "0%"), (0.805, "80%"), (0.994, "99%"), (0.9999, "99%"), (1.0, "100%")]
)
def test_percent_never_says_that_something_is_certain_that_is_not(share: float, said: str) -> None:
    assert wording.percent(share) == said


def test_numbers_follow_the_locale() -> None:
    assert wording.count(4312) == "4,312"
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    assert wording.count(4312) == "4.312"


def test_counted_knows_one_and_many() -> None:
    assert wording.counted(1, "ticket", "tickets") == "1 ticket"
    assert wording.counted(1204, "ticket", "tickets") == "1,204 tickets"


def test_the_balance_is_one_line_and_says_what_is_missing() -> None:
    sheet = BalanceSheet(4312, 3902, 388, 21, 1, 0, 0, ())
    assert wording.balance(sheet) == "4,312 seen = 3,902 + 388 + 21 + 1 + 0"
    assert "Nothing is lost" in wording.balance_in_words(sheet)
    assert "Unaccounted for: 7" in wording.balance_in_words(BalanceSheet(7, 0, 0, 0, 0, 0, 7, ()))


def test_a_first_line_is_one_line_and_short() -> None:
    assert wording.first_line("a\n\tb   c") == "a b c"
    assert wording.first_line("word " * 100, 20).endswith("\u2026")
    assert len(wording.first_line("x" * 10_000_000, 20)) == 20


def test_a_time_names_its_zone() -> None:
    assert wording.exact(NOW).split()[-1]
    assert "2026" in wording.exact(NOW)


def test_sizes_have_units() -> None:
    assert wording.size(48_211) == "47.1 kB"


@pytest.mark.parametrize(
    ("still_open", "past", "short", "words"),
    [
        (3, 12, "3 / 12", "3 open and 12 past tickets are similar"),
        (1, 0, "1", "1 open ticket is similar"),
        (0, 1, "0 / 1", "0 open and 1 past ticket is similar"),
        (1204, 1204, "1,204 / 1,204", "1,204 open and 1,204 past tickets are similar"),
    ],
)
def test_similar(still_open: int, past: int, short: str, words: str) -> None:
    assert wording.similar(still_open, past) == short
    assert wording.similar_in_words(still_open, past) == words


def test_until_when_something_waits() -> None:
    moment = (NOW + timedelta(hours=21)).isoformat()
    assert wording.until(moment, on_change=False, now=NOW) == "tomorrow 09:00"
    assert wording.until(moment, on_change=True, now=NOW) == "tomorrow 09:00, or when something changes"
    assert wording.until("", on_change=True, now=NOW) == "when something changes"


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (timedelta(minutes=5), "today 12:05"),
        (timedelta(hours=21), "tomorrow 09:00"),
        (timedelta(days=2), "Tuesday 12:00"),
        (timedelta(days=6), "Saturday 12:00"),
        (timedelta(days=7), "15 Nov 12:00"),
        (timedelta(days=60), "7 Jan 2027 12:00"),
    ],
)
def test_a_time_to_come_is_said_as_one_says_it(after: timedelta, said: str) -> None:
    assert wording.coming(NOW + after, NOW) == said


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0.0, "at the same time"),
        (1 / 1440, "1 minute before"),
        (-0.125, "3 hours after"),
        (2.9, "2 days before"),
        (21.0, "3 weeks before"),
        (-800.0, "2 years after"),
    ],
)
def test_how_far_apart_two_tickets_are(days: float, words: str) -> None:
    assert wording.apart(days) == words
