"""How models, evaluations and promises are said to a person."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale

from triage_app.domain.evaluation import Comparison, Evaluation, LabelScore, Split
from triage_app.domain.learning import Model
from triage_app.gui.wording import count, counted, percent
from triage_app.services.learning_shapes import LabelPromise, Promise, ShadowReport

SPLITS = {
    Split.GROUP: "held back by group, so that near repeats stand on one side",
    Split.TIME: "held back by time: the newest",
    Split.RANDOM: "held back by chance alone, which flatters",
}
MUCH_FLATTERED = 0.01
SURELY = 0.05
FEW = 10


def fine(share: float) -> str:
    """A share 0..1 in percent with one place: `94.2%`; below 1 it is never said as 100.0%, above 0 never as 0.0%."""
    tenths = round(share * 1000)
    if share < 1:
        tenths = min(tenths, 999)
    if share > 0:
        tenths = max(tenths, 1)
    return f"{QLocale().toString(tenths / 10, 'f', 1)}%"


def between(low: float, high: float) -> str:
    """An interval of shares: `92.1 to 95.8%`."""
    return f"{fine(low).removesuffix('%')} to {fine(high)}"


def state_of(model: Model) -> str:
    """What a version does: `in use`, `in the shadow`, or nothing."""
    if model.active:
        return "in use"
    return "in the shadow" if model.shadow else ""


def quality_of(model: Model) -> str:
    """How good a version is, in one sentence."""
    quality = model.quality
    if quality is None:
        return "It was not measured when it was made."
    return (
        f"On {counted(quality.n, 'example', 'examples')} that it did not learn from it was right on "
        f"{fine(quality.accuracy)} (macro-F1 {fine(quality.macro_f1)}). The gate let {fine(quality.coverage)} of its "
        f"answers pass, of which {fine(quality.coverage_accuracy)} were right."
    )


def options_of(model: Model) -> str:
    """The options that a version was trained with: `one-vs-all, 15 epochs, ...`."""
    options = model.options
    parts = [
        {"ova": "one-vs-all", "softmax": "softmax"}.get(options.loss, options.loss),
        counted(options.epoch, "epoch", "epochs"),
        f"rate {QLocale().toString(options.lr, 'g', 3)}",
        f"{count(options.dim)} dimensions",
        f"words up to {count(options.word_ngrams)} together",
    ]
    if options.max_n:
        parts.append(f"pieces of {count(options.min_n)} to {count(options.max_n)} characters")
    if options.thread == 1:
        parts.append("repeatable")
    if options.autotune:
        parts.append(f"chosen in {count(options.autotune)} s")
    return ", ".join(parts)


def gate_of(evaluation: Evaluation) -> str:
    """What the gate lets pass, in one sentence."""
    if not evaluation.coverage:
        return "No answer was sure enough to pass the gate."
    return (
        f"{fine(evaluation.coverage)} of the answers pass the gate, and {fine(evaluation.coverage_accuracy)} of those "
        f"are right ({between(evaluation.low, evaluation.high)})."
    )


def measured_on(evaluation: Evaluation) -> str:
    """On what it was measured: `1,204 examples held back by group, ...; learnt from 4,816.`"""
    text = counted(evaluation.n, "example", "examples")
    if evaluation.split in SPLITS:
        text += f" {SPLITS[Split(evaluation.split)]}"
    if evaluation.trained_on:
        text += f"; learnt from {count(evaluation.trained_on)}"
    if evaluation.model_id:
        text += f"; {evaluation.model_id}"
    return f"{text}."


def flattery(evaluation: Evaluation) -> str:
    """How much a split by chance alone would have flattered; empty where it was not measured."""
    naive = evaluation.flattered_accuracy
    if naive is None:
        return ""
    more = naive - evaluation.accuracy
    if more < MUCH_FLATTERED:
        return f"A split by chance alone would have shown {fine(naive)}: about the same."
    points = QLocale().toString(more * 100, "f", 1)
    return (
        f"A split by chance alone would have shown {fine(naive)}: {points} points too many, since near repeats of the "
        "same text would stand on both sides."
    )


def compared(comparison: Comparison) -> str:
    """McNemar's test in words."""
    one, other = comparison.one, comparison.other
    text = (
        f"On the same {counted(comparison.n, 'example', 'examples')} {one} is right on {fine(comparison.one_accuracy)} "
        f"and {other} on {fine(comparison.other_accuracy)}. Only {one} is right on {count(comparison.only_one)}, only "
        f"{other} on {count(comparison.only_other)}."
    )
    apart = comparison.only_one + comparison.only_other
    if not apart:
        return f"{text} They are right on the same examples."
    chance = fine(comparison.p) if comparison.p >= 0.001 else "less than 0.1%"
    test = f"were both equally good, {chance} of samples would differ as much (McNemar)."
    if comparison.p > SURELY:
        return f"{text} That may be chance: {test}"
    better = one if comparison.only_one > comparison.only_other else other
    return f"{text} {better} is better, and hardly by chance: {test}"


def weakest(scores: Sequence[LabelScore], most: int = 3) -> tuple[LabelScore, ...]:
    """The labels with the lowest F1 among those with enough examples, the lowest first."""
    enough = [score for score in scores if score.support >= FEW]
    return tuple(sorted(enough, key=lambda score: score.f1)[:most])


def promised(label: LabelPromise) -> str:
    """A label's promise in words."""
    if not label.n:
        return "nothing decided yet"
    text = f"{fine(label.achieved)} right of {count(label.n)} ({between(label.low, label.high)})"
    return f"{text}, broken: only suggested" if label.broken else text


def promise_in_words(promise: Promise) -> str:
    """The promise of all labels in one sentence."""
    wanted = percent(promise.wanted)
    if promise.broken:
        return f"{counted(len(promise.broken), 'label breaks', 'labels break')} the promise of {wanted} right answers."
    decided = sum(label.n for label in promise.labels)
    if not decided:
        return f"The gate promises that {wanted} of its answers are right. Nobody has decided on one yet."
    right = sum(label.right for label in promise.labels)
    return (
        f"The gate promises that {wanted} of its answers are right. Of the last {count(decided)} that people decided "
        f"on, {fine(right / decided)} were."
    )


def shadowed(report: ShadowReport) -> str:
    """How a version in the shadow did, in words."""
    if not report.judged:
        return f"{report.model} has judged no ticket in the shadow yet."
    text = f"{report.model} judged {counted(report.judged, 'ticket', 'tickets')} and differs on {count(report.differ)}."
    decided = report.shadow_right + report.in_force_right
    if not decided:
        return f"{text} Nobody has decided on those yet."
    return (
        f"{text} Where people decided, it was right {counted(report.shadow_right, 'time', 'times')} and the version in "
        f"force {counted(report.in_force_right, 'time', 'times')}."
    )
