from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from triage_app.domain.observable import ObservableKind
from triage_app.gui.look import Look
from triage_app.gui.views.observables import ObservablesTab
from triage_app.services.queries import SeenObservable

URL = SeenObservable(ObservableKind.URL, "http://evil.example/a", "hxxp://evil[.]example/a", ("body",), 3, own=False)
OWN = SeenObservable(ObservableKind.DOMAIN, "example.org", "example[.]org", ("headers",), 9, own=True)


def test_values_are_copied_defanged_unless_somebody_asks_for_live_ones(look: Look, qtbot: QtBot) -> None:
    tab = ObservablesTab(look)
    qtbot.addWidget(tab)
    tab.show_observables([URL, OWN])
    tab.list.selectRow(0)
    actions = {action.text(): action for action in tab.menu().actions()}
    clipboard = QGuiApplication.clipboard()
    actions["Copy defanged"].trigger()
    assert clipboard.text() == "hxxp://evil[.]example/a"
    actions["Copy live"].trigger()
    assert clipboard.text() == "http://evil.example/a"
    actions["Copy all defanged"].trigger()
    assert clipboard.text() == "hxxp://evil[.]example/a\nexample[.]org"
    QTest.keyClick(tab.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "hxxp://evil[.]example/a"


def test_what_is_our_own_looks_different(look: Look, qtbot: QtBot) -> None:
    tab = ObservablesTab(look)
    qtbot.addWidget(tab)
    tab.resize(500, 200)
    tab.show_observables([OWN])
    tab.show()
    marked = tab.list.grab().toImage()
    tab.show_observables([SeenObservable(OWN.kind, OWN.value, OWN.defanged, OWN.where, OWN.tickets, own=False)])
    assert tab.list.grab().toImage() != marked


def test_none_is_said_in_a_sentence(look: Look, qtbot: QtBot) -> None:
    tab = ObservablesTab(look)
    qtbot.addWidget(tab)
    tab.show_observables([])
    tab.show()
    assert tab.state.isVisible()
    assert "observable" in tab.state.sentence
