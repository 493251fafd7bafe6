"""Whether something other than what texts say tells their labels apart: a model may have learnt that instead."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from triage_app.domain.labels import Example

ENOUGH: Final = 50
"""Examples of which a property must be known before anything is said of it, and that at least half of all are."""

GAIN: Final = 0.3
"""The share of the mistakes of always saying the most frequent label that a property must save to be worth a word:
Goodman and Kruskal's lambda (JASA 49, 1954)."""

RIGHT: Final = 10
"""And so many more examples must be right."""

_BINS: Final = 20
_FOLDS: Final = 5
_PROPERTIES: Final = {
    "age": "The age of an example",
    "layout": "The layout of an example (such as HTML or plain text)",
    "length": "The length of a text",
    "sender": "The sender's domain",
}
_SHOWS: Final = {"age": "age", "layout": "layout", "length": "length", "sender": "who writes"}


@dataclass(frozen=True, slots=True)
class Shortcut:
    """How often (0..1) a property alone tells the label right, beside always saying `usual`, the most frequent one."""

    what: str
    known: int
    right: float
    usual: str
    baseline: float

    @property
    def sentence(self) -> str:
        """It for a person."""
        return (
            f"{_PROPERTIES[self.what]} alone tells the label right for {self.right:.0%} (always saying {self.usual}: "
            f"{self.baseline:.0%}): the figures may show {_SHOWS[self.what]}, not content."
        )


def shortcuts(examples: Sequence[Example], groups: Sequence[int]) -> tuple[Shortcut, ...]:
    """The properties, of age, layout, length and sender's domain, that tell the labels apart on their own.

    Each is cut into at most twenty bins, each bin answers its most frequent label, and is asked for examples that it
    has not seen: five-fold cross-validation, in which a group (as `splitting.groups_of` gives them) is never on both
    sides. Linear in the examples.
    """
    found = (_judged(what, values, examples, groups) for what, values in _values(examples).items())
    return tuple(each for each in found if each is not None)


def _values(examples: Sequence[Example]) -> Mapping[str, Sequence[Hashable]]:
    """Of each property each example's bin; None where it is not known."""
    return {
        "age": _binned([each.at.timestamp() if each.at else None for each in examples]),
        "layout": [each.layout or None for each in examples],
        "length": _binned([len(each.text) for each in examples]),
        "sender": [each.sender.rpartition("@")[2].lower() or None for each in examples],
    }


def _binned(values: Sequence[float | None]) -> list[int | None]:
    """Bins with about as many values each; values that are the same are in one bin."""
    known = sorted(value for value in values if value is not None)
    edges = sorted({known[len(known) * step // _BINS] for step in range(1, _BINS)}) if known else []
    return [None if value is None else bisect_right(edges, value) for value in values]


def _judged(
    what: str, values: Sequence[Hashable], examples: Sequence[Example], groups: Sequence[int]
) -> Shortcut | None:
    rows = [
        (value, example.label, _fold(group))
        for value, example, group in zip(values, examples, groups, strict=True)
        if value is not None
    ]
    if len(rows) < max(ENOUGH, len(examples) / 2):
        return None
    labels = Counter(label for _, label, _ in rows)
    usual, most = labels.most_common(1)[0]
    mistakes = len(rows) - most
    right = sum(_asked(rows, fold, usual) for fold in range(_FOLDS))
    if right - most < max(RIGHT, GAIN * mistakes):
        return None
    return Shortcut(what, len(rows), right / len(rows), usual, most / len(rows))


def _fold(group: int) -> int:
    """Well mixed (Fibonacci hashing, Knuth 1973), since labels may follow each other in a pattern."""
    return (group * 0x9E3779B1 & 0xFFFFFFFF) * _FOLDS >> 32


def _asked(rows: Sequence[tuple[Hashable, str, int]], fold: int, usual: str) -> int:
    """How many of a fold are right by what the other folds say."""
    seen: dict[Hashable, Counter[str]] = {}
    for value, label, place in rows:
        if place != fold:
            seen.setdefault(value, Counter())[label] += 1
    best = {value: counts.most_common(1)[0][0] for value, counts in seen.items()}
    return sum(best.get(value, usual) == label for value, label, place in rows if place == fold)
