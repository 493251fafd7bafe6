import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.labelling import label_sheet
from triage_app.gui.look import Look
from triage_app.gui.views.dataset_labels import LabelsTab
from triage_app.services.learning_commands import MergeLabels, RenameLabel, SplitLabel


@pytest.fixture
def tab(look: Look, qtbot: QtBot) -> LabelsTab:
    """Three labels with a history."""
    tab = LabelsTab(look)
    qtbot.addWidget(tab)
    tab.resize(900, 600)
    tab.show()
    tab.show_sheet(label_sheet())
    return tab


def select(tab: LabelsTab, *places: int) -> None:
    for place in range(tab.list.topLevelItemCount()):
        line = tab.list.topLevelItem(place)
        assert line is not None
        line.setSelected(place in places)


def test_labels_have_their_counts_and_the_newest_change_stands_first(tab: LabelsTab) -> None:
    line, change = tab.list.topLevelItem(1), tab.past.topLevelItem(0)
    assert line is not None
    assert [line.text(column) for column in range(4)] == ["DeviceLost", "300", "4", "12%"]
    assert change is not None
    assert (change.text(1), change.text(2)) == ("bo", "Fraud became Phishing")


def test_one_label_is_renamed_after_it_is_said_what_that_touches(tab: LabelsTab, qtbot: QtBot) -> None:
    assert not tab.rename.isEnabled()
    select(tab, 1)
    assert not tab.merge.isEnabled()
    tab.rename.click()
    assert "300 examples and 4 corrections" in tab.said.text()
    # the same name is no new one
    assert not tab.go.isEnabled()
    tab.name.setText("Lost")
    with qtbot.waitSignal(tab.wanted) as told:
        QTest.keyClick(tab.name, Qt.Key.Key_Return)
    assert told.args == [RenameLabel(name="category", label="DeviceLost", to="Lost")]


def test_several_are_merged_and_one_is_split_by_words(tab: LabelsTab, qtbot: QtBot) -> None:
    select(tab, 0, 2)
    assert not tab.rename.isEnabled()
    tab.merge.click()
    assert "cannot be told apart" in tab.said.text()
    tab.name.setText("Bad")
    assert tab.command() == MergeLabels(name="category", labels=("Phishing", "Other"), into="Bad")
    select(tab, 0)
    # another choice leaves the form
    assert tab.form.isHidden()
    tab.split.click()
    tab.name.setText("Fraud")
    assert not tab.go.isEnabled()
    tab.words.setText("wire transfer, iban ,")
    with qtbot.waitSignal(tab.wanted) as told:
        tab.go.click()
    assert told.args == [SplitLabel(name="category", label="Phishing", into="Fraud", words=("wire transfer", "iban"))]


def test_what_is_typed_stays_when_only_counts_change(tab: LabelsTab) -> None:
    select(tab, 0)
    tab.rename.click()
    tab.name.setText("Fish")
    tab.show_sheet(label_sheet())
    assert tab.form.isVisible()
    assert tab.name.text() == "Fish"
    tab.show_problem("There is a label Fish.")
    assert tab.problem.isVisible()
    QTest.keyClick(tab.name, Qt.Key.Key_Escape)
    assert tab.form.isHidden()
