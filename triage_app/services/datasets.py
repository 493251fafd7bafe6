"""Datasets: made from labelled examples, added to, set up, and their labels renamed, merged and split."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from triage_app.domain.changes import ChangeKind, ChangeSet, changed
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import UNCLASSIFIED, Dataset, Effect, Example, LabelChange, check_label
from triage_app.domain.learning import Correction, latest_words
from triage_app.domain.relabelling import changed_dataset, is_among, words_now
from triage_app.domain.wording import prepare
from triage_app.services.context import Context
from triage_app.services.labelling import own_label
from triage_app.services.learning_commands import (
    AddDataset,
    ImportExamples,
    MergeLabels,
    RenameLabel,
    SetDataset,
    SplitLabel,
)
from triage_app.services.learning_queries import ListLabels, PreviewExamples
from triage_app.services.learning_shapes import ExamplePreview, LabelCount, LabelSheet
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.promises import keep_all_promises
from triage_app.services.result import Result

CHANGES = changed(ChangeKind.DATASETS)

Finish = Callable[[UnitOfWork], Result[Dataset]]


def add_dataset(command: AddDataset, ports: Ports, _context: Context) -> Finish:
    """Make a dataset. It learns at the next import, or with `train`. Raises InvalidInput, or InvalidState for a name
    that is taken; a dataset cannot be taken back by undo, since models may have learnt of it meanwhile.
    """
    examples = ports.datasets.read_examples(command.data, command.columns)

    def finish(_uow: UnitOfWork) -> Result[Dataset]:
        made = ports.datasets.create(
            command.name, examples, title=command.title.strip(), threshold=command.threshold, effect=command.effect
        )
        return Result(made, CHANGES)

    return finish


def import_examples(command: ImportExamples, ports: Ports, _context: Context) -> Finish:
    """Add what is new of a file's examples: all of them or, where a line is broken, none. Texts are compared as models
    see them; new labels stand behind the others, the most frequent first. Undo does not take them out again; the state
    before lies beside the dataset as `.earlier-NAME`.
    """
    ports.datasets.get(command.name)
    given = ports.datasets.read_examples(command.data, command.columns)

    def finish(_uow: UnitOfWork) -> Result[Dataset]:
        dataset = ports.datasets.get(command.name)
        own = ports.datasets.examples(command.name)
        known = {prepare(each.text) for each in own}
        new: dict[str, Example] = {}
        for each in given:
            text = prepare(each.text)
            if text not in known:
                new.setdefault(text, each)
        if not new:
            return Result(dataset)
        added = tuple(new.values())
        counts = Counter(each.label for each in added if each.label not in dataset.labels)
        labels = (*dataset.labels, *sorted(counts, key=lambda label: (-counts[label], label)))
        _demand_apart(labels)
        return Result(ports.datasets.save(replace(dataset, labels=labels), (*own, *added)), CHANGES)

    return finish


def set_dataset(command: SetDataset, uow: UnitOfWork, ports: Ports, _context: Context) -> Result[Dataset]:
    """Change how a dataset is used. Raises InvalidInput for a value that cannot be, and changes nothing then.

    With another threshold the version in force is held to another promise.
    """
    dataset = ports.datasets.get(command.name)
    after = replace(
        dataset,
        title=dataset.title if command.title is None else command.title.strip(),
        threshold=dataset.threshold if command.threshold is None else command.threshold,
        default=dataset.default if command.default is None else _default(dataset, command.default),
        effect=command.effect or dataset.effect,
        fields=command.fields or dataset.fields,
        ignored=tuple(each for each in command.ignored if each.strip()) if command.ignored else dataset.ignored,
    )
    if after.effect is Effect.CATEGORY and dataset.effect is not Effect.CATEGORY:
        raise InvalidInput("The dataset category sets the category of tickets. Choose queue, tag or playbook.")
    if after == dataset:
        return Result(dataset)
    saved = ports.datasets.save(after)
    if after.threshold != dataset.threshold and keep_all_promises(uow, saved):
        return Result(saved, ChangeSet(CHANGES.kinds | {ChangeKind.MODELS}, CHANGES.tickets))
    return Result(saved, CHANGES)


def rename_label(command: RenameLabel, _uow: UnitOfWork, ports: Ports, context: Context) -> Result[Dataset]:
    """Give a label another name everywhere. The way back is another renaming; tickets that show the old name show it
    until somebody reviews them.
    """
    dataset = ports.datasets.get(command.name)
    label = own_label(dataset, command.label)
    new = _new_label(dataset, command.to, besides=label)
    if new == label:
        return Result(dataset)
    return _change(dataset, (label,), new, (), ports, context)


def merge_labels(command: MergeLabels, _uow: UnitOfWork, ports: Ports, context: Context) -> Result[Dataset]:
    """Make one label of several. What was merged cannot be told apart again, except by the state before, which lies
    beside the dataset as `.earlier-NAME` until the next change.
    """
    dataset = ports.datasets.get(command.name)
    known = {label.casefold() for label in dataset.labels}
    into = command.into.strip()
    into = own_label(dataset, into) if into.casefold() in known else _new_label(dataset, into)
    merged = dict.fromkeys(own_label(dataset, label) for label in command.labels)
    old = tuple(label for label in merged if label != into)
    if len({*old, *({into} & set(dataset.labels))}) < 2:
        raise InvalidInput("A merge needs two labels at least. To give one another name, use `dataset rename`.")
    if len(dataset.labels) - len(old) + (into not in dataset.labels) < 2:
        raise InvalidInput(f"{dataset.name} would have one label only. Keep at least two to tell apart.")
    return _change(dataset, old, into, (), ports, context)


def split_label(command: SplitLabel, uow: UnitOfWork, ports: Ports, context: Context) -> Result[Dataset]:
    """Make a label of what holds one of some words. Raises InvalidInput where that is nothing, or all there is. The
    way back is to merge both.
    """
    dataset = ports.datasets.get(command.name)
    label = own_label(dataset, command.label)
    new = _new_label(dataset, command.into)
    words = tuple(dict.fromkeys(word.strip() for word in command.words))
    if not words or not all(prepare(word.removesuffix("*")) for word in words):
        raise InvalidInput("Name at least one word or phrase that makes a text belong to the new label.")
    texts = [prepare(each.text) for each in ports.datasets.examples(dataset.name) if each.label == label]
    texts += [word.text for word in _words(dataset, uow) if word.new == label]
    moved = sum(is_among(words, text) for text in texts)
    if moved in {0, len(texts)}:
        found = "None" if moved == 0 else "Each"
        raise InvalidInput(
            f"{found} of the {len(texts)} examples and corrections of {label} holds {' or '.join(words)}, "
            "so one of both labels would be empty. Choose other words."
        )
    return _change(dataset, (label,), new, words, ports, context)


def list_labels(query: ListLabels, uow: UnitOfWork, ports: Ports, _context: Context) -> LabelSheet:
    """The labels in their order with the examples of the dataset and the newest words of people on tickets."""
    dataset = ports.datasets.get(query.name)
    examples = Counter(each.label for each in ports.datasets.examples(dataset.name))
    said = Counter(word.new for word in _words(dataset, uow))
    counts = tuple(LabelCount(label, examples[label], said[label]) for label in dataset.labels)
    return LabelSheet(dataset.name, counts, dataset.history)


def preview_examples(query: PreviewExamples, ports: Ports, _context: Context) -> ExamplePreview:
    """What a file or folder of labelled examples holds; raises InvalidInput for what is no such thing."""
    return ports.datasets.preview(query.data, query.columns)


def _words(dataset: Dataset, uow: UnitOfWork) -> tuple[Correction, ...]:
    return latest_words(words_now(uow.corrections.all(dataset.name), dataset.history))


def _change(
    dataset: Dataset,
    old: tuple[str, ...],
    new: str,
    words: tuple[str, ...],
    ports: Ports,
    context: Context,
) -> Result[Dataset]:
    """Write a change of labels. Corrections are not edited: they are read through the history."""
    change = LabelChange(context.now, context.actor, old, new, words)
    after, examples = changed_dataset(dataset, ports.datasets.examples(dataset.name), change)
    return Result(ports.datasets.save(after, examples), CHANGES)


def _new_label(dataset: Dataset, wanted: str, besides: str = "") -> str:
    label = check_label(wanted.strip())
    if label.casefold() == UNCLASSIFIED:
        raise InvalidInput(f"{UNCLASSIFIED} stands for no answer and cannot be a label. Choose another name.")
    taken = next((each for each in dataset.labels if each.casefold() == label.casefold() and each != besides), None)
    if taken is not None:
        raise InvalidInput(f"{dataset.name} has a label {taken} already. To make one of both, use `dataset merge`.")
    return label


def _default(dataset: Dataset, wanted: str) -> str:
    return UNCLASSIFIED if wanted.strip().casefold() == UNCLASSIFIED else own_label(dataset, wanted)


def _demand_apart(labels: Sequence[str]) -> None:
    """Raise InvalidInput for labels that differ in upper and lower case only: nobody could name them."""
    seen: dict[str, str] = {}
    for label in labels:
        other = seen.setdefault(label.casefold(), label)
        if other != label:
            raise InvalidInput(f"The labels {other} and {label} differ in upper and lower case only. Write them alike.")
