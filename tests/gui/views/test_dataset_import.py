from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.labelling import example_preview
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Effect
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.dataset_import import ImportForm
from triage_app.services.learning_commands import AddDataset, ImportExamples

TABLE = "Topic;Head;Body\nHardware;Screen;my screen is broken\nAccess;Key;I need a key\nAccess;Door;the door is shut\n"


@pytest.fixture
def form(opened: OpenedDesk, qtbot: QtBot) -> ImportForm:
    """The form for a new dataset."""
    form = ImportForm(opened.desk)
    qtbot.addWidget(form)
    form.resize(800, 700)
    form.show()
    form.begin()
    return form


def test_a_table_is_previewed_mapped_and_made_a_dataset(
    form: ImportForm, opened: OpenedDesk, tmp_path: Path, qtbot: QtBot
) -> None:
    # given a table whose columns are not all guessed
    file = tmp_path / "old.csv"
    file.write_text(TABLE, "utf-8")
    form.file.setText(str(file))
    form.preview_now()
    settle(opened)
    assert form.mapping.isVisible()
    # when the columns are chosen
    for part, column in (("label", "Topic"), ("text", "Head"), ("text-2", "Body")):
        form.columns[part].setCurrentIndex(form.columns[part].findData(column))
    form.preview_now()
    settle(opened)
    # then both text columns are joined, and the labels counted
    assert form.said.text() == "3 examples with 2 labels: Access 2, Hardware 1."
    line = form.rows.topLevelItem(0)
    assert line is not None
    assert "Screen" in line.text(1)
    assert "broken" in line.text(1)
    # and it waits for a name
    assert not form.go.isEnabled()
    form.name.setText("topic")
    form.effect.setCurrentIndex(1)
    with qtbot.waitSignal(form.wanted) as told:
        form.go.click()
    (command,) = told.args
    assert isinstance(command, AddDataset)
    assert (command.name, command.effect) == ("topic", Effect.QUEUE)
    assert {"label=Topic", "text=Head", "text=Body"} <= set(command.columns)


def test_what_is_wrong_is_said_and_nothing_is_taken_in(form: ImportForm) -> None:
    form.begin("category", "Category")
    form.show_preview(example_preview())
    assert form.problems.text() == "Line 7: there is no label."
    assert not form.go.isEnabled()
    form.show_preview(example_preview(problems=tuple(f"Line {place}: odd." for place in range(9))))
    assert form.problems.text().endswith("and 5 more")
    form.show_preview(example_preview(problems=()))
    assert form.go.isEnabled()
    command = form.command()
    assert isinstance(command, ImportExamples)
    assert command.name == "category"
    assert form.own.isHidden()


def test_a_file_that_is_not_there_is_said(form: ImportForm, opened: OpenedDesk, tmp_path: Path) -> None:
    form.file.setText(str(tmp_path / "nothing.csv"))
    form.preview_now()
    settle(opened)
    assert "nothing.csv" in form.problems.text()
    assert not form.go.isEnabled()


def test_while_it_is_taken_in_it_can_be_stopped(form: ImportForm, qtbot: QtBot) -> None:
    form.show_preview(example_preview(problems=()))
    form.name.setText("topic")
    form.busy()
    assert not form.go.isEnabled()
    with qtbot.waitSignals([form.stop_wanted, form.left]):
        form.cancel.click()
    form.show_error(InvalidInput("There is a dataset topic."))
    assert form.problems.text() == "There is a dataset topic."
    assert form.go.isEnabled()
