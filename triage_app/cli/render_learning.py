"""What is known of models, as a person reads it on a terminal."""

from collections.abc import Sequence
from typing import Final

from triage_app.cli.tables import plain, table, unlinked
from triage_app.domain.evaluation import Comparison, Evaluation

MATRIX: Final = 12
"""Labels up to which the confusion is shown as a matrix; of more, the most frequent confusions are listed."""

SHOWN: Final = 20
"""Confusions that are listed, and mistakes."""

THRESHOLDS: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.96, 0.98, 1.0)
"""Points of the curve that are shown."""


def evaluation(found: Evaluation) -> str:
    """The figures, the warnings, then labels, curve, reliability, confusion, mistakes and comparison."""
    tables = (
        ("labels", _labels(found)),
        ("with the gate elsewhere", _curve(found)),
        ("reliability", _reliability(found)),
        (_confusion_title(found), _confusion(found)),
        ("the surest mistakes", _mistakes(found)),
        ("comparison", _comparison(found.comparison) if found.comparison else ""),
    )
    blocks = [_figures(found), "\n".join(f"! {plain(each)}" for each in found.warnings)]
    return "\n\n".join([*filter(None, blocks), *(f"{title}\n{body}" for title, body in tables if body)])


def _figures(found: Evaluation) -> str:
    flattered = ""
    if found.flattered_accuracy is not None and found.flattered_macro_f1 is not None:
        flattered = f"accuracy {_share(found.flattered_accuracy)}, macro-F1 {found.flattered_macro_f1:.3f}"
    how = f"held back by {found.split}" if found.split and found.split != "random" else "held back by chance alone"
    rows = (
        ("examples", f"{found.n:,}, {how}" if found.split else f"{found.n:,}"),
        ("model", f"{plain(found.model_id) or 'a trial'}, trained on {found.trained_on:,}" if found.trained_on else ""),
        ("accuracy", _share(found.accuracy)),
        ("macro-F1", f"{found.macro_f1:.3f}"),
        ("at the gate", f"{_share(found.coverage)} answered, {_gate(found)}"),
        ("calibration", f"confidence and accuracy differ by {_share(found.ece)} on average"),
        ("strange", f"{_share(found.strange)} of the texts are unlike anything known"),
        ("by chance", flattered and f"{flattered}: what a random split would have shown"),
    )
    return "\n".join(f"{name:<12} {value}" for name, value in rows if value)


def _gate(found: Evaluation) -> str:
    if not found.coverage:
        return "so that nothing is known of how many are right"
    return f"{_share(found.coverage_accuracy)} of them right ({_share(found.low)} to {_share(found.high)})"


def _labels(found: Evaluation) -> str:
    header = ["label", "examples", "precision", "recall", "F1", "at the gate", "right", "95 % interval"]
    rows = [
        [
            plain(each.label),
            str(each.support),
            *(f"{value:.3f}" for value in (each.precision, each.recall, each.f1)),
            str(each.answered),
            *((_share(each.gate_precision), f"{_share(each.low)} to {_share(each.high)}") if each.answered else "--"),
        ]
        for each in found.per_label
    ]
    return table(header, rows)


def _curve(found: Evaluation) -> str:
    at = {round(each.threshold, 6): each for each in found.curve}
    points = [at[each] for each in THRESHOLDS if each in at]
    rows = [[f"{each.threshold:.2f}", _share(each.coverage), _share(each.accuracy)] for each in points]
    return table(["threshold", "answered", "right"], rows) if rows else ""


def _reliability(found: Evaluation) -> str:
    rows = [
        [f"{each.low:.1f} to {each.high:.1f}", str(each.n), _share(each.confidence), _share(each.accuracy)]
        for each in found.reliability
    ]
    return table(["confidence", "answers", "mean", "right"], rows) if rows else ""


def _confusion_title(found: Evaluation) -> str:
    return "confusion: true labels in rows, answers in columns" if len(_met(found)) <= MATRIX else "confusions"


def _confusion(found: Evaluation) -> str:
    met = _met(found)
    if len(met) <= MATRIX:
        names = [plain(found.labels[place]) for place in met]
        rows = [
            [name, *(str(found.confusion[true][answer] or "-") for answer in met)]
            for name, true in zip(names, met, strict=True)
        ]
        return table(["", *names], rows)
    cells = [
        (count, found.labels[true], found.labels[answer])
        for true, row in enumerate(found.confusion)
        for answer, count in enumerate(row)
        if count and true != answer
    ]
    cells.sort(key=lambda cell: -cell[0])
    rows = [[plain(true), plain(answer), str(count)] for count, true, answer in cells[:SHOWN]]
    return table(["true", "answered", "times"], rows) if rows else ""


def _met(found: Evaluation) -> Sequence[int]:
    """Places of the labels that are true or answered at least once."""
    answered = [sum(column) for column in zip(*found.confusion, strict=True)]
    return [place for place, row in enumerate(found.confusion) if sum(row) or answered[place]]


def _mistakes(found: Evaluation) -> str:
    rows = [
        [
            plain(each.true),
            plain(each.answered),
            f"{each.confidence:.2f}",
            str(each.ticket or "-"),
            unlinked(each.excerpt),
        ]
        for each in found.mistakes[:SHOWN]
    ]
    return table(["true", "answered", "confidence", "ticket", "text"], rows) if rows else ""


def _comparison(both: Comparison) -> str:
    rows = [
        [plain(both.one), _share(both.one_accuracy), f"{both.one_macro_f1:.3f}", str(both.only_one)],
        [plain(both.other), _share(both.other_accuracy), f"{both.other_macro_f1:.3f}", str(both.only_other)],
    ]
    verdict = "chance alone explains" if both.p >= 0.05 else "chance alone hardly explains"
    p = "p < 0.001" if both.p < 0.001 else f"p = {both.p:.3f}"
    shown = table(["model", "accuracy", "macro-F1", "alone right"], rows)
    counts = f"both right {both.both_right}, both wrong {both.both_wrong}"
    return f"{shown}\n{counts}; McNemar's exact test: {p}, {verdict} the difference"


def _share(value: float) -> str:
    return f"{value:.1%}"
