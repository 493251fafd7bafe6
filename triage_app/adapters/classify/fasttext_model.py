"""A loaded FastText model: answers for many texts at once, and which words spoke for and against."""

import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from triage_app.adapters.classify.explaining import Explainer
from triage_app.adapters.classify.side_file import Measured, Side
from triage_app.adapters.classify.teaching import Teacher
from triage_app.domain.errors import ModelRefused
from triage_app.domain.labels import ModelAnswer, ModelId, Score, from_token, to_token
from triage_app.domain.likeness import units_of, with_more
from triage_app.domain.wording import for_model

_CHUNK: Final = 256
_CHANGED: Final = 0.01
_MOST: Final = 64
"""Labels whose score is looked at: of more, all but the best have next to nothing."""


class FastTextClassifier:
    """The Classifier port over one FastText file, whose signature the caller has verified. Safe from any thread.

    With what stands in its side file its confidences are calibrated and strange texts are told; without, they are
    FastText's own scores.

    FastText keeps the interpreter lock for the length of a call, so texts are asked one by one: a call takes some
    microseconds, other threads run in between, and it is no slower than its own batches, which make NumPy arrays.
    """

    def __init__(self, path: Path, model_id: ModelId, side: Side | None = None) -> None:
        # The binding itself: the wrapper around it costs a quarter of a second for NumPy at each start.
        import fasttext_pybind  # noqa: PLC0415

        self._model_id = model_id
        self._model: Any = fasttext_pybind.fasttext()
        try:
            self._model.loadModel(_openable(path))
            tokens, _ = self._model.getLabels("replace")
        except (ValueError, RuntimeError, MemoryError, OSError) as error:
            raise ModelRefused(f"The model {model_id} cannot be read: {error}. Train again.") from error
        self._labels = {token: from_token(token) for token in tokens}
        self._columns = side.labels if side else ()
        self._measured = side.measured if side else None
        if side and set(side.labels) != set(self.labels):
            raise ModelRefused(f"The calibration of model {model_id} is that of other labels. Train again.")
        self._explainer: Explainer | None = None
        self._teacher: Teacher | None = None
        self._lock = threading.Lock()

    @property
    def model_id(self) -> ModelId:
        """The version that was loaded."""
        return self._model_id

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it knows, the most frequent in its data first."""
        return tuple(self._labels.values())

    def predict(self, texts: Sequence[str], *, count: int, explain_from: float | None) -> Sequence[ModelAnswer]:
        """For each prepared text the best `count` labels, confidences within 0..1; none for an empty text.

        Reasons where the best label has at least the confidence `explain_from`: at most six words for (positive) and
        against (negative) it, the strongest first, in log-odds of the bare score; see `explaining`. Reads each text as
        `wording.for_model` gives it.
        """
        answers: list[ModelAnswer] = []
        for start in range(0, len(texts), _CHUNK):
            read = [for_model(text) for text in texts[start : start + _CHUNK]]
            if self._measured:
                judged = _answers(read, self.scores(read, self._columns), self._columns, self._measured, count)
            else:
                judged = self._bare(read, count)
            answers += self._with_reasons(read, judged, explain_from)
        return answers

    def scores(self, texts: Sequence[str], labels: Sequence[str]) -> NDArray[np.float64]:
        """(texts, labels): the bare scores, 0..1, of texts as `for_model` gives them; 0 where FastText says nothing."""
        columns = {to_token(label): place for place, label in enumerate(labels)}
        ask, most = self._model.predict, min(len(self._labels), _MOST)
        found = [ask(text + "\n", most, 0.0, "replace") if text else () for text in texts]
        result = np.zeros((len(texts), len(labels)))
        rows = np.repeat(np.arange(len(texts)), [len(pairs) for pairs in found])
        places = [columns[token] for pairs in found for _, token in pairs]
        result[rows, places] = [share for pairs in found for share, _ in pairs]
        return np.where(np.isnan(result), 0.0, result.clip(0.0, 1.0))

    def _bare(self, read: Sequence[str], count: int) -> list[ModelAnswer]:
        ask, names = self._model.predict, self._labels
        answers = []
        for text in read:
            pairs = ask(text + "\n", count, 0.0, "replace") if text else ()
            answers.append(
                ModelAnswer(
                    tuple(
                        [Score(names[token], share if 0.0 <= share <= 1.0 else _share(share)) for share, token in pairs]
                    )
                )
            )
        return answers

    def if_taught(
        self, text: str, label: str, others: Sequence[str], *, count: int
    ) -> Sequence[tuple[ModelAnswer, ModelAnswer] | None]:
        """For each of the other prepared texts the best `count` labels as they are, and as they would be if the model
        had learnt that `text` has this label (see `teaching`); None where no score would change by a hundredth.
        """
        columns = self._columns or self.labels
        read = [for_model(each) for each in others]
        lesson = for_model(text)
        teacher = self._teach(columns)
        before, after = teacher.scores(read, teacher.learn(lesson, label))
        # Its words and pairs would be known then, too.
        measured = self._measured
        taught = measured and replace(measured, known=with_more(measured.known, units_of([lesson])))
        places = np.flatnonzero(np.abs(after - before).max(axis=1, initial=0.0) >= _CHANGED).tolist()
        found: list[tuple[ModelAnswer, ModelAnswer] | None] = [None] * len(read)
        for start in range(0, len(places), _CHUNK):
            some = places[start : start + _CHUNK]
            texts = [read[place] for place in some]
            old = _answers(texts, before[some], columns, measured, count)
            new = _answers(texts, after[some], columns, taught, count)
            for place, pair in zip(some, zip(old, new, strict=True), strict=True):
                found[place] = pair
        return found

    def _with_reasons(
        self, read: Sequence[str], answers: list[ModelAnswer], explain_from: float | None
    ) -> list[ModelAnswer]:
        if explain_from is None:
            return answers
        explainer = self._explain()
        return [
            replace(answer, reasons=explainer.reasons(text, to_token(answer.scores[0].label)))
            if answer.scores and answer.scores[0].confidence >= explain_from
            else answer
            for text, answer in zip(read, answers, strict=True)
        ]

    def _teach(self, columns: Sequence[str]) -> Teacher:
        with self._lock:
            if self._teacher is None:
                self._teacher = Teacher(self._model, columns)
            return self._teacher

    def _explain(self) -> Explainer:
        with self._lock:
            if self._explainer is None:
                self._explainer = Explainer(self._model)
            return self._explainer


def _answers(
    read: Sequence[str],
    scores: NDArray[np.float64],
    columns: Sequence[str],
    measured: Measured | None,
    count: int,
) -> list[ModelAnswer]:
    """The best labels of texts by their bare scores (texts, columns), calibrated by what was measured, if it was."""
    confidences, likeness, strange = scores, np.ones(len(read)), np.zeros(len(read), np.bool_)
    if measured:
        units = units_of(read)
        familiar, likeness = measured.likeness(units)
        confidences = measured.calibration.confidences(scores, familiar, units.counts)
        strange = familiar < measured.least
    order = np.argsort(-confidences, axis=1, kind="stable")[:, :count]
    shares = np.take_along_axis(confidences, order, axis=1).tolist()
    return [
        ModelAnswer(
            tuple([Score(columns[place], share) for place, share in zip(places, line, strict=True)]), (), like, odd
        )
        if text
        else ModelAnswer(())
        for text, places, line, like, odd in zip(
            read, order.tolist(), shares, likeness.tolist(), strange.tolist(), strict=True
        )
    ]


def _share(share: float) -> float:
    # FastText's rounding gives up to 1.00001; what is not a number is no confidence.
    return 1.0 if share > 1.0 else 0.0


def _openable(path: Path) -> str:
    """The path as FastText can open it: on Windows it reads names in the ANSI code page, others need the short name."""
    if sys.platform == "win32" and not str(path).isascii():
        import ctypes  # noqa: PLC0415

        buffer = ctypes.create_unicode_buffer(32_768)
        if ctypes.windll.kernel32.GetShortPathNameW(str(path), buffer, len(buffer)):
            return buffer.value
    return str(path)
