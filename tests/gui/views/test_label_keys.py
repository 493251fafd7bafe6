from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.label_keys import LabelKeys


def test_digits_and_buttons_choose_and_the_tenth_is_in_a_list(look: Look, qtbot: QtBot) -> None:
    keys, tree = LabelKeys(look), QTreeWidget()
    qtbot.addWidget(keys)
    qtbot.addWidget(tree)
    keys.watch(tree)
    keys.show_labels([f"Label {place}" for place in range(1, 12)])
    told: list[str] = []
    keys.chosen.connect(told.append)
    QTest.keyClick(tree, Qt.Key.Key_2)
    QTest.keyClick(tree, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    keys.findChildren(QPushButton)[0].click()
    more = keys.findChild(Choice)
    assert isinstance(more, Choice)
    assert [more.itemText(place) for place in range(more.count())] == ["Other\u2026", "Label 10", "Label 11"]
    more.setCurrentIndex(2)
    more.activated.emit(2)
    assert told == ["Label 2", "Label 1", "Label 11"]
    # fewer labels: a digit beyond them does nothing
    keys.show_labels(["Only"])
    QTest.keyClick(tree, Qt.Key.Key_2)
    assert told[3:] == []
