"""Models: training a version, and making sure that there is one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.errors import InvalidInput, ModelRefused, NotFound, TrainingFailed
from triage_app.domain.holdout import ENOUGH
from triage_app.domain.labels import Dataset, Example, ModelId, Score, Training, without_ignored
from triage_app.domain.learning import Model, Promotion, data_digest
from triage_app.domain.lessons import Lessons
from triage_app.domain.metrics import evaluate, quality_of
from triage_app.domain.wording import prepare
from triage_app.services.champions import judge, lessons_of, put_in_force
from triage_app.services.commands import TrainModel
from triage_app.services.context import Context
from triage_app.services.inverse import Inverse
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.queries import DatasetList, ListDatasets, ListModels, ModelList
from triage_app.services.renaming import loaded
from triage_app.services.result import Result

MOST_JUDGED = 5_000
"""Examples of a dataset that a version trained on other data is tried on."""


def train_model(command: TrainModel, ports: Ports, context: Context) -> Result[Model]:
    """Train a challenger; it is put in force where the rule in the settings lets it, else it says why not.

    The version in force before stays so if anything fails.
    """
    given = tuple(ports.datasets.read_examples(command.data)) if command.data else None
    dataset, own = _dataset(command.dataset, given, ports)
    options = _options(dataset.training, command)
    dataset = replace(dataset, training=options)
    with ports.storage.read() as uow:
        champion = uow.models.active(dataset.name)
        taught = lessons_of(dataset, own if given is None else given, uow, ports)
    model = _train(dataset, taught, champion, ports, context)
    if given is not None and champion is not None:
        model = _measured_on_own(model, own, taught, dataset, ports)
    decision, promoted = _decision(model, champion, taught, dataset, ports, context)
    with ports.storage.write() as uow:
        before = uow.models.active(dataset.name)
        if promoted and (before and before.id) != (champion and champion.id):
            promoted, decision = False, "Another version was put in force while this one was trained. Promote it."
        model = replace(model, decision=" ".join((decision, *taught.notes)), active=promoted)
        uow.models.add(model)
        if promoted:
            put_in_force(uow, model, model.decision)
    inverse = Inverse(model=before.id) if before and promoted else None
    return Result(model, changed(ChangeKind.MODELS), inverse)


def _options(options: Training, command: TrainModel) -> Training:
    """The dataset's options as the command wants them. Raises InvalidInput for what excludes each other."""
    if command.deterministic and command.autotune:
        raise InvalidInput(
            "What is found in so many seconds is not the same each time: give --autotune or --deterministic, not both."
        )
    if command.deterministic:
        return replace(options, thread=1, autotune=0)
    return replace(options, autotune=command.autotune or options.autotune)


def _decision(
    model: Model, champion: Model | None, taught: Lessons, dataset: Dataset, ports: Ports, context: Context
) -> tuple[str, bool]:
    """Why a new version is put in force or not, and whether."""
    if champion is None:
        return "The first version.", True
    judgement = judge(model, champion, taught.judging, dataset, ports, context)
    if judgement.loses:
        return f"Not put in force, since it loses. {judgement.sentence}", False
    if ports.settings.learning.promotion is Promotion.PERSON:
        return f"It does not lose and waits for a person to promote it. {judgement.sentence}", False
    return f"Put in force, since it does not lose. {judgement.sentence}", True


def _measured_on_own(model: Model, own: Sequence[Example], taught: Lessons, dataset: Dataset, ports: Ports) -> Model:
    """The quality of a version that was trained on other data, on the dataset's own examples that it has not seen.

    How well it knows the data that it came with does not say whether it is of use here.
    """
    seen = {each.text for each in taught.examples}
    unseen = [(each.label, text) for each in own if (text := prepare(each.text)) and text not in seen]
    unseen = unseen[:: max(1, -(-len(unseen) // MOST_JUDGED))]
    if len(unseen) < ENOUGH:
        return model
    texts = [without_ignored(dataset, text) for _, text in unseen]
    answers = loaded(ports.models, model, dataset).predict(texts, count=1, explain_from=None)
    best = [answer.scores[0] if answer.scores else Score(dataset.default, 0.0) for answer in answers]
    return replace(model, quality=quality_of(evaluate([label for label, _ in unseen], best, dataset)))


def list_models(query: ListModels, uow: UnitOfWork, _ports: Ports, _context: Context) -> ModelList:
    """The versions, the newest first, and which trainings by schedule failed."""
    failed = [each for each in uow.schedules.all() if each.error and query.dataset in (None, each.dataset)]
    return ModelList(
        tuple(uow.models.all(query.dataset)),
        tuple(
            f"Training {each.dataset} by schedule failed: {each.error} It is tried again after "
            f"{each.next_try:%Y-%m-%d %H:%M} UTC."
            for each in failed
        ),
    )


def list_datasets(_query: ListDatasets, _uow: UnitOfWork, ports: Ports, _context: Context) -> DatasetList:
    """The datasets, `category` first."""
    return DatasetList(tuple(ports.datasets.all()))


def models_in_force(ports: Ports, context: Context) -> tuple[tuple[Model, ...], tuple[str, ...]]:
    """The usable model of each dataset and the versions in the shadow, with a warning for each that cannot be used.

    A dataset that never had a model gets its first here, from its own examples.
    """
    usable = []
    warnings = []
    with ports.storage.read() as uow:
        in_use = uow.models.in_use()
    active = {each.dataset: each for each in in_use if each.active}
    for dataset in ports.datasets.all():
        try:
            model = active.get(dataset.name) or _first(dataset, ports, context)
            ports.models.verify(model)
        except (ModelRefused, TrainingFailed, InvalidInput) as error:
            warnings.append(f"{error.message} Until then keywords and the default answer for {dataset.name}.")
        else:
            usable.append(model)
    return (*usable, *(each for each in in_use if each.shadow and not each.active)), tuple(warnings)


def _first(dataset: Dataset, ports: Ports, context: Context) -> Model:
    with ports.storage.read() as uow:
        taught = lessons_of(dataset, ports.datasets.examples(dataset.name), uow, ports)
    made = replace(_train(dataset, taught, None, ports, context), decision="The first version.")
    with ports.storage.write() as uow:
        earlier = uow.models.active(dataset.name)
        if earlier is None:
            uow.models.add(made)
            uow.models.activate(made.id)
    return earlier or made


def _dataset(name: str, given: Sequence[Example] | None, ports: Ports) -> tuple[Dataset, Sequence[Example]]:
    """The dataset of this name with its own examples; a new one from the examples where there is none."""
    try:
        return ports.datasets.get(name), ports.datasets.examples(name)
    except NotFound:
        if given is None:
            raise
        return ports.datasets.create(name, given), given


def _train(dataset: Dataset, taught: Lessons, parent: Model | None, ports: Ports, context: Context) -> Model:
    model_id = _model_id(dataset.name, ports.clock())
    examples = taught.examples
    trained = ports.models.train(dataset, examples, model_id, progress=context.progress, cancel=context.cancel)
    return Model(
        id=model_id,
        dataset=dataset.name,
        made_at=context.now,
        labels=tuple(sorted({each.label for each in examples})),
        examples=len(examples),
        corrections=taught.corrections,
        data_sha256=data_digest(examples),
        file_sha256=trained.sha256,
        parent=parent.id if parent else None,
        options=trained.options,
        active=False,
        quality=trained.quality,
        decision="Not compared yet.",
    )


def _model_id(dataset: str, at: datetime) -> ModelId:
    """A name that sorts by time: two trainings of one dataset within a microsecond do not happen."""
    return ModelId(f"{dataset}-{at:%Y%m%d-%H%M%S}-{at.microsecond:06d}")
