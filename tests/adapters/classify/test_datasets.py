import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage_app.adapters.classify.datasets import DatasetFolders, check_name, data_line, dataset_toml
from triage_app.adapters.classify.reading import read_examples
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.labels import Dataset, Example, KeywordRule, Training

SMALL = (Example("B", "one"), Example("A", "two"), Example("B", "three"))


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    root = tmp_path / "shipped"
    for name in ("zebra", "category", "alpha"):
        folder = root / name
        folder.mkdir(parents=True)
        (folder / "dataset.toml").write_text(f'title = "{name}"\nlabels = ["A", "B"]\n')
        (folder / "data.txt").write_text("__label__A x\n__label__B y\n")
    (root / "README").mkdir()
    return root


@pytest.fixture
def datasets(tmp_path: Path, shipped: Path) -> DatasetFolders:
    return DatasetFolders(tmp_path / "workspace", shipped)


def test_category_comes_first_and_then_the_names(datasets: DatasetFolders) -> None:
    datasets.create("beta", SMALL)
    assert [each.name for each in datasets.all()] == ["category", "alpha", "beta", "zebra"]


def test_the_workspace_goes_before_what_ships(datasets: DatasetFolders, tmp_path: Path) -> None:
    folder = tmp_path / "workspace" / "datasets" / "category"
    folder.mkdir(parents=True)
    (folder / "dataset.toml").write_text('title = "ours"\nlabels = ["X", "Y"]\n')
    assert datasets.get("category").title == "ours"
    assert datasets.examples("category") == ()
    assert len(datasets.all()) == 3


def test_a_change_is_seen_and_what_is_unchanged_is_kept(datasets: DatasetFolders, shipped: Path) -> None:
    before = datasets.get("alpha")
    assert datasets.get("alpha") is before
    path = shipped / "alpha" / "dataset.toml"
    path.write_text(path.read_text() + "threshold = 0.5\n")
    assert datasets.get("alpha").threshold == 0.5
    (shipped / "alpha" / "keywords.yaml").write_text("labels: {A: [{text: x, weight: 2}]}")
    assert datasets.get("alpha").keywords == (KeywordRule("A", "x", 2.0),)
    os.utime(path, ns=(1, 1))
    assert datasets.get("alpha").threshold == 0.5


@pytest.mark.parametrize("name", ["missing", "", "..", "../shipped/alpha", "a/b", "\0", "README"])
def test_a_dataset_that_is_not_there_is_not_found(datasets: DatasetFolders, name: str) -> None:
    with pytest.raises(NotFound):
        datasets.get(name)
    with pytest.raises(NotFound):
        datasets.examples(name)


def test_a_new_dataset_has_the_labels_of_its_examples_the_most_frequent_first(datasets: DatasetFolders) -> None:
    made = datasets.create("tickets", SMALL)
    assert (made.name, made.labels, made.default, made.threshold) == ("tickets", ("B", "A"), "unclassified", 0.8)
    assert datasets.examples("tickets") == list(SMALL)
    assert made.training.epoch > Training().epoch


def test_many_examples_are_trained_with_the_default_options(datasets: DatasetFolders) -> None:
    assert datasets.create("many", [*SMALL] * 1_000).training == Training()


def test_a_name_is_used_once(datasets: DatasetFolders) -> None:
    datasets.create("tickets", SMALL)
    for name in ("tickets", "category"):
        with pytest.raises(InvalidState, match="already"):
            datasets.create(name, SMALL)


def test_of_two_that_make_the_same_one_wins(datasets: DatasetFolders, tmp_path: Path) -> None:
    def make(_number: int) -> bool:
        try:
            datasets.create("tickets", SMALL)
        except InvalidState:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(make, range(16))) == 1
    assert [each.name for each in (tmp_path / "workspace" / "datasets").iterdir()] == ["tickets"]


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "a\\b", "-x", "x" * 65, "a b", "größe", "CON", "nul", "com1", "a\n", "a.b", "x\0"],
)
def test_hostile_names_are_refused(datasets: DatasetFolders, tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be the name"):
        datasets.create(name, SMALL)
    with pytest.raises(InvalidInput):
        check_name(name)
    assert not (tmp_path / "workspace").exists()


@pytest.mark.parametrize(
    "examples", [[], [Example("A", "x")], [Example("A", "x"), Example("B", " ")], [Example("", "x")]]
)
def test_examples_of_fewer_than_two_labels_are_refused(datasets: DatasetFolders, examples: list[Example]) -> None:
    with pytest.raises(InvalidInput):
        datasets.create("tickets", examples)
    with pytest.raises(NotFound):
        datasets.get("tickets")


NASTY = st.text(alphabet=st.characters(), max_size=40) | st.sampled_from(
    ["a\n__label__B b", "__label__B x", "\r\n", "\ud800", "\u2028x", "=1+1", "\0"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["A", "HR Support", "100%", "Größe"]), NASTY), max_size=20))
def test_whatever_a_text_holds_it_stays_one_line_with_its_own_label(
    tmp_path: Path, pairs: list[tuple[str, str]]
) -> None:
    examples = [Example(label, text) for label, text in pairs if text.split()]
    path = tmp_path / "data.txt"
    path.write_bytes(b"".join(map(data_line, examples)) + b"__label__End end\n")
    assert [each.label for each in read_examples(path)] == [*(each.label for each in examples), "End"]


def test_the_toml_reads_back_whatever_the_labels_are() -> None:
    labels = ('quote " and \\ slash', "Größe 大小", "tab", "#x = [1]", "'''", '"""')
    dataset = Dataset("d", 'A "title"\nwith \x7f', labels, "unclassified", 0.65, ("subject",))
    table = tomllib.loads(dataset_toml(dataset))
    assert tuple(table["labels"]) == labels
    assert (table["title"], table["threshold"], table["fields"]) == ('A "title" with  ', 0.65, ["subject"])
    assert Training(**table["training"]) == dataset.training


def test_the_dataset_that_ships_is_sound(project: Path, tmp_path: Path) -> None:
    datasets = DatasetFolders(tmp_path, project / "models")
    category = datasets.all()[0]
    counts = dict.fromkeys(category.labels, 0)
    for example in datasets.examples("category"):
        counts[example.label] += 1
    assert min(counts.values()) >= 60
    assert {rule.label for rule in category.keywords} <= set(category.labels)
    assert category.default in category.labels
