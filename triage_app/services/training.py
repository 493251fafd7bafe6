"""Models: training a version, putting one in force, and making sure that there is one."""

from collections.abc import Sequence
from datetime import datetime

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import InvalidInput, ModelRefused, NotFound, TrainingFailed
from triage_app.domain.labels import Dataset, Example, ModelId
from triage_app.domain.learning import Model, data_digest, with_corrections
from triage_app.domain.wording import prepare
from triage_app.services.commands import TrainModel, UseModel
from triage_app.services.context import Context
from triage_app.services.inverse import Inverse
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.queries import DatasetList, ListDatasets, ListModels, ModelList
from triage_app.services.result import Result


def train_model(command: TrainModel, ports: Ports, context: Context) -> Result[Model]:
    """Train a version and put it in force. The version in force before stays so if anything fails."""
    given = tuple(ports.datasets.read_examples(command.data)) if command.data else None
    dataset = _dataset(command.dataset, given, ports)
    model = _train(dataset, given, ports, context)
    with ports.storage.write() as uow:
        before = uow.models.active(dataset.name)
        uow.models.add(model)
        uow.models.activate(model.id)
    inverse = Inverse(model=before.id) if before else None
    return Result(model, changed(ChangeKind.MODELS), inverse)


def use_model(command: UseModel, uow: UnitOfWork, ports: Ports, _context: Context) -> Result[Model]:
    """Put another version in force, once its file has proved to be what was signed."""
    known = {each.id: each for each in uow.models.all(None)}
    model = known.get(command.id)
    if model is None:
        raise NotFound(f"There is no model {command.id}. `triage models` lists them.")
    ports.models.verify(model)
    before = uow.models.active(model.dataset)
    uow.models.activate(model.id)
    inverse = Inverse(model=before.id) if before and before.id != model.id else None
    return Result(uow.models.active(model.dataset) or model, changed(ChangeKind.MODELS), inverse)


def list_models(query: ListModels, uow: UnitOfWork, _ports: Ports, _context: Context) -> ModelList:
    """The versions, the newest first."""
    return ModelList(tuple(uow.models.all(query.dataset)))


def list_datasets(_query: ListDatasets, _uow: UnitOfWork, ports: Ports, _context: Context) -> DatasetList:
    """The datasets, `category` first."""
    return DatasetList(tuple(ports.datasets.all()))


def models_in_force(ports: Ports, context: Context) -> tuple[tuple[Model, ...], tuple[str, ...]]:
    """The usable model of each dataset, with a warning for each that cannot be used.

    A dataset that never had a model gets its first here, from its own examples.
    """
    usable = []
    warnings = []
    for dataset in ports.datasets.all():
        try:
            model = _in_force(dataset, ports, context)
            ports.models.verify(model)
        except (ModelRefused, TrainingFailed, InvalidInput) as error:
            warnings.append(f"{error.message} Until then keywords and the default answer for {dataset.name}.")
        else:
            usable.append(model)
    return tuple(usable), tuple(warnings)


def _in_force(dataset: Dataset, ports: Ports, context: Context) -> Model:
    with ports.storage.read() as uow:
        model = uow.models.active(dataset.name)
    if model is not None:
        return model
    made = _train(dataset, None, ports, context)
    with ports.storage.write() as uow:
        earlier = uow.models.active(dataset.name)
        if earlier is None:
            uow.models.add(made)
            uow.models.activate(made.id)
    return earlier or made


def _dataset(name: str, given: Sequence[Example] | None, ports: Ports) -> Dataset:
    """The dataset of this name; a new one from the examples where there is none."""
    try:
        return ports.datasets.get(name)
    except NotFound:
        if given is None:
            raise
        return ports.datasets.create(name, given)


def _train(dataset: Dataset, given: Sequence[Example] | None, ports: Ports, context: Context) -> Model:
    own = given if given is not None else ports.datasets.examples(dataset.name)
    with ports.storage.read() as uow:
        parent = uow.models.active(dataset.name)
        corrections = tuple(each for each in uow.corrections.all(dataset.name) if not each.undone)
    taught = with_corrections(own, corrections, dataset.labels)
    examples = tuple(Example(each.label, prepare(each.text), each.group) for each in taught)
    model_id = _model_id(dataset.name, ports.clock())
    trained = ports.models.train(dataset, examples, model_id, progress=context.progress, cancel=context.cancel)
    return Model(
        id=model_id,
        dataset=dataset.name,
        made_at=context.now,
        labels=tuple(sorted({each.label for each in examples})),
        examples=len(examples),
        corrections=len(corrections),
        data_sha256=data_digest(examples),
        file_sha256=trained.sha256,
        parent=parent.id if parent else None,
        options=trained.options,
        active=False,
        quality=trained.quality,
    )


def _model_id(dataset: str, at: datetime) -> ModelId:
    """A name that sorts by time: two trainings of one dataset within a microsecond do not happen."""
    return ModelId(f"{dataset}-{at:%Y%m%d-%H%M%S}-{at.microsecond:06d}")
