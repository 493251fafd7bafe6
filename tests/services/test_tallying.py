from dataclasses import replace
from datetime import UTC, datetime

import pytest

from triage_app.domain.dedup import RuleName
from triage_app.domain.labels import Held, ModelId, Tier
from triage_app.domain.learning import Decision
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import Outcome, WrongKeyword
from triage_app.services.tallying import Tally, share

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLAIN = Outcome(
    TicketId(1), "category", "files", "bob", "a subject", NOW, ModelId("m1"), Tier.MODEL, "Spam", 0.9, "Spam", 0.9,
    None, 1.0, None, "", "", None, None,
)  # fmt: skip


def decided(decision: Decision, truth: str = "Spam", **changes: object) -> Outcome:
    return replace(PLAIN, decision=decision, truth=truth, decided_at=NOW, **changes)  # type: ignore[arg-type]


RIGHT = decided(Decision.CONFIRMED)
WRONG = decided(Decision.CORRECTED, "Malware")


def test_predictions_are_counted_by_what_became_of_them() -> None:
    tally = Tally([PLAIN, RIGHT, decided(Decision.STOOD), WRONG, replace(WRONG, source="mail")], 0.8)
    row = tally.row("Spam", tally.labels, {})
    assert (row.predictions, row.corrected, row.confirmed, row.stood) == (5, 2, 1, 1)
    assert (row.accuracy, row.before) == (share(2, 4), share(0, 0))
    assert {name: each.predictions for name, each in tally.sources.items()} == {"files": 4, "mail": 1}
    assert tally.gate == share(2, 4)


def test_the_promise_is_about_what_the_model_found_surely_enough() -> None:
    held = replace(RIGHT, tier=Tier.DEFAULT, label="Other", held=Held.PROMISE, decision=Decision.CORRECTED)
    others = (
        replace(WRONG, held=Held.STRANGE),
        replace(WRONG, best_confidence=0.79),
        replace(WRONG, best=""),
        PLAIN,
    )
    (kept,) = Tally([RIGHT, WRONG, held, *others], 0.8).promises()
    assert (kept.label, kept.n, kept.right, kept.broken) == ("Spam", 3, 2, False)


def test_a_keyword_is_judged_by_what_people_decided() -> None:
    fired = replace(WRONG, tier=Tier.KEYWORD, keywords=("verify", "urgent"))
    right = replace(RIGHT, tier=Tier.KEYWORD, keywords=("verify",))
    fine = replace(RIGHT, tier=Tier.KEYWORD, keywords=("fine",))
    found = Tally([fired, fired, right, fine, replace(PLAIN, keywords=("verify",))], 0.8).wrong_keywords()
    assert found == (WrongKeyword("Spam", "urgent", 2, 2), WrongKeyword("Spam", "verify", 3, 2))


def test_confusions_come_with_the_first_examples() -> None:
    wrong = [replace(WRONG, ticket=TicketId(number), subject=f"s{number}") for number in range(1, 6)]
    once = replace(WRONG, truth="Other")
    first, second = Tally([*wrong, once], 0.8).confusions(2)
    assert (first.shown, first.truth, first.n) == ("Spam", "Malware", 5)
    assert (first.tickets, first.subjects) == ((1, 2, 3), ("s1", "s2", "s3"))
    assert (second.truth, second.n) == ("Other", 1)
    assert len(Tally([*wrong, once], 0.8).confusions(1)) == 1


def times(outcome: Outcome, seconds: float, count: int) -> list[Outcome]:
    return [replace(outcome, seconds=seconds) for _ in range(count)]


def test_minutes_are_the_difference_of_medians_times_what_was_measured() -> None:
    keyword = replace(RIGHT, tier=Tier.KEYWORD, keywords=("x",))
    default = decided(Decision.STOOD, tier=Tier.DEFAULT, label="Other")
    outcomes = [
        *times(RIGHT, 10.0, 20), *times(keyword, 40.0, 10), *times(WRONG, 60.0, 5), *times(default, 80.0, 5),
        *[RIGHT] * 50,
    ]  # fmt: skip
    by_keywords, by_model, rule = Tally(outcomes, 0.8).savings({RuleName("vpn"): 6, RuleName("none"): 0})
    assert (by_model.name, by_model.decisions, by_model.seconds_with, by_model.seconds_without) == (
        "model m1", 20, 10.0, 70.0,
    )  # fmt: skip
    assert by_model.minutes == pytest.approx(20 * 60 / 60)
    assert by_keywords.minutes == pytest.approx(10 * 30 / 60)
    assert (rule.name, rule.decisions, rule.seconds_with, rule.seconds_without) == ("rule vpn", 6, 0.0, 25.0)
    assert rule.minutes == pytest.approx(6 * 25 / 60)


@pytest.mark.parametrize(("helped", "unhelped"), [(9, 20), (20, 9)])
def test_nothing_is_claimed_where_too_few_were_measured(helped: int, unhelped: int) -> None:
    (saving,) = Tally([*times(RIGHT, 10.0, helped), *times(WRONG, 60.0, unhelped)], 0.8).savings({})
    assert saving.minutes is None
    assert (saving.seconds_with is None, saving.seconds_without is None) == (helped < 10, unhelped < 10)


def test_help_that_took_longer_costs_minutes() -> None:
    (saving,) = Tally([*times(RIGHT, 90.0, 10), *times(WRONG, 30.0, 10)], 0.8).savings({})
    assert saving.minutes == pytest.approx(-10.0)
