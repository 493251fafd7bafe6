"""A loaded FastText model: answers for many texts at once, and which words spoke for and against."""

import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from triage_app.adapters.classify.explaining import Explainer
from triage_app.domain.errors import ModelRefused
from triage_app.domain.labels import ModelAnswer, ModelId, Reason, Score, from_token
from triage_app.domain.wording import MODEL_LIMIT


class FastTextClassifier:
    """The Classifier port over one FastText file, whose signature the caller has verified. Safe from any thread.

    FastText keeps the interpreter lock for the length of a call, so texts are asked one by one: a call takes some
    microseconds, other threads run in between, and it is no slower than its own batches, which make NumPy arrays.
    """

    def __init__(self, path: Path, model_id: ModelId) -> None:
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
        self._explainer: Explainer | None = None
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
        against (negative) it, the strongest first, in log-odds; see `explaining`. Reads the first `MODEL_LIMIT`
        characters of each text.
        """
        ask, names = self._model.predict, self._labels
        explainer = None if explain_from is None else self._explain()
        least = explain_from or 0.0
        answers = []
        for whole in texts:
            text = whole[:MODEL_LIMIT]
            if not text:
                answers.append(ModelAnswer(()))
                continue
            pairs = ask(text + "\n", count, 0.0, "replace")
            scores = tuple(
                [Score(names[token], share if 0.0 <= share <= 1.0 else _share(share)) for share, token in pairs]
            )
            reasons: tuple[Reason, ...] = ()
            if explainer and scores and scores[0].confidence >= least:
                reasons = explainer.reasons(text, pairs[0][1])
            answers.append(ModelAnswer(scores, reasons))
        return answers

    def _explain(self) -> Explainer:
        with self._lock:
            if self._explainer is None:
                self._explainer = Explainer(self._model)
            return self._explainer


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
