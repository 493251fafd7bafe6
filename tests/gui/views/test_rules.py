from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.rules import RulesScreen
from triage_app.services.commands import SaveDedupRules
from triage_app.services.dedup_queries import ListDedupRules

MINE = """\
# ours
rules:
  - name: same-subject  # loose
    when: {subject|exists: true}
    key: [subject]
    window: {kind: forever}
    level: comment
"""


@pytest.fixture
def screen(opened: OpenedDesk) -> RulesScreen:
    opened.window.do("go-rules")
    settle(opened)
    return opened.window.rules


def put(opened: OpenedDesk, screen: RulesScreen, text: str) -> None:
    screen.editor.put(text)
    screen.check_now()
    settle(opened)


def test_the_rules_in_force_are_listed_in_their_order(opened: OpenedDesk, screen: RulesScreen) -> None:
    rules = opened.desk.app.ask(ListDedupRules())
    assert [rule.name for rule in screen.rows.rules] == [card.name for card in rules.rules]
    assert screen.text == rules.text
    assert all(rule.settings is not None for rule in screen.rows.rules)
    assert not screen.is_draft
    assert not screen.save.isEnabled()
    assert screen.cards.hasFocus()


def test_a_switch_changes_the_text_and_the_text_the_switch(opened: OpenedDesk, screen: RulesScreen) -> None:
    name = screen.rows.at(0).name
    before, was_on = screen.text, screen.rows.at(0).enabled
    QTest.keyClick(screen.cards, Qt.Key.Key_Space)
    settle(opened)
    assert screen.rows.at(0).enabled is not was_on
    assert screen.rows.at(0).changed
    assert screen.draft.text() == "Draft, not in force"
    assert screen.save.isEnabled()
    screen.switch(name)
    settle(opened)
    assert screen.rows.at(0).enabled is was_on
    screen.take_back()
    settle(opened)
    assert screen.text == before
    assert not screen.is_draft


def test_a_mistake_is_marked_while_typing_and_cannot_be_put_in_force(opened: OpenedDesk, screen: RulesScreen) -> None:
    put(opened, screen, MINE.replace("level: comment", "level: comand"))
    assert screen.problem.property("wrong")
    assert "Line 7" in screen.problem.text()
    assert screen.editor.said_of(7)
    assert not screen.save.isEnabled()
    put(opened, screen, MINE)
    assert not screen.problem.property("wrong")
    assert screen.save.isEnabled()


def test_what_is_no_yaml_says_so_and_the_desk_goes_on(opened: OpenedDesk, screen: RulesScreen) -> None:
    put(opened, screen, "rules: [\n  - {{{{\n\t\0")
    assert screen.problem.property("wrong")
    assert screen.problem.text()
    assert screen.rows.rowCount() > 0


def test_the_form_edits_the_yaml_and_keeps_its_comments(opened: OpenedDesk, screen: RulesScreen) -> None:
    put(opened, screen, MINE)
    screen.cards.setCurrentIndex(screen.rows.index(0))
    screen.form.level.setCurrentIndex(screen.form.level.findData("link"))
    screen.form.kind.setCurrentIndex(screen.form.kind.findData("gap"))
    settle(opened)
    linked = MINE.replace("level: comment", "level: link")
    assert screen.text == linked.replace("{kind: forever}", "{gap: 5m, time: event}")


def test_putting_in_force_changes_the_rules_of_the_workspace(opened: OpenedDesk, screen: RulesScreen) -> None:
    put(opened, screen, MINE)
    opened.window.do("save-rules")
    settle(opened)
    assert opened.desk.app.ask(ListDedupRules()).text == MINE
    assert [rule.name for rule in screen.rows.rules] == ["same-subject"]
    assert screen.draft.text() == "In force"
    assert "1 rule is in force" in opened.window.toast.text.text()


def test_rules_that_are_saved_elsewhere_are_shown(opened: OpenedDesk, screen: RulesScreen) -> None:
    opened.desk.app.execute(SaveDedupRules(text=MINE))
    settle(opened)
    assert screen.text == MINE
    assert [rule.name for rule in screen.rows.rules] == ["same-subject"]
    assert screen.draft.text() == "In force"
    assert "changed elsewhere" in opened.window.toast.text.text()
    assert not screen.moved.isVisible()


def test_a_draft_outlives_rules_that_are_saved_elsewhere(opened: OpenedDesk, screen: RulesScreen) -> None:
    # given a draft
    mine = MINE.replace("# ours", "# mine")
    put(opened, screen, mine)
    # when others are put in force meanwhile
    opened.desk.app.execute(SaveDedupRules(text=MINE))
    settle(opened)
    # then it is said, and the draft is still there
    assert screen.text == mine
    assert screen.is_draft
    assert screen.moved.isVisible()
    # when they are wanted
    (button,) = screen.moved.findChildren(QPushButton)
    button.click()
    settle(opened)
    # then they are shown, and what was written comes back with one undo
    assert screen.text == MINE
    assert not screen.moved.isVisible()
    screen.editor.undo()
    assert screen.text == mine


def test_what_one_puts_in_force_oneself_is_no_change_from_elsewhere(opened: OpenedDesk, screen: RulesScreen) -> None:
    put(opened, screen, MINE)
    screen.put_in_force()
    screen.editor.put(f"{MINE}# more\n")
    settle(opened)
    assert screen.is_draft
    assert not screen.moved.isVisible()


def test_a_file_that_was_edited_outside_is_read_when_one_comes_back(
    opened: OpenedDesk, screen: RulesScreen, demo_folder: Path
) -> None:
    # given another program that writes the file while it has the keyboard
    opened.desk.app.execute(SaveDedupRules(text=MINE))
    settle(opened)
    other = QWidget()
    other.show()
    other.activateWindow()
    QTest.qWaitForWindowActive(other)
    (demo_folder / "rules" / "dedup.yaml").write_text(MINE.replace("# ours", "# theirs"), encoding="utf-8")
    # when
    other.close()
    opened.window.activateWindow()
    QTest.qWaitForWindowActive(opened.window)
    settle(opened)
    # then
    assert screen.text.startswith("# theirs")


def test_a_draft_is_simulated_without_being_in_force(opened: OpenedDesk, screen: RulesScreen) -> None:
    before = opened.desk.app.ask(ListDedupRules()).config_id
    put(opened, screen, MINE)
    screen.simulation.since.setCurrentIndex(3)
    opened.window.do("simulate-rules")
    assert screen.simulation.working.isVisible()
    settle(opened, 60_000)
    assert not screen.simulation.working.isVisible()
    assert "same-subject (comment)" in screen.simulation.saved.accessibleName()
    assert "items would be" in screen.simulation.summary.text()
    assert screen.simulation.groups.topLevelItemCount() > 0
    assert opened.desk.app.ask(ListDedupRules()).config_id == before


def test_a_simulation_can_be_stopped(opened: OpenedDesk, screen: RulesScreen) -> None:
    screen.simulation.since.setCurrentIndex(3)
    screen.simulate()
    screen.simulation.working.cancel.click()
    settle(opened, 60_000)
    assert not screen.simulation.working.isVisible()
    assert screen.simulation.run.isEnabled()


def test_the_gaps_of_a_rule_lead_to_a_setting_in_the_draft(opened: OpenedDesk, screen: RulesScreen) -> None:
    # given a rule whose keys come again
    put(opened, screen, MINE.replace("key: [subject]", "key: [source]"))
    opened.window.do("design-window")
    settle(opened, 60_000)
    assert screen.designer.chart.setting is not None
    # when
    QTest.keyClick(screen.designer.chart, Qt.Key.Key_Home)
    screen.designer.use.click()
    settle(opened)
    # then
    gap = screen.rows.at(0).settings
    assert gap is not None
    assert gap.window.kind == "gap"
    assert gap.window.gap in screen.designer.use.text()


def test_the_rule_below_the_cursor_is_the_one_in_hand(opened: OpenedDesk, screen: RulesScreen) -> None:
    screen.editor.setFocus()
    last = screen.rows.rowCount() - 1
    screen.editor.go_to_line(screen.text.count("\n"))
    assert screen.cards.currentIndex().row() == last
    assert screen.form.title.text() == screen.rows.at(last).title


def test_letters_in_the_editor_are_no_commands(opened: OpenedDesk, screen: RulesScreen) -> None:
    screen.editor.setFocus()
    screen.editor.go_to_line(1)
    QTest.keyClicks(screen.editor, "# jZE.,gu")
    assert screen.text.startswith("# jZE.,gu")
    assert opened.window.screens.currentWidget() is screen
