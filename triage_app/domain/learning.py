"""What is learnt from people: corrections as training examples, and how good a model is."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from triage_app.domain.labels import Example, ModelId, Training
from triage_app.domain.ticket import TicketId
from triage_app.domain.wording import prepare

CorrectionId = NewType("CorrectionId", int)


class Decision(StrEnum):
    """Whether a person changed a prediction or said that it was right."""

    CORRECTED = "corrected"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word on a prediction; never edited, only marked as taken back.

    `text` is the text that the model saw, so that the correction can be learnt from without the mail.
    """

    id: CorrectionId
    ticket: TicketId
    dataset: str
    decision: Decision
    old: str
    new: str
    who: str
    at: datetime
    why: str
    model_id: ModelId
    tier: str
    confidence: float
    text: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class LabelScore:
    """Precision, recall and F1 (0..1) of one label over `support` true examples."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model is on held-out examples. All shares are 0..1.

    `coverage` is the share at or above the gate, `coverage_accuracy` the accuracy among those; `ece` the expected
    calibration error over ten equal bins (Guo et al. 2017); `confusion[i][j]` counts true label i called j, in
    `labels` order.
    """

    n: int
    accuracy: float
    macro_f1: float
    coverage: float
    coverage_accuracy: float
    ece: float
    labels: tuple[str, ...]
    per_label: tuple[LabelScore, ...]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One version of a model: what it was made from and how; `active` is the one in force for its dataset."""

    id: ModelId
    dataset: str
    made_at: datetime
    labels: tuple[str, ...]
    examples: int
    corrections: int
    data_sha256: str
    file_sha256: str
    parent: ModelId | None
    options: Training
    active: bool


def latest_words(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """The newest correction or confirmation of each ticket in each dataset that was not taken back, by id.

    Newest by time, then by id: a second analyst overrules the first, and so does the first on second thought.
    """
    newest: dict[tuple[str, TicketId], Correction] = {}
    for word in corrections:
        if word.undone:
            continue
        key = (word.dataset, word.ticket)
        known = newest.get(key)
        if known is None or (word.at, word.id) > (known.at, known.id):
            newest[key] = word
    return tuple(sorted(newest.values(), key=lambda word: word.id))


def learnt_from(corrections: Iterable[Correction], labels: Iterable[str]) -> tuple[Example, ...]:
    """What corrections teach: an example with prepared text for the latest word on each ticket.

    Those whose label the dataset no longer has, and those without text, teach nothing. The group is the ticket.
    """
    known = frozenset(labels)
    return tuple(
        Example(word.new, text, f"ticket:{word.ticket}")
        for word in latest_words(corrections)
        if word.new in known and (text := prepare(word.text))
    )


def with_corrections(
    own: Sequence[Example], corrections: Iterable[Correction], labels: Iterable[str]
) -> tuple[Example, ...]:
    """A dataset's own examples and what people taught; where both have a text with different labels, people win."""
    learnt = learnt_from(corrections, labels)
    if not learnt:
        return tuple(own)
    said = {example.text: example.label for example in learnt}
    kept = [example for example in own if said.get(prepare(example.text), example.label) == example.label]
    return (*kept, *learnt)


def data_digest(examples: Iterable[Example]) -> str:
    """The SHA-256 of examples in their order: two models with the same digest were trained on the same data."""
    digest = hashlib.sha256()
    for example in examples:
        for part in (example.label, example.text):
            raw = part.encode("utf-8", "replace")
            digest.update(b"%d:%b" % (len(raw), raw))
    return digest.hexdigest()
