from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.overlay import Overlay


def test_it_stays_in_its_window_closes_by_escape_or_a_click_beside_and_gives_the_keyboard_back(
    look: Look, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 400)
    line = QLineEdit(window)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    line.setFocus()
    panel = QFrame(window)
    panel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    overlay = Overlay(look, panel, window, lambda: (5000, 5000))
    overlay.open(panel)
    assert window.rect().contains(panel.geometry())
    window.resize(300, 300)
    assert window.rect().contains(panel.geometry())
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert line.hasFocus()
    overlay.open(panel)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()
