"""What a model would say if it had learnt one more text: a quick lesson on top of it, of which nothing is kept.

FastText's own step of gradient descent (Joulin et al. 2016), repeated for one text until the model says its label, on
the rows of that text's words and word n-grams alone. A row moves the less the more often its word was met in training:
other examples would hold it in place. So no example has to be read again, and what is unlike the text stays as it is.
Measured against full trainings in `tests/bench/blast.py`.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from triage_app.adapters.classify.explaining import word_hash
from triage_app.domain.labels import to_token

SURE: Final = 0.95
"""The lesson ends when the label has this score, and the highest."""

_LINE_END: Final = "</s>"
_STEP: Final = np.uint64(116049371)
_RATE: Final = 0.2
_ROUNDS: Final = 300
_WORD: Final = 1.0
"""How often a word must be met to move half as much as a new one; `_PAIR` for its n-grams, by their rarest word."""
_PAIR: Final = 20.0
_KNOWN: Final = 50_000

_CHUNK: Final = 512

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
_NONE: Final[Rows] = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Lesson:
    """The rows that a lesson moved, in rising order, and by how much; `new` words get rows beyond the model's last."""

    rows: Rows
    moves: Vectors
    new: Mapping[str, int]


class Teacher:
    """Reads a loaded, unquantised softmax or one-vs-all model in place and never writes to it. Safe from any thread."""

    def __init__(self, model: Any, labels: Sequence[str]) -> None:
        """`labels` is the order of the columns of scores."""
        arguments = model.getArgs()
        words, counts = model.getVocab("replace")
        tokens, _ = model.getLabels("replace")
        places = {token: place for place, token in enumerate(tokens)}
        self._model = model
        self._input: Vectors = np.asarray(model.getInputMatrix())
        self._output: Vectors = np.asarray(model.getOutputMatrix())[[places[to_token(label)] for label in labels]]
        self._columns = {label: place for place, label in enumerate(labels)}
        self._ids = {word: number for number, word in enumerate(words)}
        self._counts = np.asarray(counts, np.float64)
        self._subwords = arguments.maxn > 0
        self._takes_new = arguments.minCount <= 1
        self._orders = range(2, arguments.wordNgrams + 1)
        self._bucket = np.uint64(max(arguments.bucket, 1))
        self._one_vs_all = str(arguments.loss).endswith("ova")
        self._words: dict[str, tuple[tuple[int, ...], int, float]] = {}
        self._lock = threading.Lock()

    def learn(self, text: str, label: str) -> Lesson:
        """The lesson that this text, as the model reads it, has this label; empty where the model says so already, does
        not know the label, or finds nothing in the text.
        """
        column = self._columns.get(label)
        rows, weights = self._features(text)
        if column is None or not text or not len(rows):
            return Lesson(np.empty(0, np.int64), np.empty((0, self._input.shape[1]), np.float32), {})
        new = self._new_words(text)
        fresh = _places(text, new)
        rows = np.concatenate((rows, fresh))
        weights = np.concatenate((weights, np.ones(len(fresh))))
        pull = (weights / weights.mean())[:, None] * (_RATE / len(rows))
        vectors = self._vectors(rows).astype(np.float64)
        output = self._output.astype(np.float64)
        moved = np.zeros_like(vectors)
        for _ in range(_ROUNDS):
            scores = self._shares((vectors + moved).mean(axis=0)[None, :] @ output.T)[0]
            if scores[column] >= SURE and scores.argmax() == column:
                break
            error = -scores
            error[column] += 1.0
            moved += pull * (error @ output)
        distinct, places = np.unique(rows, return_inverse=True)
        moves = np.zeros((len(distinct), vectors.shape[1]))
        np.add.at(moves, places, moved)
        return Lesson(distinct, moves.astype(np.float32), new)

    def scores(self, texts: Sequence[str], lesson: Lesson) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(texts, labels) twice: the bare scores, 0..1, without the lesson and with it; 0 for a text without words."""
        shape = (len(texts), len(self._output))
        before, after = np.zeros(shape), np.zeros(shape)
        for start in range(0, len(texts), _CHUNK):
            some = texts[start : start + _CHUNK]
            known = [self._features(text)[0] if text else _NONE for text in some]
            fresh = [_places(text, lesson.new) for text in some]
            places = [start + place for place, rows in enumerate(known) if len(rows)]
            if not places:
                continue
            parts = [part for pair in zip(known, fresh, strict=True) if len(pair[0]) for part in pair]
            old = np.array([len(rows) for rows in known if len(rows)])
            new = np.array([len(more) for rows, more in zip(known, fresh, strict=True) if len(rows)])
            rows = np.concatenate(parts)
            starts = np.cumsum(old + new) - (old + new)
            vectors = self._vectors(rows)
            hidden = np.add.reduceat(vectors, starts, axis=0)
            before[places] = after[places] = self._shares((hidden / old[:, None]) @ self._output.T)
            if len(lesson.rows):
                at = np.searchsorted(lesson.rows, rows).clip(max=len(lesson.rows) - 1)
                hit = np.flatnonzero(lesson.rows[at] == rows)
                vectors[hit] += lesson.moves[at[hit]]
                hidden = np.add.reduceat(vectors, starts, axis=0)
                after[places] = self._shares((hidden / (old + new)[:, None]) @ self._output.T)
        return before, after

    def _new_words(self, text: str) -> dict[str, int]:
        """The rows beyond the last that words would get which the model has never met."""
        words = dict.fromkeys(word for word in text.split(" ") if word not in self._ids)
        return {word: len(self._input) + number for number, word in enumerate(words)} if self._takes_new else {}

    def _vectors(self, rows: Rows) -> Vectors:
        """The vectors of rows; those beyond the last are new and zero."""
        vectors = self._input[np.minimum(rows, len(self._input) - 1)]
        vectors[rows >= len(self._input)] = 0.0
        return vectors

    def _shares(self, scores: NDArray[Any]) -> NDArray[np.float64]:
        if self._one_vs_all:
            found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-scores.astype(np.float64)))
            return found
        powers = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def _features(self, text: str) -> tuple[Rows, NDArray[np.float64]]:
        """The rows of a text's words and word n-grams, some more than once, and how freely each may move, 0..1."""
        line = [self._word(word) for word in (*text.split(" "), _LINE_END)]
        rows = [row for own, _, _ in line for row in own]
        weights = [1.0 / (1.0 + count / _WORD) for own, _, count in line for _ in own]
        parts, pulls = [np.array(rows, np.int64)], [np.array(weights)]
        hashes = np.array([hashed for _, hashed, _ in line], np.uint64)
        counts = np.array([count for _, _, count in line])
        rolling, rarest = hashes, counts
        for order in self._orders[: len(line) - 1]:
            rolling = rolling[:-1] * _STEP + hashes[order - 1 :]
            rarest = np.minimum(rarest[:-1], counts[order - 1 :])
            parts.append((rolling % self._bucket).astype(np.int64) + len(self._ids))
            pulls.append(1.0 / (1.0 + rarest / _PAIR))
        return np.concatenate(parts), np.concatenate(pulls)

    def _word(self, word: str) -> tuple[tuple[int, ...], int, float]:
        """A word's own rows, its hash, and how often it was met in training."""
        known = self._words.get(word)
        if known is None:
            number = self._ids.get(word)
            if self._subwords and word != _LINE_END:
                own = tuple(self._model.getSubwords(word, "replace")[1])
            else:
                own = () if number is None else (number,)
            known = own, word_hash(word), 0.0 if number is None else float(self._counts[number])
            with self._lock:
                if len(self._words) > _KNOWN:
                    self._words.clear()
                self._words[word] = known
        return known


def _places(text: str, new: Mapping[str, int]) -> Rows:
    """The rows of those of a text's words that are new."""
    if not new:
        return _NONE
    return np.array([new[word] for word in text.split(" ") if word in new], np.int64)
