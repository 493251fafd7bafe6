"""How good a model's answers are, measured against the truth."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from triage_app.domain.errors import InvalidInput
from triage_app.domain.evaluation import CurvePoint, Evaluation, LabelScore, Mistake, Quality, ReliabilityBin
from triage_app.domain.labels import Dataset, Example, Score
from triage_app.domain.proportions import share_of, wilson

BINS: Final = 10
STEPS: Final = 50
"""Points of the coverage-accuracy curve, and one more: thresholds from 0 to 1."""

MAX_MISTAKES: Final = 500
MAX_IN_CELL: Final = 20
EXCERPT: Final = 160
"""Characters of a text that are shown of a mistake."""


def evaluate(
    truth: Sequence[str],
    best: Sequence[Score | None],
    dataset: Dataset,
    *,
    strange: Sequence[bool] = (),
    examples: Sequence[Example] = (),
) -> Evaluation:
    """Compare the model's best label of each example (before the gate) with its true one.

    Where the model said nothing (None) its answer counts as the dataset's default with confidence 0. The dataset sets
    the order of labels; those that are only met in the data follow by name. Macro-F1 is the plain mean over the labels
    that are true or answered at least once. An answer passes the gate where its confidence reaches the dataset's
    threshold, its label is one of the dataset's and its text is not `strange` (none is where that is left out); where
    none passes, `coverage_accuracy` is 0. The curve leaves out thresholds that nothing passes, the reliability bins
    those without answers. Mistakes, the surest first, are told where the `examples` are given: 20 at most for each
    pair of labels and 500 in all. Raises InvalidInput for no examples.
    """
    if not truth:
        raise InvalidInput("There are no examples to evaluate on. Give a file with labelled examples.")
    n = len(truth)
    odd = strange or [False] * n
    answers = [score or Score(dataset.default, 0.0) for score in best]
    pairs = Counter((true, answer.label) for true, answer in zip(truth, answers, strict=True))
    met = {label for pair in pairs for label in pair}
    names = (*dataset.labels, *sorted(met.difference(dataset.labels)))
    right = [true == answer.label for true, answer in zip(truth, answers, strict=True)]
    known = frozenset(dataset.labels)
    # What never passes, whatever the threshold, has a confidence below all of them here.
    gated = [
        -1.0 if score is None or is_odd or score.label not in known else score.confidence
        for score, is_odd in zip(best, odd, strict=True)
    ]
    passed = [confidence >= dataset.threshold for confidence in gated]
    answered = Counter(answer.label for answer, passes in zip(answers, passed, strict=True) if passes)
    kept = Counter(
        answer.label for answer, passes, hit in zip(answers, passed, right, strict=True) if passes and hit
    )  # fmt: skip
    covered, good = answered.total(), kept.total()
    low, high = wilson(good, covered)
    trues = Counter(truth)
    said = Counter(answer.label for answer in answers)
    per_label = tuple(
        _label_score(name, pairs[name, name], trues[name], said[name], answered[name], kept[name]) for name in names
    )
    counted = [score.f1 for score in per_label if score.label in met]
    confidences = [answer.confidence for answer in answers]
    return Evaluation(
        n=n,
        accuracy=sum(right) / n,
        macro_f1=sum(counted) / len(counted),
        coverage=covered / n,
        coverage_accuracy=share_of(good, covered),
        ece=calibration_error(right, confidences),
        labels=names,
        per_label=per_label,
        confusion=_confusion(names, pairs),
        low=low,
        high=high,
        strange=sum(odd) / n,
        curve=_curve(right, gated),
        reliability=reliability(right, confidences),
        mistakes=_mistakes(examples, answers) if examples else (),
    )


def macro_f1(truth: Sequence[str], answered: Sequence[str]) -> float:
    """The plain mean of F1 (0..1) over the labels that are true or answered at least once; 0 for no examples."""
    hits = Counter(true for true, label in zip(truth, answered, strict=True) if true == label)
    sizes = Counter(truth) + Counter(answered)
    return sum(2 * hits[label] / size for label, size in sizes.items()) / len(sizes) if sizes else 0.0


def calibration_error(right: Sequence[bool], confidences: Sequence[float]) -> float:
    """The expected calibration error: over ten equal bins of confidence the mean distance, weighted by size, between
    accuracy and mean confidence (Guo et al. 2017, section 2). 0 where there are no answers."""
    bins = reliability(right, confidences)
    return sum(each.n * abs(each.accuracy - each.confidence) for each in bins) / len(right) if right else 0.0


def reliability(right: Sequence[bool], confidences: Sequence[float]) -> tuple[ReliabilityBin, ...]:
    """Ten equal bins of confidence, those that hold answers: what a reliability diagram shows (Guo et al. 2017)."""
    counts, hits, sums = [0] * BINS, [0] * BINS, [0.0] * BINS
    for hit, confidence in zip(right, confidences, strict=True):
        place = min(max(int(confidence * BINS), 0), BINS - 1)
        counts[place] += 1
        hits[place] += hit
        sums[place] += confidence
    return tuple(
        ReliabilityBin(place / BINS, (place + 1) / BINS, n, sums[place] / n, hits[place] / n)
        for place, n in enumerate(counts)
        if n
    )


def quality_of(evaluation: Evaluation) -> Quality:
    """What is kept of an evaluation with a model."""
    return Quality(
        evaluation.n,
        evaluation.accuracy,
        evaluation.macro_f1,
        evaluation.coverage,
        evaluation.coverage_accuracy,
        evaluation.ece,
    )


def _confusion(names: Sequence[str], pairs: Counter[tuple[str, str]]) -> tuple[tuple[int, ...], ...]:
    places = {name: place for place, name in enumerate(names)}
    rows = [[0] * len(names) for _ in names]
    for (true, answer), count in pairs.items():
        rows[places[true]][places[answer]] = count
    return tuple(map(tuple, rows))


def _label_score(name: str, hits: int, support: int, said: int, answered: int, kept: int) -> LabelScore:
    low, high = wilson(kept, answered)
    f1 = 2 * hits / (support + said) if hits else 0.0
    return LabelScore(
        name, share_of(hits, said), share_of(hits, support), f1, support, answered, share_of(kept, answered), low, high
    )


def _curve(right: Sequence[bool], gated: Sequence[float]) -> tuple[CurvePoint, ...]:
    ranked = sorted(zip(gated, right, strict=True), reverse=True)
    points = []
    passed = good = 0
    for step in range(STEPS, -1, -1):
        threshold = step / STEPS
        while passed < len(ranked) and ranked[passed][0] >= threshold:
            good += ranked[passed][1]
            passed += 1
        if passed:
            points.append(CurvePoint(threshold, passed / len(ranked), good / passed))
    return tuple(reversed(points))


def _mistakes(examples: Sequence[Example], answers: Sequence[Score]) -> tuple[Mistake, ...]:
    wrong = [
        (example, answer) for example, answer in zip(examples, answers, strict=True) if example.label != answer.label
    ]
    cells: Counter[tuple[str, str]] = Counter()
    found: list[Mistake] = []
    for example, answer in sorted(wrong, key=lambda pair: -pair[1].confidence):
        cell = (example.label, answer.label)
        cells[cell] += 1
        if cells[cell] <= MAX_IN_CELL and len(found) < MAX_MISTAKES:
            found.append(Mistake(*cell, answer.confidence, example.ticket, excerpt(example.text)))
    return tuple(found)


def excerpt(text: str) -> str:
    """The beginning of a text on one line."""
    words = " ".join(text[: EXCERPT * 4].split())
    return words if len(words) <= EXCERPT else f"{words[: EXCERPT - 1].rstrip()}…"
