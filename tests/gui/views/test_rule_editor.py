import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from tests.gui.desks import light_look
from tests.gui.groups import YAML
from triage_app.gui.look import Look
from triage_app.gui.views.rule_editor import RuleEditor
from triage_app.services.dedup_queries import RuleProblem


@pytest.fixture
def editor(look: Look, qtbot: QtBot) -> RuleEditor:
    editor = RuleEditor(look)
    qtbot.addWidget(editor)
    editor.resize(500, 400)
    editor.start_with(YAML)
    editor.show()
    return editor


def test_a_change_from_outside_is_one_step_and_keeps_the_cursor(editor: RuleEditor) -> None:
    editor.go_to_line(9)
    editor.put(YAML.replace("gap: 5m", "gap: 10m"))
    assert "gap: 10m" in editor.toPlainText()
    assert editor.textCursor().blockNumber() == 8
    editor.undo()
    assert editor.toPlainText() == YAML


def test_mistakes_are_marked_in_their_lines_and_said(editor: RuleEditor) -> None:
    editor.show_problems([RuleProblem(7, "No such level."), RuleProblem(4, "Unknown field."), RuleProblem(4, "Twice.")])
    assert editor.problems_in_words() == "2 mistakes. Line 4: Unknown field."
    assert editor.said_of(4) == "Unknown field.\nTwice."
    assert {each.cursor.blockNumber() + 1 for each in editor.extraSelections()} == {4, 7}
    editor.show_problems([RuleProblem(4711, "Beyond the end.")])
    assert editor.extraSelections() == []
    editor.show_problems([])
    assert editor.problems_in_words() == ""


def test_the_margin_knows_its_lines_and_marks_the_rule_in_hand(editor: RuleEditor) -> None:
    line = editor.fontMetrics().height()
    assert editor.line_at(QPoint(2, line // 2 + 2)) == 1
    assert editor.line_at(QPoint(2, 100_000)) == 0
    before = editor.grab().toImage()
    editor.show_rule(range(3, 8))
    assert editor.grab().toImage() != before


@pytest.fixture(scope="module")
def any_editor(qapp: object) -> RuleEditor:
    return RuleEditor(light_look())


@given(old=st.text(max_size=40), new=st.text(max_size=40))
def test_any_text_can_be_put_in_place_of_any_other(any_editor: RuleEditor, old: str, new: str) -> None:
    editor = any_editor
    editor.start_with(new)
    wanted = editor.toPlainText()
    editor.start_with(old)
    shown = editor.toPlainText()
    editor.put(wanted)
    assert editor.toPlainText() == wanted
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    if shown != wanted:
        editor.undo()
        assert editor.toPlainText() == shown
