"""Datasets, label sets, predictions, and the gate between model, keywords and default."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from triage_app.domain.errors import InvalidInput
from triage_app.domain.wording import prepare, without

ModelId = NewType("ModelId", str)
UNCLASSIFIED = "unclassified"
LABEL_PREFIX: Final = "__label__"
MAX_LABEL: Final = 100
MAX_REASONS: Final = 6
MAX_ALTERNATIVES: Final = 3


class Tier(StrEnum):
    """Who answered: the model at or above the threshold, keywords below it, the default when nothing matched."""

    MODEL = "model"
    KEYWORD = "keyword"
    DEFAULT = "default"
    PERSON = "person"


class Held(StrEnum):
    """Why the model did not answer though its confidence would have been enough."""

    STRANGE = "strange"
    """The text is unlike anything that it was taught."""
    PROMISE = "promise"
    """The label was wrong too often lately, so that it is only suggested."""


class Effect(StrEnum):
    """What a dataset's answer does to a ticket: its category, a queue, a tag, or the playbook to run."""

    CATEGORY = "category"
    QUEUE = "queue"
    TAG = "tag"
    PLAYBOOK = "playbook"


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
    """The answer for one dataset. `model_id` is the model that was asked, also where keywords or the default
    answered.

    `best` is what the model found most likely, whoever answered; None where it was not asked or said nothing. `held`
    is why it did not answer though `best` reached the threshold. `likeness` is how much the text is like what the model
    was taught: the share (0..1) of its held-back texts that are at most as familiar.
    """

    dataset: str
    label: str
    confidence: float
    tier: Tier
    model_id: ModelId
    alternatives: tuple[Score, ...] = ()
    reasons: tuple[Reason, ...] = ()
    best: Score | None = None
    held: Held | None = None
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Training:
    """FastText options; `bucket` bounds the size of the model file, `seed` and `thread=1` make it repeatable.

    The defaults were chosen on 20,000 service-desk tickets over four random splits: macro-F1 0.845 to 0.854. `loss` is
    `ova` (one-vs-all: text unlike anything known scores low on every label) or `softmax`. `autotune` is how many
    seconds are spent on looking for better options first; 0 for none.
    """

    dim: int = 16
    epoch: int = 15
    lr: float = 0.2
    word_ngrams: int = 2
    min_n: int = 0
    max_n: int = 0
    min_count: int = 1
    bucket: int = 200_000
    loss: str = "ova"
    seed: int = 0
    thread: int = 2
    autotune: int = 0

    def repeatable(self) -> "Training":
        """These options so that the same examples always give the same bytes: one thread, no search by the clock."""
        return replace(self, thread=1, autotune=0)


@dataclass(frozen=True, slots=True)
class KeywordRule:
    """A word, phrase or prefix (`text*`) that speaks for a label with a weight above 0."""

    label: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A change of a dataset's labels: what was called one of `old` is called `new` from then on.

    For a split, `new` holds what was split off, and `words` are what a text must have one of to belong there.
    """

    at: datetime
    who: str
    old: tuple[str, ...]
    new: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """A label set with its threshold (0..1), default label, keyword rules, text fields and training options.

    The threshold is a wanted precision: how many of the model's answers should be right. `effect` is what an answer
    does to a ticket. `ignored` are phrases that are left out of every text before it is read, such as the banner of
    your mail gateway. `history` is how its labels changed, the oldest first.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    default: str
    threshold: float = 0.8
    fields: tuple[str, ...] = ("subject", "text")
    keywords: tuple[KeywordRule, ...] = ()
    training: Training = Training()
    effect: Effect = Effect.TAG
    ignored: tuple[str, ...] = ()
    history: tuple[LabelChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text to learn from; `group` names what must stay on one side of a split.

    `at` is the time of what was labelled (aware UTC), `layout` how it was written (such as `html`), `sender`, `source`
    and `who` where it came from and whose word the label is; each empty where it is not known. `ticket` is 0 for what
    did not come from a ticket.
    """

    label: str
    text: str
    group: str = ""
    at: datetime | None = None
    layout: str = ""
    sender: str = ""
    source: str = ""
    who: str = ""
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model says of one text: all labels it considered, best first, with calibrated confidences, and the words
    for and against the best. `likeness` as in `Prediction`; a `strange` text is unlike anything that it was taught.
    """

    scores: tuple[Score, ...]
    reasons: tuple[Reason, ...] = ()
    likeness: float = 1.0
    strange: bool = False


def check_label(label: str) -> str:
    """The label, if it can be one: 1 to 100 printable characters without space around them; else InvalidInput."""
    if not label or label != label.strip():
        raise InvalidInput(f"{label!r} is not a label: it is empty or has space around it. Give it a name.")
    if len(label) > MAX_LABEL:
        raise InvalidInput(f"The label {label[:40]!r}… is longer than {MAX_LABEL} characters. Shorten it.")
    if not label.isprintable():
        raise InvalidInput(f"The label {label!r} has a control character. Remove it.")
    return label


def to_token(label: str) -> str:
    """A label as FastText's files have it: prefix and name, with white space and `%` written as in URLs (RFC 3986)."""
    if "%" not in label and label.split() == [label]:
        return LABEL_PREFIX + label
    return LABEL_PREFIX + "".join(
        "".join(f"%{byte:02X}" for byte in char.encode()) if char == "%" or char.isspace() else char for char in label
    )


def from_token(token: str) -> str:
    """The label of a token with or without prefix; what is no valid `%XX` is taken as it stands."""
    name = token.removeprefix(LABEL_PREFIX)
    if "%" not in name:
        return name
    first, *rest = name.encode().split(b"%")
    parts = [first]
    for part in rest:
        code = part[:2]
        if len(code) == 2 and all(byte in b"0123456789abcdefABCDEF" for byte in code):
            parts.append(bytes([int(code, 16)]) + part[2:])
        else:
            parts.append(b"%" + part)
    return b"".join(parts).decode("utf-8", "replace")


def text_of(dataset: Dataset, values: Mapping[str, str]) -> str:
    """The prepared text that a dataset's model and keywords read: its fields in their order, those that are missing and
    its ignored phrases left out.
    """
    text = prepare("\n".join(values[name] for name in dataset.fields if values.get(name)))
    return without_ignored(dataset, text) if dataset.ignored else text


def without_ignored(dataset: Dataset, text: str) -> str:
    """A prepared text without the phrases that the dataset ignores."""
    return without(text, [prepare(phrase) for phrase in dataset.ignored])


class Gate:
    """A dataset's threshold, keyword rules and default, made ready to answer many times. Safe from any thread.

    Tier 1: the model's best label, where its confidence reaches the threshold, the text is not strange and the label is
    not `suspended`; where only one of these two stands in the way, the prediction says so in `held`. Tier 2: the label
    with the largest sum of keyword weights, each rule counted once; on a tie the one whose rule stands first. Tier 3:
    the default.
    Labels that the dataset does not have (any more) are never answered by the model.

    A rule's text is prepared as texts are and matches whole words; a final `*` makes its last word a prefix.
    Finding is linear in the text for each rule; a rule of several words is looked for only where its first one stands.
    """

    __slots__ = ("_beginnings", "_dataset", "_labels", "_suspended", "_words")

    def __init__(self, dataset: Dataset, suspended: Collection[str] = ()) -> None:
        self._dataset = dataset
        self._suspended = frozenset(suspended)
        self._labels = frozenset(dataset.labels)
        words: dict[str, list[tuple[str, int, KeywordRule]]] = {}
        beginnings: list[tuple[str, int, KeywordRule]] = []
        for order, rule in enumerate(dataset.keywords):
            needle = prepare(rule.text.removesuffix("*"))
            if not needle or rule.weight <= 0:
                continue
            first, more, _ = needle.partition(" ")
            is_prefix = rule.text.endswith("*")
            if is_prefix and not more:
                beginnings.append((f" {needle}", order, rule))
            else:
                whole = f" {needle}" if is_prefix else f" {needle} "
                words.setdefault(first, []).append((whole if more else "", order, rule))
        self._words: Mapping[str, Sequence[tuple[str, int, KeywordRule]]] = words
        self._beginnings = tuple(beginnings)

    def decide(self, text: str, answer: ModelAnswer | None, model_id: ModelId) -> Prediction:
        """The prediction for a prepared text; `answer` is None where no model could be asked."""
        dataset = self._dataset
        scores = tuple(score for score in answer.scores if score.label in self._labels) if answer else ()
        best = scores[0] if scores else None
        likeness = answer.likeness if answer else 1.0
        held = None
        if answer and best and best.confidence >= dataset.threshold:
            held = self._held(best, answer)
            if held is None:
                reasons = answer.reasons if answer.scores[0].label == best.label else ()
                return Prediction(
                    dataset.name, best.label, best.confidence, Tier.MODEL, model_id,
                    scores[1 : MAX_ALTERNATIVES + 1], reasons[:MAX_REASONS], best, None, likeness,
                )  # fmt: skip
        found = self.keywords(text)
        if found:
            tier, (label, share, reasons) = Tier.KEYWORD, _weigh(found)
        else:
            tier, label, share, reasons = Tier.DEFAULT, dataset.default, 0.0, ()
        others = tuple(score for score in scores if score.label != label)
        return Prediction(
            dataset.name, label, share, tier, model_id,
            others[:MAX_ALTERNATIVES], reasons[:MAX_REASONS], best, held, likeness,
        )  # fmt: skip

    def _held(self, best: Score, answer: ModelAnswer) -> Held | None:
        if answer.strange:
            return Held.STRANGE
        return Held.PROMISE if best.label in self._suspended else None

    def keywords(self, text: str) -> tuple[KeywordRule, ...]:
        """The rules that a prepared text matches, in the order of the dataset."""
        if not text or not (self._words or self._beginnings):
            return ()
        padded = f" {text} "
        hits = [(order, rule) for needle, order, rule in self._beginnings if needle in padded]
        for word in self._words.keys() & set(text.split(" ")):
            hits += [(order, rule) for needle, order, rule in self._words[word] if not needle or needle in padded]
        return tuple(rule for _, rule in sorted(hits, key=lambda hit: hit[0]))


def _weigh(found: Sequence[KeywordRule]) -> tuple[str, float, tuple[Reason, ...]]:
    """The winning label, its share of all matched weight and one unit of doubt (0..1), and the rules as reasons."""
    sums: dict[str, float] = {}
    for rule in found:
        sums[rule.label] = sums.get(rule.label, 0.0) + rule.weight
    label = max(sums, key=lambda name: sums[name])
    reasons = tuple(
        Reason(rule.text, rule.weight if rule.label == label else -rule.weight)
        for rule in sorted(found, key=lambda rule: -rule.weight)
    )
    return label, sums[label] / (sum(sums.values()) + 1.0), reasons


def decide(dataset: Dataset, text: str, answer: ModelAnswer | None, model_id: ModelId) -> Prediction:
    """`Gate(dataset).decide(...)` for a single text; for many texts make the gate once."""
    return Gate(dataset).decide(text, answer, model_id)
