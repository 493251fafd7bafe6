"""Answers as JSON for scripts and as plain tables for people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from triage_app.cli import render_corrections, render_search, render_similar, render_views
from triage_app.cli.render_datasets import dataset, datasets, keywords, labels, preview
from triage_app.cli.render_learning import evaluation
from triage_app.cli.render_models import forgotten, shadow, version, versions
from triage_app.cli.render_month import month, promise
from triage_app.cli.tables import plain, table, unlinked
from triage_app.domain.evaluation import Evaluation
from triage_app.domain.labels import Dataset
from triage_app.domain.learning import Model
from triage_app.domain.ticket import Severity, TicketRow
from triage_app.services.learning_shapes import (
    BlastRadius,
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
from triage_app.services.mail_queries import OutboxEntry, OutboxList
from triage_app.services.queries import (
    DatasetList,
    MappedAlert,
    MappingPreview,
    ModelList,
    TicketList,
    TicketView,
    ViewCounts,
)
from triage_app.services.search_commands import Woken
from triage_app.services.search_queries import Campaign, Comparison, Pivot, PlannedLink, QueryReading, SimilarList
from triage_app.services.source_queries import SourceKinds, SourceList

_WRITERS: Mapping[type, Callable[[Any], str]] = {
    BlastRadius: render_corrections.blast_radius,
    Campaign: render_search.campaign,
    Comparison: render_similar.comparison,
    Dataset: dataset,
    DatasetList: datasets,
    Evaluation: evaluation,
    ExamplePreview: preview,
    ForgottenList: forgotten,
    KeywordSheet: keywords,
    LabelAudit: render_corrections.audit,
    LabelSheet: labels,
    LabelTold: render_corrections.label_told,
    Model: version,
    ModelList: versions,
    MonthReport: month,
    Pivot: render_search.pivot,
    PlannedLink: render_views.planned_link,
    Promise: promise,
    QueryReading: render_search.query,
    ReviewQueue: render_corrections.review_queue,
    SecondLooks: render_corrections.second_looks,
    ShadowReport: shadow,
    SimilarList: render_similar.similar,
    ViewCounts: render_views.views,
    Woken: render_views.woken,
}
"""How answers about learning and about what is alike are written."""


def to_json(answer: Any) -> str:
    """One JSON document."""
    return msgspec.json.encode(answer, enc_hook=_encode).decode()


def error_json(code: str, message: str) -> str:
    """The one error shape."""
    return msgspec.json.encode({"error": {"code": code, "message": message}}).decode()


def to_text(answer: Any) -> str:
    """An answer for a terminal: single values as lines, lists as tables. Untrusted text cannot steer the terminal."""
    if isinstance(answer, TicketList):
        return _tickets(answer)
    if isinstance(answer, TicketView):
        return _ticket_view(answer)
    if isinstance(answer, MappingPreview):
        return "\n\n".join([*(_mapped(each) for each in answer.alerts), *map(plain, answer.problems)])
    if isinstance(answer, SourceList):
        return _sources(answer)
    if isinstance(answer, SourceKinds):
        return _kinds(answer)
    if isinstance(answer, OutboxList):
        return _outbox(answer.entries) or "The outbox is empty."
    writer = _WRITERS.get(type(answer))
    return _generic(answer) if writer is None else writer(answer)


def _mapped(alert: MappedAlert) -> str:
    """How an alert is read: what the queue shows, then its fields, then what has no name in ECS."""
    head = (
        ("mapping", alert.mapping or "none: read by its keys"),
        ("product", alert.product),
        ("subject", alert.subject),
        ("severity", alert.severity),
        ("event at", alert.event_at),
    )
    blocks = [
        "\n".join(f"{name:<8}  {_cell(value, multiline=False)}" for name, value in head if value not in (None, ""))
    ]
    for title, rows in (("fields", alert.fields), ("not mapped", alert.unmapped)):
        width = max((len(row.name) for row in rows), default=0)
        if rows:
            lines = (f"  {plain(row.name):<{width}}  {plain(row.value)}" for row in rows)
            blocks.append("\n".join([f"{title}:", *lines]))
    return "\n\n".join([*blocks, *map(plain, alert.defects)])


def _generic(answer: Any) -> str:
    """Any answer: its single values as lines, then a table for each list of rows."""
    lines = []
    tables = []
    for each in fields(answer):
        value = getattr(answer, each.name)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            tables.append((each.name, value))
        elif value not in ((), None, ""):
            lines.append((each.name, _cell(value, multiline=True)))
    width = max((len(name) for name, _ in lines), default=0)
    blocks = ["\n".join(f"{name.replace('_', ' '):<{width}}  {value}" for name, value in lines)] if lines else []
    for name, rows in tables:
        names = [each.name for each in fields(rows[0])]
        cells = [[_cell(getattr(row, column), multiline=False) for column in names] for row in rows]
        blocks.append(f"{name.replace('_', ' ')}\n{table([column.replace('_', ' ') for column in names], cells)}")
    return "\n\n".join(blocks) if blocks else "nothing"


def _ticket_view(view: TicketView) -> str:
    """A ticket for reading: what it is, what was suggested, the messages as text, then observables, notes and
    timeline.
    """
    row = view.row
    state = [row.status.replace("_", " "), row.assignee or "nobody's", *([row.verdict] if row.verdict else [])]
    suggested = f"{plain(row.category)} {row.confidence:.0%} ({row.tier})"
    figures = f"severity {row.severity.word}, {row.duplicates} duplicates"
    blocks = [f"{row.id}  {unlinked(row.subject)}\n{suggested}, {plain(', '.join(state))}, {figures}"]
    if view.wake is not None:
        blocks.append(render_views.wake(view.wake))
    if view.tags:
        blocks.append("\n".join(f"{each.effect:<8}  {plain(each.label)} ({plain(each.dataset)})" for each in view.tags))
    for message in view.messages:
        envelope = message.envelope
        head = [
            ("from", envelope.sender),
            ("to", "; ".join(envelope.recipients)),
            ("item", f"{message.raw} {message.origin}"),
        ]
        head += [("sent", _cell(envelope.sent_at, multiline=False))] if envelope.sent_at else []
        head += [("reported by", message.carrier.sender)] if message.carrier else []
        head += [
            ("attached", f"{each.name} {each.media_type} {each.size} {each.sha256}") for each in message.attachments
        ]
        head += [("defect", each.detail) for each in message.defects]
        body = "\n".join(f"    {unlinked(line)}" for line in message.text.splitlines())
        blocks.append("\n".join(f"{name:<11} {plain(value)}" for name, value in head if value) + f"\n\n{body}")
    for name, rows in (
        (
            "observables",
            [[each.kind, each.defanged, ", ".join(each.where), str(each.tickets)] for each in view.observables],
        ),
        ("notes", [[_cell(each.at, multiline=False), each.who, each.text] for each in view.notes]),
        ("timeline", [[_cell(each.at, multiline=False), each.who, each.text] for each in view.timeline]),
    ):
        if rows:
            header = ["kind", "value", "where", "tickets"] if name == "observables" else ["at", "who", "what"]
            blocks.append(f"{name}\n{table(header, [[plain(cell) for cell in cells] for cells in rows])}")
    if view.outgoing:
        blocks.append(f"outgoing\n{_outbox(view.outgoing)}")
    return "\n\n".join(blocks)


def _outbox(entries: Sequence[OutboxEntry]) -> str:
    """Each entry on a line, then why some of them did not go out."""
    rows = [
        [
            str(each.id),
            each.kind.value,
            str(each.ticket),
            plain(each.source),
            each.state.value,
            plain(each.to),
            plain(each.subject),
            str(each.attempts),
            _cell(each.next_try if each.done_at is None else each.done_at, multiline=False),
        ]
        for each in entries
    ]
    header = ["id", "kind", "ticket", "source", "state", "to", "subject", "attempts", "done or next try"]
    failing = [f"{each.id}: {plain(each.error)}" for each in entries if each.error]
    return "\n\n".join([table(header, rows), *failing]) if rows else ""


def _sources(answer: SourceList) -> str:
    """Each source on a line, then what is wrong with those that fail, with the next step."""
    if not answer.sources:
        return "No sources yet. `source kinds` lists what can be added."
    rows = [
        [
            *(plain(text) for text in (each.name, each.kind, each.status)),
            _cell(each.last_success, multiline=False),
            _cell(each.next_try, multiline=False),
            plain(each.tls) or "-",
            _cell(each.on_server, multiline=False),
            *(str(number) for number in (each.seen, each.ticketed, each.merged, each.dropped)),
            *(str(number) for number in (each.parked, each.pending, each.skipped)),
        ]
        for each in answer.sources
    ]
    header = ["name", "kind", "status", "last success", "next try", "tls", "on server", "seen", "ticketed", "merged"]
    failing = [f"{plain(each.name)}: {plain(each.error)}" for each in answer.sources if each.error]
    shown = table([*header, "dropped", "parked", "pending", "skipped"], rows)
    return "\n\n".join([shown, *failing, f"Secrets are kept in: {plain(answer.secrets)}"])


def _kinds(answer: SourceKinds) -> str:
    """Each kind with its settings."""
    blocks = []
    for kind in answer.kinds:
        rows = [
            [each.name, each.kind.value, "needed" if each.required else each.default.replace("\n", " "), each.help]
            for each in kind.fields
        ]
        settings = table(["setting", "form", "default", "meaning"], rows) if rows else ""
        blocks.append(f"{kind.kind}  {kind.title}\n{kind.summary}\n{settings}".rstrip())
    return "\n\n".join(blocks) or "This program knows no kinds of sources."


def _tickets(answer: TicketList) -> str:
    rows = [_ticket(row) for row in answer.tickets]
    shown = table(["id", "category", "conf", "subject", "sender", "sev", "status", "received"], rows) if rows else ""
    more = "" if answer.exact else " or more"
    return f"{shown}\n\n{len(rows)} of {answer.total}{more} tickets" if rows else "No tickets here."


def _ticket(row: TicketRow) -> list[str]:
    return [
        str(row.id),
        plain(row.category),
        f"{row.confidence:4.0%}",
        plain(row.subject),
        plain(row.sender),
        row.severity.word if row.severity is not Severity.UNKNOWN else "-",
        row.status.replace("_", " "),
        f"{row.received_at:%Y-%m-%d %H:%M}",
    ]


def _cell(value: Any, *, multiline: bool) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Severity):
        return value.word
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(_cell(getattr(value, each.name), multiline=False) for each in fields(value))
    if isinstance(value, tuple) and value and all(isinstance(each, tuple) and len(each) == 2 for each in value):
        return "; ".join(f"{plain(str(name))}={_cell(setting, multiline=False)}" for name, setting in value)
    if isinstance(value, list | tuple | frozenset):
        return "; ".join(_cell(each, multiline=False) for each in value)
    text = str(value)
    if multiline and "\n" in text:
        return "\n" + "\n".join(f"    {plain(line)}" for line in text.splitlines())
    return plain(text)


def _encode(value: Any) -> Any:
    """Sequences that are neither list nor tuple, such as arrays of ids."""
    return list(value)
