from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.labelling import keyword_sheet
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.keywords import KeywordsTab
from triage_app.services.learning_commands import SaveKeywords
from triage_app.services.learning_queries import ListKeywords


@pytest.fixture
def tab(opened: OpenedDesk, qtbot: QtBot) -> KeywordsTab:
    """The keywords of the sample, read."""
    tab = KeywordsTab(opened.desk)
    qtbot.addWidget(tab)
    tab.resize(900, 600)
    tab.show()
    tab.load("category")
    settle(opened)
    return tab


def test_rules_stand_with_what_they_hit_the_most_wrong_first(tab: KeywordsTab) -> None:
    tab.show_sheet(keyword_sheet())
    first, conflict = tab.rules.topLevelItem(0), tab.conflicts.topLevelItem(0)
    assert first is not None
    assert [first.text(column) for column in range(5)] == ["lost*  1", "DeviceLost", "12", "2", "6"]
    assert "more often than right" in first.toolTip(0)
    assert conflict is not None
    assert [conflict.text(column) for column in range(3)] == ["Phishing", "DeviceLost", "3"]


def test_a_draft_is_checked_and_put_in_force(tab: KeywordsTab, opened: OpenedDesk, qtbot: QtBot) -> None:
    text = opened.desk.app.ask(ListKeywords(name="category")).text
    assert tab.text == text
    assert not tab.save.isEnabled()
    # when a mistake is written, it is said with its line
    tab.editor.put("labels:\n  Nowhere:\n    - {text: a, weight: 1}\n")
    tab.check_now()
    settle(opened)
    assert tab.problem.property("wrong")
    assert "Nowhere" in tab.problem.text()
    assert not tab.save.isEnabled()
    # when it is right again
    label = "Phishing"
    tab.editor.put(f"labels:\n  {label}:\n    - {{text: verify, weight: 2}}\n")
    tab.check_now()
    settle(opened)
    assert tab.problem.text() == "1 rule, no mistake"
    with qtbot.waitSignal(tab.wanted) as told:
        tab.save.click()
    assert told.args == [SaveKeywords(name="category", text=tab.text)]
    tab.saved()
    assert not tab.is_draft


def test_a_draft_stays_when_the_rules_are_read_again(tab: KeywordsTab, opened: OpenedDesk) -> None:
    tab.editor.put(f"# mine\n{tab.text}")
    tab.load("category")
    settle(opened)
    assert tab.text.startswith("# mine")
    tab.take_back()
    assert not tab.is_draft
    settle(opened)


def test_a_ticket_that_a_rule_hits_is_opened(tab: KeywordsTab, qtbot: QtBot) -> None:
    tab.show_sheet(keyword_sheet())
    line = tab.rules.topLevelItem(1)
    assert line is not None
    with qtbot.waitSignal(tab.opened) as told:
        tab.rules.itemActivated.emit(line, 0)
    assert told.args == [5]
    # one that hits nothing leads nowhere
    tab.show_sheet(replace(keyword_sheet(), rules=()))
    assert tab.rules.topLevelItemCount() == 0


def test_rules_that_were_not_read_yet_cannot_be_overwritten(opened: OpenedDesk, qtbot: QtBot) -> None:
    tab = KeywordsTab(opened.desk)
    qtbot.addWidget(tab)
    asked: list[SaveKeywords] = []
    tab.wanted.connect(asked.append)
    tab.put_in_force()
    # when they are on their way
    tab.load("category")
    tab.put_in_force()
    settle(opened)
    # then they stand, and nothing was asked
    assert (asked, "phish" in tab.text, tab.save.isEnabled()) == ([], True, False)
    # and the same goes when another dataset comes in hand
    tab.editor.put("labels: {}\n")
    tab.check_now()
    settle(opened)
    assert tab.save.isEnabled()
    tab.load("another")
    tab.put_in_force()
    assert asked == []
