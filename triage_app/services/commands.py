"""Every command: what can be done to a workspace, as frozen dataclasses."""

from dataclasses import dataclass

from triage_app.domain.dedup import Level, LinkId
from triage_app.domain.item import RawId
from triage_app.domain.labels import ModelId
from triage_app.domain.learning import Model
from triage_app.domain.ledger import ParkedItem
from triage_app.domain.ticket import Note, TicketId, TicketRow, Verdict
from triage_app.services.arguments import Command, argument, needed_option, option, optional_argument, text_or_file

# -- results ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did. `found` items were in the files, `known` of them were held already; the rest is `seen`.

    seen = ticketed + merged + dropped + parked + pending; `difference` must be 0. `warnings` are sentences for a
    person, for example that a model was refused and keywords answered instead.
    """

    found: int
    known: int
    seen: int
    ticketed: int
    merged: int
    dropped: int
    parked: int
    pending: int
    difference: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the command's name and the tickets that are as before."""

    command: str
    tickets: tuple[TicketId, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """The first ticket of the links that were made, chosen as survivor, and the tickets now linked under it."""

    primary: TicketId
    linked: tuple[TicketId, ...]


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A ticket that was taken out, from which first ticket; later decisions never join the two again."""

    ticket: TicketId
    was_under: TicketId


@dataclass(frozen=True, slots=True)
class RulesSaved:
    """The rules that are in force now, by name, and the id of this very text."""

    rules: tuple[str, ...]
    config_id: str


@dataclass(frozen=True, slots=True)
class CloseReport:
    """What closing with all linked duplicates does, or would do where `planned`.

    `mine` of them are the caller's; `novel` names (ticket, what is new in it); `unchecked` are potential links that
    were not ticked off; `over_limit` says that there are more than is usual, so that a person should look first.
    """

    planned: bool
    primary: TicketId
    tickets: tuple[TicketId, ...]
    mine: int
    novel: tuple[tuple[TicketId, str], ...]
    unchecked: int
    over_limit: bool


# -- commands ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImportFiles(Command[ImportReport]):
    """Read mail and alerts from files and folders into the queue; what is known already is not read twice."""

    paths: tuple[str, ...] = argument("Files or folders: .eml, .msg, mbox, Maildir, .json, .jsonl, .csv, also packed.")


@dataclass(frozen=True, slots=True)
class LoadDemo(Command[ImportReport]):
    """Fill the workspace with the sample mail and alerts that come with the program."""


@dataclass(frozen=True, slots=True)
class RetryParked(Command[ImportReport]):
    """Try parked items again: one, or all of them; also goes on with what an interrupted import left pending."""

    id: RawId | None = optional_argument("The parked item; all of them if left out.")


@dataclass(frozen=True, slots=True)
class DismissParked(Command[ParkedItem]):
    """Drop a parked item on purpose: it leaves the list, is counted as dropped, and its bytes stay."""

    id: RawId = argument("The parked item.")


@dataclass(frozen=True, slots=True)
class CorrectLabel(Command[TicketRow]):
    """Say which label is right; logged, learnt from, and the ticket shows it from now on."""

    id: TicketId = argument("The ticket.")
    label: str = argument("The right label.")
    dataset: str = option("The dataset that the label belongs to.", "category")
    why: str = option("The reason, for the log.", "")
    seconds: float | None = option("Seconds from opening the ticket to this decision, where they were measured.", None)


@dataclass(frozen=True, slots=True)
class AcceptLabel(Command[TicketRow]):
    """Say that the suggested label is right."""

    id: TicketId = argument("The ticket.")
    dataset: str = option("The dataset of the suggestion.", "category")
    seconds: float | None = option("Seconds from opening the ticket to this decision, where they were measured.", None)


@dataclass(frozen=True, slots=True)
class CloseTicket(Command[TicketRow]):
    """Close a ticket with a verdict."""

    id: TicketId = argument("The ticket.")
    verdict: Verdict = needed_option("The conclusion.")
    seconds: float | None = option("Seconds from opening the ticket to this decision, where they were measured.", None)


@dataclass(frozen=True, slots=True)
class ReopenTicket(Command[TicketRow]):
    """Open a closed ticket again; its verdict is cleared."""

    id: TicketId = argument("The ticket.")


@dataclass(frozen=True, slots=True)
class AssignTicket(Command[TicketRow]):
    """Give a ticket to somebody; `me` is the caller, `-` is nobody."""

    id: TicketId = argument("The ticket.")
    who: str = argument("A name; `me` for yourself, `-` for nobody.")


@dataclass(frozen=True, slots=True)
class AddNote(Command[Note]):
    """Write a note on a ticket."""

    id: TicketId = argument("The ticket.")
    text: str = argument("The note.")


@dataclass(frozen=True, slots=True)
class Undo(Command[Undone]):
    """Take back the last decision that you made and have not taken back yet."""


@dataclass(frozen=True, slots=True)
class TrainModel(Command[Model]):
    """Train a challenger from the dataset's examples and the corrections; it is put in force where it does not lose
    against the version in force.

    A dataset name that is new makes the dataset from the labels found in the data.
    """

    dataset: str = option("The dataset.", "category")
    data: str | None = option(
        "Labelled examples to use: FastText lines, JSONL or CSV; the dataset's own if left out.", None
    )
    autotune: int = option("Seconds to spend on looking for better options first; 0 for none.", 0)
    deterministic: bool = option("The same data gives the same model, byte by byte; slower.", default=False)


@dataclass(frozen=True, slots=True)
class UseModel(Command[Model]):
    """Put another version of a model in force."""

    id: ModelId = argument("The model version.")


@dataclass(frozen=True, slots=True)
class LinkTickets(Command[Linked]):
    """Say that tickets are the same: they are linked under the oldest owned open one, or the oldest."""

    ids: tuple[TicketId, ...] = argument("Two tickets or more.")
    level: Level = option("child, link or note.", Level.LINK)


@dataclass(frozen=True, slots=True)
class UnlinkTicket(Command[Unlinked]):
    """Take a ticket out from under its first ticket, or refuse a suggestion, for good: nothing joins the two again."""

    id: TicketId = argument("The linked ticket.")
    other: TicketId | None = optional_argument(
        "The ticket at the other end of the link; needed where the ticket stands under no other and has several links."
    )


@dataclass(frozen=True, slots=True)
class SplitRepeat(Command[Unlinked]):
    """Make a ticket of its own from an item that was merged into another one."""

    id: RawId = argument("The merged item, as `duplicates` names it.")


@dataclass(frozen=True, slots=True)
class CheckLink(Command[TicketRow]):
    """Tick off a potential link, or waive it: before a ticket with potential links is closed, each must be."""

    id: LinkId = argument("The link, as `duplicates` names it.")


@dataclass(frozen=True, slots=True)
class CloseLinked(Command[CloseReport]):
    """Close a ticket with all duplicates that are linked under it; one undo opens all of them again."""

    id: TicketId = argument("The first ticket, or one linked under it.")
    verdict: Verdict = needed_option("The conclusion, for all of them.")


@dataclass(frozen=True, slots=True)
class SaveDedupRules(Command[RulesSaved]):
    """Put another rule file in force; one with mistakes is refused and the rules in force stay."""

    text: str = text_or_file("The rules, as YAML.")
