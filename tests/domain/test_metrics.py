import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Dataset, Score
from triage_app.domain.metrics import calibration_error, evaluate

DATASET = Dataset("d", "D", ("A", "B", "C"), "C", threshold=0.8)


def test_a_small_case_computed_by_hand() -> None:
    # given three As, two Bs and one D that the dataset does not have
    truth = ["A", "A", "A", "B", "B", "D"]
    answers = [
        Score("A", 0.9), Score("A", 0.8), Score("B", 0.95), Score("B", 0.7), Score("A", 0.4), Score("A", 0.85),
    ]  # fmt: skip
    # when
    found = evaluate(truth, answers, DATASET)
    # then
    assert (found.n, found.accuracy) == (6, 0.5)
    assert found.labels == ("A", "B", "C", "D")
    assert found.confusion == ((2, 1, 0, 0), (1, 1, 0, 0), (0, 0, 0, 0), (1, 0, 0, 0))
    a, b, c, d = found.per_label
    assert (a.precision, a.recall, a.f1, a.support) == pytest.approx((2 / 4, 2 / 3, 4 / 7, 3))
    assert (b.precision, b.recall, b.f1, b.support) == pytest.approx((1 / 2, 1 / 2, 1 / 2, 2))
    assert (c.precision, c.recall, c.f1, c.support) == (0, 0, 0, 0)
    assert (d.precision, d.recall, d.f1, d.support) == (0, 0, 0, 1)
    # C is neither true nor answered, so it does not count
    assert found.macro_f1 == pytest.approx((4 / 7 + 1 / 2 + 0) / 3)
    # at or above 0.8: right, right, wrong, wrong
    assert (found.coverage, found.coverage_accuracy) == pytest.approx((4 / 6, 2 / 4))
    # bins: [.4] wrong, [.7] right, [.8, .85] one right, [.9, .95] one right
    assert found.ece == pytest.approx((0.4 + 0.3 + abs(1 - 1.65) + abs(1 - 1.85)) / 6)


def test_no_answer_counts_as_the_default_without_confidence() -> None:
    found = evaluate(["C", "A"], [None, None], DATASET)
    assert (found.accuracy, found.coverage, found.coverage_accuracy) == (0.5, 0, 0)


def test_a_perfect_model_has_no_error() -> None:
    found = evaluate(["A", "B"], [Score("A", 1.0), Score("B", 1.0)], DATASET)
    assert (found.accuracy, found.macro_f1, found.coverage_accuracy, found.ece) == (1, 1, 1, 0)


def test_no_examples_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no examples"):
        evaluate([], [], DATASET)


def test_an_answer_for_each_example_is_needed() -> None:
    with pytest.raises(ValueError):
        evaluate(["A"], [], DATASET)


def test_confidences_at_the_ends_fall_into_the_first_and_last_bin() -> None:
    assert calibration_error([False, True], [0.0, 1.0]) == 0
    assert calibration_error([], []) == 0
    assert calibration_error([True, False], [0.05, 0.05]) == pytest.approx(0.45)
