from dataclasses import replace

import pytest

from triage_app.domain.labels import ModelId
from triage_app.services.learning_shapes import (
    Confusion,
    Drift,
    LabelPromise,
    MonthReport,
    MonthRow,
    Promise,
    Share,
    WrongKeyword,
)
from triage_app.services.month_advice import advice
from triage_app.services.tallying import share

NONE = share(0, 0)
FINE = MonthReport(
    "category", "2026-12", 1_000, 300, 30, 70, 200, share(270, 300), share(200, 210), 0.8, "2026-11", 900, 250,
    share(225, 250), share(150, 160), (), (), (), (), (), (), (), None, 100, (), (),
)  # fmt: skip
KEPT = Promise("category", ModelId("m1"), 0.8, (), ())
MANY = {"Spam": 500, "Phishing": 300}


def row(name: str, predictions: int, accuracy: Share = NONE, before: Share = NONE) -> MonthRow:
    return MonthRow(name, predictions, 0, 0, 0, accuracy, before)


def test_where_nothing_stands_out_it_says_so() -> None:
    assert advice(FINE, KEPT, MANY) == ("Nothing stands out: go on as before.",)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"accuracy": share(150, 300)}, "Accuracy fell from 90% to 50%"),
        ({"labels": (row("Spam", 99, share(20, 60), share(58, 60)),)}, "Right less often than the month before: Spam."),
        ({"keywords": (WrongKeyword("Spam", "offer", 10, 8),)}, 'The keyword "offer" for Spam was wrong 8 of 10 times'),
        ({"confusions": (Confusion("Spam", "Phishing", 12, (), ()),)}, "Spam was corrected to Phishing 12 times"),
        ({"drift": (Drift("vocabulary", 0.3, ""),)}, "The words have changed much"),
        ({"drift": (Drift("scores", 0.3, ""),)}, "The model's scores have changed much"),
        ({"drift": (Drift("sources", 0.3, "The source x moved."),)}, "The source x moved."),
        ({"sources": (row("siem", 120),)}, "Nobody decided on anything from siem (120)"),
        ({"tiers": (row("default", 700, share(5, 9)),)}, "Neither model nor keywords answered 700 of 1,000"),
        ({"measured": 9}, "The time of 9 decisions was measured, too few"),
    ],
)
def test_what_stands_out_is_told_with_what_to_do(changes: dict[str, object], told: str) -> None:
    (only,) = advice(replace(FINE, **changes), KEPT, MANY)  # type: ignore[arg-type]
    assert told in only


@pytest.mark.parametrize(
    "changes",
    [
        {"accuracy": share(260, 300)},
        {"keywords": (WrongKeyword("Spam", "offer", 4, 4), WrongKeyword("Spam", "buy", 10, 4))},
        {"confusions": (Confusion("Spam", "Phishing", 4, (), ()),)},
        {"drift": (Drift("vocabulary", 0.2, ""), Drift("volume", 3.0, ""))},
        {"sources": (row("siem", 19), row("mail", 500, share(1, 1)))},
        {"tiers": (row("default", 500, share(5, 9)),)},
    ],
)
def test_what_may_be_chance_is_not_told(changes: dict[str, object]) -> None:
    assert advice(replace(FINE, **changes), KEPT, MANY) == ("Nothing stands out: go on as before.",)  # type: ignore[arg-type]


def test_a_broken_promise_comes_first_and_one_that_mended_is_told() -> None:
    broken = LabelPromise("Spam", 40, 28, 0.8, 0.7, 0.5, 0.79, broken=True)
    mended = replace(broken, label="Phishing")
    report = replace(FINE, promise=(broken, mended), measured=3)
    first, second, _third = advice(report, replace(KEPT, labels=(broken,)), MANY)
    assert first.startswith("Spam breaks the promise of 80%: 28 of the last 40 were right. Look at the 12 that")
    assert "kept by now: Phishing" in second


def test_labels_with_few_examples_are_named() -> None:
    few = {f"Label {number}": number for number in range(10)} | {"Spam": 20}
    (only,) = advice(FINE, KEPT, few)
    assert "Label 0 (0), Label 1 (1)" in only
    assert "and 5 more" in only
    assert "Spam" not in only


def test_a_month_without_anything_asks_for_the_sources() -> None:
    nothing = replace(FINE, predictions=0, decided=0, measured=0, accuracy=NONE)
    assert advice(nothing, KEPT, {}) == ("Nothing came in this month: check that the sources run.",)
