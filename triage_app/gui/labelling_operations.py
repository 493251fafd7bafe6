"""One function for each thing that a user does about labels, datasets and reports: it starts the job behind it."""

from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from triage_app.domain.errors import InvalidState
from triage_app.domain.labels import Dataset
from triage_app.domain.poison import OriginKind
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.gui.desk import Desk
from triage_app.gui.jobs import Job, Lane
from triage_app.gui.operations import Done, Failed, Progressed
from triage_app.services.arguments import Command, Query
from triage_app.services.commands import CorrectLabel
from triage_app.services.context import CancelToken
from triage_app.services.learning_commands import (
    AddDataset,
    ForgetOrigin,
    ImportExamples,
    MergeLabels,
    RecallOrigin,
    RenameLabel,
    SaveKeywords,
    SecondOpinion,
    SetDataset,
    SplitLabel,
    TellCluster,
)
from triage_app.services.learning_queries import (
    AuditLabels,
    ExportPredictions,
    GetBlastRadius,
    GetMonth,
    GetPromise,
    GetReviewQueue,
    ListForgotten,
    ListKeywords,
    ListLabels,
    ListSecondLooks,
    PlanTellCluster,
    PreviewExamples,
    ReportFormat,
    ReportMonth,
    RowFormat,
)
from triage_app.services.learning_shapes import (
    BlastRadius,
    ExamplePreview,
    Forgotten,
    ForgottenList,
    KeywordSheet,
    LabelAudit,
    LabelSheet,
    LabelTold,
    MonthReport,
    Promise,
    ReviewQueue,
    SecondLooks,
)
from triage_app.services.queries import (
    DatasetList,
    Document,
    GetTicket,
    GetTicketRows,
    ListDatasets,
    TicketRows,
    TicketView,
)

T = TypeVar("T")


def _ask(desk: Desk, kind: str, query: Query[T], done: Done[T], failed: Failed | None = None) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.ASK, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def _ask_long(
    desk: Desk, kind: str, query: Query[T], done: Done[T], failed: Failed, progressed: Progressed | None = None
) -> Job[T]:
    return desk.jobs.start(
        kind,
        Lane.LONG,
        lambda progress, cancel: desk.app.ask(query, progress=progress, cancel=cancel),
        done,
        failed=failed,
        progressed=progressed,
    )


def _do(desk: Desk, kind: str, command: Command[T], done: Done[T], failed: Failed | None = None) -> Job[T]:
    return desk.jobs.start(
        kind, Lane.DO, lambda _progress, _cancel: desk.app.execute(command), done, failed=failed, replaces=False
    )


def _do_long(
    desk: Desk, kind: str, command: Command[T], done: Done[T], failed: Failed, progressed: Progressed | None = None
) -> Job[T]:
    return desk.jobs.start(
        kind,
        Lane.LONG,
        lambda progress, cancel: desk.app.execute(command, progress=progress, cancel=cancel),
        done,
        failed=failed,
        progressed=progressed,
        replaces=False,
    )


# -- beside the queue ------------------------------------------------------------------------------------------------


def load_promise(desk: Desk, dataset: str, done: Done[Promise]) -> Job[Promise]:
    """Read whether the gate keeps its promise; where that cannot be told, nobody is bothered."""
    return _ask(desk, "promise", GetPromise(dataset=dataset), done, lambda _error: None)


def load_blast_radius(desk: Desk, ticket: TicketId, label: str, dataset: str, done: Done[BlastRadius]) -> Job[Any]:
    """Ask quietly what a correction would change if it were learnt; a newer question drops this one."""
    query = GetBlastRadius(id=ticket, label=label, dataset=dataset)
    return _ask_long(desk, "blast-radius", query, done, lambda _error: None)


def load_rows(desk: Desk, ids: Sequence[TicketId], done: Done[TicketRows]) -> Job[TicketRows]:
    """Read the rows of tickets that are opened from elsewhere than the queue."""
    return _ask(desk, "rows-to-open", GetTicketRows(ids=tuple(ids)), done)


def load_to_read(desk: Desk, ticket: TicketId, done: Done[TicketView], failed: Failed) -> Job[TicketView]:
    """Read a ticket whole beside a list; a newer request drops this one."""
    return _ask(desk, "ticket-to-read", GetTicket(id=ticket), done, failed)


def load_labelled(desk: Desk, ids: Sequence[TicketId], done: Done[TicketRows]) -> Job[TicketRows]:
    """Read the rows of tickets that were labelled, after all that was decided before is done."""
    query = GetTicketRows(ids=tuple(ids))
    return desk.jobs.start("labelled", Lane.DO, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done)


# -- what to label ---------------------------------------------------------------------------------------------------


def load_review_queue(
    desk: Desk, dataset: str, done: Done[ReviewQueue], failed: Failed, progressed: Progressed | None = None
) -> Job[ReviewQueue]:
    """Read what to label next; a newer request drops this one."""
    return _ask_long(desk, "review-queue", GetReviewQueue(dataset=dataset), done, failed, progressed)


def load_second_looks(desk: Desk, dataset: str, done: Done[SecondLooks], failed: Failed) -> Job[SecondLooks]:
    """Read which tickets want a second opinion."""
    return _ask(desk, "second-looks", ListSecondLooks(dataset=dataset), done, failed)


def give_second_opinion(
    desk: Desk, ticket: TicketId, label: str, dataset: str, done: Done[TicketRow], failed: Failed
) -> Job[TicketRow]:
    """Say which label is right without having seen what was said before."""
    return _do(desk, "second-opinion", SecondOpinion(id=ticket, label=label, dataset=dataset), done, failed)


def label_ticket(
    desk: Desk, ticket: TicketId, label: str, dataset: str, done: Done[TicketRow], failed: Failed
) -> Job[TicketRow]:
    """Say which label a ticket should have."""
    return _do(desk, "label", CorrectLabel(id=ticket, label=label, dataset=dataset), done, failed)


def plan_cluster(
    desk: Desk, ticket: TicketId, label: str, dataset: str, done: Done[LabelTold], failed: Failed
) -> Job[LabelTold]:
    """Ask which open tickets have nearly the same text, after all that was decided before is done."""
    query = PlanTellCluster(id=ticket, label=label, dataset=dataset)
    return desk.jobs.start(
        "plan-cluster", Lane.DO, lambda _progress, cancel: desk.app.ask(query, cancel=cancel), done, failed=failed
    )


def tell_cluster(
    desk: Desk, ticket: TicketId, label: str, dataset: str, done: Done[LabelTold], failed: Failed
) -> Job[LabelTold]:
    """Give a ticket and all open ones alike a label, as one step."""
    return _do(desk, "tell-cluster", TellCluster(id=ticket, label=label, dataset=dataset), done, failed)


def audit(desk: Desk, dataset: str, done: Done[LabelAudit], failed: Failed, progressed: Progressed) -> Job[LabelAudit]:
    """Look for corrections and examples that are probably wrong."""
    return _ask_long(desk, "audit", AuditLabels(dataset=dataset), done, failed, progressed)


# -- datasets --------------------------------------------------------------------------------------------------------


def load_datasets(desk: Desk, done: Done[DatasetList], failed: Failed) -> Job[DatasetList]:
    """Read the datasets for a list of them."""
    return _ask(desk, "dataset-list", ListDatasets(), done, failed)


def load_labels(desk: Desk, dataset: str, done: Done[LabelSheet], failed: Failed) -> Job[LabelSheet]:
    """Read the labels of a dataset with their counts and their history."""
    return _ask(desk, "labels", ListLabels(name=dataset), done, failed)


def preview_examples(
    desk: Desk, data: str, columns: Sequence[str], done: Done[ExamplePreview], failed: Failed
) -> Job[ExamplePreview]:
    """Read what a file of labelled examples holds; a newer request drops this one."""
    return _ask_long(desk, "preview-examples", PreviewExamples(data=data, columns=tuple(columns)), done, failed)


def add_dataset(desk: Desk, command: AddDataset, done: Done[Dataset], failed: Failed) -> Job[Dataset]:
    """Make a dataset of a file."""
    return _do_long(desk, "add-dataset", command, done, failed)


def import_examples(desk: Desk, command: ImportExamples, done: Done[Dataset], failed: Failed) -> Job[Dataset]:
    """Add the examples of a file to a dataset."""
    return _do_long(desk, "import-examples", command, done, failed)


def change_dataset(
    desk: Desk,
    command: SetDataset | RenameLabel | MergeLabels | SplitLabel | SaveKeywords,
    done: Done[Dataset],
    failed: Failed,
) -> Job[Dataset]:
    """Change the settings, labels or keywords of a dataset."""
    return _do(desk, "change-dataset", command, done, failed)


def load_keywords(
    desk: Desk, dataset: str, text: str | None, done: Done[KeywordSheet], failed: Failed
) -> Job[KeywordSheet]:
    """Read the keyword rules with their figures, or those of a draft; a newer request drops this one."""
    return _ask(desk, "keywords", ListKeywords(name=dataset, text=text), done, failed)


# -- month's end -----------------------------------------------------------------------------------------------------


def load_month(
    desk: Desk,
    dataset: str,
    month: str | None,
    done: Done[MonthReport],
    failed: Failed,
    progressed: Progressed | None = None,
) -> Job[MonthReport]:
    """Read the figures of a month; a newer request drops this one."""
    return _ask_long(desk, "month", GetMonth(month=month, dataset=dataset), done, failed, progressed)


def save_report(desk: Desk, dataset: str, month: str | None, file: Path, done: Done[int], failed: Failed) -> Job[int]:
    """Write the report of a month to a file, whose ending says the form (.html, .pdf, .csv, .json, else text)."""
    forms = {f".{form.value}": form for form in ReportFormat if form is not ReportFormat.TEXT}
    form = forms.get(file.suffix.lower(), ReportFormat.TEXT)
    return _save(desk, "save-report", ReportMonth(month=month, format=form, dataset=dataset), file, done, failed)


def export_predictions(desk: Desk, dataset: str, file: Path, done: Done[int], failed: Failed) -> Job[int]:
    """Write all predictions to a file, whose ending says the form (.jsonl, .parquet, else CSV)."""
    forms = {f".{form.value}": form for form in RowFormat}
    form = forms.get(file.suffix.lower(), RowFormat.CSV)
    return _save(desk, "export-predictions", ExportPredictions(format=form, dataset=dataset), file, done, failed)


def _save(desk: Desk, kind: str, query: Query[Document], file: Path, done: Done[int], failed: Failed) -> Job[int]:
    def work(progress: Progressed, cancel: CancelToken) -> int:
        document = desk.app.ask(query, progress=progress, cancel=cancel)
        write_document(document, file)
        return document.rows

    return desk.jobs.start(kind, Lane.LONG, work, done, failed=failed)


def write_document(document: Document, file: Path) -> None:
    """Write a document as it is: text in UTF-8, or its bytes. Raises InvalidState where the place cannot be written."""
    content = b64decode(document.content) if document.base64 else document.content.encode("utf-8")
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InvalidState(f"Could not write {file}: {error.strerror}. Choose another place.") from error


def load_forgotten(desk: Desk, dataset: str, done: Done[ForgottenList], failed: Failed) -> Job[ForgottenList]:
    """Read whom nothing is learnt from."""
    return _ask(desk, "forgotten", ListForgotten(dataset=dataset), done, failed)


def forget_origin(
    desk: Desk, kind: OriginKind, value: str, dataset: str, done: Done[Forgotten], failed: Failed
) -> Job[Forgotten]:
    """Learn nothing from somebody any more."""
    return _do(desk, "forget", ForgetOrigin(kind=kind, value=value, dataset=dataset), done, failed)


def recall_origin(
    desk: Desk, kind: OriginKind, value: str, dataset: str, done: Done[Forgotten], failed: Failed
) -> Job[Forgotten]:
    """Learn from somebody again."""
    return _do(desk, "recall", RecallOrigin(kind=kind, value=value, dataset=dataset), done, failed)
