"""Datasets: made, added to, set up, and their labels changed, with what people said before."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from triage_app.cli.render import to_text
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound, TrainingFailed
from triage_app.domain.labels import Dataset, Effect, LabelChange
from triage_app.domain.tags import TicketTag
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.arguments import Command
from triage_app.services.commands import AcceptLabel, CorrectLabel, ImportFiles, TrainModel, Undo
from triage_app.services.learning_commands import (
    AddDataset,
    ImportExamples,
    MergeLabels,
    RenameLabel,
    SaveKeywords,
    SetDataset,
    SplitLabel,
)
from triage_app.services.learning_queries import ListKeywords, ListLabels, PreviewExamples
from triage_app.services.learning_shapes import LabelCount
from triage_app.services.queries import (
    ClassifyText,
    ExportCorrections,
    ExportFormat,
    GetTicket,
    ListDatasets,
    ListTickets,
)

WORDS = {"VPN": "cannot reach the tunnel", "Mail": "mailbox full again", "Printer": "paper jam on floor"}


def rows(*, each: int = 20) -> list[dict[str, str]]:
    return [{"kind": label, "words": f"{text} {n}"} for n in range(each) for label, text in WORDS.items()]


def write(path: Path, rows: Sequence[Mapping[str, str]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


COLUMNS = ("label=kind", "text=words")


@pytest.fixture
def tickets(demo: App, tmp_path: Path) -> App:
    """The demo with a dataset `desk` beside `category`."""
    demo.execute(AddDataset("desk", data=write(tmp_path / "desk.jsonl", rows()), columns=COLUMNS, title="Desk"))
    return demo


def dataset(app: App, name: str = "desk") -> Dataset:
    return next(each for each in app.ask(ListDatasets()).datasets if each.name == name)


def counts(app: App, name: str = "desk") -> dict[str, tuple[int, int]]:
    return {each.label: (each.examples, each.corrections) for each in app.ask(ListLabels(name)).labels}


def test_a_dataset_is_looked_at_made_and_learnt(demo: App, tmp_path: Path) -> None:
    data = write(tmp_path / "desk.jsonl", rows())
    # given a file whose columns nobody can guess
    blind = demo.ask(PreviewExamples(data))
    assert blind.total == 0
    assert blind.columns == ("kind", "words")
    # when they are named
    seen = demo.ask(PreviewExamples(data, columns=COLUMNS))
    assert (seen.total, seen.problems) == (60, ())
    assert seen.labels == (LabelCount("Mail", 20), LabelCount("Printer", 20), LabelCount("VPN", 20))
    made = demo.execute(AddDataset("desk", data=data, columns=COLUMNS, effect=Effect.QUEUE, threshold=0.6))
    # then it is there, and answers once it has learnt
    assert (made.labels, made.effect, made.threshold) == (("Mail", "Printer", "VPN"), Effect.QUEUE, 0.6)
    demo.execute(TrainModel(dataset="desk"))
    assert demo.ask(ClassifyText("cannot reach the tunnel", dataset="desk")).label == "VPN"


def test_a_name_that_is_taken_or_an_effect_that_is_not_for_all_makes_nothing(demo: App, tmp_path: Path) -> None:
    data = write(tmp_path / "desk.jsonl", rows())
    with pytest.raises(InvalidState):
        demo.execute(AddDataset("category", data=data, columns=COLUMNS))
    with pytest.raises(InvalidInput, match="Dataset desk: effect"):
        demo.execute(AddDataset("desk", data=data, columns=COLUMNS, effect=Effect.CATEGORY))
    with pytest.raises(InvalidInput, match="Dataset desk: threshold"):
        demo.execute(AddDataset("desk", data=data, columns=COLUMNS, threshold=2.0))
    with pytest.raises(InvalidInput, match="at least two labels"):
        demo.execute(AddDataset("desk", data=write(tmp_path / "one.jsonl", rows()[:1]), columns=COLUMNS))
    assert [each.name for each in demo.ask(ListDatasets()).datasets] == ["category"]


def test_new_examples_are_added_and_known_ones_left_out(tickets: App, tmp_path: Path) -> None:
    more = [
        {"kind": "VPN", "words": "TUNNEL is down"},
        {"kind": "VPN", "words": "tunnel is down!"},
        {"kind": "VPN", "words": "tunnel, is DOWN"},
        {"kind": "Mail", "words": "cannot reach the tunnel 3"},
        {"kind": "Größe 大小", "words": "something new"},
    ]
    after = tickets.execute(ImportExamples("desk", write(tmp_path / "more.jsonl", more), columns=COLUMNS))
    assert after.labels == ("Mail", "Printer", "VPN", "Größe 大小")
    assert counts(tickets) == {"Mail": (20, 0), "Printer": (20, 0), "VPN": (22, 0), "Größe 大小": (1, 0)}
    again = tickets.execute(ImportExamples("desk", str(tmp_path / "more.jsonl"), columns=COLUMNS))
    assert again == after


def test_of_a_file_with_broken_lines_nothing_is_taken_in(tickets: App, tmp_path: Path) -> None:
    data = tmp_path / "broken.jsonl"
    data.write_text('{"kind": "VPN", "words": "fresh one"}\n{"kind": ""\n{"kind": "VPN", "words": ""}\n')
    with pytest.raises(InvalidInput, match=r"line 2: .*line 3: .*Nothing was taken in"):
        tickets.execute(ImportExamples("desk", str(data), columns=COLUMNS))
    write(data, [{"kind": "vpn", "words": "small letters"}])
    with pytest.raises(InvalidInput, match="differ in upper and lower case"):
        tickets.execute(ImportExamples("desk", str(data), columns=COLUMNS))
    assert counts(tickets)["VPN"] == (20, 0)
    with pytest.raises(NotFound):
        tickets.execute(ImportExamples("missing", str(data)))


def test_how_a_dataset_is_used_can_be_changed_and_what_is_left_out_stays(tickets: App) -> None:
    tickets.execute(
        SetDataset("desk", threshold=0.9, default="mail", effect=Effect.PLAYBOOK, fields=("subject",), ignored=("x",))
    )
    after = tickets.execute(SetDataset("desk", title="New title", fields=(), ignored=()))
    assert (after.title, after.threshold, after.default, after.effect) == ("New title", 0.9, "Mail", Effect.PLAYBOOK)
    assert (after.fields, after.ignored) == (("subject",), ("x",))
    assert tickets.execute(SetDataset("desk", ignored=("",), default="Unclassified")).ignored == ()
    assert dataset(tickets).default == "unclassified"


@pytest.mark.parametrize(
    "wrong",
    [
        SetDataset("desk", threshold=1.5),
        SetDataset("desk", default="gone"),
        SetDataset("desk", effect=Effect.CATEGORY),
        SetDataset("category", effect=Effect.TAG),
        SetDataset("desk", title=" "),
        SetDataset("desk", ignored=("x" * 5_000,)),
        RenameLabel("desk", "gone", "New"),
        RenameLabel("desk", "VPN", "mail"),
        RenameLabel("desk", "VPN", ""),
        RenameLabel("desk", "VPN", "x" * 101),
        RenameLabel("desk", "VPN", "a\nb"),
        RenameLabel("desk", "VPN", "Unclassified"),
        MergeLabels("desk", ("VPN",), into="VPN"),
        MergeLabels("desk", ("VPN", "vpn"), into="Network"),
        MergeLabels("desk", ("VPN", "gone"), into="VPN"),
        MergeLabels("desk", ("VPN", "Mail", "Printer"), into="All"),
        SplitLabel("desk", "VPN", into="Mail", words=("tunnel",)),
        SplitLabel("desk", "VPN", into="New", words=("zebra",)),
        SplitLabel("desk", "VPN", into="New", words=("tunnel",)),
        SplitLabel("desk", "VPN", into="New", words=()),
        SplitLabel("desk", "VPN", into="New", words=("3", ",;*")),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(tickets: App, wrong: Command[Dataset]) -> None:
    before = dataset(tickets), dataset(tickets, "category"), counts(tickets)
    with pytest.raises(InvalidInput):
        tickets.execute(wrong)
    assert (dataset(tickets), dataset(tickets, "category"), counts(tickets)) == before


def test_a_label_gets_another_name_everywhere_and_what_was_said_before_still_teaches(tickets: App) -> None:
    # given people who named tickets by the old name, rules for it, and a default
    first, second = (each.id for each in tickets.ask(ListTickets(limit=2)).tickets)
    tickets.execute(SaveKeywords("desk", "# ours\nlabels:\n  VPN: [{text: zorble}]\n"))
    tickets.execute(SetDataset("desk", default="VPN"))
    tickets.execute(CorrectLabel(first, "VPN", dataset="desk"))
    # when
    after = tickets.execute(RenameLabel("desk", "vpn", "Remote access"), actor="ann")
    # then
    assert after.labels == ("Mail", "Printer", "Remote access")
    assert after.default == "Remote access"
    assert after.history == (LabelChange(after.history[0].at, "ann", ("VPN",), "Remote access"),)
    assert tickets.ask(ListLabels("desk")).history == after.history
    assert counts(tickets)["Remote access"] == (20, 1)
    assert tickets.ask(ListKeywords("desk", limit=1)).text == '# ours\nlabels:\n  "Remote access": [{text: zorble}]\n'
    # and the old name is no label any more
    with pytest.raises(InvalidInput):
        tickets.execute(CorrectLabel(second, "VPN", dataset="desk"))
    model = tickets.execute(TrainModel(dataset="desk"))
    assert model.labels == ("Mail", "Printer", "Remote access")


def test_labels_are_merged_and_split_with_what_was_said_of_them(tickets: App) -> None:
    first, second = (each.id for each in tickets.ask(ListTickets(limit=2)).tickets)
    tickets.execute(CorrectLabel(first, "VPN", dataset="desk"))
    tickets.execute(CorrectLabel(second, "Mail", dataset="desk"))
    merged = tickets.execute(MergeLabels("desk", ("VPN", "Mail"), into="Network"))
    assert merged.labels == ("Network", "Printer")
    assert counts(tickets) == {"Network": (40, 2), "Printer": (20, 0)}
    split = tickets.execute(SplitLabel("desk", "network", into="Mail", words=("mailbox",)))
    assert split.labels == ("Network", "Mail", "Printer")
    assert counts(tickets)["Mail"][0] == 20
    assert [change.new for change in split.history] == ["Network", "Mail"]


def test_the_dataset_that_ships_is_edited_in_the_workspace(demo: App) -> None:
    before = counts(demo, "category")
    ticket = next(each for each in demo.ask(ListTickets(limit=50)).tickets if each.category == "Phishing")
    after = demo.execute(RenameLabel("category", "Phishing", "Phish"))
    assert after.effect is Effect.CATEGORY
    assert counts(demo, "category")["Phish"] == before["Phishing"]
    # a ticket shows the old name until somebody reviews it
    assert demo.ask(ListTickets(limit=50)).tickets
    said = demo.execute(AcceptLabel(ticket.id))
    assert said.category == "Phish"
    assert counts(demo, "category")["Phish"] == (before["Phishing"][0], 1)


def test_a_label_with_one_example_or_none_is_never_silently_left_out(demo: App, tmp_path: Path) -> None:
    # one example is learnt
    data = [*rows(), {"kind": "Rare", "words": "a zorble of its own"}]
    demo.execute(AddDataset("desk", data=write(tmp_path / "d.jsonl", data), columns=COLUMNS))
    assert "Rare" in demo.execute(TrainModel(dataset="desk")).labels
    # none is said, with what to do
    few = tmp_path / "few.csv"
    few.write_text("label,text\n" + "".join(f"{row['kind']},{row['words']}\n" for row in rows()))
    with pytest.raises(TrainingFailed, match="no example of Rare"):
        demo.execute(TrainModel(dataset="desk", data=str(few)))


def test_five_hundred_labels_are_no_trouble(demo: App, tmp_path: Path) -> None:
    data = [{"kind": f"标签 {n}", "words": f"word{n} text {m}"} for n in range(500) for m in range(2)]
    made = demo.execute(AddDataset("many", data=write(tmp_path / "m.jsonl", data), columns=COLUMNS))
    assert len(made.labels) == 500
    after = demo.execute(MergeLabels("many", tuple(f"标签 {n}" for n in range(250)), into="标签 0"))
    assert len(after.labels) == 251
    assert len(demo.ask(ListLabels("many")).labels) == 251


def tags(app: App, ticket: TicketId) -> tuple[TicketTag, ...]:
    return app.ask(GetTicket(ticket)).tags


def test_an_answer_gives_new_tickets_a_queue_and_people_may_give_another(tickets: App, tmp_path: Path) -> None:
    # given a dataset for queues that has learnt
    tickets.execute(SetDataset("desk", effect=Effect.QUEUE, threshold=0.5))
    tickets.execute(TrainModel(dataset="desk"))
    old = tickets.ask(ListTickets(limit=1)).tickets[0].id
    assert tags(tickets, old) == ()
    # when mail comes in that it knows, and some that it does not
    mail = tmp_path / "mail"
    mail.mkdir()
    for name, subject in (("a", "cannot reach the tunnel"), ("b", "zorble flim quandary")):
        (mail / f"{name}.eml").write_text(f"From: x@else.example\nSubject: {subject}\n\n{subject}\n")
    tickets.execute(ImportFiles((str(mail),)))
    known, strange = sorted((each.id, each.subject) for each in tickets.ask(ListTickets(limit=2)).tickets)
    # then only the first has a queue
    assert tags(tickets, known[0]) == (TicketTag("desk", Effect.QUEUE, "VPN"),)
    assert tags(tickets, strange[0]) == ()
    # and people have the last word, which can be taken back
    tickets.execute(CorrectLabel(known[0], "Mail", dataset="desk"))
    tickets.execute(CorrectLabel(strange[0], "Printer", dataset="desk"))
    assert tags(tickets, known[0]) == (TicketTag("desk", Effect.QUEUE, "Mail"),)
    assert tags(tickets, strange[0]) == (TicketTag("desk", Effect.QUEUE, "Printer"),)
    tickets.execute(Undo())
    tickets.execute(Undo())
    assert tags(tickets, known[0]) == (TicketTag("desk", Effect.QUEUE, "VPN"),)
    assert tags(tickets, strange[0]) == ()
    # but not under somebody who decided since
    tickets.execute(CorrectLabel(known[0], "Mail", dataset="desk"), actor="ann")
    tickets.execute(CorrectLabel(known[0], "Printer", dataset="desk"), actor="bo")
    tickets.execute(Undo(), actor="ann")
    assert tags(tickets, known[0]) == (TicketTag("desk", Effect.QUEUE, "Printer"),)
    assert "queue     Printer (desk)" in to_text(tickets.ask(GetTicket(known[0])))


def test_a_decision_under_an_old_name_confirms_what_it_is_called_now(demo: App) -> None:
    shown = next(each for each in demo.ask(ListTickets(limit=50)).tickets if each.category == "Phishing")
    demo.execute(RenameLabel("category", "Phishing", "Phish"))
    demo.execute(CorrectLabel(shown.id, "Phish"))
    (row,) = demo.ask(ExportCorrections(format=ExportFormat.JSONL)).content.splitlines()
    said = json.loads(row)
    assert (said["decision"], said["old"], said["new"]) == ("confirmed", "Phish", "Phish")
