"""Which words spoke for and against a label, computed from the model's own vectors.

A FastText classifier is linear up to its last step: the hidden vector is the mean of one vector for each feature (a
known word, its character n-grams, its word n-grams), a label's score is its output row times that mean. So each
feature's part in a score is exact. What is explained is the log-odds of the label: for one-vs-all its score itself,
for softmax its score minus the other labels' scores, weighted by their probabilities among themselves, which is the
derivative of log(p / (1 - p)). A word n-gram's part is divided equally among its words; hashes follow FastText's dictionary
(src/dictionary.cc), so that the parts of all words and of the line end together give the score.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from triage_app.domain.labels import MAX_REASONS, Reason

_LINE_END: Final = "</s>"
_CACHED: Final = 200_000
_STEP: Final = np.uint64(116049371)


def word_hash(word: str) -> int:
    """FastText's hash of a word as 64 unsigned bits: 32-bit FNV-1a over signed bytes, widened as a signed number."""
    value = 2166136261
    for byte in word.encode():
        value = ((value ^ (byte | 0xFFFFFF00 if byte >= 0x80 else byte)) * 16777619) & 0xFFFFFFFF
    return value | 0xFFFFFFFF00000000 if value >= 0x80000000 else value


class Explainer:
    """Reads a loaded, unquantised softmax or one-vs-all model in place; safe from any thread."""

    def __init__(self, model: Any) -> None:
        arguments = model.getArgs()
        words, _ = model.getVocab("replace")
        tokens, _ = model.getLabels("replace")
        self._model = model
        self._input: NDArray[np.float32] = np.asarray(model.getInputMatrix())
        self._output: NDArray[np.float32] = np.asarray(model.getOutputMatrix())
        self._ids = {word: number for number, word in enumerate(words)}
        self._labels = {token: number for number, token in enumerate(tokens)}
        self._subwords = arguments.maxn > 0
        self._orders = range(2, arguments.wordNgrams + 1)
        self._bucket = np.uint64(max(arguments.bucket, 1))
        self._one_vs_all = str(arguments.loss).endswith("ova")
        # word -> (rows of its own vectors, hash)
        self._known: dict[str, tuple[tuple[int, ...], int]] = {}

    def reasons(self, text: str, token: str) -> tuple[Reason, ...]:
        """At most six words for and against the label of this token, the strongest first."""
        words = text.split(" ")
        parts = self.parts(words, token)
        sums: dict[str, float] = {}
        for word, part in zip(words, parts.tolist(), strict=False):
            sums[word] = sums.get(word, 0.0) + part
        strongest = sorted(sums.items(), key=lambda item: -abs(item[1]))[:MAX_REASONS]
        return tuple(Reason(word, weight) for word, weight in strongest if abs(weight) > 1e-6)

    def parts(self, words: Sequence[str], token: str) -> NDArray[np.float64]:
        """Each word's part in the log-odds of the label, and as last element that of the line end."""
        known = [self._known.get(word) or self._learn(word) for word in words]
        known.append(self._known.get(_LINE_END) or self._learn(_LINE_END))
        rows: list[int] = []
        owners: list[int] = []
        for place, (own, _) in enumerate(known):
            rows.extend(own)
            owners.extend([place] * len(own))
        count = len(known)
        features = [np.array(rows, dtype=np.int64)]
        places = [np.array(owners, dtype=np.int64)]
        shares = [np.ones(len(rows))]
        if self._orders:
            hashes = np.array([code for _, code in known], dtype=np.uint64)
            rolling = hashes
            for order in self._orders:
                if count < order:
                    break
                rolling = rolling[:-1] * _STEP + hashes[order - 1 :]
                ids = (rolling % self._bucket).astype(np.int64) + len(self._ids)
                for offset in range(order):
                    features.append(ids)
                    places.append(np.arange(offset, offset + len(ids)))
                    shares.append(np.full(len(ids), 1.0 / order))
        share = np.concatenate(shares)
        vectors = self._input[np.concatenate(features)]
        total = share.sum()
        if not total:
            return np.zeros(count)
        along = vectors @ self._direction(share @ vectors / total, self._labels[token])
        return np.bincount(np.concatenate(places), along * share / total, count).astype(np.float64, copy=False)

    def _direction(self, hidden: NDArray[np.float64], label: int) -> NDArray[np.float32]:
        own: NDArray[np.float32] = self._output[label]
        if self._one_vs_all or len(self._output) < 2:
            return own
        scores = self._output @ hidden
        scores[label] = -np.inf
        others = np.exp(scores - scores.max())
        others /= others.sum()
        towards: NDArray[np.float32] = own - others.astype(np.float32) @ self._output
        return towards

    def _learn(self, word: str) -> tuple[tuple[int, ...], int]:
        number = self._ids.get(word)
        if self._subwords:
            rows = tuple(self._model.getSubwords(word, "replace")[1])
        else:
            rows = () if number is None else (number,)
        if len(self._known) >= _CACHED:
            self._known.clear()
        self._known[word] = found = (rows, word_hash(word))
        return found
