"""Which labels are probably wrong: confident learning (Northcutt, Jiang, Chuang 2021), from the published method.

Needed are a label and, for each label, a probability that was found without the example itself (cross-validation).
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Doubt:
    """An example whose label is doubtful: its place, the label that it more probably has, and how doubtful its own is,
    0..1. `confident` says that it is one of those that the method counts as wrong.
    """

    place: int
    likely: int
    doubt: float
    confident: bool


@dataclass(frozen=True, slots=True)
class Doubts:
    """The examples with a more probable label than their own, the most doubtful first, and the joint distribution.

    `joint[i, j]` is the estimated share of all examples that are called `i` and are `j`; it adds up to 1.
    """

    ranked: tuple[Doubt, ...]
    joint: Shares


def doubts(labels: Numbers, probabilities: Shares) -> Doubts:
    """Rank examples by how probably their label is wrong.

    `labels` has a number for each of n examples, `probabilities` (n, k) what a model that has not seen the example
    gives each label; rows are made to add up to 1, so that one-vs-all models serve as well. The threshold of a label is
    the mean probability that its own examples give it; an example is counted as `j` where `j` is the most probable
    label of those whose threshold it reaches (the confident joint). Ranked by self-confidence, the probability of an
    example's own label, which found more planted mistakes on service-desk tickets than the normalised margin did (see
    `docs/benchmarks.md`).
    """
    count, kinds = probabilities.shape
    if not count:
        return Doubts((), np.zeros((kinds, kinds)))
    shares = probabilities / np.maximum(probabilities.sum(axis=1, keepdims=True), 1e-12)
    rows = np.arange(count)
    own = shares[rows, labels]
    sizes = np.bincount(labels, minlength=kinds)
    sums = np.bincount(labels, weights=own, minlength=kinds)
    thresholds = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
    reached = np.where(shares >= thresholds, shares, -1.0)
    truth = np.where(reached.max(axis=1) >= 0, reached.argmax(axis=1), labels)
    joint = _joint(labels, truth, sizes)
    others = shares.copy()
    others[rows, labels] = -1.0
    likely = others.argmax(axis=1)
    doubtful = np.flatnonzero((shares[rows, likely] > own) | (truth != labels))
    order = doubtful[np.argsort(own[doubtful], kind="stable")]
    ranked = tuple(
        Doubt(
            int(place),
            int(truth[place] if truth[place] != labels[place] else likely[place]),
            float(1.0 - own[place]),
            bool(truth[place] != labels[place]),
        )
        for place in order
    )
    return Doubts(ranked, joint)


def _joint(labels: Numbers, truth: Numbers, sizes: Numbers) -> Shares:
    """The confident joint, each row made to stand for as many examples as are called so, and all to add up to 1."""
    counts = np.zeros((len(sizes), len(sizes)))
    np.add.at(counts, (labels, truth), 1.0)
    totals = counts.sum(axis=1, keepdims=True)
    calibrated = counts / np.maximum(totals, 1.0) * sizes[:, None]
    joint: Shares = calibrated / max(float(calibrated.sum()), 1.0)
    return joint


def folds(groups: Sequence[int], labels: Sequence[int], count: int, seed: int = 0) -> list[int]:
    """For each example the part (0..count-1) in which it is judged by a model of the others.

    Examples of one group (near-identical texts) are in one part, so that twins do not vouch for each other. Groups are
    dealt out label by label of their first example, so that each part has its share of every label.
    """
    members: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    by_label: dict[int, list[int]] = {}
    for group, places in members.items():
        by_label.setdefault(labels[places[0]], []).append(group)
    found = [0] * len(groups)
    following = 0
    for label in sorted(by_label):
        for group in sorted(by_label[label], key=lambda each: zlib.crc32(b"%d %d" % (seed, each))):
            for place in members[group]:
                found[place] = following % count
            following += 1
    return found
