"""Every command: what can be done to a workspace, as frozen dataclasses."""

from dataclasses import dataclass

from triage_app.domain.item import RawId
from triage_app.domain.labels import ModelId
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.arguments import argument, needed_option, option, optional_argument


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """Read mail and alerts from files and folders into the queue; what is known already is not read twice."""

    paths: tuple[str, ...] = argument("Files or folders: .eml, .msg, mbox, Maildir, .json, .jsonl, .csv, also packed.")


@dataclass(frozen=True, slots=True)
class LoadDemo:
    """Fill the workspace with the sample mail and alerts that come with the program."""


@dataclass(frozen=True, slots=True)
class RetryParked:
    """Try parked items again: one, or all of them; also goes on with what an interrupted import left pending."""

    id: RawId | None = optional_argument("The parked item; all of them if left out.")


@dataclass(frozen=True, slots=True)
class CorrectLabel:
    """Say which label is right; logged, learnt from, and the ticket shows it from now on."""

    id: TicketId = argument("The ticket.")
    label: str = argument("The right label.")
    dataset: str = option("The dataset that the label belongs to.", "category")
    why: str = option("The reason, for the log.", "")


@dataclass(frozen=True, slots=True)
class AcceptLabel:
    """Say that the suggested label is right."""

    id: TicketId = argument("The ticket.")
    dataset: str = option("The dataset of the suggestion.", "category")


@dataclass(frozen=True, slots=True)
class CloseTicket:
    """Close a ticket with a verdict."""

    id: TicketId = argument("The ticket.")
    verdict: Verdict = needed_option("The conclusion.")


@dataclass(frozen=True, slots=True)
class ReopenTicket:
    """Open a closed ticket again; its verdict is cleared."""

    id: TicketId = argument("The ticket.")


@dataclass(frozen=True, slots=True)
class AssignTicket:
    """Give a ticket to somebody; `me` is the caller, `-` is nobody."""

    id: TicketId = argument("The ticket.")
    who: str = argument("A name; `me` for yourself, `-` for nobody.")


@dataclass(frozen=True, slots=True)
class AddNote:
    """Write a note on a ticket."""

    id: TicketId = argument("The ticket.")
    text: str = argument("The note.")


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last decision that you made and have not taken back yet."""


@dataclass(frozen=True, slots=True)
class ExportCorrections:
    """Write all corrections and confirmations for analysis or training elsewhere."""

    format: str = option("fasttext, csv or jsonl.", "jsonl")
    out: str | None = option("The file to write; standard output if left out.", None)
    dataset: str = option("The dataset.", "category")


@dataclass(frozen=True, slots=True)
class TrainModel:
    """Train a new model version from the dataset's examples and the corrections, and use it from then on.

    A dataset name that is new makes the dataset from the labels found in the data.
    """

    dataset: str = option("The dataset.", "category")
    data: str | None = option("Labelled examples to use: FastText lines, JSONL or CSV; the dataset's own if left out.", None)


@dataclass(frozen=True, slots=True)
class UseModel:
    """Put another version of a model in force."""

    id: ModelId = argument("The model version.")
