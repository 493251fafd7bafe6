"""How good a model is: the shapes of an evaluation and of a comparison. `metrics` computes them."""

from dataclasses import dataclass
from enum import StrEnum

from triage_app.domain.labels import ModelId


class Split(StrEnum):
    """What decides which examples are held back: their group, their time (the newest), or chance alone."""

    GROUP = "group"
    TIME = "time"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class LabelScore:
    """Precision, recall and F1 (0..1) of one label over `support` true examples.

    `answered` counts where it was the model's answer at the gate, `gate_precision` is how many of those are right
    (0 where none is), `low` and `high` its 95 % interval (Wilson 1927).
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    answered: int = 0
    gate_precision: float = 0.0
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """With the gate at `threshold`, the share that is answered and the accuracy there (0..1)."""

    threshold: float
    coverage: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers with a confidence from `low` to `high`: how many, their mean confidence and their accuracy (0..1)."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """A held-back example that was answered wrongly; `ticket` is 0 where it comes from a file or the dataset."""

    true: str
    answered: str
    confidence: float
    ticket: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model is on held-out examples. All shares are 0..1.

    `coverage` is the share at or above the gate, `coverage_accuracy` the accuracy among those with its 95 % interval
    (`low`, `high`); `ece` the expected calibration error over ten equal bins (Guo et al. 2017); `confusion[i][j]`
    counts true label i called j, in `labels` order. `strange` is the share of texts unlike anything known, which the
    gate never lets pass. `split` says how the examples were held back ("" where the caller gave them),
    `flattered_accuracy` and `flattered_macro_f1` what a split by chance alone would have shown (None where not
    measured). `warnings` are sentences for a person.
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
    low: float = 0.0
    high: float = 1.0
    strange: float = 0.0
    curve: tuple[CurvePoint, ...] = ()
    reliability: tuple[ReliabilityBin, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    split: str = ""
    model_id: str = ""
    trained_on: int = 0
    flattered_accuracy: float | None = None
    flattered_macro_f1: float | None = None
    warnings: tuple[str, ...] = ()
    comparison: "Comparison | None" = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same `n` examples: how many only one of them has right, and McNemar's exact two-sided test.

    `p` is the probability of a difference at least as large if both were equally good.
    """

    one: ModelId
    other: ModelId
    n: int
    both_right: int
    only_one: int
    only_other: int
    both_wrong: int
    p: float
    one_accuracy: float
    other_accuracy: float
    one_macro_f1: float
    other_macro_f1: float


@dataclass(frozen=True, slots=True)
class Quality:
    """What is kept of a model's evaluation on the part of its data that it did not learn from; shares are 0..1."""

    n: int
    accuracy: float
    macro_f1: float
    coverage: float
    coverage_accuracy: float
    ece: float
