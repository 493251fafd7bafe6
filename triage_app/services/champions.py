"""Champion and challenger: which version of a model is in force, and when another may take its place."""

from collections.abc import Callable, Sequence

from triage_app.domain.changes import ChangeKind, changed
from triage_app.domain.comparing import compare
from triage_app.domain.errors import InvalidState, ModelRefused, NotFound
from triage_app.domain.holdout import ENOUGH
from triage_app.domain.labels import Dataset, Example, ModelId, without_ignored
from triage_app.domain.learning import Model
from triage_app.domain.lessons import Lessons, lessons
from triage_app.domain.poison import Origin
from triage_app.domain.promotion import Judgement, on_corrections, on_examples
from triage_app.domain.relabelling import words_now
from triage_app.services.commands import UseModel
from triage_app.services.context import Context, Progress
from triage_app.services.inverse import Inverse
from triage_app.services.learning_commands import PromoteModel
from triage_app.services.ports import Classifier, Ports, UnitOfWork
from triage_app.services.renaming import loaded
from triage_app.services.result import Result

CHUNK = 1_000
"""Texts between two looks at the cancel token."""


def lessons_of(dataset: Dataset, own: Sequence[Example], uow: UnitOfWork, ports: Ports) -> Lessons:
    """What a version of a dataset is taught of these examples and of people's corrections, and what judges it."""
    rules = ports.settings.learning
    forgotten = [Origin(each.kind, each.value) for each in uow.forgotten.all(dataset.name)]
    corrections = tuple(words_now(uow.corrections.all(dataset.name), dataset.history))
    return lessons(own, corrections, dataset.labels, forgotten, rules, ports.settings.own_domains)


def judge(
    challenger: Model, champion: Model, judging: Sequence[Example], dataset: Dataset, ports: Ports, context: Context
) -> Judgement:
    """Whether a challenger loses against the version in force.

    On held-back corrections that neither was taught where there are 20 or more, else on what each showed on examples
    that it had not learnt from. A version in force whose file is refused has lost already.
    """
    try:
        old = loaded(ports.models, champion, dataset)
    except ModelRefused as error:
        return Judgement(loses=False, sentence=f"It was not compared: {error.message}")
    unseen = [each for each in judging if _is_unseen(each, challenger) and _is_unseen(each, champion)]
    margin = ports.settings.learning.margin
    if len(unseen) < ENOUGH:
        return on_examples(challenger.quality, champion.quality, champion.id, len(unseen), margin)
    texts = [without_ignored(dataset, each.text) for each in unseen]
    new = labels_by(loaded(ports.models, challenger, dataset), texts, dataset, context)
    before = labels_by(old, texts, dataset, context)
    return on_corrections(compare(challenger.id, champion.id, [each.label for each in unseen], new, before), margin)


def labels_by(classifier: Classifier, texts: Sequence[str], dataset: Dataset, context: Context) -> list[str]:
    """A model's label for each prepared text, before the gate; the dataset's default where it says nothing."""
    found: list[str] = []
    for start in range(0, len(texts), CHUNK):
        context.cancel.check()
        answers = classifier.predict(texts[start : start + CHUNK], count=1, explain_from=None)
        found += [answer.scores[0].label if answer.scores else dataset.default for answer in answers]
        context.progress(Progress(len(found), len(texts), "texts judged"))
    return found


def _is_unseen(correction: Example, model: Model) -> bool:
    """Versions without a decision come from before any correction was held back: they were taught all there were."""
    return bool(model.decision) or correction.at is None or correction.at > model.made_at


def promote_model(command: PromoteModel, ports: Ports, context: Context) -> Callable[[UnitOfWork], Result[Model]]:
    """Compare with the version in force, then, in the transaction, put it in force.

    Raises NotFound, ModelRefused for an altered file, and InvalidState with the figures where it loses.
    """
    with ports.storage.read() as uow:
        model = known(uow, command.id)
        champion = uow.models.active(model.dataset)
        if model.active:
            raise InvalidState(f"The model {model.id} is in force already.")
        dataset = ports.datasets.get(model.dataset)
        judging = lessons_of(dataset, (), uow, ports).judging
    ports.models.verify(model)
    sentence = "It was the first."
    if champion is not None:
        judgement = judge(model, champion, judging, dataset, ports, context)
        sentence = judgement.sentence
        if judgement.loses:
            raise InvalidState(
                f"The model {model.id} loses and was not put in force. {sentence} `use-model {model.id}` puts it in "
                "force all the same."
            )

    def finish(uow: UnitOfWork) -> Result[Model]:
        before = uow.models.active(model.dataset)
        if (before and before.id) != (champion and champion.id):
            raise InvalidState(f"Another version of {model.dataset} was put in force meanwhile. Promote again.")
        put_in_force(uow, model, f"Promoted by {context.actor}. {sentence}")
        return _changed(uow, model, before)

    return finish


def use_model(command: UseModel, uow: UnitOfWork, ports: Ports, context: Context) -> Result[Model]:
    """Put another version in force whatever a comparison says, once its file has proved to be what was signed."""
    model = known(uow, command.id)
    ports.models.verify(model)
    before = uow.models.active(model.dataset)
    put_in_force(uow, model, f"Put in force by {context.actor} without a comparison.")
    return _changed(uow, model, before)


def known(uow: UnitOfWork, model: ModelId) -> Model:
    """A version; raises NotFound."""
    for each in uow.models.all(None):
        if each.id == model:
            return each
    raise NotFound(f"There is no model {model}. `triage models` lists them.")


def put_in_force(uow: UnitOfWork, model: Model, why: str) -> None:
    """In place of the version before; what is in force is in the shadow no more."""
    uow.models.activate(model.id)
    uow.models.set_decision(model.id, why)
    if model.shadow:
        uow.models.set_shadow(model.id, shadow=False)


def _changed(uow: UnitOfWork, model: Model, before: Model | None) -> Result[Model]:
    inverse = Inverse(model=before.id) if before and before.id != model.id else None
    return Result(uow.models.active(model.dataset) or model, changed(ChangeKind.MODELS), inverse)
