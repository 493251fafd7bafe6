"""How far what comes in has changed: measures between two counted distributions."""

from collections.abc import Mapping, Sequence
from math import log, log2, sqrt
from typing import Final

MUCH: Final = 0.25
"""A population stability index above which a distribution has changed much; below 0.1 it has hardly changed."""

_FLOOR: Final = 0.5
"""Counted for what was not seen at all, so that one new kind of thing is no infinite change."""


def stability(before: Sequence[int], now: Sequence[int]) -> float:
    """The population stability index of two counts over the same bins: 0 where shares are equal, without upper bound.

    The sum of (b - a) * ln(b / a) over the shares a, b of each bin (Lewis, "An introduction to credit scoring", 1994).
    0 where one of them counts nothing.
    """
    old, new = sum(before), sum(now)
    if not old or not new:
        return 0.0
    found = 0.0
    for was, is_ in zip(before, now, strict=True):
        if was or is_:
            one, other = max(was, _FLOOR) / old, max(is_, _FLOOR) / new
            found += (other - one) * log(other / one)
    return found


def stability_of(before: Mapping[str, int], now: Mapping[str, int]) -> float:
    """The same for counts by name."""
    names = sorted(before.keys() | now.keys())
    return stability([before.get(each, 0) for each in names], [now.get(each, 0) for each in names])


def distance(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """The Jensen-Shannon distance of two counts by name (logarithms to base 2): 0 is equal, 1 has nothing in common.

    Endres and Schindelin, "A new metric for probability distributions" (2003). 0 where one of them counts nothing.
    """
    left, right = sum(one.values()), sum(other.values())
    if not left or not right:
        return 0.0
    divergence = 0.0
    for name in one.keys() | other.keys():
        a, b = one.get(name, 0) / left, other.get(name, 0) / right
        middle = (a + b) / 2
        divergence += (a * log2(a / middle) if a else 0.0) + (b * log2(b / middle) if b else 0.0)
    return sqrt(min(max(divergence / 2, 0.0), 1.0))


def excess(before: Sequence[Mapping[str, int]], now: Sequence[Mapping[str, int]]) -> float:
    """How much farther the words of two stretches are apart than the two halves of each are from one another, 0..1.

    Each stretch comes as two halves of the same time. Rare words make any two samples differ; what remains is change:
    the mean distance across the stretches less the larger distance within one.
    """
    across = [distance(old, new) for old in before for new in now]
    within = max(distance(*before), distance(*now)) if len(before) == len(now) == 2 else 0.0
    return max(0.0, sum(across) / len(across) - within) if across else 0.0
