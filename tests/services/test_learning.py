"""What is asked of the models."""

import csv
import io
import json

from triage_app.services.app import App
from triage_app.services.commands import AcceptLabel, CorrectLabel
from triage_app.services.queries import ClassifyText, ExportCorrections, ExportFormat, ListTickets


def test_a_text_is_classified_with_reasons(demo: App) -> None:
    answer = demo.ask(ClassifyText("I lost my laptop on the bus"))
    assert (answer.label, answer.tier) == ("DeviceLost", "model")
    assert 0.8 <= answer.confidence <= 1
    assert any(reason.weight > 0 and reason.word in {"lost", "laptop", "bus", "my"} for reason in answer.reasons)
    assert answer.alternatives


def test_text_that_nothing_knows_is_the_default(demo: App) -> None:
    answer = demo.ask(ClassifyText("zorble flim quandary"))
    assert answer.tier in {"default", "keyword"} or answer.confidence >= 0.8
    assert demo.ask(ClassifyText("")).label == "Other"


def test_without_a_model_keywords_and_the_default_answer(empty: App) -> None:
    assert empty.ask(ClassifyText("please verify your account")).tier == "keyword"


def test_corrections_are_exported_in_every_form_and_formulas_are_text(demo: App) -> None:
    # given a correction with a formula as its reason, and a confirmation
    one, other = demo.ask(ListTickets(limit=2)).tickets
    demo.execute(CorrectLabel(one.id, "Spam" if one.category != "Spam" else "Malware", why="=HYPERLINK(1)"))
    demo.execute(AcceptLabel(other.id))
    # then
    document = demo.ask(ExportCorrections(format=ExportFormat.CSV))
    assert document.rows == 2
    rows = list(csv.DictReader(io.StringIO(document.content)))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    jsonl = demo.ask(ExportCorrections(format=ExportFormat.JSONL)).content.splitlines()
    assert [json.loads(line)["why"] for line in jsonl] == ["=HYPERLINK(1)", ""]
    fasttext = demo.ask(ExportCorrections(format=ExportFormat.FASTTEXT)).content.splitlines()
    assert len(fasttext) == 2
    assert all(line.startswith("__label__") for line in fasttext)
