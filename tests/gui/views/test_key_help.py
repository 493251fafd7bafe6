from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from triage_app.gui.actions import ACTIONS
from triage_app.gui.look import Look
from triage_app.gui.views.key_help import KeyHelp
from triage_app.gui.views.palette import shown_keys


def test_every_key_is_listed_and_digits_name_their_labels(look: Look, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    page = KeyHelp(look, window, lambda action: action.keys, ("Phishing", "Spam"), ("invoices",))
    page.begin()
    texts = [label.text() for label in page.findChildren(QLabel)]
    for action in ACTIONS:
        if action.keys and not action.id.startswith(("correct-", "saved-")):
            assert shown_keys(action.keys) in texts
            assert action.text in texts
    assert "Correct to Spam" in texts
    assert not [text for text in texts if "third label" in text]
    # a saved view stands with its name, and a key that leads nowhere is not listed
    assert {"invoices", "G then 1"} <= set(texts)
    assert "G then 2" not in texts
    assert window.rect().contains(page.geometry())
