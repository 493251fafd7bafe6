import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage_app.adapters.classify.dataset_files import MAX_BYTES, dataset_toml, read_dataset
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Dataset, Effect, KeywordRule, LabelChange, Training

TOML = """
name = "small"
title = "A small one"
threshold = 0.7
default = "B"
fields = ["subject"]
labels = ["A", "B"]
[training]
dim = 8
lr = 1
loss = "softmax"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "small"
    made.mkdir()
    (made / "dataset.toml").write_text(TOML)
    return made


def test_every_key_is_read(folder: Path) -> None:
    (folder / "keywords.yaml").write_text("labels:\n  B:\n  - {text: 'pass*', weight: 2.5}\n  A:\n  - text: 'on'\n")
    found = read_dataset(folder)
    assert (found.name, found.title, found.threshold, found.default) == ("small", "A small one", 0.7, "B")
    assert (found.labels, found.fields) == (("A", "B"), ("subject",))
    assert found.keywords == (KeywordRule("B", "pass*", 2.5), KeywordRule("A", "on", 1.0))
    assert found.training == Training(dim=8, lr=1, loss="softmax")


def test_what_is_left_out_has_a_default(folder: Path) -> None:
    (folder / "dataset.toml").write_text("")
    found = read_dataset(folder)
    assert (found.name, found.title, found.threshold) == ("small", "small", 0.8)
    assert (found.default, found.labels, found.keywords, found.training) == ("unclassified", (), (), Training())


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("threshold = 1.01", "threshold"),
        ("threshold = -0.1", "threshold"),
        ("threshold = nan", "threshold"),
        ("threshold = true", "threshold"),
        ('threshold = "0.8"', "threshold"),
        ('name = "other"', "name"),
        ("title = 3", "title"),
        ('title = ""', "title"),
        ('default = "C"', "default"),
        ("labels = ['A', 'A']", "labels"),
        ("labels = ['A', '']", "labels"),
        ("labels = 'AB'", "labels"),
        ("labels = ['A', 3]", "labels"),
        ("fields = []", "fields"),
        ("colour = 'red'", "colour"),
        ("[training]\nepoch = 0", "epoch"),
        ("[training]\nepoch = 1.5", "training.epoch"),
        ("[training]\nlr = 'fast'", "training.lr"),
        ("[training]\nlr = nan", "training.lr"),
        ("[training]\nloss = 'hs'", "loss"),
        ("[training]\nspeed = 3", "training.speed"),
        ("[training]\nbucket = 100000000", "bucket"),
        ("training = 3", "training"),
        ("effect = 'colour'", "effect"),
        ("effect = 3", "effect"),
        ("effect = 'category'", "effect"),
        ("ignored = 'x'", "ignored"),
        ("ignored = [' ']", "ignored"),
        ("history = 3", "history"),
        ("[[history]]\nnew = 'A'\nold = ['B']", "change 1: at"),
        ("[[history]]\nat = 2026-03-31T14:05:00Z\nold = ['B']", "change 1"),
        ("[[history]]\nat = 2026-03-31T14:05:00Z\nnew = 'B'\nold = []", "change 1"),
        ("[[history]]\ncolour = 1", "change 1"),
        ("threshold = ", "TOML"),
        ("a = " + "[" * 5_000, "TOML"),
    ],
)
def test_a_wrong_value_is_named_with_file_and_key(folder: Path, line: str, key: str) -> None:
    name = line.split(" = ", maxsplit=1)[0]
    before = TOML.partition("[training]")[0].splitlines()
    rest = "".join(f"{each}\n" for each in before if not each.startswith(f"{name} ="))
    (folder / "dataset.toml").write_text(rest + line + "\n")
    with pytest.raises(InvalidInput, match=rf"dataset\.toml.*{key}"):
        read_dataset(folder)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("labels: {C: [{text: x}]}", "'C' is not a label"),
        ("labels: {A: [{text: x, weight: 0}]}", r"labels\.A, rule 1: weight"),
        ("labels: {A: [{text: x, weight: .inf}]}", r"labels\.A, rule 1: weight"),
        ("labels: {A: [{text: x, weight: true}]}", r"labels\.A, rule 1: weight"),
        ("labels: {A: [{text: x}, {text: '*'}]}", r"labels\.A, rule 2: text"),
        ("labels: {A: [{text: 3}]}", r"labels\.A, rule 1: text"),
        ("labels: {A: [{text: x, colour: red}]}", r"labels\.A, rule 1"),
        ("labels: {A: [x]}", r"labels\.A, rule 1"),
        ("labels: {A: x}", r"labels\.A must be a list"),
        ("labels: {A: [], A: []}", "not valid YAML"),
        ("labels: [A]", "top key"),
        ("rules: {}", "top key"),
        ("- x", "top key"),
        ("labels: {A: [", "not valid YAML"),
        ("!!python/object/apply:os.system ['true']", "not valid YAML"),
        ("[" * 20_000, "nested too deeply"),
        ("[\n" * 20_000, "nested too deeply"),
        ("{a: " * 900, "nested too deeply"),
        ("labels: {A: [{text: " + "x" * 300 + "}]}", r"rule 1: text"),
        ("#" * (MAX_BYTES + 1), "more than"),
    ],
)
def test_a_wrong_rule_is_named_with_its_place(folder: Path, text: str, where: str) -> None:
    (folder / "keywords.yaml").write_text(text)
    with pytest.raises(InvalidInput, match=rf"keywords\.yaml.*{where}"):
        read_dataset(folder)


def test_effect_and_history_are_read_and_written(folder: Path) -> None:
    at = datetime(2026, 3, 31, 12, 5, tzinfo=UTC)
    changes = (LabelChange(at, "ann", ("A", 'quote "'), "Größe"), LabelChange(at, "bo", ("A",), "V", ("vpn", "any*")))
    wanted = replace(
        read_dataset(folder), effect=Effect.PLAYBOOK, ignored=("our banner", "a\\b"), history=changes, title="大小"
    )
    (folder / "dataset.toml").write_text(dataset_toml(wanted), "utf-8")
    assert read_dataset(folder) == wanted


def test_category_alone_sets_the_category(tmp_path: Path) -> None:
    (tmp_path / "category").mkdir()
    (tmp_path / "category" / "dataset.toml").write_text("")
    assert read_dataset(tmp_path / "category").effect is Effect.CATEGORY
    (tmp_path / "category" / "dataset.toml").write_text("effect = 'tag'")
    with pytest.raises(InvalidInput, match="nothing else does"):
        read_dataset(tmp_path / "category")


def test_the_toml_reads_back_whatever_the_labels_are() -> None:
    labels = ('quote " and \\ slash', "Größe 大小", "tab", "#x = [1]", "'''", '"""')
    dataset = Dataset("d", 'A "title"\nwith \x7f', labels, "unclassified", 0.65, ("subject",))
    table = tomllib.loads(dataset_toml(dataset))
    assert tuple(table["labels"]) == labels
    assert (table["title"], table["threshold"], table["fields"]) == ('A "title" with  ', 0.65, ["subject"])
    assert Training(**table["training"]) == dataset.training


def test_an_empty_file_has_no_rules(folder: Path) -> None:
    (folder / "keywords.yaml").write_text("# nothing yet\n")
    assert read_dataset(folder).keywords == ()


def test_a_folder_without_its_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"dataset\.toml cannot be read"):
        read_dataset(tmp_path)
