import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.errors import InvalidInput
from triage_app.domain.evaluation import Quality
from triage_app.domain.labels import Dataset, Example, Score
from triage_app.domain.metrics import calibration_error, evaluate, macro_f1, quality_of, reliability
from triage_app.domain.proportions import wilson

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


def test_what_passes_the_gate_is_counted_for_each_label_with_its_interval() -> None:
    # given ten answers of A above the gate, of which nine are right, one of them strange, and one B below it
    truth = ["A"] * 9 + ["B", "B"]
    answers = [Score("A", 0.9)] * 10 + [Score("B", 0.5)]
    strange = [True] + [False] * 10
    # when
    found = evaluate(truth, answers, DATASET, strange=strange)
    # then
    a, b, _ = found.per_label
    assert (a.answered, a.gate_precision) == (9, 8 / 9)
    assert (a.low, a.high) == (found.low, found.high) == wilson(8, 9)
    assert (b.answered, b.gate_precision, b.low, b.high) == (0, 0, 0, 1)
    assert (found.coverage, found.coverage_accuracy, found.strange) == pytest.approx((9 / 11, 8 / 9, 1 / 11))


def test_what_the_gate_never_answers_is_not_covered() -> None:
    # given an answer that was removed from the dataset, and a text of which the model says nothing
    found = evaluate(["A", "A"], [Score("Gone", 1.0), None], Dataset("d", "D", ("A",), "A", threshold=0.0))
    assert (found.coverage, found.coverage_accuracy, found.accuracy) == (0, 0, 0.5)
    assert found.curve == ()


def test_the_curve_says_what_each_threshold_would_give() -> None:
    # given
    found = evaluate(["A", "A", "B", "B"], [Score("A", 1.0), Score("A", 0.9), Score("A", 0.5), None], DATASET)
    # then
    assert len(found.curve) == 51
    at = {point.threshold: (point.coverage, point.accuracy) for point in found.curve}
    assert at[0.0] == at[0.5] == pytest.approx((3 / 4, 2 / 3))
    assert at[0.52] == at[0.9] == (2 / 4, 1.0)
    assert at[1.0] == (1 / 4, 1.0)
    # and it is what the evaluation says at the dataset's own
    assert at[0.8] == (found.coverage, found.coverage_accuracy)


def test_the_bins_of_a_reliability_diagram_add_up_to_the_calibration_error() -> None:
    right, confidences = [True, True, False, True], [0.95, 1.0, 0.42, 0.48]
    low, high = reliability(right, confidences)
    assert (low.low, low.high, low.n, low.confidence, low.accuracy) == pytest.approx((0.4, 0.5, 2, 0.45, 0.5))
    assert (high.low, high.high, high.n, high.confidence, high.accuracy) == pytest.approx((0.9, 1.0, 2, 0.975, 1.0))
    assert calibration_error(right, confidences) == pytest.approx(0.5 * 0.05 + 0.5 * 0.025)


def test_the_examples_behind_each_cell_are_told_the_surest_first() -> None:
    # given 30 As that were called B, two Bs that were called A, one of which is a ticket, and a right one
    examples = [Example("A", f"text {number}\n of many\twords") for number in range(30)]
    examples += [Example("B", "x" * 1_000, ticket=7), Example("B", "short"), Example("A", "right")]
    answers = [Score("B", number / 100) for number in range(30)] + [Score("A", 0.99), Score("A", 0.1), Score("A", 1.0)]
    # when
    found = evaluate([each.label for each in examples], answers, DATASET, examples=examples).mistakes
    # then
    assert (found[0].true, found[0].answered, found[0].ticket, found[0].confidence) == ("B", "A", 7, 0.99)
    assert found[0].excerpt == "x" * 159 + "…"
    cell = [each for each in found if (each.true, each.answered) == ("A", "B")]
    assert [each.excerpt for each in cell] == [f"text {number} of many words" for number in range(29, 9, -1)]
    assert len(found) == 22


def test_at_most_five_hundred_mistakes_are_told() -> None:
    examples = [Example(f"L{number % 100}", "text") for number in range(2_000)]
    answers = [Score("A", 0.5)] * 2_000
    found = evaluate([each.label for each in examples], answers, DATASET, examples=examples)
    assert len(found.mistakes) == 500
    assert evaluate([each.label for each in examples], answers, DATASET).mistakes == ()


def test_what_is_kept_of_an_evaluation_is_what_it_measured() -> None:
    found = evaluate(["A", "B"], [Score("A", 0.9), Score("A", 0.9)], DATASET)
    assert quality_of(found) == Quality(2, 0.5, found.macro_f1, 1.0, 0.5, found.ece)


@pytest.mark.parametrize("labels", [500, 2_000])
def test_many_labels_are_counted_in_one_go(labels: int) -> None:
    # given as many labels as examples
    names = tuple(f"L{number}" for number in range(labels))
    truth = [names[number % labels] for number in range(4_000)]
    # when
    found = evaluate(truth, [Score(name, 0.9) for name in truth], Dataset("d", "D", names, "L0"))
    # then
    assert (found.accuracy, found.macro_f1, len(found.per_label)) == (1.0, 1.0, labels)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.floats(0, 1)), min_size=1, max_size=50))
def test_figures_of_any_answers_are_shares_and_agree_with_each_other(rows: list[tuple[str, str, float]]) -> None:
    truth = [true for true, _, _ in rows]
    found = evaluate(truth, [Score(label, share) for _, label, share in rows], DATASET)
    assert found.macro_f1 == pytest.approx(macro_f1(truth, [label for _, label, _ in rows]))
    assert sum(each.n for each in found.reliability) == found.n == len(rows)
    assert sum(each.answered for each in found.per_label) == round(found.coverage * found.n)
    assert 0 <= found.low <= found.coverage_accuracy <= found.high <= 1 or not found.coverage
    assert [each.coverage for each in found.curve] == sorted((each.coverage for each in found.curve), reverse=True)
