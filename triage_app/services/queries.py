"""Every query but those about de-duplication: what can be asked of a workspace, and the shape of each answer."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage_app.domain.evaluation import Evaluation, Split
from triage_app.domain.history import AuditEntry, TimelineEntry
from triage_app.domain.item import Attachment, Defect, FieldValue, Form, RawId
from triage_app.domain.labels import Dataset, Held, ModelId, Prediction, Reason, Score
from triage_app.domain.learning import Model
from triage_app.domain.ledger import Balance, ParkedItem
from triage_app.domain.observable import ObservableKind
from triage_app.domain.tags import TicketTag
from triage_app.domain.ticket import Note, Severity, TicketId, TicketRow
from triage_app.services.arguments import Query, argument, option, text_or_file
from triage_app.services.mail_queries import OutboxEntry
from triage_app.services.search_queries import CountedView
from triage_app.services.search_shapes import Wake

SORT_HELP = (
    "age (newest first), category, subject, duplicates, similar, severity, confidence, sender or assignee; "
    "`-` before it reverses."
)

QUERY_HELP = "Words and fields that the ticket must have, such as `from:example.com is:open invoice`; see the guide."

# -- answers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """The sum over all sources (as in `Balance`), and each source.

    `on_server` is over the sources that tell, None where none does.
    """

    seen: int
    ticketed: int
    merged: int
    dropped: int
    parked: int
    pending: int
    difference: int
    sources: tuple[Balance, ...]
    on_server: int | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class TicketList:
    """One page of a view; `total` counts the whole view under the query.

    Where counting a search takes longer than a second, `exact` is false and there may be more.
    """

    total: int
    tickets: tuple[TicketRow, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """How many tickets (for parked: items) stand in each view, and in each saved view where those were asked for."""

    inbox: int
    review: int
    mine: int
    duplicates: int
    waiting: int
    parked: int
    closed: int
    all: int
    saved: tuple[CountedView, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketIds:
    """Ids of a view in order, in an array. `total` counts the whole view under the query.

    Where a page of a search is asked for, counting stops above 2,000, or where it takes long: then `exact` is false and
    there may be more.
    """

    total: int
    ids: Sequence[TicketId]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class SeenObservable:
    """An observable of a ticket: live and defanged form, where it was seen, in how many tickets, whether it is ours and
    whether it is ignored where similar tickets are looked for.
    """

    kind: ObservableKind
    value: str
    defanged: str
    where: tuple[str, ...]
    tickets: int
    own: bool
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sent what to whom: of the reported mail, or of the carrier around it."""

    subject: str
    sender: str
    recipients: tuple[str, ...]
    sent_at: datetime | None
    message_id: str
    headers: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A raw item for reading: text is plain; `html` is sanitised and loads nothing.

    `carrier` is the mail around a reported one.
    """

    raw: RawId
    form: Form
    origin: str
    size: int
    envelope: Envelope
    text: str
    quoted: str
    signature: str
    html: str
    attachments: tuple[Attachment, ...]
    fields: tuple[tuple[str, FieldValue], ...]
    defects: tuple[Defect, ...]
    carrier: Envelope | None


@dataclass(frozen=True, slots=True)
class TicketView:
    """One ticket whole; `predictions` holds the newest of each dataset first.

    `messages` are the items that it was made of and the answers that came in, the oldest first; `outgoing` is what was
    sent and done outside, or waits for that. `tags` are the queue, tags and playbook that datasets give it.
    """

    row: TicketRow
    messages: tuple[MessageView, ...]
    observables: tuple[SeenObservable, ...]
    predictions: tuple[Prediction, ...]
    notes: tuple[Note, ...]
    timeline: tuple[TimelineEntry, ...]
    outgoing: tuple[OutboxEntry, ...] = ()
    tags: tuple[TicketTag, ...] = ()
    wake: Wake | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """The gate's answer for a text."""

    dataset: str
    label: str
    confidence: float
    tier: str
    model_id: str
    alternatives: tuple[Score, ...]
    reasons: tuple[Reason, ...]
    best: Score | None = None
    held: Held | None = None
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class FoundObservable:
    """A kind and a live, normalised value."""

    kind: ObservableKind
    value: str


@dataclass(frozen=True, slots=True)
class ObservableList:
    """The observables of a text in order of first appearance."""

    observables: tuple[FoundObservable, ...]


@dataclass(frozen=True, slots=True)
class ModelList:
    """Model versions, the newest first; a sentence for each dataset whose training by schedule failed last."""

    models: tuple[Model, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DatasetList:
    """All datasets; the first is the one that names a ticket's category."""

    datasets: tuple[Dataset, ...]


@dataclass(frozen=True, slots=True)
class ParkedList:
    """Parked items, the oldest first."""

    parked: tuple[ParkedItem, ...]


@dataclass(frozen=True, slots=True)
class RawText:
    """An item's bytes decoded for looking at (UTF-8, otherwise Latin-1); cut to 256 KB, with the full size in bytes."""

    id: RawId
    origin: str
    size: int
    text: str


@dataclass(frozen=True, slots=True)
class AuditList:
    """Audit entries, the newest first."""

    entries: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True)
class TicketRows:
    """Rows in the order asked for."""

    tickets: tuple[TicketRow, ...]


class ExportFormat(StrEnum):
    """How corrections are written."""

    FASTTEXT = "fasttext"
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Document:
    """A file to be saved: a name to offer, its media type, how many rows it holds, and its text, or its bytes in
    Base64 (RFC 4648) where `base64` is set.
    """

    name: str
    media_type: str
    rows: int
    content: str
    base64: bool = False


def bytes_of(document: Document) -> bytes:
    """What a file of the document holds: its bytes, or its text as UTF-8."""
    return b64decode(document.content) if document.base64 else document.content.encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of an alert and its value as text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class MappedAlert:
    """An alert as it would be read.

    `mapping` is the name of what read it, empty for a product that nothing is known of. `fields` have names of ECS,
    `unmapped` those that the product gave them. `event_at` is UTC.
    """

    mapping: str
    product: str
    subject: str
    severity: Severity
    event_at: datetime | None
    fields: tuple[FieldRow, ...]
    unmapped: tuple[FieldRow, ...]
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappingPreview:
    """The alerts of a sample as they would be read, the mappings there are, and what is wrong with files of others."""

    alerts: tuple[MappedAlert, ...]
    mappings: tuple[str, ...]
    problems: tuple[str, ...]


# -- questions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GetBalance(Query[BalanceSheet]):
    """Seen = ticketed + merged + dropped + parked + pending, in total and for every source."""


@dataclass(frozen=True, slots=True)
class ListTickets(Query[TicketList]):
    """The tickets of a view, sorted, one page of them."""

    view: str = option("inbox, review, mine, duplicates, waiting, closed or all.", "inbox")
    query: str = option(QUERY_HELP, "")
    sort: str = option(SORT_HELP, "age")
    limit: int = option("How many tickets at most.", 50)
    offset: int = option("How many tickets to leave out first.", 0)


@dataclass(frozen=True, slots=True)
class CountViews(Query[ViewCounts]):
    """How many tickets each view holds, and each saved view."""

    saved: bool = option("Saved views too, each of which is a search.", default=True)


@dataclass(frozen=True, slots=True)
class ListTicketIds(Query[TicketIds]):
    """The ids of a view in its order: what a queue holds while its rows are fetched by page."""

    view: str = option("inbox, review, mine, duplicates, waiting, closed or all.", "inbox")
    query: str = option(QUERY_HELP, "")
    sort: str = option(SORT_HELP, "age")
    limit: int = option("How many ids at most; 0 for all.", 0)
    offset: int = option("How many ids to leave out first.", 0)


@dataclass(frozen=True, slots=True)
class GetTicketRows(Query[TicketRows]):
    """The queue's rows of these tickets, in the order asked for; ids that do not exist are left out."""

    ids: tuple[TicketId, ...] = argument("The tickets.")


@dataclass(frozen=True, slots=True)
class GetTicket(Query[TicketView]):
    """One ticket whole: its row, message, observables, predictions, notes and timeline."""

    id: TicketId = argument("The ticket.")


@dataclass(frozen=True, slots=True)
class ClassifyText(Query[Classification]):
    """What a dataset's model, keywords and default say of a text."""

    text: str = text_or_file("The text.")
    dataset: str = option("The dataset.", "category")


@dataclass(frozen=True, slots=True)
class PreviewMapping(Query[MappingPreview]):
    """How an alert would be read: which mapping fits, the fields it gives, and what is left under its own name."""

    text: str = text_or_file("One alert as the product sends it, several as a JSON array, or one a line.")


@dataclass(frozen=True, slots=True)
class FindObservables(Query[ObservableList]):
    """The observables in a text, defanged or not."""

    text: str = text_or_file("The text.")


@dataclass(frozen=True, slots=True)
class EvaluateModel(Query[Evaluation]):
    """How good a model is: on a file of examples that it has not seen, or on a part of the examples that is held back
    from a model trained for it.
    """

    data: str | None = option("Labelled examples; the dataset's own and the corrections if left out.", None)
    dataset: str = option("The dataset.", "category")
    model: ModelId | None = option("The version to measure on the whole file; the one in force if left out.", None)
    against: ModelId | None = option("Another version to compare it with on the same examples.", None)
    split: Split | None = option(
        "Train on a part and measure on the rest, held back by group, time or random; by group where no data is given.",
        None,
    )


@dataclass(frozen=True, slots=True)
class ListModels(Query[ModelList]):
    """The versions of every dataset's model."""

    dataset: str | None = option("Only of this dataset.", None)


@dataclass(frozen=True, slots=True)
class ListDatasets(Query[DatasetList]):
    """The datasets with their labels, threshold and keywords."""


@dataclass(frozen=True, slots=True)
class ListParked(Query[ParkedList]):
    """The items that could not be used, with the reason."""


@dataclass(frozen=True, slots=True)
class GetRaw(Query[RawText]):
    """The bytes of an item as received, as text for looking at."""

    id: RawId = argument("The item, as the ticket or the parked list names it.")


@dataclass(frozen=True, slots=True)
class ListAudit(Query[AuditList]):
    """The log of executed commands, the newest first."""

    ticket: TicketId | None = option("Only what touched this ticket.", None)
    limit: int = option("How many entries at most.", 100)


@dataclass(frozen=True, slots=True)
class ExportCorrections(Query[Document]):
    """All corrections, confirmations and what stood, for analysis or training elsewhere."""

    format: ExportFormat = option("fasttext, csv, jsonl or parquet.", ExportFormat.JSONL)
    dataset: str = option("The dataset.", "category")
