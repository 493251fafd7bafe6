from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.copy_line import CopyLine


def test_the_whole_text_is_copied(look: Look, qtbot: QtBot) -> None:
    line = CopyLine(look, "Address", 150)
    qtbot.addWidget(line)
    line.say("https://192.0.2.1:8484")
    line.copy.click()
    assert QGuiApplication.clipboard().text() == line.text == "https://192.0.2.1:8484"
