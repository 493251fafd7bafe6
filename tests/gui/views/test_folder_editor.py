import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.domain.errors import InvalidInput
from triage_app.gui.look import Look
from triage_app.gui.views.folder_editor import FolderEditor


@pytest.fixture
def bar(look: Look, qtbot: QtBot) -> FolderEditor:
    bar = FolderEditor(look)
    qtbot.addWidget(bar)
    bar.begin("Move the original mail to")
    return bar


def test_a_folder_is_asked_for_and_none_is_an_answer_too(bar: FolderEditor, qtbot: QtBot) -> None:
    told: list[str] = []
    bar.wanted.connect(told.append)
    QTest.keyClick(bar.folder, Qt.Key.Key_Return)
    bar.show_error(InvalidInput("No folder for Spam. Name one."))
    assert bar.problem.text() == "No folder for Spam. Name one."
    assert bar.problem.isVisible()
    QTest.keyClicks(bar.folder, " Archive/Spam ")
    bar.save.click()
    assert told == ["", "Archive/Spam"]


def test_it_is_asked_for_once_until_it_is_known_how_it_went(bar: FolderEditor) -> None:
    told: list[str] = []
    bar.wanted.connect(told.append)
    QTest.keyClick(bar.folder, Qt.Key.Key_Return)
    QTest.keyClick(bar.folder, Qt.Key.Key_Return)
    assert told == [""]


def test_escape_leaves_the_mail_where_it_is(bar: FolderEditor, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.left):
        QTest.keyClick(bar.folder, Qt.Key.Key_Escape)
    assert not bar.isVisible()
