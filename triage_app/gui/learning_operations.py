"""One function for each thing that a user does about models: it starts the job behind it and hands back the job."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from triage_app.domain.errors import InvalidState
from triage_app.domain.evaluation import Evaluation
from triage_app.domain.labels import ModelId
from triage_app.domain.learning import Model
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed, Progressed
from triage_app.services.arguments import Command, Query
from triage_app.services.commands import TrainModel, UseModel
from triage_app.services.context import CancelToken
from triage_app.services.learning_commands import PromoteModel, ShadowModel
from triage_app.services.learning_queries import GetPromise, GetReviewQueue, GetShadow
from triage_app.services.learning_shapes import Promise, ReviewQueue, ShadowReport
from triage_app.services.queries import (
    DatasetList,
    EvaluateModel,
    ExportCorrections,
    ExportFormat,
    ListDatasets,
    ListModels,
    ModelList,
    bytes_of,
)

T = TypeVar("T")


def _ask(desk: Desk, kind: str, query: Query[T], done: Done[T], failed: Failed) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.ASK, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def _do(desk: Desk, kind: str, command: Command[T], done: Done[T], failed: Failed | None = None) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.DO, lambda _progress, _cancel: desk.app.execute(command), done, failed=failed, replaces=False
    )


# -- questions -----------------------------------------------------------------------------------------------------


def load_datasets(desk: Desk, done: Done[DatasetList], failed: Failed) -> Job[DatasetList]:
    """Read the datasets for the choice among them."""
    return _ask(desk, "learning-datasets", ListDatasets(), done, failed)


def load_models(desk: Desk, kind: str, dataset: str, done: Done[ModelList], failed: Failed) -> Job[ModelList]:
    """Read the versions of a dataset's model; `kind` names who asks, and a newer request of the same drops this one."""
    return _ask(desk, kind, ListModels(dataset=dataset), done, failed)


def count_corrections(desk: Desk, dataset: str, done: Done[int], failed: Failed) -> Job[int]:
    """Of how many tickets people said the label: the latest word on each, which is what is learnt from."""

    def work(_progress: Progressed, cancel: CancelToken) -> int:
        return desk.app.ask(ExportCorrections(format=ExportFormat.FASTTEXT, dataset=dataset), cancel=cancel).rows

    return desk.jobs.start("count-corrections", Lane.ASK, work, done, failed=failed)


def evaluate(
    desk: Desk, query: EvaluateModel, done: Done[Evaluation], failed: Failed, progressed: Progressed
) -> Job[Evaluation]:
    """Measure a version, or a trial; it takes as long as a training or two."""
    return desk.jobs.start(
        "evaluate",
        Lane.LONG,
        lambda progress, cancel: desk.app.ask(query, progress=progress, cancel=cancel),
        done,
        failed=failed,
        progressed=progressed,
    )


def load_promise(desk: Desk, dataset: str, done: Done[Promise], failed: Failed) -> Job[Promise]:
    """Read whether the gate keeps its promise."""
    return _ask(desk, "overview-promise", GetPromise(dataset=dataset), done, failed)


def load_review(desk: Desk, dataset: str, limit: int, done: Done[ReviewQueue], failed: Failed) -> Job[ReviewQueue]:
    """Read how much is worth a label, for saying so."""
    return _ask(desk, "overview-review", GetReviewQueue(dataset=dataset, limit=limit), done, failed)


def load_shadow(desk: Desk, model: ModelId, done: Done[ShadowReport], failed: Failed) -> Job[ShadowReport]:
    """Read where a version in the shadow differs from the one in force."""
    return _ask(desk, "shadow-report", GetShadow(id=model), done, failed)


# -- doing ---------------------------------------------------------------------------------------------------------


def train(
    desk: Desk,
    dataset: str,
    done: Done[Model],
    failed: Failed,
    progressed: Progressed,
    *,
    autotune: int = 0,
    deterministic: bool = False,
) -> Job[Model]:
    """Train a new version; `autotune` is how many seconds are spent on looking for better options first."""
    command = TrainModel(dataset=dataset, autotune=autotune, deterministic=deterministic)
    return desk.jobs.start(
        "train",
        Lane.LONG,
        lambda progress, cancel: desk.app.execute(command, progress=progress, cancel=cancel),
        done,
        failed=failed,
        progressed=progressed,
    )


def use_model(desk: Desk, model: ModelId, done: Done[Model]) -> Job[Model]:
    """Put another version in force."""
    return _do(desk, "use-model", UseModel(id=model), done)


def promote(desk: Desk, model: ModelId, done: Done[Model], failed: Failed) -> Job[Model]:
    """Put a version in force if it does not lose on held-back corrections, which are judged again for it."""
    command = PromoteModel(id=model)
    return desk.jobs.start(
        "promote", Lane.LONG, lambda _progress, cancel: desk.app.execute(command, cancel=cancel), done, failed=failed
    )


def turn_shadow(desk: Desk, model: ModelId, *, on: bool, done: Done[Model]) -> Job[Model]:
    """Let a version judge new tickets unseen, or stop that."""
    return _do(desk, "shadow", ShadowModel(id=model, state="on" if on else "off"), done)


def export_corrections(desk: Desk, dataset: str, file: Path, done: Done[int]) -> Job[int]:
    """Write the corrections to a file, whose ending says the form (.csv, .jsonl, .parquet, else FastText)."""
    forms = {".csv": ExportFormat.CSV, ".jsonl": ExportFormat.JSONL, ".parquet": ExportFormat.PARQUET}

    def work(_progress: Progressed, cancel: CancelToken) -> int:
        form = forms.get(file.suffix.lower(), ExportFormat.FASTTEXT)
        document = desk.app.ask(ExportCorrections(format=form, dataset=dataset), cancel=cancel)
        _write(file, bytes_of(document))
        return document.rows

    return desk.jobs.start("export", Lane.LONG, work, done)


def save_bytes(desk: Desk, file: Path, make: Callable[[], bytes], done: Done[Path]) -> Job[Path]:
    """Write what `make` gives, beside the window, to a file."""

    def work(_progress: Progressed, _cancel: CancelToken) -> Path:
        _write(file, make())
        return file

    return desk.jobs.start("save", Lane.LONG, work, done, replaces=False)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InvalidState(f"Could not write {file}: {error.strerror}. Choose another place.") from error
