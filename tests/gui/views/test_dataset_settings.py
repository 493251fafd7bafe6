import dataclasses

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.labelling import DATASET
from triage_app.domain.labels import Effect
from triage_app.gui.look import Look
from triage_app.gui.views.dataset_settings import SettingsTab
from triage_app.services.learning_commands import SetDataset


@pytest.fixture
def tab(look: Look, qtbot: QtBot) -> SettingsTab:
    """The settings of a dataset that tags, with a banner that is left out."""
    tab = SettingsTab(look)
    qtbot.addWidget(tab)
    tab.show_dataset(dataclasses.replace(DATASET, effect=Effect.TAG, ignored=("EXTERNAL MAIL",)))
    return tab


def test_only_what_differs_is_changed(tab: SettingsTab, qtbot: QtBot) -> None:
    assert not tab.is_changed
    tab.save.click()
    assert tab.problem.text() == "These settings are in force."
    tab.entries["threshold"].put("90 %")
    tab.entries["default"].put("Phishing")
    tab.entries["effect"].put("queue")
    with qtbot.waitSignal(tab.wanted) as told:
        tab.save.click()
    assert told.args == [SetDataset(name="category", threshold=0.9, default="Phishing", effect=Effect.QUEUE)]


def test_no_phrase_at_all_is_a_change_too(tab: SettingsTab) -> None:
    tab.entries["ignored"].put("")
    assert tab.command() == SetDataset(name="category", ignored=("",))
    tab.entries["fields"].put("subject\n\nuser.name")
    assert tab.command() == SetDataset(name="category", fields=("subject", "user.name"), ignored=("",))


@pytest.mark.parametrize("text", ["", "much", "0", "101", "nan"])
def test_a_precision_that_is_none_is_refused_at_its_field(tab: SettingsTab, text: str) -> None:
    tab.entries["threshold"].put(text)
    assert tab.command() is None
    assert tab.entries["threshold"].problem.text() == "Give a number from 1 to 100."


def test_the_dataset_of_categories_keeps_its_effect_and_revert_brings_back(tab: SettingsTab) -> None:
    tab.entries["title"].put("Other title")
    tab.revert.click()
    assert not tab.is_changed
    tab.show_dataset(DATASET)
    assert not tab.entries["effect"].widget.isEnabled()
