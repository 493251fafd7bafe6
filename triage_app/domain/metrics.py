"""How good a model's answers are, measured against the truth."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from triage_app.domain.errors import InvalidInput
from triage_app.domain.evaluation import Evaluation, LabelScore
from triage_app.domain.labels import Dataset, Score

BINS: Final = 10


def evaluate(truth: Sequence[str], best: Sequence[Score | None], dataset: Dataset) -> Evaluation:
    """Compare the model's best label of each example (before the gate) with its true one.

    Where the model said nothing (None) its answer counts as the dataset's default with confidence 0. The dataset sets
    the order of labels; those that are only met in the data follow by name. Macro-F1 is the plain mean over the labels
    that are true or answered at least once. Coverage counts confidences at or above the dataset's threshold; where
    none is, `coverage_accuracy` is 0. Raises InvalidInput for no examples.
    """
    if not truth:
        raise InvalidInput("There are no examples to evaluate on. Give a file with labelled examples.")
    answers = [score or Score(dataset.default, 0.0) for score in best]
    pairs = Counter((true, answer.label) for true, answer in zip(truth, answers, strict=True))
    met = {label for pair in pairs for label in pair}
    names = (*dataset.labels, *sorted(met.difference(dataset.labels)))
    right = [true == answer.label for true, answer in zip(truth, answers, strict=True)]
    covered = [hit for hit, answer in zip(right, answers, strict=True) if answer.confidence >= dataset.threshold]
    per_label = tuple(_label_score(name, pairs) for name in names)
    counted = [score.f1 for score in per_label if score.label in met]
    n = len(truth)
    return Evaluation(
        n=n,
        accuracy=sum(right) / n,
        macro_f1=sum(counted) / len(counted),
        coverage=len(covered) / n,
        coverage_accuracy=sum(covered) / len(covered) if covered else 0.0,
        ece=calibration_error(right, [answer.confidence for answer in answers]),
        labels=names,
        per_label=per_label,
        confusion=tuple(tuple(pairs[true, answered] for answered in names) for true in names),
    )


def calibration_error(right: Sequence[bool], confidences: Sequence[float]) -> float:
    """The expected calibration error: over ten equal bins of confidence the mean distance, weighted by size, between
    accuracy and mean confidence (Guo et al. 2017, section 2). 0 where there are no answers."""
    counts, hits, sums = [0] * BINS, [0] * BINS, [0.0] * BINS
    for hit, confidence in zip(right, confidences, strict=True):
        place = min(max(int(confidence * BINS), 0), BINS - 1)
        counts[place] += 1
        hits[place] += hit
        sums[place] += confidence
    distance = sum(abs(hit - total) for hit, total in zip(hits, sums, strict=True))
    return distance / len(right) if right else 0.0


def _label_score(name: str, pairs: Counter[tuple[str, str]]) -> LabelScore:
    hits = pairs[name, name]
    support = sum(count for (true, _), count in pairs.items() if true == name)
    answered = sum(count for (_, label), count in pairs.items() if label == name)
    precision = hits / answered if answered else 0.0
    recall = hits / support if support else 0.0
    f1 = 2 * hits / (support + answered) if hits else 0.0
    return LabelScore(name, precision, recall, f1, support)
