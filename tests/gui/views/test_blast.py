import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.labelling import blast_radius
from triage_app.domain.errors import InvalidInput
from triage_app.domain.ticket import TicketId
from triage_app.gui.look import Look
from triage_app.gui.views.blast import ALIKE, BlastPanel
from triage_app.services.learning_shapes import LabelTold


@pytest.fixture
def panel(look: Look, qtbot: QtBot) -> BlastPanel:
    window = QWidget()
    window.resize(1_000, 700)
    qtbot.addWidget(window)
    panel = BlastPanel(look, window)
    window.show()
    panel.begin(blast_radius(3))
    return panel


def test_it_lists_what_would_change_from_what_to_what(panel: BlastPanel, qtbot: QtBot) -> None:
    assert panel.isVisible()
    assert panel.title.text() == "3 open tickets would change with \u201cPhishing\u201d"
    item = panel.list.topLevelItem(0)
    assert item is not None
    assert (item.text(0), item.text(1), item.text(2)) == ("Verify your account 0", "Other", "Phishing")
    with qtbot.waitSignal(panel.opened) as told:
        panel.open_button.click()
    assert told.args == [TicketId(10)]
    assert not panel.isVisible()


def test_nothing_is_told_before_it_is_said_how_many_are_alike(panel: BlastPanel, qtbot: QtBot) -> None:
    assert panel.tell.isHidden()
    panel.show_plan(LabelTold("Phishing", (TicketId(1), TicketId(10), TicketId(12)), planned=True))
    assert panel.tell.text() == "Give \u201cPhishing\u201d to these 2"
    assert panel.alike.text().startswith("2 open tickets have nearly the same text")
    marks = [item.text(ALIKE) for place in range(3) if (item := panel.list.topLevelItem(place)) is not None]
    assert marks == ["alike", "", "alike"]
    with qtbot.waitSignal(panel.told):
        panel.tell.click()


def test_where_none_is_alike_nothing_is_offered(panel: BlastPanel) -> None:
    panel.show_plan(LabelTold("Phishing", (TicketId(1),), planned=True))
    assert panel.tell.isHidden()
    assert panel.alike.text().startswith("None of them")
    panel.show_error(InvalidInput("There is no ticket 1."))
    assert panel.alike.text() == "There is no ticket 1."
