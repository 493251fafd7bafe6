"""Whether a challenger loses against the version in force, and the sentence that says so with its figures."""

from dataclasses import dataclass
from math import hypot
from typing import Final

from triage_app.domain.evaluation import Comparison, Quality
from triage_app.domain.labels import ModelId
from triage_app.domain.proportions import wilson

SURE: Final = 0.05
"""How improbable a difference by chance alone must be to count as one."""

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a challenger loses, and the figures as a sentence for a person."""

    loses: bool
    sentence: str


def on_corrections(found: Comparison, margin: float) -> Judgement:
    """Judge `one`, the challenger, against `other` on the same held-back corrections.

    It loses where its accuracy is lower by more than `margin` (0..1), or significantly lower by McNemar's test.
    """
    lower = found.one_accuracy < found.other_accuracy - margin - _ROUNDING
    surely_lower = found.p < SURE and found.only_one < found.only_other
    one, other = found.both_right + found.only_one, found.both_right + found.only_other
    return Judgement(
        lower or surely_lower,
        f"It was right on {one} of {found.n} held-back corrections ({found.one_accuracy:.1%}), {found.other} on "
        f"{other} ({found.other_accuracy:.1%}; p = {found.p:.2g}, McNemar).",
    )


def on_examples(
    challenger: Quality | None, champion: Quality | None, name: ModelId, held: int, margin: float
) -> Judgement:
    """Judge by what each showed on examples that it had not learnt from, where `held` corrections are too few.

    Those are different examples, so that chance alone moves the figures: it loses only where the 95 % interval of the
    difference lies below `-margin` (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10). Where either was not
    measured it does not lose: there is nothing to say that it does.
    """
    few = f"there are only {held} held-back corrections to compare them on" if held else "no corrections are held back"
    if challenger is None or champion is None or not challenger.n or not champion.n:
        return Judgement(
            loses=False, sentence=f"It was not compared with {name}: {few}, and too few examples were held back."
        )
    one, other = challenger.accuracy, champion.accuracy
    _, high = wilson(round(one * challenger.n), challenger.n)
    low, _ = wilson(round(other * champion.n), champion.n)
    most = one - other + hypot(high - one, other - low)
    return Judgement(
        most < -margin,
        f"It was right on {one:.1%} of {challenger.n} examples that it had not learnt from, {name} on {other:.1%} of "
        f"{champion.n}; {few}.",
    )
