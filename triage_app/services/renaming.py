"""Models whose labels were renamed, merged or split after they were trained: they answer by the names of today."""

from collections.abc import Sequence
from dataclasses import replace

from triage_app.domain.labels import Dataset, LabelChange, ModelAnswer, ModelId, Score
from triage_app.domain.learning import Model
from triage_app.domain.relabelling import called_now, label_now
from triage_app.services.ports import Classifier, ModelFiles


def loaded(files: ModelFiles, model: Model, dataset: Dataset) -> Classifier:
    """A version that answers by the labels of its dataset as they are called now. Raises ModelRefused."""
    classifier = files.load(model)
    since = tuple(change for change in dataset.history if change.at >= model.made_at)
    return _Renamed(classifier, since) if since else classifier


def suspended_now(model: Model, dataset: Dataset) -> tuple[str, ...]:
    """The labels that a version only suggests, by their names of today."""
    return tuple(dict.fromkeys(label_now(label, dataset) for label in model.suspended))


def known_now(model: Model, dataset: Dataset) -> frozenset[str]:
    """The labels that a version knows, by their names of today."""
    return frozenset(label_now(label, dataset) for label in model.labels)


class _Renamed:
    """`Classifier` that answers by other names. What became one label has the confidences of its parts together."""

    __slots__ = ("_classifier", "_history")

    def __init__(self, classifier: Classifier, history: Sequence[LabelChange]) -> None:
        self._classifier = classifier
        self._history = history

    @property
    def model_id(self) -> ModelId:
        """The version's own."""
        return self._classifier.model_id

    def predict(self, texts: Sequence[str], *, count: int, explain_from: float | None) -> Sequence[ModelAnswer]:
        """For each prepared text the best `count` labels: as far as the version says so many of its own."""
        more = count + sum(len(change.old) for change in self._history)
        answers = self._classifier.predict(texts, count=more, explain_from=explain_from)
        return [self._renamed(answer, text, count) for answer, text in zip(answers, texts, strict=True)]

    def if_taught(
        self, text: str, label: str, others: Sequence[str], *, count: int
    ) -> Sequence[tuple[ModelAnswer, ModelAnswer] | None]:
        """The lesson is taught under the name by which the version knows the label; answers are by the names of today.

        Of several old names the one that the version finds most likely for the text is taught.
        """
        more = count + sum(len(change.old) for change in self._history)
        (own,) = self._classifier.predict([text], count=more, explain_from=None)
        names = (score.label for score in own.scores)
        old = next((name for name in names if called_now(name, None, text, self._history) == label), label)
        return [
            pair and (self._renamed(pair[0], other, count), self._renamed(pair[1], other, count))
            for pair, other in zip(self._classifier.if_taught(text, old, others, count=more), others, strict=True)
        ]

    def _renamed(self, answer: ModelAnswer, text: str, count: int) -> ModelAnswer:
        sums: dict[str, float] = {}
        for score in answer.scores:
            label = called_now(score.label, None, text, self._history)
            sums[label] = sums.get(label, 0.0) + score.confidence
        scores = sorted((Score(label, min(1.0, each)) for label, each in sums.items()), key=lambda it: -it.confidence)
        best = called_now(answer.scores[0].label, None, text, self._history) if answer.scores else ""
        # The reasons are for the label that the version itself found best.
        reasons = answer.reasons if scores and scores[0].label == best else ()
        return replace(answer, scores=tuple(scores[:count]), reasons=reasons)
