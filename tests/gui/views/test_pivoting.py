from PySide6.QtCore import Qt

from tests.gui.views.test_pivot import shared
from tests.gui.views.test_window import press
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.queries import GetTicket


def test_the_chosen_observable_has_a_page_and_a_switch(opened: OpenedDesk) -> None:
    ticket, seen = shared(opened)
    window = opened.window
    window.do("go-all")
    window.queue.wait_for(ticket)
    settle(opened)
    # given that none is chosen, it is said what to do
    window.do("pivot")
    assert "Choose an observable" in window.toast.text.text()
    # when one is chosen
    tab = window.pane.observables
    places = [place for place in range(tab.table.rowCount()) if tab.table.at(place).value == seen.value]
    tab.list.selectRow(places[0])
    window.do("pivot")
    settle(opened)
    assert window.pivoting.panel.isVisible()
    assert window.pivoting.panel.value.text() == seen.defanged
    press(opened, Qt.Key.Key_Escape)
    assert not window.pivoting.panel.isVisible()
    # when it is ignored, it is said, and one key takes it back
    tab.list.selectRow(places[0])
    window.do("ignore")
    settle(opened)
    assert "makes no tickets similar any more" in window.toast.text.text()
    assert any(each.ignored for each in opened.desk.app.ask(GetTicket(id=ticket)).observables)
    press(opened, Qt.Key.Key_Z)
    settle(opened)
    assert not any(each.ignored for each in opened.desk.app.ask(GetTicket(id=ticket)).observables)


def test_a_value_has_its_page_by_the_palette_live_or_defanged(opened: OpenedDesk) -> None:
    _, seen = shared(opened)
    window = opened.window
    for value in (seen.value, seen.defanged):
        window.do("palette")
        assert window.palette_dialog is not None
        window.palette_dialog.line.setText(f"pivot {value}")
        press(opened, Qt.Key.Key_Return)
        settle(opened)
        assert window.pivoting.panel.isVisible()
        assert window.pivoting.panel.value.text() == seen.defanged
        press(opened, Qt.Key.Key_Escape)
