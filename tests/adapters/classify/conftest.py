"""A small dataset and a model of it, trained once for a session."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage_app.adapters.classify.model_files import WorkspaceModels
from triage_app.domain.evaluation import Quality
from triage_app.domain.labels import Dataset, Example, ModelId, Training
from triage_app.domain.learning import Model
from triage_app.domain.wording import prepare
from triage_app.services.context import CancelToken, ignore_progress

TOPICS = {
    "Phishing": ("verify your account", "password expired click", "invoice attached urgent", "bank login suspended"),
    "Device Lost": ("lost my phone", "laptop was stolen", "cannot find my tablet", "left my notebook in a taxi"),
    "Größe 大小": ("größe der datei", "die größe ist falsch", "größe 大 小 prüfen", "falsche größe gemeldet"),
}
EXAMPLES = tuple(
    Example(label, prepare(f"{text} {extra}"))
    for label, texts in TOPICS.items()
    for text in texts
    for extra in ("please help", "thank you", "today", "on monday", "again")
)
WORDS = {
    label: words.split()
    for label, words in (
        ("Phishing", "verify account password expired click bank login suspended invoice urgent parcel payment"),
        ("Device Lost", "lost stolen phone laptop tablet notebook taxi train found missing bag badge"),
        ("Größe 大小", "größe datei falsch prüfen messen länge breite gewicht 大 小 klein"),
    )
}
COMMON = "please help thank you today monday again office team hello update issue request regards info"
OPTIONS = Training(dim=8, epoch=60, lr=0.5, word_ngrams=2, bucket=5_000, seed=1, thread=1)
DATASET = Dataset("small", "Small", tuple(TOPICS), "unclassified", training=OPTIONS)
MODEL_ID = ModelId("small-1")


def many(count: int) -> tuple[Example, ...]:
    """So many texts, no two of which are near-identical; one in eight speaks of another label than its own."""
    rng = random.Random(5)
    labels = tuple(WORDS)
    return tuple(
        Example(
            labels[number % 3],
            " ".join(
                rng.choice(WORDS[labels[(number + (number % 8 == 0)) % 3]] if rng.random() < 0.5 else COMMON.split())
                for _ in range(12)
            ),
        )
        for number in range(count)
    )


@dataclass(frozen=True)
class Trained:
    """A workspace with one model, and how good it was found."""

    workspace: Path
    models: WorkspaceModels
    model: Model
    quality: Quality | None = None

    @property
    def path(self) -> Path:
        return self.models.path(self.model.dataset, self.model.id)


def model_of(sha256: str, *, dataset: Dataset = DATASET, model_id: ModelId = MODEL_ID) -> Model:
    made = datetime(2026, 11, 2, tzinfo=UTC)
    return Model(
        model_id, dataset.name, made, dataset.labels, len(EXAMPLES), 0, "", sha256, None, dataset.training, active=True
    )


BIG = Dataset("big", "Big", tuple(WORDS), "unclassified", training=replace(OPTIONS, epoch=10, lr=0.3))
BIG_ID = ModelId("big-1")


Train = Callable[..., Trained]


@pytest.fixture(scope="session")
def train() -> Train:
    """Trains into a workspace."""

    def run(
        workspace: Path,
        *,
        dataset: Dataset = DATASET,
        examples: Sequence[Example] = EXAMPLES,
        model_id: ModelId = MODEL_ID,
    ) -> Trained:
        models = WorkspaceModels(workspace)
        trained = models.train(dataset, examples, model_id, progress=ignore_progress, cancel=CancelToken())
        model = model_of(trained.sha256, dataset=dataset, model_id=model_id)
        return Trained(workspace, models, model, trained.quality)

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, train: Train) -> Trained:
    """A workspace with a model that no test may change."""
    return train(tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def calibrated(tmp_path_factory: pytest.TempPathFactory, train: Train) -> Trained:
    """A workspace with a model of 600 texts, enough to hold some back; no test may change it."""
    return train(tmp_path_factory.mktemp("calibrated"), dataset=BIG, examples=many(600), model_id=BIG_ID)
