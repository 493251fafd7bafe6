"""A small dataset and a model of it, trained once for a session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage_app.adapters.classify.model_files import WorkspaceModels
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
OPTIONS = Training(dim=8, epoch=60, lr=0.5, word_ngrams=2, bucket=5_000, seed=1, thread=1)
DATASET = Dataset("small", "Small", tuple(TOPICS), "unclassified", training=OPTIONS)
MODEL_ID = ModelId("small-1")


@dataclass(frozen=True)
class Trained:
    """A workspace with one model."""

    workspace: Path
    models: WorkspaceModels
    model: Model

    @property
    def path(self) -> Path:
        return self.models.path(self.model.dataset, self.model.id)


def model_of(sha256: str, *, dataset: Dataset = DATASET, model_id: ModelId = MODEL_ID) -> Model:
    made = datetime(2026, 11, 2, tzinfo=UTC)
    return Model(
        model_id, dataset.name, made, dataset.labels, len(EXAMPLES), 0, "", sha256, None, dataset.training, active=True
    )


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
        return Trained(workspace, models, model_of(trained.sha256, dataset=dataset, model_id=model_id))

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, train: Train) -> Trained:
    """A workspace with a model that no test may change."""
    return train(tmp_path_factory.mktemp("trained"))
