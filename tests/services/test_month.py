"""A month of work through the commands, and its report against figures computed anew from the exported rows."""

import csv
import io
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from tests.fakes.judged import CATEGORY, LABELS, REPEATS, Alert, Judged, judged
from tests.fakes.workbench import BEGIN
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.commands import AcceptLabel, CloseTicket, CorrectLabel
from triage_app.services.learning_queries import ExportPredictions, GetMonth, ReportFormat, ReportMonth
from triage_app.services.learning_shapes import MonthReport

WORDS = ("invoice", "verify", "parcel", "password", "meeting", "virus", "offer", "report", "=cmd|'x'!A1", "<b>bold</b>")
SOURCES = ("mail", "siem", "files")
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)

Rows = Sequence[Mapping[str, str]]


def alert(chance: random.Random, number: int) -> Alert:
    return Alert(
        subject=f"{' '.join(chance.sample(WORDS, 3))} {number}",
        label=chance.choice(LABELS[:3]),
        confidence=round(chance.uniform(0.4, 1.0), 3),
        strange=chance.random() < 0.05,
        sender=f"bob{number % 7}@example.org",
        source=chance.choice(SOURCES),
        # Some alerts come again and are merged.
        key=f"repeat {number % 5}" if chance.random() < 0.05 else "",
    )


def work(scene: Judged, tickets: Sequence[TicketId], chance: random.Random) -> None:
    """What analysts make of tickets: 15 % corrected, a quarter confirmed, a third closed without a word."""
    for ticket in tickets:
        what = chance.random()
        seconds = round(chance.uniform(5, 300), 1) if chance.random() < 0.6 else None
        execute = scene.app.execute
        who = chance.choice(("ana", "jo"))
        if what < 0.15:
            execute(CorrectLabel(ticket, chance.choice(LABELS), seconds=seconds), actor=who)
        elif what < 0.40:
            execute(AcceptLabel(ticket, seconds=seconds), actor=who)
        elif what < 0.73:
            execute(CloseTicket(ticket, verdict=chance.choice(list(Verdict)), seconds=seconds), actor=who)


@pytest.fixture(scope="module")
def month() -> Iterator[Judged]:
    """300 alerts in November, 2,000 in December, some decided only in January."""
    chance = random.Random(7)
    with judged() as scene:
        number = 0
        for day, count in ((0, 300), *((8 + 3 * step, 200) for step in range(10)), (39, 100)):
            wanted = BEGIN + timedelta(days=day)
            scene.bench.advance(wanted - scene.bench.ports.clock())
            tickets = scene.take_in(alert(chance, number + each) for each in range(count))
            number += count
            work(scene, tickets, chance)
        yield scene


def wilson(right: int, n: int) -> tuple[float, float]:
    """The interval by its definition: where the score test no longer rejects, found by halving."""

    def edge(inside: float, outside: float) -> float:
        for _ in range(60):
            middle = (inside + outside) / 2
            if abs(right / n - middle) <= 1.96 * (middle * (1 - middle) / n) ** 0.5:
                inside = middle
            else:
                outside = middle
        return inside

    return edge(right / n, 0.0), edge(right / n, 1.0)


def exported(scene: Judged, since: str, until: str) -> Rows:
    content = scene.app.ask(ExportPredictions(since=since, until=until)).content
    return list(csv.DictReader(io.StringIO(content)))


def told(scene: Judged) -> Mapping[tuple[str, str, str], str]:
    """The figures of December as the CSV has them."""
    content = scene.app.ask(ReportMonth("2026-12", format=ReportFormat.CSV)).content
    rows = list(csv.DictReader(io.StringIO(content)))
    found = {(row["section"], row["name"], row["figure"]): row["value"] for row in rows}
    assert len(found) == len(rows)
    return found


def assert_share(found: Mapping[tuple[str, str, str], str], section: str, name: str, figure: str, rows: Rows) -> None:
    decided = [row for row in rows if row["decision"]]
    right = sum(row["decision"] != "corrected" for row in decided)
    assert right == sum(row["truth"] == row["label"] for row in decided)
    assert found[section, name, f"{figure} n"] == str(len(decided))
    assert found[section, name, f"{figure} right"] == str(right)
    if decided:
        assert float(found[section, name, f"{figure} share"]) == pytest.approx(right / len(decided))
        low, high = wilson(right, len(decided))
        assert float(found[section, name, f"{figure} low"]) == pytest.approx(low, abs=1e-9)
        assert float(found[section, name, f"{figure} high"]) == pytest.approx(high, abs=1e-9)


def test_the_figures_of_a_month_are_those_of_the_exported_rows(month: Judged) -> None:
    rows = exported(month, "2026-12-01", "2027-01-01T00:00:00Z")
    before = exported(month, "2026-11-01", "2026-12-01")
    found = told(month)
    # predictions and what became of them
    assert 1_800 < len(rows) < 2_000
    decisions = Counter(row["decision"] for row in rows)
    assert 0.10 < decisions["corrected"] / len(rows) < 0.16
    for name in ("corrected", "confirmed", "stood"):
        assert found["month", "2026-12", name] == str(decisions[name])
    assert found["month", "2026-12", "predictions"] == str(len(rows))
    assert found["month", "2026-12", "decided"] == str(len(rows) - decisions[""])
    assert found["month", "2026-11", "predictions"] == str(len(before))
    # accuracy with its interval, overall and of the model's own answers, and in the month before
    for name, these in (("2026-12", rows), ("2026-11", before)):
        assert_share(found, "month", name, "accuracy", these)
        assert_share(found, "month", name, "gate", [row for row in these if row["tier"] == "model"])
    # by label, tier and source
    for section, column in (("label", "label"), ("tier", "tier"), ("source", "source")):
        names = {row[column] for row in (*rows, *before)}
        assert {name for part, name, _ in found if part == section} == names
        for name in names:
            these = [row for row in rows if row[column] == name]
            assert found[section, name, "predictions"] == str(len(these))
            for decision in ("corrected", "confirmed", "stood"):
                assert found[section, name, decision] == str(sum(row["decision"] == decision for row in these))
            assert_share(found, section, name, "accuracy", these)
            assert_share(found, section, name, "accuracy before", [row for row in before if row[column] == name])


def test_promise_keywords_and_confusions_are_those_of_the_exported_rows(month: Judged) -> None:
    rows = [row for row in exported(month, "2026-12-01", "2027-01-01") if row["decision"]]
    found = told(month)
    # the promise
    kept: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        if float(row["best_confidence"]) >= CATEGORY.threshold and row["held"] != "strange":
            kept[row["best"]].append(row["truth"] == row["best"])
    assert {name for part, name, _ in found if part == "promise"} == set(kept)
    for label, right in kept.items():
        assert found["promise", label, "n"] == str(len(right))
        assert found["promise", label, "right"] == str(sum(right))
        low, high = wilson(sum(right), len(right))
        assert float(found["promise", label, "low"]) == pytest.approx(low, abs=1e-9)
        assert found["promise", label, "broken"] == ("true" if len(right) >= 10 and high < 0.8 else "false")
    # keywords
    fired: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for row in rows:
        for word in row["keywords"].split("; ") if row["keywords"] else ():
            fired[f"{row['label']}: {word}"] += 1
            wrong[f"{row['label']}: {word}"] += row["truth"] != row["label"]
    assert {name for part, name, _ in found if part == "keyword"} == {name for name in fired if wrong[name]}
    assert fired
    for name in fired:
        assert found["keyword", name, "fired"] == str(fired[name])
        assert found["keyword", name, "wrong"] == str(wrong[name])
    # confusions
    confused = Counter(f"{row['label']} > {row['truth']}" for row in rows if row["truth"] != row["label"])
    worst = dict(sorted(confused.items(), key=lambda each: (-each[1], each[0].split(" > ")))[:10])
    assert {name: found["confusion", name, "n"] for name in worst} == {name: str(n) for name, n in worst.items()}


def test_what_was_saved_is_what_the_exported_seconds_say(month: Judged) -> None:
    rows = [row for row in exported(month, "2026-12-01", "2027-01-01") if row["seconds"]]
    found = told(month)
    helped: dict[str, list[float]] = defaultdict(list)
    unhelped = []
    for row in rows:
        seconds = float(row["seconds"])
        if row["truth"] != row["label"] or row["tier"] == "default":
            unhelped.append(seconds)
        else:
            helped["keywords" if row["tier"] == "keyword" else f"model {row['model_id']}"].append(seconds)
    assert found["month", "2026-12", "measured"] == str(len(rows))
    assert set(helped) == {"keywords", "model m1"}
    total = 0.0
    for name, times in helped.items():
        minutes = len(times) * (median(unhelped) - median(times)) / 60
        total += minutes
        assert found["saving", name, "decisions"] == str(len(times))
        assert float(found["saving", name, "minutes"]) == pytest.approx(minutes)
    # and what came again in December is what came in and became no ticket
    merged = 2_000 - len(exported(month, "2026-12-01", "2027-01-01"))
    minutes = merged * median(float(row["seconds"]) for row in rows) / 60
    assert merged > 10
    assert found["saving", f"rule {REPEATS}", "decisions"] == str(merged)
    assert float(found["saving", f"rule {REPEATS}", "minutes"]) == pytest.approx(minutes)
    assert float(found["month", "2026-12", "minutes_saved"]) == pytest.approx(total + minutes)


def test_every_form_tells_the_same_month(month: Judged) -> None:
    report = month.app.ask(GetMonth("2026-12"))
    documents = {form: month.app.ask(ReportMonth("2026-12", format=form)) for form in ReportFormat}
    assert json.loads(documents[ReportFormat.JSON].content)["predictions"] == report.predictions
    assert {form: each.name for form, each in documents.items()} == {
        form: f"category-2026-12.{'txt' if form is ReportFormat.TEXT else form.value}" for form in ReportFormat
    }
    for form in (ReportFormat.TEXT, ReportFormat.HTML):
        assert f"{report.predictions:,} predictions" in documents[form].content
    assert documents[ReportFormat.PDF].base64
    assert len({each.rows for each in documents.values()}) == 1
    # what a subject says is text
    assert "<b>bold</b>" not in documents[ReportFormat.HTML].content
    assert {each.what for each in report.drift} == {"volume", "sources", "labels", "vocabulary", "scores"}


def test_the_month_is_this_one_where_none_is_named_and_an_empty_one_is_no_error(month: Judged) -> None:
    assert month.app.ask(GetMonth()).month == "2027-01"
    empty = month.app.ask(GetMonth("2020-02"))
    assert (empty.predictions, empty.accuracy.n, empty.labels, empty.drift, empty.minutes_saved) == (0, 0, (), (), None)
    assert empty.next


def test_what_is_no_month_and_no_dataset_is_refused(month: Judged) -> None:
    with pytest.raises(InvalidInput, match="YYYY-MM"):
        month.app.ask(GetMonth("December"))
    with pytest.raises(NotFound, match="colours"):
        month.app.ask(GetMonth("2026-12", dataset="colours"))


def drift(report: MonthReport, what: str) -> float:
    (found,) = [each.size for each in report.drift if each.what == what]
    return found


def test_other_sources_words_and_scores_are_seen_as_drift() -> None:
    chance = random.Random(3)
    with judged() as scene:
        for day, words, source, confidence in (
            (0, ("invoice", "parcel", "offer"), "mail", 0.95),
            (10, ("virus", "worm", "shell"), "siem", 0.55),
        ):
            scene.bench.advance(BEGIN + timedelta(days=day) - scene.bench.ports.clock())
            scene.take_in(
                Alert(f"{chance.choice(words)} {chance.choice(words)}", confidence=confidence, source=source)
                for _ in range(100)
            )
        report = scene.app.ask(GetMonth("2026-12"))
    assert min(drift(report, what) for what in ("sources", "vocabulary", "scores")) > 0.25
    assert drift(report, "volume") == 0.0
    assert any("words have changed" in each for each in report.next)
