from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.state import StatePage


def test_it_says_one_sentence_and_offers_what_can_be_done(look: Look, qtbot: QtBot) -> None:
    page, done = StatePage(look, "State"), list[str]()
    qtbot.addWidget(page)
    page.say(
        "inbox", "Nothing here.", (("Import", lambda: done.append("import")), ("Demo", lambda: done.append("demo")))
    )
    page.show()
    buttons = [button for button in page.findChildren(QPushButton) if button.isVisible()]
    assert [button.text() for button in buttons] == ["Import", "Demo"]
    assert [bool(button.property("primary")) for button in buttons] == [True, False]
    for button in buttons:
        button.click()
    assert done == ["import", "demo"]


def test_a_new_sentence_takes_the_old_actions_away(look: Look, qtbot: QtBot) -> None:
    page = StatePage(look, "State")
    qtbot.addWidget(page)
    page.show()
    page.say("inbox", "One.", (("Act", lambda: None),))
    page.say("check", "Two.")
    assert page.sentence == "Two."
    assert not [button for button in page.findChildren(QPushButton) if button.isVisible()]
