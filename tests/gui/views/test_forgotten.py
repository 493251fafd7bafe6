from pytestqt.qtbot import QtBot

from tests.gui.labelling import NOW
from triage_app.domain.poison import OriginKind
from triage_app.gui.look import Look
from triage_app.gui.views.forgotten import ForgottenTab
from triage_app.services.learning_shapes import Forgotten, ForgottenList


def test_somebody_is_forgotten_listed_and_learnt_from_again(look: Look, qtbot: QtBot) -> None:
    tab = ForgottenTab(look)
    qtbot.addWidget(tab)
    tab.show()
    tab.show_list(ForgottenList(()))
    assert tab.state.isVisible()
    assert not tab.forget.isEnabled()
    # given a name
    tab.kind.setCurrentIndex(1)
    assert "a name" in tab.value.placeholderText()
    tab.value.setText(" mallory ")
    with qtbot.waitSignal(tab.forget_wanted) as told:
        tab.forget.click()
    assert told.args == [OriginKind.ANALYST, "mallory"]
    assert tab.value.text() == ""
    # when it is forgotten, it is listed
    tab.show_list(ForgottenList((Forgotten("category", OriginKind.ANALYST, "mallory", NOW, "ana", 31),)))
    line = tab.list.topLevelItem(0)
    assert line is not None
    assert [line.text(column) for column in range(4)] == ["mallory", "Analyst", "31", "ana"]
    assert not tab.recall.isEnabled()
    tab.list.setCurrentItem(line)
    with qtbot.waitSignal(tab.recall_wanted) as told:
        tab.recall.click()
    assert told.args == [OriginKind.ANALYST, "mallory"]
