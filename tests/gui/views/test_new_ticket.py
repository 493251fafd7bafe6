import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from triage_app.domain.errors import InvalidInput
from triage_app.domain.ticket import Severity
from triage_app.gui.finding_operations import NewTicket
from triage_app.gui.look import Look
from triage_app.gui.views.new_ticket import PAUSE_MS, SUGGESTED, NewTicketForm
from triage_app.services.queries import Classification


@pytest.fixture
def form(look: Look, qtbot: QtBot) -> NewTicketForm:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    form = NewTicketForm(look, window)
    form.set_labels(("Phishing", "Spam"))
    form.begin()
    return form


def test_return_moves_on_and_ctrl_return_makes_it(form: NewTicketForm, qtbot: QtBot) -> None:
    window = form.window()
    form.subject.setText("  Badge reader does not open ")
    QTest.keyClick(form.subject, Qt.Key.Key_Return)
    assert window.focusWidget() is form.who
    QTest.keyClick(form.who, Qt.Key.Key_Return)
    assert window.focusWidget() is form.text
    form.text.setPlainText("Door 4, since this morning.")
    form.severity.setCurrentIndex(form.severity.findData("high"))
    form.category.setCurrentIndex(2)
    with qtbot.waitSignal(form.wanted) as told:
        QTest.keyClick(form.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert told.args == [
        NewTicket("Badge reader does not open", "Door 4, since this morning.", "", Severity.HIGH, "Spam")
    ]


def test_nothing_is_made_without_a_subject_nor_twice(form: NewTicketForm, qtbot: QtBot) -> None:
    assert not form.save.isEnabled()
    form.subject.setText("Badge")
    form.save.click()
    with qtbot.assertNotEmitted(form.wanted):
        form.save.click()


def test_the_category_is_suggested_while_one_types(form: NewTicketForm, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.suggestion_wanted, timeout=20 * PAUSE_MS) as told:
        form.subject.setText("Verify your account")
    assert told.args == ["Verify your account"]
    form.show_suggestion(Classification("category", "Phishing", 0.96, "model", "m", (), ()))
    assert form.category.itemText(0).startswith(f"{SUGGESTED}: Phishing 96")
    assert form.category.value == ""
    form.subject.clear()
    assert form.category.itemText(0) == SUGGESTED


def test_what_was_typed_stays_when_it_is_left_or_refused(form: NewTicketForm) -> None:
    form.subject.setText("Badge")
    form.save.click()
    form.show_error(InvalidInput("It has no text."))
    assert form.problem.text() == "It has no text."
    assert form.save.isEnabled()
    QTest.keyClick(form.subject, Qt.Key.Key_Escape)
    assert not form.isVisible()
    form.begin()
    assert form.subject.text() == "Badge"
    assert not form.problem.isVisible()
    form.finish()
    assert form.subject.text() == ""
