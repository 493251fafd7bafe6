import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.domain.dedup import Level
from triage_app.gui.look import Look
from triage_app.gui.views.link_editor import LinkEditor, ids_in


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("41", (41,)),
        ("#41, 57;57\n ticket 9.", (41, 57, 9)),
        ("see 198.51.100.7 and v2 and 3.14", ()),
        ("", ()),
        ("0 00", ()),
        ("9" * 40, ()),
        ("1 " * 50_000, (1,)),
    ],
)
def test_ids_are_found_in_what_was_pasted(text: str, ids: tuple[int, ...]) -> None:
    assert ids_in(text) == ids


def test_ids_and_level_are_told(look: Look, qtbot: QtBot) -> None:
    editor = LinkEditor(look)
    qtbot.addWidget(editor)
    editor.begin()
    assert not editor.save.isEnabled()
    editor.ids.setText("#4, 5")
    assert editor.hint.text() == "2 tickets"
    editor.level.setCurrentIndex(1)
    with qtbot.waitSignal(editor.wanted) as told:
        QTest.keyClick(editor.ids, Qt.Key.Key_Return)
    assert told.args == [(4, 5), Level.CHILD]
    assert not editor.isVisible()


def test_what_holds_no_id_is_said_and_escape_leaves(look: Look, qtbot: QtBot) -> None:
    editor = LinkEditor(look)
    qtbot.addWidget(editor)
    editor.begin()
    editor.ids.setText("the other one")
    assert editor.hint.text() == "No ticket id is in this text."
    with qtbot.waitSignal(editor.left):
        QTest.keyClick(editor.ids, Qt.Key.Key_Escape)
