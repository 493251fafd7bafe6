from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from triage_app.gui.views.bar_line import BarLine


def test_letters_are_typed_and_escape_leaves(qtbot: QtBot) -> None:
    # given a line in a window in which a letter is a key
    window = QWidget()
    qtbot.addWidget(window)
    line = BarLine()
    QVBoxLayout(window).addWidget(line)
    pressed: list[str] = []
    QShortcut(QKeySequence("J"), window).activated.connect(lambda: pressed.append("J"))
    window.show()
    qtbot.waitActive(window)
    line.setFocus()
    # when it is typed there
    QTest.keyClicks(line, "Jj")
    with qtbot.waitSignal(line.left):
        QTest.keyClick(line, Qt.Key.Key_Escape)
    # then it is text
    assert (line.text(), pressed) == ("Jj", [])
