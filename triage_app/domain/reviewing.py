"""What to label next: the open tickets that teach the most, one for each kind of text.

A kind of text is a cluster of near-identical ones. Its worth is uncertainty times diversity times frequency, in the
manner of pool-based active learning (Lewis and Gale 1994; density and diversity as in Settles and Craven 2008).
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from triage_app.domain.labels import Held, Prediction
from triage_app.domain.near import near_groups

FOREIGN: Final = 0.02
"""Text with a likeness below is as uncertain as can be, whatever the model says of it."""

_DIMENSIONS: Final = 512
_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class Pick:
    """A kind of text: the places of its texts with the one to show first, and what made it stand where it does."""

    places: tuple[int, ...]
    uncertainty: float
    diversity: float
    score: float


def uncertainty(prediction: Prediction | None) -> float:
    """How little is known of a text, 0..1: the mean of the doubt in the model's best label and of the entropy over the
    labels it considered, against the most that as many can have. 1 where the text is unlike anything that the model was
    taught, or where no model was asked.
    """
    if prediction is None or prediction.best is None or prediction.held is Held.STRANGE:
        return 1.0
    if prediction.likeness < FOREIGN:
        return 1.0
    best = prediction.best
    shares = [best.confidence, *(each.confidence for each in prediction.alternatives if each.label != best.label)]
    shares = [share for share in shares if share > 0]
    rest = 1.0 - sum(shares)
    if rest > 0:
        shares.append(rest)
    total = sum(shares)
    if len(shares) < 2 or total <= 0:
        return 1.0 - best.confidence
    entropy = -sum(share / total * math.log(share / total) for share in shares) / math.log(len(shares))
    return (1.0 - best.confidence + entropy) / 2


def choose(texts: Sequence[str], uncertainties: Sequence[float], limit: int) -> tuple[Pick, ...]:
    """At most `limit` kinds among prepared texts, the most useful first.

    Each next one is that with the most uncertainty (0..1, the highest of its texts) times diversity (0..1, how far it
    is from all that stand before it: one minus the highest cosine of their words) times frequency, which is the
    logarithm of the number of its texts, so that a storm is worth a look but crowds out nobody. Linear in the texts;
    each line costs a look at every kind.
    """
    kinds: dict[int, list[int]] = {}
    for place, group in enumerate(near_groups(texts)):
        kinds.setdefault(group, []).append(place)
    members = [sorted(places, key=lambda place: -uncertainties[place]) for places in kinds.values()]
    if not members:
        return ()
    vectors = _vectors([texts[places[0]] for places in members])
    worth = np.array([uncertainties[places[0]] * math.log2(1 + len(places)) for places in members])
    nearest = np.zeros(len(members))
    left = np.ones(len(members), dtype=bool)
    picks: list[Pick] = []
    while len(picks) < min(limit, len(members)):
        scores = np.where(left, worth * (1.0 - nearest), -1.0)
        chosen = int(scores.argmax())
        left[chosen] = False
        places = tuple(members[chosen])
        diversity = 1.0 - float(nearest[chosen])
        picks.append(Pick(places, uncertainties[places[0]], diversity, float(scores[chosen])))
        nearest = np.maximum(nearest, np.clip(vectors @ vectors[chosen], 0.0, 1.0))
    return tuple(picks)


def _vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """The words of each text as a vector of length 1: hashed into a few hundred columns, rare words weighing more."""
    found = np.zeros((len(texts), _DIMENSIONS), np.float32)
    columns: dict[str, int] = {}
    for row, text in enumerate(texts):
        for word in text.split(" ")[:_WORDS]:
            column = columns.get(word)
            if column is None:
                columns[word] = column = zlib.crc32(word.encode("utf-8", "replace")) % _DIMENSIONS
            found[row, column] += 1.0
    np.log1p(found, out=found)
    found *= np.log((1 + len(texts)) / (1 + np.count_nonzero(found, axis=0))) + 1
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    found /= np.maximum(lengths, np.float32(1e-9))
    return found
