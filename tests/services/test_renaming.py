"""A version in force goes on answering after labels got other names, without being trained anew."""

import json
from pathlib import Path

import pytest

from triage_app.services.app import App
from triage_app.services.commands import ImportFiles, TrainModel
from triage_app.services.learning_commands import AddDataset, MergeLabels, RenameLabel, SplitLabel
from triage_app.services.queries import ClassifyText, ListTickets

WORDS = {"VPN": "cannot reach the tunnel", "Mail": "mailbox full again", "Printer": "paper jam on floor"}


@pytest.fixture
def desk(demo: App, tmp_path: Path) -> App:
    data = tmp_path / "desk.jsonl"
    data.write_text(
        "".join(
            json.dumps({"label": label, "text": f"{text} {n}"}) + "\n"
            for n in range(30)
            for label, text in WORDS.items()
        )
    )
    demo.execute(AddDataset("desk", data=str(data), threshold=0.5))
    demo.execute(TrainModel(dataset="desk"))
    return demo


def answer(app: App, text: str) -> tuple[str, str]:
    found = app.ask(ClassifyText(text, dataset="desk"))
    return found.label, found.tier


def test_a_renamed_label_is_answered_by_its_new_name(desk: App) -> None:
    before = desk.ask(ClassifyText(WORDS["VPN"], dataset="desk"))
    assert (before.label, before.tier) == ("VPN", "model")
    desk.execute(RenameLabel("desk", "VPN", "Remote access"))
    after = desk.ask(ClassifyText(WORDS["VPN"], dataset="desk"))
    assert (after.label, after.tier, after.confidence) == ("Remote access", "model", before.confidence)
    assert after.reasons == before.reasons


def test_merged_labels_are_answered_as_one_and_split_ones_by_their_words(desk: App) -> None:
    desk.execute(MergeLabels("desk", ("VPN", "Mail"), into="Network"))
    assert answer(desk, WORDS["VPN"]) == answer(desk, WORDS["Mail"]) == ("Network", "model")
    assert 0 <= desk.ask(ClassifyText(WORDS["VPN"], dataset="desk")).confidence <= 1
    desk.execute(SplitLabel("desk", "Network", into="Post", words=("mailbox*",)))
    assert answer(desk, WORDS["Mail"]) == ("Post", "model")
    assert answer(desk, WORDS["VPN"]) == ("Network", "model")


def test_new_tickets_get_the_new_name_too(demo: App, tmp_path: Path) -> None:
    ticket = next(each for each in demo.ask(ListTickets(limit=50)).tickets if each.tier == "model")
    demo.execute(RenameLabel("category", ticket.category, "Brand new"))
    assert ticket.category
    path = tmp_path / "again.eml"
    path.write_text(f"From: someone@else.example\nSubject: Fresh: {ticket.subject}\n\n{ticket.subject}\n")
    demo.execute(ImportFiles((str(path),)))
    labels = {each.category for each in demo.ask(ListTickets(limit=1)).tickets}
    assert ticket.category not in labels
