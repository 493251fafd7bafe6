import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from triage_app.domain.errors import InvalidInput
from triage_app.gui.look import Look
from triage_app.gui.views.view_form import ViewForm


@pytest.fixture
def form(look: Look, qtbot: QtBot) -> ViewForm:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    return ViewForm(look, window)


def test_a_name_saves_the_query_which_can_still_be_changed(form: ViewForm, qtbot: QtBot) -> None:
    form.begin("is:open invoice", "", ("vip",))
    assert not form.save.isEnabled()
    form.name.setText("Invoices ")
    form.query.setText("is:open subject:invoice")
    with qtbot.waitSignal(form.wanted) as told:
        QTest.keyClick(form.name, Qt.Key.Key_Return)
    assert told.args == ["Invoices", "is:open subject:invoice", ""]


def test_it_says_that_it_replaces_a_view(form: ViewForm) -> None:
    form.begin("is:open", "vip", ("vip",))
    assert "Replaces" in form.note.text()
    assert form.save.text() == "Replace"
    form.name.setText("vip two")
    assert form.save.text() == "Save"


def test_a_view_gets_another_name(form: ViewForm, qtbot: QtBot) -> None:
    form.begin("is:open", "vip", ("vip", "old"), rename=True)
    assert not form.query.isVisible()
    assert "Replaces" not in form.note.text()
    form.name.setText("important")
    with qtbot.waitSignal(form.wanted) as told:
        form.save.click()
    assert told.args == ["important", "is:open", "vip"]


def test_what_is_refused_is_said_and_what_was_typed_stays(form: ViewForm) -> None:
    form.begin("is:open", "vip", ())
    form.save.click()
    form.show_error(InvalidInput("There is no field `x:`."))
    assert form.note.text() == "There is no field `x:`."
    assert form.name.text() == "vip"
    assert form.save.isEnabled()
    form.end()
    assert not form.isVisible()
