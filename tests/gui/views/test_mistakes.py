import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.measured import EVALUATION
from triage_app.domain.evaluation import Mistake
from triage_app.gui.look import Look
from triage_app.gui.views.mistakes import MOST, MistakeList


@pytest.fixture
def mistakes(look: Look, qtbot: QtBot) -> MistakeList:
    mistakes = MistakeList(look)
    qtbot.addWidget(mistakes)
    mistakes.show()
    mistakes.show_mistakes(EVALUATION.mistakes)
    return mistakes


def texts(mistakes: MistakeList) -> list[str]:
    items = (mistakes.list.topLevelItem(row) for row in range(mistakes.list.topLevelItemCount()))
    return [item.text(0) for item in items if item is not None]


def test_the_surest_mistakes_come_first_and_a_cell_shows_its_own(mistakes: MistakeList) -> None:
    assert texts(mistakes) == ["win a prize today", "my telephone is gone", "verify your account"]
    mistakes.show_cell("DeviceLost", "Phishing")
    assert texts(mistakes) == ["my telephone is gone"]
    assert mistakes.title.text() == "1 mistake: DeviceLost called Phishing"
    mistakes.show_cell("Spam", "Spam")
    assert "are right" in mistakes.title.text()
    mistakes.all.click()
    assert len(texts(mistakes)) == 3


def test_the_ticket_of_a_mistake_is_opened_where_there_is_one(mistakes: MistakeList) -> None:
    told: list[int] = []
    mistakes.ticket_wanted.connect(told.append)
    for row in range(3):
        item = mistakes.list.topLevelItem(row)
        assert item is not None
        mistakes.list.setCurrentItem(item)
        QTest.keyClick(mistakes.list, Qt.Key.Key_Return)
    assert told == [3]
    # where none is a ticket, there is no column of tickets
    mistakes.show_cell("DeviceLost", "Phishing")
    assert mistakes.list.isColumnHidden(4)


def test_of_very_many_the_surest_are_listed(mistakes: MistakeList) -> None:
    mistakes.show_mistakes([Mistake("A", "B", place / 1000, 0, f"text {place}") for place in range(MOST + 20)])
    assert mistakes.list.topLevelItemCount() == MOST
    assert mistakes.hint.text() == "20 more are not listed."
    mistakes.show_mistakes(())
    assert mistakes.title.text() == "No mistake"
