"""What a label that was said earlier is called now: through the history of its dataset's labels."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from triage_app.domain.labels import Dataset, Example, KeywordRule, LabelChange
from triage_app.domain.learning import Correction
from triage_app.domain.wording import prepare


def is_among(words: Sequence[str], prepared: str) -> bool:
    """Whether a prepared text holds one of some words or phrases, as whole words; a final `*` makes a prefix."""
    padded = f" {prepared} "
    for word in words:
        needle = prepare(word.removesuffix("*"))
        if needle and (f" {needle}" if word.endswith("*") else f" {needle} ") in padded:
            return True
    return False


def called_now(label: str, at: datetime | None, text: str, history: Sequence[LabelChange]) -> str:
    """The name today of a label that was given to a text at a time; None: before all changes.

    Changes are applied in their order, those that were made before `at` are left out: who spoke after a change meant
    the label that the name stands for since then. A split only takes those along whose text holds one of its words.
    """
    for change in history:
        if (
            label in change.old
            and (at is None or at <= change.at)
            and (not change.words or is_among(change.words, prepare(text)))
        ):
            label = change.new
    return label


def words_now(words: Iterable[Correction], history: Sequence[LabelChange]) -> Iterator[Correction]:
    """Corrections with their labels as they are called now, for whoever learns from them or counts them.

    What is stored stays as it was said.
    """
    if not history:
        yield from words
        return
    last = max(change.at for change in history)
    for word in words:
        if word.at > last:
            yield word
            continue
        old, new, best = (
            called_now(label, word.at, word.text, history) if label else label
            for label in (word.old, word.new, word.best)
        )
        yield (
            word if (old, new, best) == (word.old, word.new, word.best) else replace(word, old=old, new=new, best=best)
        )


def label_now(label: str, dataset: Dataset) -> str:
    """What a label that a ticket shows is called now; itself where the dataset has it still or knows nothing of it."""
    return label if label in dataset.labels else called_now(label, None, "", dataset.history)


def changed_dataset(
    dataset: Dataset, examples: Sequence[Example], change: LabelChange
) -> tuple[Dataset, tuple[Example, ...]]:
    """A dataset and its examples after a change of its labels, with the change at the end of its history.

    A label that is made of others stands where the first of them stood; one that is split off stands behind its origin.
    Keyword rules and the default go along; a split leaves the rules where they are.
    """

    def now(label: str, text: str = "") -> str:
        return called_now(label, None, text, (change,))

    if change.words:
        place = dataset.labels.index(change.old[0]) + 1
        labels = (*dataset.labels[:place], change.new, *dataset.labels[place:])
        keywords, default = dataset.keywords, dataset.default
    else:
        labels = tuple(dict.fromkeys(now(label) for label in dataset.labels))
        keywords = _merged(replace(rule, label=now(rule.label)) for rule in dataset.keywords)
        default = now(dataset.default)
    changed = replace(dataset, labels=labels, keywords=keywords, default=default, history=(*dataset.history, change))
    return changed, tuple(replace(each, label=now(each.label, each.text)) for each in examples)


def _merged(rules: Iterable[KeywordRule]) -> tuple[KeywordRule, ...]:
    """Rules without those that say the same of one label twice: of these the heaviest remains."""
    kept: dict[tuple[str, str], KeywordRule] = {}
    for rule in rules:
        key = (rule.label, prepare(rule.text.removesuffix("*")) + "*" * rule.text.endswith("*"))
        if key not in kept or kept[key].weight < rule.weight:
            kept[key] = rule
    return tuple(kept.values())
