"""Datasets, label sets, predictions, and the gate between model, keywords and default."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

ModelId = NewType("ModelId", str)
UNCLASSIFIED = "unclassified"


class Tier(StrEnum):
    """Who answered: the model at or above the threshold, keywords below it, the default when nothing matched."""

    MODEL = "model"
    KEYWORD = "keyword"
    DEFAULT = "default"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Score:
    """A label and its confidence, 0..1."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a word or keyword rule with its weight for (positive) or against (negative) the label."""

    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one dataset. `model_id` is the model that was asked, also where keywords or the default answered."""

    dataset: str
    label: str
    confidence: float
    tier: Tier
    model_id: ModelId
    alternatives: tuple[Score, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Training:
    """FastText options; `bucket` bounds the size of the model file, `seed` and `thread=1` make it repeatable."""

    dim: int = 64
    epoch: int = 25
    lr: float = 0.5
    word_ngrams: int = 2
    min_n: int = 0
    max_n: int = 0
    min_count: int = 1
    bucket: int = 100_000
    loss: str = "softmax"
    seed: int = 0
    thread: int = 2


@dataclass(frozen=True, slots=True)
class KeywordRule:
    """A word, phrase or prefix (`text*`) that speaks for a label with a weight above 0."""

    label: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Dataset:
    """A label set with its threshold (0..1), default label, keyword rules, text fields and training options."""

    name: str
    title: str
    labels: tuple[str, ...]
    default: str
    threshold: float = 0.8
    fields: tuple[str, ...] = ("subject", "text")
    keywords: tuple[KeywordRule, ...] = ()
    training: Training = Training()


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text to learn from; `group` names what must stay on one side of a split."""

    label: str
    text: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model says of one text: all labels it considered, best first, and the words for and against the best."""

    scores: tuple[Score, ...]
    reasons: tuple[Reason, ...] = ()
