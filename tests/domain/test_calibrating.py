import numpy as np
import pytest
from numpy.typing import NDArray

from triage_app.domain.calibrating import Calibration, fit, quality

LABELS = 4


def sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-values))


def made(
    seed: int, count: int = 3_000, *, boast: float = 3.0
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Scores whose logits are `boast` times too large, the last label's also too low; strange texts are mere noise."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, LABELS, count)
    familiar = rng.uniform(0.0, 1.0, count)
    logits = rng.normal(-1.0, 1.0, (count, LABELS))
    logits[np.arange(count), truth] += np.where(familiar > 0.3, 2.5, 0.0)
    logits[:, LABELS - 1] -= 1.0
    return sigmoid(boast * logits), truth, familiar, rng.integers(1, 200, count)


def gap(calibrated: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    best = calibrated.argmax(axis=1)
    return float(abs(calibrated.max(axis=1).mean() - (best == truth).mean()))


def test_a_model_that_boasts_is_made_honest_on_texts_that_it_has_not_seen() -> None:
    # given
    scores, truth, familiar, words = made(1)
    others, true, known, lengths = made(2)
    assert gap(others, true) > 0.06
    # when
    calibrated = fit(scores, truth, familiar, words).confidences(others, known, lengths)
    # then
    assert gap(calibrated, true) < 0.03
    sure = calibrated.max(axis=1) >= 0.8
    assert (calibrated.argmax(axis=1) == true)[sure].mean() > 0.85


def test_a_label_that_scores_too_low_gets_its_due() -> None:
    scores, truth, familiar, words = made(3)
    before = (scores.argmax(axis=1) == truth)[truth == LABELS - 1].mean()
    after = (fit(scores, truth, familiar, words).confidences(scores, familiar, words).argmax(axis=1) == truth)[
        truth == LABELS - 1
    ].mean()
    assert after > before + 0.05


def test_the_same_score_is_worth_less_for_a_strange_text() -> None:
    scores, truth, familiar, words = made(4)
    calibration = fit(scores, truth, familiar, words)
    one = np.array([[0.99, 0.02, 0.02, 0.02]])
    near = calibration.confidences(one, np.array([0.9]), np.array([50]))[0, 0]
    far = calibration.confidences(one, np.array([0.05]), np.array([50]))[0, 0]
    assert far < near - 0.1


@pytest.mark.parametrize("seed", range(3))
def test_confidences_are_shares_and_none_passes_the_best(seed: int) -> None:
    scores, truth, familiar, words = made(seed, 400)
    calibration = fit(scores, truth, familiar, words)
    # given also scores of nothing, of everything, and of what is no familiar text
    odd = np.array([[0.0] * LABELS, [1.0] * LABELS, [1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]])
    found = np.vstack(
        (calibration.confidences(scores, familiar, words), calibration.confidences(odd, np.zeros(4), np.zeros(4, int)))
    )
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.sum(axis=1).max() <= 1 + 1e-9


def test_what_was_always_right_is_still_not_certain() -> None:
    truth = np.arange(80) % 2
    scores = np.where(np.eye(2)[truth] == 1, 0.97, 0.04)
    found = fit(scores, truth, np.ones(80), np.full(80, 9)).confidences(scores, np.ones(80), np.full(80, 9))
    assert 0.9 < found.max() < 1.0


def test_labels_that_were_not_held_back_are_judged_like_the_others() -> None:
    # given 500 labels, of which ten were met
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 10, 200)
    scores = rng.uniform(0.0, 0.05, (200, 500))
    scores[np.arange(200), truth] = rng.uniform(0.2, 0.9, 200)
    calibration = fit(scores, truth, np.ones(200), np.full(200, 9))
    assert np.ptp(calibration.scale[10:]) == 0
    assert not calibration.shift[10:].any()
    assert isinstance(calibration, Calibration)
    assert (calibration.confidences(scores, np.ones(200), np.full(200, 9)).argmax(axis=1) == truth).all()


def test_quality_is_of_texts_that_the_calibration_was_not_fitted_on() -> None:
    # given scores that say nothing at all: whoever fits and judges on the same texts finds something in them
    rng = np.random.default_rng(6)
    scores, truth = rng.uniform(0.01, 0.99, (300, LABELS)), rng.integers(0, LABELS, 300)
    found = quality(scores, truth, rng.uniform(0, 1, 300), rng.integers(1, 90, 300), 0.8, 0.0)
    assert found.n == 300
    assert found.coverage < 0.02
    assert abs(found.accuracy - 1 / LABELS) < 0.08


def test_quality_counts_what_passes_the_gate() -> None:
    scores, truth, familiar, words = made(7)
    found = quality(scores, truth, familiar, words, 0.8, 0.0)
    strict = quality(scores, truth, familiar, words, 0.8, 0.9)
    assert 0.3 < found.coverage < 0.9
    assert found.coverage_accuracy > found.accuracy
    assert found.ece < 0.05
    assert strict.coverage < found.coverage / 4
    assert strict.accuracy == found.accuracy
    assert quality(scores, truth, familiar, words, 1.0, 0.0).coverage_accuracy == 0.0
