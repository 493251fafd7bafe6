"""The audit of labels: which are probably wrong, which overlap, and how far people agree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from triage_app.domain.confident import Doubts, doubts, folds
from triage_app.domain.errors import InvalidInput, InvalidState
from triage_app.domain.labels import Dataset, Example
from triage_app.domain.learning import learnt_from
from triage_app.domain.relabelling import words_now
from triage_app.domain.splitting import groups_of
from triage_app.domain.ticket import TicketId
from triage_app.domain.wording import prepare
from triage_app.services.context import Context, Progress
from triage_app.services.learning_queries import AuditLabels
from triage_app.services.learning_shapes import Agreement, LabelAudit, Overlap, Suspect
from triage_app.services.ports import Classifier, Ports
from triage_app.services.second_looks import agreement

PARTS: Final = 4
"""Each example is judged by a model of the other three quarters."""

CHUNK: Final = 500
"""Texts between two looks at the cancel token."""

FEW: Final = 5_000
"""From so many examples on a third of the epochs is enough: a model that knows its examples by heart vouches for their
mistakes (of 1,000 planted ones among 20,000 tickets it found 741 where all epochs found 673)."""

EXCERPT: Final = 200
SHARE: Final = 0.01
"""Labels overlap from this share of texts on, if it stands for two texts at least."""


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A labelled text and where it comes from: a line of the dataset's data, or a ticket."""

    example: Example
    line: int


def audit_labels(query: AuditLabels, ports: Ports, context: Context) -> LabelAudit:
    """Judge every example and correction by models that have not seen it or its like, and rank them by doubt.

    Trains four models, one after the other, each in a process of its own; can be stopped at any time; no transaction is
    open meanwhile. Examples of a label that is nowhere else cannot be judged and are left out. Raises InvalidState
    where there is too little to compare.
    """
    if query.limit < 0:
        raise InvalidInput(f"A limit of {query.limit} suspects makes no sense. Give 0 for all.")
    dataset = ports.datasets.get(query.dataset)
    lessons, agreed = _gathered(dataset, ports)
    labels = sorted({each.example.label for each in lessons})
    if len(labels) < 2:
        raise InvalidState(
            f"{dataset.name} has examples and corrections of {len(labels)} labels. An audit needs two labels at least "
            "to find out which are taken for each other."
        )
    number = {label: place for place, label in enumerate(labels)}
    said = np.array([number[each.example.label] for each in lessons])
    judged, probabilities = _judged([each.example for each in lessons], labels, said, dataset, ports, context)
    if not len(judged):
        raise InvalidState(
            f"{dataset.name} has too few examples for an audit: each label needs two texts at least that are not "
            "nearly the same."
        )
    found = doubts(said[judged], probabilities[judged])
    ranked = found.ranked[: query.limit] if query.limit else found.ranked
    suspects = tuple(_suspect(lessons[judged[each.place]], labels[each.likely], each.doubt) for each in ranked)
    return LabelAudit(dataset.name, len(judged), suspects, _overlaps(found, said[judged], labels), agreed)


def _gathered(dataset: Dataset, ports: Ports) -> tuple[list[_Lesson], tuple[Agreement, ...]]:
    """All examples and the newest word on each ticket, with text, under labels of today; and how far people agree."""
    own = ports.datasets.examples(dataset.name)
    with ports.storage.read() as uow:
        words = tuple(uow.corrections.all(dataset.name))
        agreed = agreement(uow, dataset)
    lessons = [
        _Lesson(replace(each, text=text), line) for line, each in enumerate(own, 1) if (text := prepare(each.text))
    ]
    lessons += [_Lesson(each, 0) for each in learnt_from(words_now(words, dataset.history), dataset.labels)]
    return lessons, agreed


def _judged(
    examples: Sequence[Example],
    labels: Sequence[str],
    said: NDArray[np.int64],
    dataset: Dataset,
    ports: Ports,
    context: Context,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The places of the examples that could be judged, and for every example what a model of the others gives each
    label.
    """
    parts = np.array(folds(groups_of(examples), said.tolist(), PARTS))
    probabilities = np.zeros((len(examples), len(labels)))
    judged = np.zeros(len(examples), dtype=bool)
    column = {label: place for place, label in enumerate(labels)}
    training = dataset.training
    epochs = max(1, training.epoch // 3) if len(examples) >= FEW else training.epoch
    training = replace(training, loss="softmax", epoch=epochs, autotune=0)
    for part in range(PARTS):
        inside = np.flatnonzero(parts == part).tolist()
        taught = [examples[place] for place in np.flatnonzero(parts != part).tolist()]
        known = sorted({each.label for each in taught})
        if not inside or len(known) < 2:
            continue

        def tell(progress: Progress, part: int = part) -> None:
            done = progress.done if progress.total == 100 else 0
            context.progress(Progress(part * 100 + done, PARTS * 100, "percent audited", loss=progress.loss))

        trial = replace(dataset, labels=tuple(known), training=training)
        model = ports.models.trial(trial, taught, progress=tell, cancel=context.cancel, is_calibrated=False)
        probabilities[inside] = _probabilities(model, [examples[place].text for place in inside], column, context)
        judged[inside] = np.isin(said[inside], [column[label] for label in known])
    return np.flatnonzero(judged), probabilities


def _probabilities(
    model: Classifier, texts: Sequence[str], column: dict[str, int], context: Context
) -> NDArray[np.float64]:
    found = np.zeros((len(texts), len(column)))
    for start in range(0, len(texts), CHUNK):
        context.cancel.check()
        answers = model.predict(texts[start : start + CHUNK], count=len(column), explain_from=None)
        for row, answer in enumerate(answers, start):
            for score in answer.scores:
                found[row, column[score.label]] = score.confidence
    return found


def _suspect(lesson: _Lesson, likely: str, doubt: float) -> Suspect:
    example = lesson.example
    return Suspect(
        TicketId(example.ticket), lesson.line, example.label, likely, doubt, example.who, example.text[:EXCERPT]
    )


def _overlaps(found: Doubts, said: NDArray[np.int64], labels: Sequence[str]) -> tuple[Overlap, ...]:
    """Pairs of labels of which one is often the other, the largest share first."""
    sizes = np.bincount(said, minlength=len(labels))
    called = found.joint.sum(axis=1, keepdims=True)
    shares = found.joint / np.maximum(called, 1e-12)
    np.fill_diagonal(shares, 0.0)
    pairs = [
        Overlap(labels[one], labels[other], int(sizes[one]), float(shares[one, other]))
        for one, other in np.argwhere((shares >= SHARE) & (shares * sizes[:, None] >= 2))
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.share, pair.label, pair.other)))
