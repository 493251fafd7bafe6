from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.measured import SHADOW
from triage_app.domain.errors import NotFound
from triage_app.gui.look import Look
from triage_app.gui.views.disagreements import Disagreements


def test_where_versions_differ_is_listed_and_the_ticket_opened(look: Look, qtbot: QtBot) -> None:
    view = Disagreements(look)
    qtbot.addWidget(view)
    view.show()
    view.show_report(SHADOW)
    item = view.list.topLevelItem(0)
    assert item is not None
    assert [item.text(place) for place in range(4)] == [
        "3  Verify your account",
        "Spam 82%",
        "Phishing 93%",
        "Phishing",
    ]
    assert item.icon(1).isNull()
    assert not item.icon(2).isNull()
    view.list.setCurrentItem(item)
    with qtbot.waitSignal(view.ticket_wanted) as told:
        QTest.keyClick(view.list, Qt.Key.Key_Return)
    assert told.args == [3]


def test_without_any_it_says_so(look: Look, qtbot: QtBot) -> None:
    view = Disagreements(look)
    qtbot.addWidget(view)
    view.show_report(replace(SHADOW, differ=0, disagreements=(), shadow_right=0))
    assert "differs on 0" in view.state.sentence
    view.show_error(NotFound("There is no model cat-9."))
    assert view.state.sentence == "There is no model cat-9."


def test_where_it_is_narrow_the_tickets_have_the_room(look: Look, qtbot: QtBot) -> None:
    view = Disagreements(look)
    qtbot.addWidget(view)
    view.resize(800, 300)
    view.show()
    view.show_report(SHADOW)
    assert not view.list.isColumnHidden(3)
    view.resize(400, 300)
    assert view.list.isColumnHidden(3)
    item = view.list.topLevelItem(0)
    assert item is not None
    assert item.toolTip(0).endswith("People said: Phishing")
