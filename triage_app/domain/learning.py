"""What is learnt from people: corrections as training examples, and the versions of models."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from triage_app.domain.evaluation import Quality
from triage_app.domain.labels import Example, Held, ModelId, Training
from triage_app.domain.ticket import TicketId
from triage_app.domain.wording import prepare

CorrectionId = NewType("CorrectionId", int)


class Promotion(StrEnum):
    """Who puts a challenger in force that does not lose: the program, or a person with `promote`."""

    AUTOMATIC = "automatic"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class LearningRules:
    """The `[learning]` section of the settings.

    A challenger may lose `margin` (0..1) of accuracy on held-back corrections. Training starts by itself every
    `retrain_days` days or after `retrain_after` corrections (0: never). No sender, analyst or source gives more than
    `largest_share` (0..1) of what corrections teach. `second_looks` (0..1) of the decided tickets want a second
    opinion.
    """

    promotion: Promotion = Promotion.AUTOMATIC
    margin: float = 0.0
    retrain_days: int = 0
    retrain_after: int = 0
    largest_share: float = 0.5
    second_looks: float = 0.0


class Decision(StrEnum):
    """Whether a person changed a prediction, said that it was right, or let it stand: closed the ticket with it.

    What was only let stand counts for how often a label is right; nothing is learnt from it.
    """

    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    STOOD = "stood"


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word on a prediction; never edited, only marked as taken back.

    `text` is the text that the model saw, so that the correction can be learnt from without the mail; `sender` and
    `source` are the ticket's. `best` is the label that the model found most likely, also where it did not answer, with
    its confidence; `held` is why it did not, where its confidence would have been enough. `seconds` is how long the
    person took from opening the ticket to this decision, where that was measured.
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
    best: str = ""
    best_confidence: float = 0.0
    held: Held | None = None
    sender: str = ""
    source: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """One version of a model: what it was made from and how; `active` is the one in force for its dataset.

    `quality` was measured on the part of its examples that it did not learn from. A version in `shadow` judges new
    tickets beside the one in force and nobody sees its answers but who asks for the disagreements. `suspended` labels
    were wrong too often lately: they are only suggested. `decision` is why it was put in force or not, for a person.
    """

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
    quality: Quality | None = None
    shadow: bool = False
    suspended: tuple[str, ...] = ()
    decision: str = ""


def latest_words(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """The newest correction or confirmation of each ticket in each dataset that was not taken back, by id.

    Newest by time, then by id: a second analyst overrules the first, and so does the first on second thought. What was
    only let stand is no word.
    """
    newest: dict[tuple[str, TicketId], Correction] = {}
    for word in corrections:
        if word.undone or word.decision is Decision.STOOD:
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
        Example(
            word.new,
            text,
            f"ticket:{word.ticket}",
            at=word.at,
            sender=word.sender,
            source=word.source,
            who=word.who,
            ticket=word.ticket,
        )
        for word in latest_words(corrections)
        if word.new in known and (text := prepare(word.text))
    )


def data_digest(examples: Iterable[Example]) -> str:
    """The SHA-256 of examples in their order: two models with the same digest were trained on the same data."""
    digest = hashlib.sha256()
    for example in examples:
        for part in (example.label, example.text):
            raw = part.encode("utf-8", "replace")
            digest.update(b"%d:%b" % (len(raw), raw))
    return digest.hexdigest()
