"""How good a model is: a version on a file that it has not seen, or a trial on a part of the examples held back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from triage_app.domain.comparing import compare
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.evaluation import Evaluation, Split
from triage_app.domain.labels import Dataset, Example, ModelAnswer, ModelId, Score, without_ignored
from triage_app.domain.learning import Model
from triage_app.domain.metrics import evaluate
from triage_app.domain.relabelling import called_now
from triage_app.domain.shortcuts import shortcuts
from triage_app.domain.splitting import Parts, groups_of, held_back, twins
from triage_app.domain.wording import prepare
from triage_app.services.champions import lessons_of
from triage_app.services.context import Context, Progress
from triage_app.services.ports import Classifier, Ports
from triage_app.services.queries import EvaluateModel
from triage_app.services.renaming import loaded

CHUNK = 1_000
"""Texts between two looks at the cancel token."""

FEW = 100
"""Below so many examples in all, and below `FEW_OF_LABEL` of a label, figures are called vague."""
FEW_OF_LABEL = 10

NAMED = 5
"""Labels that a sentence names."""

TWINS = 0.01
"""The share of near-twins from which on they are worth a word."""


@dataclass(frozen=True, slots=True)
class _Answers:
    """What a model said of examples: its best label that the dataset has, and whether the text was strange."""

    best: tuple[Score | None, ...]
    strange: tuple[bool, ...]

    def labels(self, dataset: Dataset) -> list[str]:
        """The labels that were meant, the default where it said nothing."""
        return [score.label if score else dataset.default for score in self.best]


def evaluate_model(query: EvaluateModel, ports: Ports, context: Context) -> Evaluation:
    """Measure a version on a whole file, or train a trial on a part of the examples and measure it on the rest.

    With a file and no split: the version named or the one in force, and beside it the one to compare it with. Else the
    examples are the file's, or the dataset's own and the corrections; nothing that is trained is kept. Raises
    InvalidInput for data or arguments that do not go together, InvalidState where there is no model, NotFound for an
    unknown dataset or version, ModelRefused for a bad file, TrainingFailed.
    """
    dataset = ports.datasets.get(query.dataset)
    if query.data is not None and query.split is None:
        return _measured(query, query.data, dataset, ports, context)
    if query.model is not None or query.against is not None:
        raise InvalidInput(
            "A version is measured on a whole file of examples that it has not seen: give `--data FILE` and no split. "
            "With a split, or without a file, a model is trained for the measurement, so that no version can be named."
        )
    return _tried(query, dataset, ports, context)


# -- a version on a file ------------------------------------------------------------------------------------------


def _measured(query: EvaluateModel, path: str, dataset: Dataset, ports: Ports, context: Context) -> Evaluation:
    model, other, taught = _versions(query, dataset, ports)
    classifier = loaded(ports.models, model, dataset)
    rival = loaded(ports.models, other, dataset) if other else None
    examples, renamed = _read(path, dataset, ports)
    answers = _answers(classifier, examples, dataset, model.labels, context)
    found = _evaluation(examples, answers, dataset)
    comparison = None
    if other and rival:
        second = _answers(rival, examples, dataset, other.labels, context)
        truth = [each.label for each in examples]
        comparison = compare(model.id, other.id, truth, answers.labels(dataset), second.labels(dataset))
    groups = groups_of((*taught, *examples))
    seen = twins(groups, Parts(tuple(range(len(taught))), tuple(range(len(taught), len(groups)))))
    warnings = (
        *renamed,
        *_unknown_labels(examples, dataset),
        *_vague(found, "measured"),
        *_known_texts(seen),
        *(each.sentence for each in shortcuts(examples, groups[len(taught) :])),
    )
    return replace(
        found, model_id=model.id, trained_on=model.examples, warnings=warnings, comparison=comparison
    )  # fmt: skip


def _versions(query: EvaluateModel, dataset: Dataset, ports: Ports) -> tuple[Model, Model | None, tuple[Example, ...]]:
    """The version to measure, the one to compare it with if any, and what the dataset teaches."""
    own = ports.datasets.examples(dataset.name)
    with ports.storage.read() as uow:
        models = {each.id: each for each in uow.models.all(dataset.name)}
        in_force = uow.models.active(dataset.name)
        taught = lessons_of(dataset, own, uow, ports).examples
    model = _version(query.model, models, dataset) if query.model else in_force
    if model is None:
        raise InvalidState(
            f"{dataset.name} has no model yet. Train one first: `triage train --dataset {dataset.name}`."
        )
    other = _version(query.against, models, dataset) if query.against else None
    if other and other.id == model.id:
        raise InvalidInput(f"{model.id} would be compared with itself. Name another version.")
    return model, other, taught


def _version(model: ModelId, models: dict[ModelId, Model], dataset: Dataset) -> Model:
    found = models.get(model)
    if found is None:
        raise NotFound(f"{dataset.name} has no model {model}. `triage models` lists them.")
    return found


# -- a trial on what is held back ------------------------------------------------------------------------------------


def _tried(query: EvaluateModel, dataset: Dataset, ports: Ports, context: Context) -> Evaluation:
    split = query.split or Split.GROUP
    examples, changed = _material(query.data, dataset, ports)
    if query.data:
        changed = (*changed, *_unknown_labels(examples, dataset))
        # The file may be of labels that the dataset is about to get: they are tried as if it had them.
        more = sorted({each.label for each in examples}.difference(dataset.labels))
        dataset = replace(dataset, labels=(*dataset.labels, *more))
    groups = groups_of(examples)
    parts = held_back(examples, groups, split)
    by_chance = held_back(examples, groups, Split.RANDOM)
    last = 1 if split is Split.RANDOM else 2
    found = _trial(examples, parts, dataset, ports, _step(context, 1, last))
    flattered = None
    if split is not Split.RANDOM:
        flattered = _trial(examples, by_chance, dataset, ports, _step(context, 2, last))
    warnings = (
        *changed,
        *(_untimed(examples) if split is Split.TIME else ()),
        *_not_taught(examples, parts, dataset),
        *_vague(found, "held back"),
        *_twin_words(twins(groups, by_chance)),
        *(each.sentence for each in shortcuts(examples, groups)),
    )
    return replace(
        found,
        split=split.value,
        trained_on=len(parts.train),
        flattered_accuracy=flattered.accuracy if flattered else None,
        flattered_macro_f1=flattered.macro_f1 if flattered else None,
        warnings=warnings,
    )


def _material(path: str | None, dataset: Dataset, ports: Ports) -> tuple[tuple[Example, ...], tuple[str, ...]]:
    """The examples of a file, or else all that the dataset and people can teach, and what to say of them."""
    if path is not None:
        return _read(path, dataset, ports)
    own = ports.datasets.examples(dataset.name)
    with ports.storage.read() as uow:
        taught = lessons_of(dataset, own, uow, ports)
    examples = tuple(
        replace(each, text=without_ignored(dataset, each.text)) for each in (*taught.examples, *taught.judging)
    )
    return examples, taught.notes


def _trial(examples: Sequence[Example], parts: Parts, dataset: Dataset, ports: Ports, context: Context) -> Evaluation:
    taught = tuple(examples[place] for place in parts.train)
    held = tuple(examples[place] for place in parts.held)
    labels = {each.label for each in taught if each.text}
    known = tuple(label for label in dataset.labels if label in labels)
    known += tuple(sorted(labels.difference(known)))
    classifier = ports.models.trial(
        replace(dataset, labels=known), taught, progress=context.progress, cancel=context.cancel
    )
    return _evaluation(held, _answers(classifier, held, dataset, known, context), dataset)


def _step(context: Context, number: int, last: int) -> Context:
    """The same call, whose progress says which of several models it is about."""
    if last == 1:
        return context
    tell = context.progress

    def told(progress: Progress) -> None:
        tell(replace(progress, what=f"{progress.what} ({number} of {last})"))

    return replace(context, progress=told)


# -- both ------------------------------------------------------------------------------------------


def _read(path: str, dataset: Dataset, ports: Ports) -> tuple[tuple[Example, ...], tuple[str, ...]]:
    """A file's examples, prepared, with their labels as the dataset calls them now, and what to say of that."""
    examples = []
    renamed: dict[str, str] = {}
    for each in ports.datasets.read_examples(path):
        label = each.label
        if label not in dataset.labels:
            label = called_now(label, None, each.text, dataset.history)
            if label != each.label:
                renamed[each.label] = label
        examples.append(replace(each, label=label, text=without_ignored(dataset, prepare(each.text))))
    names = [f"{old} (now {new})" for old, new in sorted(renamed.items())]
    return tuple(examples), (f"Earlier names of labels were read as today's: {_listed(names)}.",) if names else ()


def _answers(
    classifier: Classifier, examples: Sequence[Example], dataset: Dataset, labels: Iterable[str], context: Context
) -> _Answers:
    """The model's best answers; `labels` are those that it knows, of which the dataset may have lost some."""
    known = frozenset(dataset.labels)
    count = 1 + len(set(labels) - known)
    answers: list[ModelAnswer] = []
    for start in range(0, len(examples), CHUNK):
        context.cancel.check()
        texts = [each.text for each in examples[start : start + CHUNK]]
        answers += classifier.predict(texts, count=count, explain_from=None)
        context.progress(Progress(start + len(texts), len(examples), "texts judged"))
    best = tuple(next((score for score in answer.scores if score.label in known), None) for answer in answers)
    return _Answers(best, tuple(answer.strange for answer in answers))


def _evaluation(examples: Sequence[Example], answers: _Answers, dataset: Dataset) -> Evaluation:
    truth = [each.label for each in examples]
    return evaluate(truth, answers.best, dataset, strange=answers.strange, examples=examples)


# -- warnings ------------------------------------------------------------------------------------------


def _unknown_labels(examples: Sequence[Example], dataset: Dataset) -> Iterator[str]:
    if counts := Counter(each.label for each in examples if each.label not in dataset.labels):
        yield (
            f"{counts.total():,} examples have a label that {dataset.name} does not have: {_listed(sorted(counts))}. "
            "The model in use cannot give it."
        )


def _untimed(examples: Sequence[Example]) -> Iterator[str]:
    if count := sum(each.at is None for each in examples):
        yield f"{count:,} of {len(examples):,} examples have no time: they count as older than all others."


def _not_taught(examples: Sequence[Example], parts: Parts, dataset: Dataset) -> Iterator[str]:
    taught = {examples[place].label for place in parts.train}
    if new := sorted({examples[place].label for place in parts.held} - taught):
        yield f"All examples of {_listed(new)} are held back: none was left to learn from."
    met = {each.label for each in examples}
    if empty := [label for label in dataset.labels if label not in met]:
        yield f"There is no example of {_listed(empty)}: no model can suggest it."
    held = {examples[place].label for place in parts.held}
    if unmeasured := [label for label in dict.fromkeys((*dataset.labels, *sorted(met))) if label in met - held]:
        yield f"No example of {_listed(unmeasured)} was held back: nothing is known of how often it is right."


def _vague(found: Evaluation, how: str) -> Iterator[str]:
    if found.n < FEW:
        yield f"Only {found.n} {'example was' if found.n == 1 else 'examples were'} {how}: the figures are vague."
    elif few := [each.label for each in found.per_label if 0 < each.support < FEW_OF_LABEL]:
        yield f"Fewer than {FEW_OF_LABEL} examples were {how} of {_listed(few)}: those figures are vague."


def _known_texts(share: float) -> Iterator[str]:
    if share >= TWINS:
        yield (
            f"{share:.0%} of the texts are nearly the same as examples that the dataset learns from: for those the "
            "figures flatter."
        )


def _twin_words(share: float) -> Iterator[str]:
    if share >= TWINS:
        yield f"{share:.0%} of a random held-back part has near-twins in training."


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return f"{shown} and {len(names) - NAMED} more" if len(names) > NAMED else shown
