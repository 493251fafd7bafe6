from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.facts import MOST, FactList


def test_a_long_value_takes_more_lines_than_a_short_one(look: Look, qtbot: QtBot) -> None:
    facts = FactList(look, "Fields")
    qtbot.addWidget(facts)
    facts.resize(400, 300)
    facts.show_facts([("a", "short"), ("b", "long " * 60), ("c", "x" * 100_000)])
    facts.show()
    heights = [facts.visualItemRect(facts.topLevelItem(place)).height() for place in range(3)]  # type: ignore[arg-type]
    assert heights[0] < heights[1] <= heights[2] < 400


def test_very_many_facts_are_cut_and_that_is_said(look: Look, qtbot: QtBot) -> None:
    facts = FactList(look, "Fields")
    qtbot.addWidget(facts)
    facts.show_facts([(f"name{number}", "v") for number in range(MOST + 7)])
    assert facts.topLevelItemCount() == MOST + 1
    last = facts.topLevelItem(MOST)
    assert last is not None
    assert last.text(1).startswith("7 more")


def test_values_can_be_copied(look: Look, qtbot: QtBot) -> None:
    facts = FactList(look, "Fields")
    qtbot.addWidget(facts)
    facts.show_facts([("source.ip", "198.51.100.7")])
    facts.selectAll()
    QTest.keyClick(facts, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "198.51.100.7"
