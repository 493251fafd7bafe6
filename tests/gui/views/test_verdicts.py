import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.domain.ticket import Verdict
from triage_app.gui.look import Look
from triage_app.gui.views.verdicts import VERDICT_KEYS, NoteEditor, VerdictChooser


def test_every_verdict_has_a_key_of_its_own() -> None:
    assert set(VERDICT_KEYS.values()) == set(Verdict)
    assert len(VERDICT_KEYS) == len(Verdict)


@pytest.mark.parametrize(("key", "verdict"), VERDICT_KEYS.items())
def test_a_letter_chooses(look: Look, qtbot: QtBot, key: Qt.Key, verdict: Verdict) -> None:
    chooser = VerdictChooser(look)
    qtbot.addWidget(chooser)
    chooser.begin("Close \u201ca\u201d as")
    with qtbot.waitSignal(chooser.chosen) as chosen:
        QTest.keyClick(chooser, key)
    assert chosen.args == [verdict]
    assert not chooser.isVisible()


def test_a_click_chooses_and_escape_leaves(look: Look, qtbot: QtBot) -> None:
    chooser = VerdictChooser(look)
    qtbot.addWidget(chooser)
    chooser.begin("Close as")
    with qtbot.waitSignal(chooser.chosen) as chosen:
        chooser.buttons[Verdict.TEST].click()
    assert chosen.args == [Verdict.TEST]
    chooser.begin("Close as")
    with qtbot.waitSignal(chooser.left):
        QTest.keyClick(chooser, Qt.Key.Key_Escape)


def test_a_note_is_saved_by_ctrl_return_and_kept_when_left(look: Look, qtbot: QtBot) -> None:
    editor = NoteEditor(look)
    qtbot.addWidget(editor)
    editor.begin()
    QTest.keyClicks(editor.text, "called her")
    QTest.keyClick(editor.text, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    editor.begin()
    assert editor.text.toPlainText() == "called her"
    with qtbot.waitSignal(editor.saved) as saved:
        QTest.keyClick(editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert saved.args == ["called her"]
    assert editor.text.toPlainText() == ""


def test_an_empty_note_is_not_saved(look: Look, qtbot: QtBot) -> None:
    editor = NoteEditor(look)
    qtbot.addWidget(editor)
    editor.begin()
    editor.text.setPlainText(" \n ")
    with qtbot.waitSignal(editor.left), qtbot.assertNotEmitted(editor.saved):
        QTest.keyClick(editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
