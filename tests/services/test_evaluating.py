"""Measuring versions on files, and what examples can teach on a part that is held back."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase

import pytest

from tests.bench import mails
from triage_app.domain.errors import Cancelled, InvalidInput, InvalidState, NotFound, TrainingFailed
from triage_app.domain.evaluation import Split
from triage_app.domain.labels import ModelId
from triage_app.services.app import App
from triage_app.services.commands import CorrectLabel, TrainModel
from triage_app.services.context import CancelToken, Progress
from triage_app.services.learning_commands import AddDataset, RenameLabel
from triage_app.services.queries import EvaluateModel, ListModels, ListTickets

TOPICS = {
    "Network": ("router", "switch", "cable", "vlan", "gateway", "packet", "latency", "firewall", "subnet", "proxy"),
    "Printer": ("paper", "toner", "tray", "cartridge", "jam", "scanner", "duplex", "ink", "spool", "copier"),
    "Payroll": ("salary", "payslip", "bonus", "tax", "pension", "overtime", "wage", "deduction", "leave", "refund"),
}
FILLER = ("please", "could", "you", "have", "a", "look", "at", "our", "since", "this", "morning", "again", "today")

Rows = Sequence[Mapping[str, str]]


def sentence(label: str, chance: random.Random) -> str:
    """A text of its own about a topic."""
    words = chance.sample(TOPICS[label], 4) + chance.sample(FILLER, 6)
    chance.shuffle(words)
    return " ".join(words)


def rows(count: int, labels: Sequence[str] = tuple(TOPICS), seed: int = 1) -> list[dict[str, str]]:
    """Examples of each label in turn, none like another."""
    chance = random.Random(seed)
    return [
        {"label": labels[number % len(labels)], "text": sentence(labels[number % len(labels)], chance)}
        for number in range(count)
    ]


def written(path: Path, found: Rows) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    return str(path)


def asked(data: str | None = None, *, split: Split | None = None, **versions: str) -> EvaluateModel:
    """The question about the dataset `desk`."""
    named = {name: ModelId(version) for name, version in versions.items()}
    return EvaluateModel(data=data, dataset="desk", split=split, model=named.get("model"), against=named.get("against"))


@pytest.fixture
def desk(empty: App, tmp_path: Path) -> App:
    """A workspace with a dataset `desk` of 150 examples and a version that was trained on them."""
    empty.execute(TrainModel(dataset="desk", data=written(tmp_path / "desk.jsonl", rows(150))))
    return empty


# -- a version on a file ------------------------------------------------------------------------------------------


def test_a_file_measures_the_version_in_force(desk: App, tmp_path: Path) -> None:
    # given
    data = written(tmp_path / "new.jsonl", rows(120, seed=2))
    # when
    found = desk.ask(asked(data))
    # then
    assert found.n == sum(map(sum, found.confusion)) == 120
    assert found.accuracy > 0.9
    (model,) = desk.ask(ListModels(dataset="desk")).models
    assert (found.model_id, found.trained_on, found.split) == (model.id, 150, "")
    assert found.comparison is None
    assert found.flattered_accuracy is None
    assert 0 < found.low <= found.coverage_accuracy <= found.high <= 1
    assert found.curve
    assert found.reliability
    assert len(found.mistakes) == found.n - round(found.accuracy * found.n)


def test_two_versions_are_compared_on_the_same_examples(desk: App, tmp_path: Path) -> None:
    # given a second version that learnt Network and Payroll the wrong way round
    (good,) = desk.ask(ListModels(dataset="desk")).models
    wrong = {"Network": "Payroll", "Payroll": "Network", "Printer": "Printer"}
    swapped = [{**row, "label": wrong[row["label"]]} for row in rows(150)]
    bad = desk.execute(TrainModel(dataset="desk", data=written(tmp_path / "swapped.jsonl", swapped)))
    data = written(tmp_path / "new.jsonl", rows(60, seed=2))
    # when
    found = desk.ask(asked(data, model=good.id, against=bad.id))
    # then
    both = found.comparison
    assert both is not None
    assert (both.one, both.other, both.n) == (good.id, bad.id, 60)
    assert both.both_right + both.only_one + both.only_other + both.both_wrong == 60
    assert both.only_one > 30
    assert both.p < 0.001
    assert (both.one_accuracy, both.one_macro_f1) == pytest.approx((found.accuracy, found.macro_f1))
    assert both.other_accuracy < 0.5


def test_texts_that_the_dataset_learns_from_are_told(desk: App, tmp_path: Path) -> None:
    # given a file of which a quarter was learnt from
    data = written(tmp_path / "old.jsonl", [*rows(30), *rows(90, seed=2)])
    # when
    found = desk.ask(asked(data))
    # then
    assert any("25% of the texts are nearly the same as examples" in each for each in found.warnings)


@pytest.mark.parametrize(
    ("query", "error", "said"),
    [
        (EvaluateModel(data="FILE"), InvalidState, "Train one first"),
        (asked("FILE", model="desk-1"), NotFound, "desk has no model desk-1"),
        (asked("FILE", against="desk-1"), NotFound, "desk has no model desk-1"),
        (EvaluateModel(data="FILE", dataset="nothing"), NotFound, "nothing"),
        (asked(None, model="desk-1"), InvalidInput, "a whole file"),
        (
            asked("FILE", against="d", split=Split.GROUP),
            InvalidInput,
            "no version",
        ),
        (
            asked("FILE", split=Split.TIME),
            InvalidInput,
            "Only 0 of 60 examples have a time",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(
    desk: App, tmp_path: Path, query: EvaluateModel, error: type[Exception], said: str
) -> None:
    data = written(tmp_path / "new.jsonl", rows(60, seed=2))
    asked = replace(query, data=query.data and data)
    with pytest.raises(error, match=said):
        desk.ask(asked)


def test_a_version_is_not_compared_with_itself(desk: App, tmp_path: Path) -> None:
    (model,) = desk.ask(ListModels(dataset="desk")).models
    with pytest.raises(InvalidInput, match="with itself"):
        desk.ask(asked(written(tmp_path / "new.jsonl", rows(9)), against=model.id))


# -- a trial on what is held back ------------------------------------------------------------------------------------


def test_without_a_file_a_fifth_of_the_examples_judges_a_model_of_the_rest(desk: App) -> None:
    # when
    told: list[Progress] = []
    found = desk.ask(asked(), progress=told.append)
    # then
    assert (found.n, found.trained_on, found.split, found.model_id) == (30, 120, "group", "")
    assert found.accuracy > 0.8
    assert found.flattered_accuracy is not None
    assert found.flattered_macro_f1 is not None
    assert "Only 30 examples were held back: the figures are vague." in found.warnings
    assert {each.what for each in told} >= {"texts judged (1 of 2)", "texts judged (2 of 2)"}
    # and nothing was kept
    assert len(desk.ask(ListModels(dataset="desk")).models) == 1


def test_a_split_by_chance_flatters_where_texts_repeat(desk: App, tmp_path: Path) -> None:
    # given texts whose labels are by chance, each four times
    chance = random.Random(3)
    texts = ["".join(chance.choices("abcdefghij ", k=80)) for _ in range(60)]
    labels = [chance.choice(tuple(TOPICS)) for _ in texts]
    repeated = [{"label": label, "text": text} for text, label in zip(texts * 4, labels * 4, strict=True)]
    data = written(tmp_path / "repeated.jsonl", repeated)
    # when
    found = desk.ask(asked(data, split=Split.GROUP))
    by_chance = desk.ask(asked(data, split=Split.RANDOM))
    # then
    assert found.accuracy < 0.6
    assert found.flattered_accuracy is not None
    assert found.flattered_accuracy > 0.9
    assert by_chance.accuracy > 0.9
    assert (by_chance.split, by_chance.flattered_accuracy) == ("random", None)
    assert any("of a random held-back part has near-twins in training" in each for each in found.warnings)


def test_corrections_are_judged_and_known_as_tickets(demo: App) -> None:
    # given a ticket that was corrected
    (ticket,) = demo.ask(ListTickets(limit=1)).tickets
    before = demo.ask(EvaluateModel())
    demo.execute(CorrectLabel(ticket.id, "Spam" if ticket.category != "Spam" else "Malware"))
    # when
    found = demo.ask(EvaluateModel())
    # then
    assert found.n + found.trained_on == before.n + before.trained_on + 1


def test_examples_of_the_newest_are_held_back(desk: App, tmp_path: Path) -> None:
    dated = [{**row, "at": f"2026-0{1 + number // 30}-01T00:00:00Z"} for number, row in enumerate(rows(150))]
    found = desk.ask(asked(written(tmp_path / "dated.jsonl", dated), split=Split.TIME))
    assert (found.split, found.n, found.trained_on) == ("time", 30, 120)
    # and those of unknown time are said
    assert not any("no time" in each for each in found.warnings)
    mixed = written(tmp_path / "mixed.jsonl", [*dated, *rows(30, seed=2)])
    warnings = desk.ask(asked(mixed, split=Split.TIME)).warnings
    assert "30 of 180 examples have no time: they count as older than all others." in warnings


def test_whoever_stops_it_leaves_nothing_behind(desk: App) -> None:
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        desk.ask(asked(), progress=lambda _: cancel.cancel(), cancel=cancel)
    assert len(desk.ask(ListModels(dataset="desk")).models) == 1


# -- odd labels and broken data ------------------------------------------------------------------------------------


def test_labels_that_are_new_are_named(desk: App, tmp_path: Path) -> None:
    # given a label that the dataset does not have
    new = [{"label": "Badge", "text": f"{row['text']} door badge"} for row in rows(40, seed=4)]
    data = written(tmp_path / "new.jsonl", [*rows(100, seed=2), *new])
    said = "40 examples have a label that desk does not have: Badge"
    # when a version is measured it is wrong on them
    measured = desk.ask(asked(data))
    assert any(each.startswith(said) for each in measured.warnings)
    assert measured.labels[-1] == "Badge"
    assert measured.per_label[-1].recall == 0
    # while a trial may learn it
    tried = desk.ask(asked(data, split=Split.GROUP))
    assert any(each.startswith(said) for each in tried.warnings)
    assert tried.per_label[-1].recall > 0


def test_labels_by_their_earlier_names_are_read_as_today_s(desk: App, tmp_path: Path) -> None:
    # given a label of another name since
    desk.execute(RenameLabel("desk", "Printer", "Paper"))
    data = written(tmp_path / "old.jsonl", rows(90, seed=2))
    # when
    found = desk.ask(asked(data, split=Split.GROUP))
    # then
    assert "Earlier names of labels were read as today's: Printer (now Paper)." in found.warnings
    assert {each.label: each.support for each in found.per_label} == {"Network": 6, "Paper": 6, "Payroll": 6}


def test_a_label_with_one_example_teaches_and_is_not_measured(desk: App, tmp_path: Path) -> None:
    data = written(tmp_path / "one.jsonl", [*rows(60), {"label": "Rare", "text": "a rare thing"}])
    found = desk.ask(asked(data, split=Split.GROUP))
    assert found.trained_on == 49
    assert any(each.startswith("No example of Rare was held back") for each in found.warnings)


def test_a_label_without_examples_is_named(desk: App, tmp_path: Path) -> None:
    data = written(tmp_path / "two.jsonl", rows(60, ("Network", "Printer")))
    found = desk.ask(asked(data, split=Split.GROUP))
    assert "There is no example of Payroll: no model can suggest it." in found.warnings


def test_labels_of_other_scripts_are_measured(desk: App, tmp_path: Path) -> None:
    names = {"Network": "Сеть и связь", "Printer": "プリンター", "Payroll": "رواتب"}
    renamed = [{**row, "label": names[row["label"]]} for row in rows(90)]
    found = desk.ask(asked(written(tmp_path / "scripts.jsonl", renamed), split=Split.GROUP))
    assert {each.label: each.support for each in found.per_label if each.support} == dict.fromkeys(names.values(), 6)
    assert found.accuracy > 0.7


def test_five_hundred_labels_are_measured(desk: App, tmp_path: Path) -> None:
    many = [
        {"label": f"Label {number}", "text": f"{chr(97 + number % 26)}{number:05d}x about {chr(97 + copy)}topic " * 3}
        for number in range(500)
        for copy in range(3)
    ]
    found = desk.ask(asked(written(tmp_path / "many.jsonl", many), split=Split.RANDOM))
    assert len(found.labels) == 503
    assert found.n == 500
    assert len(found.mistakes) <= 500
    assert any("Label 0, Label 1, Label 10, Label 100, Label 101 and 495 more" in each for each in found.warnings)


def test_a_single_label_is_measured_but_teaches_nothing(desk: App, tmp_path: Path) -> None:
    data = written(tmp_path / "single.jsonl", rows(30, ("Network",)))
    assert desk.ask(asked(data)).n == 30
    with pytest.raises(TrainingFailed, match=r"one label only \(Network\)"):
        desk.ask(asked(data, split=Split.GROUP))


@pytest.mark.parametrize("split", [None, Split.GROUP])
def test_texts_without_a_word_count_as_the_default(desk: App, tmp_path: Path, split: Split | None) -> None:
    empty = [{"label": "Network", "text": "..."}] * 2 + [{"label": "Network", "text": "\u200b-\u200b"}] * 2
    found = desk.ask(asked(written(tmp_path / "empty.jsonl", [*empty, *rows(120, seed=2)]), split=split))
    assert sum(map(sum, found.confusion)) == found.n


def test_what_the_dataset_ignores_tells_no_labels_apart(desk: App, tmp_path: Path) -> None:
    # given texts that say nothing of their label but for a line that a gateway added
    chance = random.Random(5)
    texts = [" ".join("".join(chance.choices(ascii_lowercase, k=5)) for _ in range(8)) for _ in range(200)]
    banners = {"Network": "gateway verdict one", "Printer": "another gateway verdict two"}
    told = [
        {"label": label, "text": f"{text} {banners[label]}"}
        for text, label in zip(texts, tuple(banners) * 100, strict=True)
    ]
    data = written(tmp_path / "banners.jsonl", told)
    assert desk.ask(asked(data, split=Split.GROUP)).accuracy > 0.9
    # when
    settings = tmp_path / "workspace" / "datasets" / "desk" / "dataset.toml"
    lines = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("ignored")]
    settings.write_text("\n".join([f"ignored = {json.dumps(list(banners.values()))}", *lines]), "utf-8")
    # then
    assert desk.ask(asked(data, split=Split.GROUP)).accuracy < 0.8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ('{"text": "a", "label": "Network"}\n{"text": \n', "line 2"),
        ('{"text": "a", "label": "Network"}\n{"text": "b", "label": ""}\n', "line 2"),
        ('{"text": "a", "label": "Network"}\n{"text": "b"}\n', "line 2"),
    ],
)
@pytest.mark.parametrize("split", [None, Split.GROUP])
def test_broken_lines_are_named(desk: App, tmp_path: Path, content: str, said: str, split: Split | None) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(content)
    with pytest.raises(InvalidInput, match=said):
        desk.ask(asked(str(path), split=split))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([{"label": "Network", "text": "only one"}], "1 example cannot be split"),
        ([{"label": "Network", "text": "the same"}] * 30, "None of 30 examples can be held back"),
    ],
)
def test_too_little_is_said(desk: App, tmp_path: Path, found: list[dict[str, str]], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        desk.ask(asked(written(tmp_path / "few.jsonl", found), split=Split.GROUP))


# -- real mail ------------------------------------------------------------------------------------


def test_on_real_mail_age_and_layout_are_warned_of_and_ham_is_hardly_ever_accused(
    real_data: Path, empty: App, tmp_path: Path
) -> None:
    # given phishing, spam and ham in a folder each
    folder = tmp_path / "mails"
    mails.unpack(real_data / "mail", folder)
    dataset = empty.execute(AddDataset("mails", data=str(folder)))
    # when
    found = empty.ask(EvaluateModel(dataset="mails"))
    # then
    assert found.split == "group"
    assert sorted(found.labels) == ["Ham", "Phishing", "Spam"]
    assert found.n > 700
    assert any(each.startswith("The age of an example alone tells the label right for 8") for each in found.warnings)
    assert any(each.startswith("The layout of an example") for each in found.warnings)
    assert any("of a random held-back part has near-twins in training" in each for each in found.warnings)
    # and of easy and of hard ham, over two splits, no more is called phishing or spam above the gate than may be
    workspace = tmp_path / "bench"
    workspace.mkdir()
    ours = mails.measured(mails.load(folder, workspace), range(2), dataset, workspace)
    assert ours.hard > 40
    assert ours.easy > 900
    assert ours.easy_wrong <= 0.01 * ours.easy
    assert ours.hard_wrong <= 0.1 * ours.hard
    assert ours.coverage > 0.7
