"""The month's figures: what was predicted, what people made of it, what drifted, what was saved, what to do next."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from math import log
from typing import Final

import msgspec

from triage_app.domain.drift import excess, stability, stability_of
from triage_app.domain.labels import Dataset
from triage_app.domain.learning import latest_words
from triage_app.domain.months import Month, month_named, month_of
from triage_app.domain.relabelling import words_now
from triage_app.services.context import Context, Progress
from triage_app.services.exporting import document
from triage_app.services.learning_queries import GetMonth, ReportFormat, ReportMonth
from triage_app.services.learning_shapes import Drift, MonthReport, MonthRow, Outcome
from triage_app.services.month_advice import advice
from triage_app.services.month_pages import figures, to_figures, to_html, to_text
from triage_app.services.outcomes import outcomes_of
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.promises import promise_of
from triage_app.services.queries import Document
from triage_app.services.tallying import Counts, Tally

ENOUGH: Final = 30
"""Predictions in each of two months below which nothing is said about drift."""

CONFUSIONS: Final = 10
STRIDE: Final = 1_000

_MEDIA_TYPES: Final = {
    ReportFormat.TEXT: "text/plain",
    ReportFormat.HTML: "text/html",
    ReportFormat.PDF: "application/pdf",
    ReportFormat.CSV: "text/csv",
    ReportFormat.JSON: "application/json",
}
_WRITERS: Final[Mapping[ReportFormat, Callable[[MonthReport], str]]] = {
    ReportFormat.TEXT: to_text,
    ReportFormat.HTML: to_html,
    ReportFormat.CSV: to_figures,
    ReportFormat.JSON: lambda report: msgspec.json.encode(report).decode() + "\n",
}


def get_month(query: GetMonth, uow: UnitOfWork, ports: Ports, context: Context) -> MonthReport:
    """The figures of a month, this one where none is named, of all tickets received in it."""
    dataset = ports.datasets.get(query.dataset)
    month = month_of(context.now) if query.month is None else month_named(query.month)
    return month_report(dataset, month, uow, ports, context)


def report_month(query: ReportMonth, ports: Ports, context: Context) -> Document:
    """The same as a document; what takes long to print is printed when nothing is read any more."""
    with ports.storage.read() as uow:
        report = get_month(GetMonth(query.month, dataset=query.dataset), uow, ports, context)
    writer = _WRITERS.get(query.format)
    content = ports.printer(to_html(report)) if writer is None else writer(report)
    ending = "txt" if query.format is ReportFormat.TEXT else query.format.value
    name = f"{report.dataset}-{report.month}.{ending}"
    return document(name, _MEDIA_TYPES[query.format], sum(1 for _ in figures(report)), content)


def month_report(dataset: Dataset, month: Month, uow: UnitOfWork, ports: Ports, context: Context) -> MonthReport:
    """The figures of a month of a dataset: both it and the month before are read once, prediction by prediction."""
    before = _tally(dataset, month.before, uow, context)
    now = _tally(dataset, month, uow, context)
    savings = now.savings(uow.duplicates.merged(month.since, month.until))
    known = [each.minutes for each in savings if each.minutes is not None]
    report = MonthReport(
        dataset=dataset.name,
        month=month.name,
        predictions=now.all.predictions,
        decided=now.all.decided,
        corrected=now.all.corrected,
        confirmed=now.all.confirmed,
        stood=now.all.stood,
        accuracy=now.all.accuracy,
        gate=now.gate,
        wanted=dataset.threshold,
        before=month.before.name,
        predictions_before=before.all.predictions,
        decided_before=before.all.decided,
        accuracy_before=before.all.accuracy,
        gate_before=before.gate,
        promise=now.promises(),
        labels=_rows(now, now.labels, before.labels),
        tiers=_rows(now, now.tiers, before.tiers),
        sources=_rows(now, now.sources, before.sources),
        drift=_drift(now, before, month),
        keywords=now.wrong_keywords(),
        savings=savings,
        minutes_saved=sum(known) if known else None,
        measured=len(now.seconds),
        confusions=now.confusions(CONFUSIONS),
        next=(),
    )
    return replace(report, next=advice(report, promise_of(dataset, uow), _examples(dataset, uow, ports)))


def _tally(dataset: Dataset, month: Month, uow: UnitOfWork, context: Context) -> Tally:
    outcomes = outcomes_of(dataset, uow, since=month.since, until=month.until)
    return Tally(_watched(outcomes, context), dataset.threshold)


def _watched(outcomes: Iterable[Outcome], context: Context) -> Iterator[Outcome]:
    """The same, with a look at the cancel token now and then."""
    for number, each in enumerate(outcomes):
        if number % STRIDE == 0:
            context.cancel.check()
            context.progress(Progress(number, 0, "predictions read"))
        yield each


def _rows(now: Tally, counts: Mapping[str, Counts], before: Mapping[str, Counts]) -> tuple[MonthRow, ...]:
    """The most frequent first; what was there in the month before only comes last, with no prediction."""
    names = sorted(counts.keys() | before.keys(), key=lambda each: (-counts.get(each, Counts()).predictions, each))
    return tuple(now.row(each, counts, before) for each in names)


def _drift(now: Tally, before: Tally, month: Month) -> tuple[Drift, ...]:
    """What changed; empty where one of the months has too few predictions to tell."""
    old, new = before.all.predictions, now.all.predictions
    if min(old, new) < ENOUGH:
        return ()
    names = f"{month.before.name} to {month.name}"
    return (
        Drift(
            "volume", abs(log(new / old)), f"Predictions went from {old:,} to {new:,} ({new / old - 1:+.0%}), {names}."
        ),
        _moved("sources", "source", _numbers(before.sources), _numbers(now.sources)),
        _moved("labels", "label", _numbers(before.labels), _numbers(now.labels)),
        _vocabulary(now, before),
        _scores(now, before),
    )


def _numbers(counts: Mapping[str, Counts]) -> Mapping[str, int]:
    return {name: each.predictions for name, each in counts.items()}


def _moved(what: str, one: str, before: Mapping[str, int], now: Mapping[str, int]) -> Drift:
    """How far the shares moved, and which of them the most."""
    old, new = sum(before.values()), sum(now.values())

    def shares(name: str) -> tuple[float, float]:
        return before.get(name, 0) / old, now.get(name, 0) / new

    names = sorted(before.keys() | now.keys())
    most = max(names, key=lambda each: abs(shares(each)[1] - shares(each)[0]))
    was, is_ = shares(most)
    return Drift(
        what,
        stability_of(before, now),
        f"The {one} {most} moved the most: from {was:.0%} to {is_:.0%} of the predictions "
        f"({before.get(most, 0):,} to {now.get(most, 0):,}).",
    )


def _vocabulary(now: Tally, before: Tally) -> Drift:
    size = excess(before.words, now.words)
    old = before.words[0] | before.words[1]
    words = Counter(now.words[0])
    words.update(now.words[1])
    fresh = [word for word, number in words.most_common() if word not in old and number > 1][:5]
    new = sum(number for word, number in words.items() if word not in old) / max(words.total(), 1)
    told = f" The most frequent new ones: {', '.join(fresh)}." if fresh else ""
    return Drift("vocabulary", size, f"{new:.0%} of the words in subjects were not there the month before.{told}")


def _scores(now: Tally, before: Tally) -> Drift:
    old, new = sum(before.scores), sum(now.scores)
    if not old or not new:
        return Drift("scores", 0.0, "The model was not asked in both months.")
    first = round(now.wanted * len(now.scores))
    was, is_ = sum(before.scores[first:]) / old, sum(now.scores[first:]) / new
    return Drift(
        "scores",
        stability(before.scores, now.scores),
        f"The model was as sure as the gate wants on {was:.0%} of the texts, then on {is_:.0%}.",
    )


def _examples(dataset: Dataset, uow: UnitOfWork, ports: Ports) -> Mapping[str, int]:
    """How many examples each label has: the dataset's own, and the tickets of which people said it."""
    counts = Counter(dict.fromkeys(dataset.labels, 0))
    counts.update(each.label for each in ports.datasets.examples(dataset.name))
    counts.update(each.new for each in latest_words(words_now(uow.corrections.all(dataset.name), dataset.history)))
    return {label: counts[label] for label in dataset.labels}
