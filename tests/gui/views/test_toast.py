from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.toast import Toast


def test_a_toast_stays_inside_its_window_and_takes_no_focus(look: Look, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 500)
    window.show()
    toast = Toast(look, window)
    for text in ("Closed \u201ca\u201d", "a long sentence of many words " * 12):
        toast.say(text, undo=True)
        assert toast.isVisible()
        assert window.rect().contains(toast.geometry())
        assert not toast.hasFocus()
        assert not toast.undo.hasFocus()
    window.resize(500, 300)
    assert window.rect().contains(toast.geometry())


def test_undo_is_offered_only_where_there_is_one(look: Look, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    toast = Toast(look, window)
    toast.say("It failed.", bad=True)
    assert not toast.undo.isVisible()
    toast.say("Done.", undo=True)
    with qtbot.waitSignal(toast.undo_wanted):
        toast.undo.click()
    assert not toast.isVisible()


def test_it_lies_above_what_is_to_stay_free(look: Look, qtbot: QtBot) -> None:
    parent = QWidget()
    parent.resize(800, 600)
    qtbot.addWidget(parent)
    parent.show()
    free = [0]
    toast = Toast(look, parent, lambda: free[0])
    toast.say("Corrected")
    before = toast.y()
    free[0] = 40
    toast.place()
    assert toast.y() == before - 40
