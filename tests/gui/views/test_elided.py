from pytestqt.qtbot import QtBot

from triage_app.gui.views.elided import Elided


def test_a_long_text_bears_a_narrow_place_and_keeps_its_whole(qtbot: QtBot) -> None:
    label = Elided()
    qtbot.addWidget(label)
    label.say("word " * 200)
    assert label.minimumSizeHint().width() < 100
    assert label.toolTip() == "word " * 200
    label.resize(60, 20)
    narrow = label.grab().toImage()
    label.say("other " * 200, "a tip")
    assert label.toolTip() == "a tip"
    assert label.grab().toImage() != narrow


def test_markup_is_text(qtbot: QtBot) -> None:
    label = Elided()
    qtbot.addWidget(label)
    label.say("<img src=x>")
    assert label.text() == "<img src=x>"
