"""Queries on datasets, models and what is learnt: as frozen dataclasses."""

from dataclasses import dataclass
from enum import StrEnum

from triage_app.domain.labels import ModelId
from triage_app.domain.ticket import TicketId
from triage_app.services.arguments import Query, argument, option, optional_argument, text_option
from triage_app.services.learning_shapes import (
    BlastRadius,
    ColumnNames,
    ExamplePreview,
    ForgottenList,
    KeywordSheet,
    LabelAudit,
    LabelSheet,
    LabelTold,
    MonthReport,
    Promise,
    ReviewQueue,
    SecondLooks,
    ShadowReport,
)
from triage_app.services.queries import Document

# -- datasets ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreviewExamples(Query[ExamplePreview]):
    """What a file or folder of labelled examples holds, before a dataset is made of it."""

    data: str = argument("The file or folder of labelled examples.")
    columns: tuple[ColumnNames, ...] = option("Which column holds what, as FIELD=COLUMN; guessed if left out.", ())


@dataclass(frozen=True, slots=True)
class ListLabels(Query[LabelSheet]):
    """The labels of a dataset with their numbers of examples and corrections, and how they changed."""

    name: str = argument("The dataset.")


@dataclass(frozen=True, slots=True)
class ListKeywords(Query[KeywordSheet]):
    """The keyword rules of a dataset, with what they hit among the newest tickets and where they contradict."""

    name: str = argument("The dataset.")
    text: str | None = text_option("Rules to try in place of those in force, as YAML.")
    limit: int = option("How many of the newest tickets are looked at.", 1_000)


# -- models ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GetShadow(Query[ShadowReport]):
    """How a version in the shadow differs from the one in force."""

    id: ModelId = argument("The model version.")
    limit: int = option("How many disagreements at most.", 100)


@dataclass(frozen=True, slots=True)
class ListForgotten(Query[ForgottenList]):
    """Whom nothing is learnt from."""

    dataset: str = option("The dataset.", "category")


@dataclass(frozen=True, slots=True)
class GetPromise(Query[Promise]):
    """Whether the gate keeps its promise: the precision that people's decisions show, by label."""

    dataset: str = option("The dataset.", "category")


# -- corrections ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuditLabels(Query[LabelAudit]):
    """Which corrections and examples are probably wrong, which labels overlap, and how far people agree."""

    dataset: str = option("The dataset.", "category")
    limit: int = option("How many suspects at most; 0 for all.", 200)


@dataclass(frozen=True, slots=True)
class GetReviewQueue(Query[ReviewQueue]):
    """What to label next: the open tickets that teach the most, one for each kind of text."""

    dataset: str = option("The dataset.", "category")
    limit: int = option("How many at most.", 50)


@dataclass(frozen=True, slots=True)
class PlanTellCluster(Query[LabelTold]):
    """Which open tickets have nearly the same text, and would get the label as well."""

    id: TicketId = argument("The ticket.")
    label: str = argument("The right label.")
    dataset: str = option("The dataset that the label belongs to.", "category")


@dataclass(frozen=True, slots=True)
class GetBlastRadius(Query[BlastRadius]):
    """Which open tickets would get another suggestion if a correction were learnt."""

    id: TicketId = argument("The ticket.")
    label: str = argument("The right label.")
    dataset: str = option("The dataset that the label belongs to.", "category")


@dataclass(frozen=True, slots=True)
class ListSecondLooks(Query[SecondLooks]):
    """Tickets that want your second opinion, without what was said before."""

    dataset: str = option("The dataset.", "category")


# -- month's end ------------------------------------------------------------------------------------------


class ReportFormat(StrEnum):
    """How a report is written."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ReportMonth(Query[Document]):
    """The month's predictions and corrections: figures, trend, drift, savings, confusions, and what to do next."""

    month: str | None = optional_argument("YYYY-MM in UTC; this month if left out.")
    format: ReportFormat = option("text, html, pdf, csv or json.", ReportFormat.TEXT)
    dataset: str = option("The dataset.", "category")


@dataclass(frozen=True, slots=True)
class GetMonth(Query[MonthReport]):
    """The figures of a month's report."""

    month: str | None = optional_argument("YYYY-MM in UTC; this month if left out.")
    dataset: str = option("The dataset.", "category")


class RowFormat(StrEnum):
    """How rows are written for analysis elsewhere."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class ExportPredictions(Query[Document]):
    """All predictions and what became of them, for analysis elsewhere."""

    format: RowFormat = option("csv, jsonl or parquet.", RowFormat.CSV)
    dataset: str = option("The dataset.", "category")
    since: str | None = option("Only of tickets received at this time or later, ISO 8601.", None)
    until: str | None = option("Only of tickets received before this time, ISO 8601.", None)
