"""Which words spoke for and against a label, computed from the model's own vectors.

A FastText classifier is linear up to its last step: the hidden vector is the mean of one vector for each feature (a
known word, its character n-grams, its word n-grams), a label's score is its output row times that mean. So each
feature's part in a score is exact. What is explained is the log-odds of the label: for one-vs-all its score itself,
for softmax its score minus the other labels' scores, weighted by their probabilities among themselves, which is the
derivative of log(p / (1 - p)). A word n-gram's part is divided equally among its words; hashes follow FastText's
dictionary (src/dictionary.cc), so that the parts of all words and of the line end add up to the score.
"""

import heapq
import threading
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from triage_app.domain.labels import MAX_REASONS, Reason

_LINE_END: Final = "</s>"
_CACHED: Final = 50_000
_NOTHING: Final = 1e-6
_STEP: Final = np.uint64(116049371)


def word_hash(word: str) -> int:
    """FastText's hash of a word as 64 unsigned bits: 32-bit FNV-1a over signed bytes, widened as a signed number."""
    value = 2166136261
    for byte in word.encode():
        value = ((value ^ (byte | 0xFFFFFF00 if byte >= 0x80 else byte)) * 16777619) & 0xFFFFFFFF
    return value | 0xFFFFFFFF00000000 if value >= 0x80000000 else value


class _Words:
    """What is known of words that were met: the sum of a word's own vectors, how many they are, and its hash."""

    __slots__ = ("counts", "hashes", "index", "sums")

    def __init__(self, dim: int) -> None:
        self.index: dict[str, int] = {}
        self.sums: NDArray[np.float32] = np.zeros((1024, dim), np.float32)
        self.counts: NDArray[np.float32] = np.zeros(1024, np.float32)
        self.hashes: NDArray[np.uint64] = np.zeros(1024, np.uint64)

    def add(self, word: str, vectors: NDArray[np.float32]) -> None:
        place = len(self.index)
        if place == len(self.counts):
            self.sums = np.concatenate((self.sums, np.zeros_like(self.sums)))
            self.counts = np.concatenate((self.counts, np.zeros_like(self.counts)))
            self.hashes = np.concatenate((self.hashes, np.zeros_like(self.hashes)))
        self.sums[place] = vectors.sum(axis=0)
        self.counts[place] = len(vectors)
        self.hashes[place] = word_hash(word)
        # Last: a reader that finds the place finds it filled.
        self.index[word] = place


class Explainer:
    """Reads a loaded, unquantised softmax or one-vs-all model in place; safe from any thread.

    Remembers up to 50,000 words, so that a mail costs a look-up for each word and a few array operations.
    """

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
        self._known = _Words(self._input.shape[1])
        self._lock = threading.Lock()

    def reasons(self, text: str, token: str) -> tuple[Reason, ...]:
        """At most six words for and against the label of this token, the strongest first."""
        words = text.split(" ")
        sums: dict[str, float] = {}
        for word, part in zip(words, self.parts(words, token).tolist(), strict=False):
            sums[word] = sums.get(word, 0.0) + part
        strongest = heapq.nlargest(MAX_REASONS, sums, key=lambda word: abs(sums[word]))
        return tuple([Reason(word, sums[word]) for word in strongest if abs(sums[word]) > _NOTHING])

    def parts(self, words: Sequence[str], token: str) -> NDArray[np.float32]:
        """Each word's part in the log-odds of the label, and as last element that of the line end."""
        line = [*words, _LINE_END]
        known = self._known
        try:
            places = [known.index[word] for word in line]
        except KeyError:
            known = self._learn(line)
            places = [known.index[word] for word in line]
        own = known.sums[places]
        total = float(known.counts[places].sum())
        summed = own.sum(axis=0)
        ngrams: list[tuple[int, NDArray[np.float32]]] = []
        if self._orders:
            hashes = known.hashes[places]
            rolling = hashes
            for order in self._orders[: len(line) - 1]:
                rolling = rolling[:-1] * _STEP + hashes[order - 1 :]
                rows = (rolling % self._bucket).astype(np.int64)
                rows += len(self._ids)
                vectors = self._input[rows]
                summed += vectors.sum(axis=0)
                total += len(rows)
                ngrams.append((order, vectors))
        if not total:
            return np.zeros(len(line), np.float32)
        direction = self._direction(summed / np.float32(total), self._labels[token]) / np.float32(total)
        parts: NDArray[np.float32] = own @ direction
        for order, vectors in ngrams:
            each = vectors @ direction / np.float32(order)
            for offset in range(order):
                parts[offset : offset + len(each)] += each
        return parts

    def _direction(self, hidden: NDArray[np.float32], label: int) -> NDArray[np.float32]:
        own: NDArray[np.float32] = self._output[label]
        if self._one_vs_all or len(self._output) < 2:
            return own
        scores: NDArray[np.float32] = self._output @ hidden
        scores[label] = -np.inf
        others: NDArray[np.float32] = np.exp(scores - scores.max())
        towards: NDArray[np.float32] = own - (others / others.sum()) @ self._output
        return towards

    def _learn(self, words: Sequence[str]) -> _Words:
        with self._lock:
            known = self._known
            if len(known.index) > _CACHED:
                self._known = known = _Words(self._input.shape[1])
            for word in words:
                if word not in known.index:
                    known.add(word, self._input[self._rows(word)])
            return known

    def _rows(self, word: str) -> list[int]:
        if self._subwords:
            return list(self._model.getSubwords(word, "replace")[1])
        number = self._ids.get(word)
        return [] if number is None else [number]
