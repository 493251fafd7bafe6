"""Confidences that mean what they say: fitted on texts that a model did not learn from.

Two steps, chosen by measurement (docs/adr/0012). The scores of all labels become shares by a scale and a shift for each
label (vector scaling: Guo et al. 2017, section 4.2). Then a logistic regression says how likely the best label is
right: from its share as in beta calibration (Kull et al. 2017), its lead, the bare scores of the first two, how
familiar the text is and how long. So a text that the model hardly knows gets less for the same score.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from triage_app.domain.evaluation import Quality

LEAST: Final = 40
"""Held-back texts below which nothing can be said: the scores stay as they are."""

FOR_A_LABEL: Final = 10
"""Held-back texts of a label from which it gets a scale and shift of its own."""

FAINTEST: Final = 1e-5
"""The least score that FastText gives."""

BINS: Final = 10

# The strength of what is believed before: as many texts as these would be needed to outweigh it.
_SCALES: Final = 32.0
_SHIFTS: Final = 3.2
_WEIGHTS: Final = 10.0
_NEAR_ZERO: Final = 1e-6
_ROUNDS: Final = 60
_STEEP: Final = 30

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """`scale` and `shift` for each label, in the order of the columns of scores; for each of the seven signs of the
    best label's rightness its mean, deviation and weight, the last of the eight weights being the constant.
    """

    scale: Numbers
    shift: Numbers
    means: Numbers
    deviations: Numbers
    weights: Numbers

    def confidences(self, scores: Numbers, familiar: Numbers, words: Places) -> Numbers:
        """(texts, labels): the confidence of each label, 0..1 and at most 1 together; that of the best is how likely it
        is right. `scores` are the model's own (0..1), `familiar` as in `likeness`, `words` how many words a text has.
        """
        logits = _logits(scores)
        shares = _softmax(logits * self.scale + self.shift)
        best = shares.argmax(axis=1)
        rows = np.arange(len(shares))
        sure = _sigmoid(self._standard(_signs(logits, shares, familiar, words)) @ self.weights)
        others = 1.0 - shares[rows, best]
        # What the best one does not have is shared among the others as before, but none may pass it.
        factor = np.where(others > _NEAR_ZERO, (1.0 - sure) / np.maximum(others, _NEAR_ZERO), 0.0)
        result: Numbers = np.minimum(shares * factor[:, None], sure[:, None] * (1.0 - _NEAR_ZERO))
        result[rows, best] = sure
        return result

    def _standard(self, signs: Numbers) -> Numbers:
        return np.column_stack(((signs - self.means) / self.deviations, np.ones(len(signs))))


def fit(scores: Numbers, truth: Places, familiar: Numbers, words: Places) -> Calibration:
    """The calibration for a model's scores of held-back texts (texts, labels) whose true label's column is `truth`."""
    logits = _logits(scores)
    scale, shift = _fit_labels(logits, truth)
    shares = _softmax(logits * scale + shift)
    signs = _signs(logits, shares, familiar, words)
    means, deviations = signs.mean(axis=0), np.maximum(signs.std(axis=0), _NEAR_ZERO)
    standard = np.column_stack(((signs - means) / deviations, np.ones(len(signs))))
    weights = _fit_logistic(standard, shares.argmax(axis=1) == truth)
    return Calibration(scale, shift, means, deviations, weights)


def quality(
    scores: Numbers, truth: Places, familiar: Numbers, words: Places, threshold: float, least: float
) -> Quality:
    """How good the calibrated model is on the held-back texts, each half judged by the calibration of the other.

    Texts that are less familiar than `least` do not pass the gate at `threshold`.
    """
    confidences = np.empty_like(scores)
    second = np.arange(len(truth)) % 2 == 1
    for half in (second, ~second):
        fitted = fit(scores[half], truth[half], familiar[half], words[half])
        confidences[~half] = fitted.confidences(scores[~half], familiar[~half], words[~half])
    best = confidences.argmax(axis=1)
    sure = confidences[np.arange(len(truth)), best]
    right = best == truth
    passing = (sure >= threshold) & (familiar >= least)
    return Quality(
        n=len(truth),
        accuracy=float(right.mean()),
        macro_f1=_macro_f1(truth, best, scores.shape[1]),
        coverage=float(passing.mean()),
        coverage_accuracy=float(right[passing].mean()) if passing.any() else 0.0,
        ece=_calibration_error(right, sure),
    )


def _macro_f1(truth: Places, best: Places, labels: int) -> float:
    true, answered = np.bincount(truth, minlength=labels), np.bincount(best, minlength=labels)
    hits = np.bincount(truth[best == truth], minlength=labels)
    met = true + answered > 0
    return float((2 * hits[met] / (true + answered)[met]).mean())


def _calibration_error(right: NDArray[np.bool_], sure: Numbers) -> float:
    bins = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    distance = np.bincount(bins, right, BINS) - np.bincount(bins, sure, BINS)
    return float(np.abs(distance).sum() / len(right))


def _logits(scores: Numbers) -> Numbers:
    bounded = np.clip(scores, FAINTEST, 1.0 - _NEAR_ZERO)
    logits: Numbers = np.log(bounded / (1.0 - bounded))
    return logits


def _softmax(values: Numbers) -> Numbers:
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _sigmoid(values: Numbers) -> Numbers:
    result: Numbers = 1.0 / (1.0 + np.exp(-np.clip(values, -_STEEP, _STEEP)))
    return result


def _signs(logits: Numbers, shares: Numbers, familiar: Numbers, words: Places) -> Numbers:
    """What tells whether the best label is right: (texts, 7)."""
    if shares.shape[1] > 1:
        second, first = np.partition(shares, -2, axis=1)[:, -2:].T
        next_best, strongest = np.partition(logits, -2, axis=1)[:, -2:].T
    else:
        first, second = shares[:, 0], np.zeros(len(shares))
        strongest, next_best = logits[:, 0], np.zeros(len(shares))
    sure = np.clip(first, _NEAR_ZERO, 1.0 - _NEAR_ZERO)
    lead = np.log(sure / np.maximum(second, _NEAR_ZERO))
    return np.column_stack(
        (np.log(sure), -np.log(1.0 - sure), lead, strongest, next_best, familiar, np.log1p(words.astype(np.float64)))
    )


def _fit_labels(logits: Numbers, truth: Places) -> tuple[Numbers, Numbers]:
    """Scale and shift of each label: the most likely ones, held near one scale for all and no shift."""
    count, labels = logits.shape
    own = np.bincount(truth, minlength=labels) >= FOR_A_LABEL
    rows = np.arange(count)

    def loss(place: Numbers) -> tuple[float, Numbers]:
        common, scale, shift = place[0], place[1 : labels + 1], place[labels + 1 :]
        shares = _softmax(logits * (common + scale) + shift)
        value = -np.log(np.maximum(shares[rows, truth], _NEAR_ZERO * _NEAR_ZERO)).sum()
        value += _SCALES * (scale @ scale) + _SHIFTS * (shift @ shift)
        shares[rows, truth] -= 1.0
        by_scale = np.einsum("ij,ij->j", shares, logits)
        down = np.concatenate(
            (
                [by_scale.sum()],
                (by_scale + 2 * _SCALES * scale) * own,
                (shares.sum(axis=0) + 2 * _SHIFTS * shift) * own,
            )
        )
        return value / count, down / count

    place = _least(loss, np.concatenate(([0.6], np.zeros(2 * labels))))
    return place[0] + place[1 : labels + 1], place[labels + 1 :]


def _least(loss: Callable[[Numbers], tuple[float, Numbers]], place: Numbers) -> Numbers:
    """Where a smooth convex function is least: L-BFGS (Nocedal 1980) with halved steps, `_ROUNDS` at most."""
    value, down = loss(place)
    past: list[tuple[Numbers, Numbers, float]] = []
    for _ in range(_ROUNDS):
        direction = _direction(down, past)
        slope = float(direction @ down)
        step = 1.0 if past else min(1.0, 0.1 / float(np.abs(down).max() + _NEAR_ZERO))
        while True:
            there = place + step * direction
            found, slant = loss(there)
            if found <= value + 1e-4 * step * slope or step < _NEAR_ZERO:
                break
            step /= 2
        moved, turned = there - place, slant - down
        bend = float(moved @ turned)
        if found >= value - 1e-9:
            break
        if bend > 1e-12:
            past = [*past[-9:], (moved, turned, bend)]
        place, value, down = there, found, slant
    return place


def _direction(down: Numbers, past: list[tuple[Numbers, Numbers, float]]) -> Numbers:
    ahead = down.copy()
    parts = []
    for moved, turned, bend in reversed(past):
        part = float(moved @ ahead) / bend
        parts.append(part)
        ahead -= part * turned
    if past:
        _, turned, bend = past[-1]
        ahead *= bend / float(turned @ turned)
    for (moved, turned, bend), part in zip(past, reversed(parts), strict=True):
        ahead += (part - float(turned @ ahead) / bend) * moved
    return -ahead


def _fit_logistic(signs: Numbers, right: NDArray[np.bool_]) -> Numbers:
    """Weights of a logistic regression by Newton's method, held near 0 except the constant.

    Its targets are not 0 and 1 but what so many texts can show at best (Platt 1999), so that nothing is ever certain.
    """
    hits, misses = int(right.sum()), int((~right).sum())
    target = np.where(right, (hits + 1.0) / (hits + 2.0), 1.0 / (misses + 2.0))
    held = np.full(signs.shape[1], _WEIGHTS)
    held[-1] = _NEAR_ZERO

    def loss(weights: Numbers) -> float:
        values = np.clip(signs @ weights, -_STEEP, _STEEP)
        return float((np.logaddexp(0.0, values) - target * values).sum() + (held * weights * weights).sum() / 2)

    weights = np.zeros(signs.shape[1])
    value = loss(weights)
    for _ in range(_ROUNDS):
        share = _sigmoid(signs @ weights)
        down = signs.T @ (share - target) + held * weights
        bend = (signs * (share * (1.0 - share))[:, None]).T @ signs + np.diag(held)
        step = np.linalg.solve(bend, down)
        while (found := loss(weights - step)) > value and np.abs(step).max() > _NEAR_ZERO:
            step /= 2
        if value - found < _NEAR_ZERO:
            break
        weights, value = weights - step, found
    return weights
