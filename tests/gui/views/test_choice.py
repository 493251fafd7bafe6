from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.choice import Choice


def test_it_shows_words_and_hands_out_values(look: Look, qtbot: QtBot) -> None:
    choice = Choice(look, "How far", (("1d", "a day"), ("7d", "a week")))
    qtbot.addWidget(choice)
    choice.show()
    choice.setCurrentIndex(1)
    assert (choice.value, choice.currentText(), choice.accessibleName()) == ("7d", "a week", "How far")
    choice.setCurrentIndex(-1)
    assert choice.value == ""
