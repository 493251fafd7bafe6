from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from triage_app.domain.poison import OriginKind
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.datasets import DatasetsPage
from triage_app.services.learning_commands import RenameLabel, SaveKeywords, SetDataset
from triage_app.services.learning_queries import ListLabels
from triage_app.services.queries import ListDatasets

EXAMPLES = "label,text\nhigh,the whole company is down\nlow,a small wish\nhigh,ransom note on every screen\n"


@pytest.fixture
def page(opened: OpenedDesk, tmp_path: Path) -> DatasetsPage:
    """The page with a second dataset in hand, made of a file."""
    file = tmp_path / "old.csv"
    file.write_text(EXAMPLES, "utf-8")
    opened.window.do("add-dataset")
    settle(opened)
    page = opened.window.learning.page("datasets")
    assert isinstance(page, DatasetsPage)
    assert page.form.isVisible()
    page.form.file.setText(str(file))
    page.form.preview_now()
    settle(opened)
    page.form.name.setText("priority")
    page.form.go.click()
    settle(opened)
    return page


def test_a_dataset_is_made_of_a_file_and_is_in_hand(page: DatasetsPage, opened: OpenedDesk) -> None:
    assert [dataset.name for dataset in opened.desk.app.ask(ListDatasets()).datasets] == ["category", "priority"]
    assert page.form.isHidden()
    assert page.dataset is not None
    assert page.dataset.name == "priority"
    assert page.about.text().startswith("priority \u00b7 tags tickets \u00b7 2 labels \u00b7 3 examples")
    assert page.labels.list.topLevelItemCount() == 2
    # another line of the list is another dataset on every page
    line = page.list.topLevelItem(0)
    assert line is not None
    assert line.data(0, Qt.ItemDataRole.UserRole) == "category"
    page.list.setCurrentItem(line)
    settle(opened)
    assert opened.window.learning.chooser.value == "category"


def test_labels_settings_and_keywords_are_changed(page: DatasetsPage, opened: OpenedDesk) -> None:
    page.change(RenameLabel(name="priority", label="high", to="urgent"))
    settle(opened)
    sheet = opened.desk.app.ask(ListLabels(name="priority"))
    assert {each.label for each in sheet.labels} == {"urgent", "low"}
    assert "high is called urgent now" in opened.window.toast.text.text()
    assert page.labels.past.topLevelItemCount() == 1
    page.change(SetDataset(name="priority", threshold=0.9))
    page.change(SaveKeywords(name="priority", text="labels:\n  urgent:\n    - {text: ransom, weight: 3}\n"))
    settle(opened)
    dataset = opened.desk.app.ask(ListDatasets()).datasets[1]
    assert (dataset.threshold, len(dataset.keywords)) == (0.9, 1)
    assert "1 keyword rule is in force" in opened.window.toast.text.text()


def test_what_is_refused_is_said_where_it_was_asked_for(page: DatasetsPage, opened: OpenedDesk) -> None:
    page.change(RenameLabel(name="priority", label="high", to="low"))
    settle(opened)
    assert "low" in page.labels.problem.text()
    page.change(SetDataset(name="priority", threshold=7.0))
    settle(opened)
    assert page.settings.problem.property("wrong")
    page.change(SaveKeywords(name="priority", text="nonsense: ["))
    settle(opened)
    assert opened.window.toast.isVisible()


def test_more_examples_are_taken_into_the_dataset_in_hand(
    page: DatasetsPage, opened: OpenedDesk, tmp_path: Path
) -> None:
    file = tmp_path / "more.csv"
    file.write_text("label,text\nmiddle,the printer is slow\n", "utf-8")
    page.ask_more()
    page.form.file.setText(str(file))
    page.form.preview_now()
    settle(opened)
    page.form.go.click()
    settle(opened)
    assert page.form.isHidden()
    sheet = opened.desk.app.ask(ListLabels(name="priority"))
    assert [each.label for each in sheet.labels][-1] == "middle"


def test_a_sender_is_forgotten_and_learnt_from_again(page: DatasetsPage, opened: OpenedDesk) -> None:
    page.forget(OriginKind.SENDER, "mallory@bad.example")
    settle(opened)
    page.tabs.setCurrentIndex(3)
    settle(opened)
    line = page.forgotten.list.topLevelItem(0)
    assert line is not None
    assert line.text(0) == "mallory@bad.example"
    assert opened.window.toast.undo.isVisible()
    page.recall(OriginKind.SENDER, "mallory@bad.example")
    settle(opened)
    assert page.forgotten.list.topLevelItemCount() == 0


def test_a_part_is_made_and_read_when_it_is_first_in_sight(page: DatasetsPage, opened: OpenedDesk) -> None:
    assert not {"settings", "keywords", "forgotten"} & set(vars(page))
    # when
    page.tabs.setCurrentIndex(2)
    settle(opened)
    # then
    assert {"keywords"} == {"settings", "keywords", "forgotten"} & set(vars(page))
    assert page.keywords.text == ""
    # and it follows the dataset in hand
    opened.window.learning.choose("category")
    settle(opened)
    assert "phish" in page.keywords.text
