"""What is learnt from people: corrections as training examples, and how good a model is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from triage_app.domain.labels import ModelId, Training
from triage_app.domain.ticket import TicketId

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
    calibration error over ten equal bins (Guo et al. 2017); `confusion[i][j]` counts true label i called j, in `labels` order.
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
