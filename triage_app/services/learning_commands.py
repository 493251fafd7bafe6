"""Commands on datasets, models and what is learnt: as frozen dataclasses."""

from dataclasses import dataclass

from triage_app.domain.labels import Dataset, Effect, ModelId
from triage_app.domain.learning import Model
from triage_app.domain.poison import OriginKind
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.services.arguments import Command, argument, needed_option, option, text_or_file
from triage_app.services.learning_shapes import ColumnNames, Forgotten, LabelTold

# -- datasets ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddDataset(Command[Dataset]):
    """Make a dataset from labelled examples: a CSV, JSONL, FastText or spreadsheet file, or a folder of mail that has a
    folder for each label.
    """

    name: str = argument("Its name: letters, digits, - and _.")
    data: str = needed_option("The file or folder of labelled examples.")
    title: str = option("What people call it; its name if left out.", "")
    columns: tuple[ColumnNames, ...] = option(
        "Which column holds what, as FIELD=COLUMN: label, text (several are joined), group, at, sender, source.", ()
    )
    threshold: float = option("How many of the model's answers should be right, 0..1.", 0.8)
    effect: Effect = option("What an answer does to a ticket: category, queue, tag or playbook.", Effect.TAG)


@dataclass(frozen=True, slots=True)
class ImportExamples(Command[Dataset]):
    """Add labelled examples to a dataset; labels that are new become its labels, texts that it has are left out."""

    name: str = argument("The dataset.")
    data: str = argument("The file or folder of labelled examples.")
    columns: tuple[ColumnNames, ...] = option("Which column holds what, as FIELD=COLUMN.", ())


@dataclass(frozen=True, slots=True)
class SetDataset(Command[Dataset]):
    """Change how a dataset is used; what is left out stays."""

    name: str = argument("The dataset.")
    title: str | None = option("What people call it.", None)
    threshold: float | None = option("How many of the model's answers should be right, 0..1.", None)
    default: str | None = option("The label where neither model nor keywords answer.", None)
    effect: Effect | None = option("What an answer does to a ticket: category, queue, tag or playbook.", None)
    fields: tuple[str, ...] | None = option("What the model reads: subject, text, sender, any ECS field.", None)
    ignored: tuple[str, ...] | None = option("A phrase that is left out of every text, such as your banner.", None)


@dataclass(frozen=True, slots=True)
class RenameLabel(Command[Dataset]):
    """Give a label another name, in examples, keywords and corrections; the old name stays in its history."""

    name: str = argument("The dataset.")
    label: str = argument("The label.")
    to: str = argument("Its new name.")


@dataclass(frozen=True, slots=True)
class MergeLabels(Command[Dataset]):
    """Make one label of several, in examples, keywords and corrections; the old names stay in its history."""

    name: str = argument("The dataset.")
    labels: tuple[str, ...] = argument("The labels to merge.")
    into: str = needed_option("The label that remains; one of them, or a new one.")


@dataclass(frozen=True, slots=True)
class SplitLabel(Command[Dataset]):
    """Make a label of its own from those examples and corrections of a label that hold one of some words."""

    name: str = argument("The dataset.")
    label: str = argument("The label to split.")
    into: str = needed_option("The new label.")
    words: tuple[str, ...] = needed_option("A word or phrase that makes a text belong to the new label.")


@dataclass(frozen=True, slots=True)
class SaveKeywords(Command[Dataset]):
    """Put other keyword rules in force for a dataset; rules with a mistake are refused and those in force stay."""

    name: str = argument("The dataset.")
    text: str = text_or_file("The rules, as YAML.")


# -- models ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PromoteModel(Command[Model]):
    """Put a challenger in force, if it does not lose against the version in force on held-back corrections."""

    id: ModelId = argument("The model version.")


@dataclass(frozen=True, slots=True)
class ShadowModel(Command[Model]):
    """Let a version judge new tickets beside the one in force, unseen, or stop that."""

    id: ModelId = argument("The model version.")
    state: str = argument("on or off.")


@dataclass(frozen=True, slots=True)
class ForgetOrigin(Command[Forgotten]):
    """Learn nothing from somebody any more: from the next training on; train right away to be rid of it."""

    kind: OriginKind = argument("sender, analyst or source.")
    value: str = argument("A mail address or domain, a name, or a source.")
    dataset: str = option("The dataset.", "category")


@dataclass(frozen=True, slots=True)
class RecallOrigin(Command[Forgotten]):
    """Learn from somebody again."""

    kind: OriginKind = argument("sender, analyst or source.")
    value: str = argument("A mail address or domain, a name, or a source.")
    dataset: str = option("The dataset.", "category")


# -- corrections ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TellCluster(Command[LabelTold]):
    """Say the label of a ticket and of the open ones whose text is nearly the same; one undo takes all back."""

    id: TicketId = argument("The ticket.")
    label: str = argument("The right label.")
    dataset: str = option("The dataset that the label belongs to.", "category")


@dataclass(frozen=True, slots=True)
class SecondOpinion(Command[TicketRow]):
    """Say which label is right without seeing what was said before: it tells how far people agree, and changes nothing
    else.
    """

    id: TicketId = argument("The ticket, as `second-looks` names it.")
    label: str = argument("The label that you find right.")
    dataset: str = option("The dataset that the label belongs to.", "category")
