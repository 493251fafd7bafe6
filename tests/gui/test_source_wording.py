from dataclasses import replace
from datetime import timedelta

import pytest

from tests.gui.sources import NOW, ROW, failing_row
from triage_app.gui import source_wording, wording
from triage_app.services.queries import BalanceSheet
from triage_app.services.source_queries import SourceList, SourceRow


@pytest.mark.parametrize(
    ("row", "followed", "said"),
    [
        (ROW, True, "Running"),
        (ROW, False, "Not followed"),
        (replace(ROW, status="new"), True, "Connecting"),
        (replace(ROW, status="paused"), False, "Paused"),
        (failing_row(), False, "Failing"),
    ],
)
def test_a_source_fares_somehow_and_has_its_picture(row: SourceRow, followed: bool, said: str) -> None:
    assert source_wording.state(row, followed=followed) == said
    picture, token = source_wording.icon(row, followed=followed)
    assert picture
    assert (token == "critical") is (said == "Failing")


@pytest.mark.parametrize(
    ("seconds", "said"), [(-5, "now"), (0, "now"), (40, "in 40s"), (60, "in 1m"), (3599, "in 59m"), (7300, "in 2h")]
)
def test_the_next_try_is_near_or_far(seconds: int, said: str) -> None:
    assert source_wording.until(NOW + timedelta(seconds=seconds), NOW) == said


def test_facts_hold_tls_lag_counts_and_settings() -> None:
    facts = dict(source_wording.facts(ROW, NOW + timedelta(minutes=5)))
    assert (facts["Connection"], facts["Lag"], facts["On server"], facts["user"]) == ("TLS 1.3", "5m", "12", "soc")
    assert "Failures in a row" not in facts
    facts = dict(source_wording.facts(replace(failing_row(), last_success=None, tls="", on_server=None), NOW))
    assert (facts["Failures in a row"], facts["Lag"]) == ("2", "not reached yet")
    assert facts["Connection"] == facts["On server"] == source_wording.NEVER
    assert dict(source_wording.facts(replace(ROW, tls=""), NOW))["Connection"] == "not encrypted"


def test_all_sources_fit_in_a_line() -> None:
    listed = SourceList((ROW, failing_row(), replace(ROW, status="paused")), "keyring")
    assert source_wording.sources_line(listed, followed=True) == "1 source connected, 1 failing, 1 paused"
    assert source_wording.sources_line(listed, followed=False) == "3 sources not followed"
    assert source_wording.sources_line(SourceList((), ""), followed=True) == ""
    assert source_wording.sources_line(None, followed=True) == ""
    assert source_wording.errors_in_words(listed) == "broken: Refused. Give another."


def test_a_balance_says_whether_something_is_missing() -> None:
    assert source_wording.balance_sentence(BalanceSheet(0, 0, 0, 0, 0, 0, 0, ())) == "Nothing was seen yet."
    assert "all 7 items" in source_wording.balance_sentence(BalanceSheet(7, 7, 0, 0, 0, 0, 0, ()))
    wrong = source_wording.balance_sentence(BalanceSheet(7, 5, 0, 0, 0, 0, 2, ()))
    assert wrong.startswith(f"{wording.count(2)} items are not accounted for")
