import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage_app.adapters.classify.datasets import DatasetFolders, check_name
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.labels import Effect, Example, KeywordRule, LabelChange, Training
from triage_app.domain.relabelling import changed_dataset

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
    assert datasets.create("many", [*SMALL] * 4_000).training == Training()


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


def test_a_new_dataset_is_as_it_was_wanted(datasets: DatasetFolders) -> None:
    made = datasets.create("tickets", SMALL, title="Tickets", threshold=0.9, effect=Effect.QUEUE)
    assert (made.title, made.threshold, made.effect) == ("Tickets", 0.9, Effect.QUEUE)


def test_everything_known_of_an_example_is_kept(datasets: DatasetFolders) -> None:
    at = datetime(2026, 3, 31, 14, 5, tzinfo=UTC)
    examples = [Example("A", "one\n two", "g", at, "html", "a@b.c", "portal"), *SMALL]
    datasets.create("tickets", examples)
    assert datasets.examples("tickets") == examples


def test_a_change_is_put_in_force_and_the_state_before_is_kept(datasets: DatasetFolders, tmp_path: Path) -> None:
    made = datasets.create("tickets", SMALL)
    saved = datasets.save(replace(made, title="New", ignored=("our banner",)), [*SMALL, Example("A", "four")])
    assert (saved.title, saved.ignored, saved.labels) == ("New", ("our banner",), made.labels)
    assert datasets.get("tickets") == saved
    assert len(datasets.examples("tickets")) == 4
    earlier = tmp_path / "workspace" / "datasets" / ".earlier-tickets"
    assert len((earlier / "data.jsonl").read_bytes().splitlines()) == 3
    datasets.save(replace(saved, title="Newer"))
    assert len(datasets.examples("tickets")) == 4
    assert [each.name for each in datasets.all()].count("tickets") == 1


def test_one_that_ships_is_copied_when_it_is_edited(datasets: DatasetFolders, shipped: Path, tmp_path: Path) -> None:
    (shipped / "alpha" / "README.md").write_text("the card")
    before = {path.name: path.read_bytes() for path in (shipped / "alpha").iterdir()}
    datasets.save(replace(datasets.get("alpha"), threshold=0.9))
    own = tmp_path / "workspace" / "datasets" / "alpha"
    assert datasets.get("alpha").threshold == 0.9
    assert datasets.examples("alpha") == [Example("A", "x"), Example("B", "y")]
    assert (own / "README.md").read_text() == "the card"
    assert {path.name: path.read_bytes() for path in (shipped / "alpha").iterdir()} == before


def test_what_could_not_be_read_again_changes_nothing(datasets: DatasetFolders, tmp_path: Path) -> None:
    made = datasets.create("tickets", SMALL)
    for broken in (
        replace(made, threshold=2.0), replace(made, labels=("A", "A")), replace(made, effect=Effect.CATEGORY),
        replace(made, default="gone"), replace(made, fields=()),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            datasets.save(broken)
    with pytest.raises(InvalidInput):
        datasets.save(made, keywords="labels: {C: [{text: x}]}")
    assert datasets.get("tickets") == made
    assert [each.name for each in (tmp_path / "workspace" / "datasets").iterdir()] == ["tickets"]


def test_after_a_kill_between_two_renames_the_state_before_is_read(datasets: DatasetFolders, tmp_path: Path) -> None:
    datasets.create("tickets", SMALL)
    own = tmp_path / "workspace" / "datasets"
    (own / "tickets").rename(own / ".earlier-tickets")
    again = DatasetFolders(tmp_path / "workspace", tmp_path / "shipped")
    assert again.get("tickets").labels == ("B", "A")
    assert "tickets" in [each.name for each in again.all()]
    with pytest.raises(InvalidState):
        again.create("tickets", SMALL)
    assert again.save(replace(again.get("tickets"), title="New")).title == "New"


def test_keyword_texts_stay_as_people_write_them(datasets: DatasetFolders) -> None:
    made = datasets.create("tickets", SMALL)
    assert datasets.keyword_text("tickets") == ""
    text = "# ours\nlabels:\n  A:\n    - {text: x} # hint\n  B: [{text: y, weight: 2}]\n"
    saved = datasets.save(made, keywords=text)
    assert saved.keywords == (KeywordRule("A", "x", 1.0), KeywordRule("B", "y", 2.0))
    assert datasets.keyword_text("tickets") == text
    # a threshold leaves it, a new name of a label is put in its place
    saved = datasets.save(replace(saved, threshold=0.7))
    assert datasets.keyword_text("tickets") == text
    change = LabelChange(datetime(2026, 3, 31, tzinfo=UTC), "ann", ("A",), "New: name")
    named, examples = changed_dataset(saved, datasets.examples("tickets"), change)
    datasets.save(named, examples)
    assert datasets.keyword_text("tickets") == text.replace("  A:", '  "New: name":')
    assert datasets.get("tickets") == named
    # where two become one the file is written anew
    merged, examples = changed_dataset(named, examples, replace(change, old=("New: name", "B"), new="B"))
    datasets.save(merged, examples)
    assert datasets.get("tickets") == merged
    assert datasets.check_keywords(merged, datasets.keyword_text("tickets")) == (merged.keywords, ())


def test_readers_see_one_state_or_the_other(datasets: DatasetFolders) -> None:
    made = datasets.create("tickets", SMALL)
    states = {"A": replace(made, default="A", title="A"), "B": replace(made, default="B", title="B")}
    datasets.save(states["A"])
    done = threading.Event()

    def look() -> bool:
        same = True
        while not done.is_set():
            found = datasets.get("tickets")
            same = same and found.default == found.title
        return same

    with ThreadPoolExecutor(2) as pool:
        watching = [pool.submit(look) for _ in range(2)]
        for _ in range(20):
            datasets.save(states["B"])
            datasets.save(states["A"])
        done.set()
        assert all(each.result() for each in watching)


def test_the_dataset_that_ships_is_sound(project: Path, tmp_path: Path) -> None:
    datasets = DatasetFolders(tmp_path, project / "models")
    category = datasets.all()[0]
    counts = dict.fromkeys(category.labels, 0)
    for example in datasets.examples("category"):
        counts[example.label] += 1
    assert min(counts.values()) >= 60
    assert {rule.label for rule in category.keywords} <= set(category.labels)
    assert category.default in category.labels
