"""Whether one model is better than another, or only luckier."""

from collections.abc import Sequence
from math import exp, lgamma, log

from triage_app.domain.evaluation import Comparison
from triage_app.domain.labels import ModelId
from triage_app.domain.metrics import macro_f1
from triage_app.domain.proportions import share_of


def mcnemar(only_one: int, only_other: int) -> float:
    """The probability (0..1) that two equally good models differ at least so much where just one of them is right.

    McNemar's exact two-sided test (Q. McNemar, Psychometrika 12, 1947): twice the smaller tail of the binomial
    distribution with one half. In logarithms, so that it is right for any number.
    """
    n, least = only_one + only_other, min(only_one, only_other)
    if only_one == only_other:
        return 1.0
    # The largest term of the tail, then each smaller one by its ratio to the one before, as long as it adds anything.
    share = total = 1.0
    for place in range(least, 0, -1):
        share *= place / (n - place + 1)
        if total + share == total:
            break
        total += share
    largest = lgamma(n + 1) - lgamma(least + 1) - lgamma(n - least + 1) - n * log(2)
    return min(1.0, 2.0 * total * exp(largest))


def compare(
    one: ModelId, other: ModelId, truth: Sequence[str], answers: Sequence[str], others: Sequence[str]
) -> Comparison:
    """Two models' labels for the same examples (before the gate) against the true ones."""
    pairs = [(true == answer, true == second) for true, answer, second in zip(truth, answers, others, strict=True)]
    n, both = len(pairs), pairs.count((True, True))
    only_one, only_other = pairs.count((True, False)), pairs.count((False, True))
    return Comparison(
        one=one,
        other=other,
        n=n,
        both_right=both,
        only_one=only_one,
        only_other=only_other,
        both_wrong=pairs.count((False, False)),
        p=mcnemar(only_one, only_other),
        one_accuracy=share_of(both + only_one, n),
        other_accuracy=share_of(both + only_other, n),
        one_macro_f1=macro_f1(truth, answers),
        other_macro_f1=macro_f1(truth, others),
    )
