import pytest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from triage_app.gui.views.busy_button import BusyButton

Form = tuple[BusyButton, QLineEdit, QLineEdit, QWidget]


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    button, first, second = BusyButton("Measure"), QLineEdit(), QLineEdit()
    for widget in (button, first, second):
        column.addWidget(widget)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    return button, first, second, window


def test_the_keyboard_comes_back(form: Form) -> None:
    button, first, _second, _window = form
    button.rest()
    assert not button.isEnabled()
    assert first.hasFocus()
    button.wake()
    assert button.hasFocus()


def test_whoever_went_elsewhere_is_left_there(form: Form) -> None:
    button, _first, second, _window = form
    button.rest()
    second.setFocus()
    button.wake()
    assert second.hasFocus()


def test_it_can_stay_disabled(form: Form) -> None:
    button, _first, _second, _window = form
    button.rest()
    button.wake(enabled=False)
    assert not button.isEnabled()
