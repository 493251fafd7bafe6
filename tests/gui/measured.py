"""An evaluation, versions and a promise for tests of what shows them: constructed values that hang together."""

from datetime import UTC, datetime

from triage_app.domain.evaluation import (
    Comparison,
    CurvePoint,
    Evaluation,
    LabelScore,
    Mistake,
    Quality,
    ReliabilityBin,
)
from triage_app.domain.labels import ModelId, Training
from triage_app.domain.learning import Model
from triage_app.services.learning_shapes import Disagreement, LabelPromise, Promise, ShadowReport

LABELS = ("Phishing", "Spam", "DeviceLost")
CURVE = tuple(
    CurvePoint(threshold, coverage, accuracy)
    for threshold, coverage, accuracy in ((0.0, 1.0, 0.9), (0.5, 0.95, 0.92), (0.8, 0.8, 0.96), (0.95, 0.4, 0.99))
)
BINS = (
    ReliabilityBin(0.0, 0.5, 0, 0.0, 0.0),
    ReliabilityBin(0.5, 0.75, 40, 0.62, 0.6),
    ReliabilityBin(0.75, 1.0, 160, 0.93, 0.97),
)
COMPARISON = Comparison(ModelId("cat-2"), ModelId("cat-1"), 200, 170, 18, 4, 8, 0.004, 0.94, 0.87, 0.93, 0.86)
EVALUATION = Evaluation(
    n=200,
    accuracy=0.9,
    macro_f1=0.88,
    coverage=0.8,
    coverage_accuracy=0.96,
    ece=0.018,
    labels=LABELS,
    per_label=(
        LabelScore("Phishing", 0.92, 0.9, 0.91, 100, 85, 0.97, 0.91, 0.99),
        LabelScore("Spam", 0.88, 0.93, 0.9, 80, 70, 0.96, 0.9, 0.99),
        LabelScore("DeviceLost", 0.8, 0.75, 0.77, 20, 5, 0.6, 0.23, 0.88),
    ),
    confusion=((90, 8, 2), (5, 74, 1), (1, 3, 16)),
    low=0.92,
    high=0.98,
    strange=0.02,
    curve=CURVE,
    reliability=BINS,
    mistakes=(
        Mistake("Phishing", "Spam", 0.91, 0, "win a prize today"),
        Mistake("Phishing", "Spam", 0.55, 3, "verify your account"),
        Mistake("DeviceLost", "Phishing", 0.81, 0, "my telephone is gone"),
    ),
    split="group",
    model_id="",
    trained_on=800,
    flattered_accuracy=0.95,
    flattered_macro_f1=0.94,
    warnings=("Age and layout alone tell the labels apart in 93% of cases.",),
    comparison=COMPARISON,
)


def version(name: str, *, active: bool = False, parent: str | None = None, shadow: bool = False) -> Model:
    """A version that was measured."""
    return Model(
        id=ModelId(name),
        dataset="category",
        made_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        labels=LABELS,
        examples=1000,
        corrections=40,
        data_sha256="ab" * 32,
        file_sha256="cd" * 32,
        parent=ModelId(parent) if parent else None,
        options=Training(),
        active=active,
        quality=Quality(200, 0.9, 0.88, 0.8, 0.96, 0.018),
        shadow=shadow,
        decision=f"{name} does not lose: 38 of 40 held-back corrections right, 36 before.",
    )


PROMISE = Promise(
    "category",
    ModelId("cat-2"),
    0.8,
    (
        LabelPromise("Phishing", 60, 57, 0.8, 0.95, 0.863, 0.983, broken=False),
        LabelPromise("Spam", 40, 24, 0.8, 0.6, 0.446, 0.737, broken=True),
        LabelPromise("DeviceLost", 0, 0, 0.8, 0.0, 0.0, 1.0, broken=False),
    ),
    ("Spam was right in 24 of 40 answers (60%), less than the 80% that were wanted: it is only suggested.",),
)
SHADOW = ShadowReport(
    ModelId("cat-3"),
    120,
    2,
    1,
    0,
    (Disagreement(3, "Verify your account", "Spam", 0.82, "Phishing", 0.93, "Phishing"),),  # type: ignore[arg-type]
)
