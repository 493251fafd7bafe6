"""Every query: what can be asked of a workspace, and the shape of each answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage_app.domain.dedup import Level, LinkId
from triage_app.domain.history import AuditEntry, TimelineEntry
from triage_app.domain.item import Attachment, Defect, FieldValue, Form, RawId
from triage_app.domain.labels import Dataset, Prediction, Reason, Score
from triage_app.domain.learning import Evaluation, Model
from triage_app.domain.ledger import Balance, ParkedItem
from triage_app.domain.observable import ObservableKind
from triage_app.domain.ticket import Note, TicketId, TicketRow
from triage_app.services.arguments import (
    Query,
    argument,
    needed_option,
    option,
    optional_argument,
    text_option,
    text_or_file,
)

SORT_HELP = (
    "age (newest first), category, subject, duplicates, similar, severity, confidence, sender or assignee; "
    "`-` before it reverses."
)

# -- answers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """The sum over all sources (as in `Balance`), and each source."""

    seen: int
    ticketed: int
    merged: int
    dropped: int
    parked: int
    pending: int
    difference: int
    sources: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class TicketList:
    """One page of a view; `total` counts the whole view under the query."""

    total: int
    tickets: tuple[TicketRow, ...]


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """How many tickets (for parked: items) stand in each view."""

    inbox: int
    review: int
    mine: int
    duplicates: int
    parked: int
    closed: int
    all: int


@dataclass(frozen=True, slots=True)
class TicketIds:
    """Ids of a view in order, in an array. `total` counts the whole view under the query.

    Where a page of a word search is asked for, counting stops above 2,000: then `exact` is false and there are more.
    """

    total: int
    ids: Sequence[TicketId]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class SeenObservable:
    """An observable of a ticket: live and defanged form, where it was seen, in how many tickets, and whether it is
    own.
    """

    kind: ObservableKind
    value: str
    defanged: str
    where: tuple[str, ...]
    tickets: int
    own: bool


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
    """One ticket whole; `predictions` holds the newest of each dataset first."""

    row: TicketRow
    messages: tuple[MessageView, ...]
    observables: tuple[SeenObservable, ...]
    predictions: tuple[Prediction, ...]
    notes: tuple[Note, ...]
    timeline: tuple[TimelineEntry, ...]


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
    """Model versions, the newest first."""

    models: tuple[Model, ...]


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


@dataclass(frozen=True, slots=True)
class Document:
    """A file to be saved: a name to offer, its media type, how many rows it holds, and its text."""

    name: str
    media_type: str
    rows: int
    content: str


@dataclass(frozen=True, slots=True)
class DuplicateLink:
    """A link as shown: the ticket at the other end, how it is linked, by which rule or person, when, and why."""

    id: LinkId
    level: Level
    ticket: TicketRow
    is_first: bool
    by: str
    at: datetime
    checked: bool
    reasons: tuple[str, ...]
    novelty: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergedRepeat:
    """An item that was merged: times, where it comes from, by which rule, and what is new in it."""

    raw: RawId
    at: datetime
    received_at: datetime
    source: str
    origin: str
    rule: str
    novelty: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicateTree:
    """A ticket's group: its first ticket, the tickets linked under it, and the merged repeats (the newest 500 of
    `merged`).
    """

    first: TicketRow
    links: tuple[DuplicateLink, ...]
    merged: int
    repeats: tuple[MergedRepeat, ...]


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """A mistake in a rule file: its line (1 is the first) and a sentence that says what to do."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule as shown: its settings in words, its own YAML, and what it has done.

    `overruled` of `linked` links were taken back by people; `advice` is empty or offers a field that separates them,
    and
    `advised_yaml` the rule with that field added.
    """

    name: str
    title: str
    enabled: bool
    line: int
    key: tuple[str, ...]
    window: str
    level: Level
    on_closed: str
    missing: str
    undoable: bool
    yaml: str
    matched: int
    groups: int
    saved: int
    linked: int
    overruled: int
    last_at: datetime | None
    advice: str
    advised_yaml: str


@dataclass(frozen=True, slots=True)
class RuleList:
    """The rules in force in their order, their text, and its id."""

    rules: tuple[RuleCard, ...]
    text: str
    config_id: str


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """Whether a rule file could be put in force, and every problem with its line."""

    ok: bool
    rules: tuple[str, ...]
    problems: tuple[RuleProblem, ...]


@dataclass(frozen=True, slots=True)
class SimulatedRule:
    """What one rule would do: items that it matches, groups that it makes, tickets that it saves."""

    rule: str
    level: Level
    matched: int
    groups: int
    saved: int


@dataclass(frozen=True, slots=True)
class SimulatedGroup:
    """A group that would be made, by its key's values, with a few members' subjects."""

    rule: str
    key: tuple[str, ...]
    count: int
    first: datetime
    last: datetime
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What rules would have done to `items` items: `tickets` tickets instead, `saved` fewer.

    `today` are the tickets that the rules in force give for the same items. `hidden` counts what would not be seen as a
    ticket of its own by severity; `novel` how many repeats would be kept as tickets for what is new in them.
    `groups` holds
    the largest 200 of `group_count`.
    """

    items: int
    tickets: int
    saved: int
    today: int
    by_rule: tuple[SimulatedRule, ...]
    group_count: int
    groups: tuple[SimulatedGroup, ...]
    hidden: tuple[tuple[str, int], ...]
    novel: int


@dataclass(frozen=True, slots=True)
class GapCount:
    """How many gaps between arrivals of one key lie in [from_seconds, to_seconds)."""

    from_seconds: float
    to_seconds: float
    count: int


@dataclass(frozen=True, slots=True)
class GapSetting:
    """How many groups a gap setting would yield."""

    gap_seconds: float
    groups: int


@dataclass(frozen=True, slots=True)
class GapReport:
    """The window designer: gaps between arrivals per key as a histogram, and the groups that each setting yields."""

    rule: str
    items: int
    keys: int
    histogram: tuple[GapCount, ...]
    settings: tuple[GapSetting, ...]


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """A key field of one item, or of two."""

    field: str
    one: str | None
    other: str | None
    same: bool


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """What one rule says of an item, or of two: matches, key fields, and a sentence."""

    rule: str
    matches: bool
    fields: tuple[FieldComparison, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a ticket is, or two are, a duplicate or not; `decided` is what was decided when it came in, with its
    reasons.
    """

    decided: tuple[str, ...]
    rules: tuple[RuleExplanation, ...]


# -- questions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GetBalance(Query[BalanceSheet]):
    """Seen = ticketed + merged + dropped + parked + pending, in total and for every source."""


@dataclass(frozen=True, slots=True)
class ListTickets(Query[TicketList]):
    """The tickets of a view, sorted, one page of them."""

    view: str = option("inbox, review, mine, duplicates, closed or all.", "inbox")
    query: str = option("Words that the ticket must contain.", "")
    sort: str = option(SORT_HELP, "age")
    limit: int = option("How many tickets at most.", 50)
    offset: int = option("How many tickets to leave out first.", 0)


@dataclass(frozen=True, slots=True)
class CountViews(Query[ViewCounts]):
    """How many tickets each view holds."""


@dataclass(frozen=True, slots=True)
class ListTicketIds(Query[TicketIds]):
    """The ids of a view in its order: what a queue holds while its rows are fetched by page."""

    view: str = option("inbox, review, mine, duplicates, closed or all.", "inbox")
    query: str = option("Words that the ticket must contain.", "")
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
class FindObservables(Query[ObservableList]):
    """The observables in a text, defanged or not."""

    text: str = text_or_file("The text.")


@dataclass(frozen=True, slots=True)
class EvaluateModel(Query[Evaluation]):
    """How good the model in force is on labelled examples that it has not seen."""

    data: str = needed_option("Labelled examples: FastText lines, JSONL or CSV.")
    dataset: str = option("The dataset.", "category")


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
    """All corrections and confirmations, for analysis or training elsewhere."""

    format: ExportFormat = option("fasttext, csv or jsonl.", ExportFormat.JSONL)
    dataset: str = option("The dataset.", "category")


@dataclass(frozen=True, slots=True)
class GetDuplicates(Query[DuplicateTree]):
    """A ticket's group: the first ticket, what is linked under it, and the repeats merged into it."""

    id: TicketId = argument("The ticket.")


@dataclass(frozen=True, slots=True)
class ListDedupRules(Query[RuleList]):
    """The de-duplication rules in force and what each has done."""


@dataclass(frozen=True, slots=True)
class CheckDedupRules(Query[RuleCheck]):
    """Whether a rule file could be put in force; names every mistake with its line."""

    text: str = text_or_file("The rules, as YAML.")


@dataclass(frozen=True, slots=True)
class SimulateDedup(Query[Simulation]):
    """Replay rules over stored items, or over files, without writing anything."""

    paths: tuple[str, ...] = optional_argument("Files or folders to replay; what the workspace holds if left out.", ())
    rules: str | None = text_option("Rules to try, as YAML; the rules in force if left out.")
    since: str = option("How far back to replay stored items: 7d, 12h, or all.", "7d")


@dataclass(frozen=True, slots=True)
class DesignWindow(Query[GapReport]):
    """The gaps between arrivals for each key of a rule, and how many groups each setting would yield."""

    rule: str = needed_option("The rule's name.")
    rules: str | None = text_option("Rules to try, as YAML; the rules in force if left out.")
    since: str = option("How far back to look: 7d, 12h, or all.", "all")


@dataclass(frozen=True, slots=True)
class ExplainDedup(Query[Explanation]):
    """Why a ticket is a duplicate or not; with a second one, why the two are the same or not, field by field."""

    id: TicketId = argument("The ticket.")
    other: TicketId | None = optional_argument("The ticket to compare it with.")
