from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.figures import Figure, Figures


def test_figures_are_shown_said_and_fewer_the_next_time(look: Look, qtbot: QtBot) -> None:
    figures = Figures(look, "Figures")
    qtbot.addWidget(figures)
    figures.resize(400, 60)
    figures.show()
    figures.show_figures((Figure("90.0%", "right of all"), Figure("88.0%", "macro-F1", "The mean F1")))
    assert figures.accessibleName() == "Figures, right of all: 90.0%, macro-F1: 88.0%"
    cells = [cell for cell, _value, _name in figures._made]
    assert [cell.isVisible() for cell in cells] == [True, True]
    assert cells[1].toolTip() == "The mean F1"
    figures.show_figures((Figure("91.0%", "right of all"),))
    assert [cell.isVisible() for cell in cells] == [True, False]
    assert figures._made[0][1].text() == "91.0%"
