import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.desks import light_look
from triage_app.gui.look import Scheme
from triage_app.gui.views.tick_box import TickBox


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_the_box_stands_out_whether_ticked_or_not(qtbot: QtBot, scheme: Scheme) -> None:
    look = light_look(scheme)
    box = TickBox(look, "On")
    qtbot.addWidget(box)
    box.resize(box.sizeHint())
    box.show()
    # given the line around the box, and its middle
    edge, middle = box.box().topLeft(), box.box().center()
    edge.setY(middle.y())
    assert QColor(box.grab().toImage().pixel(edge)) != look.colour("surface")
    before = QColor(box.grab().toImage().pixel(middle))
    # when it is ticked by a click on its text
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center())
    # then it shows
    assert box.isChecked()
    assert QColor(box.grab().toImage().pixel(middle)) != before
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not box.isChecked()


def test_all_of_the_text_has_room(qtbot: QtBot) -> None:
    look = light_look(scale=2.0)
    box = TickBox(look, "I have looked")
    qtbot.addWidget(box)
    assert box.sizeHint().width() > box.box().right() + box.fontMetrics().horizontalAdvance(box.text())
