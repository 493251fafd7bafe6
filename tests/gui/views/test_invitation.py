import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from triage_app.gui.look import Look
from triage_app.gui.views.invitation import InvitationStrip
from triage_app.services.context import Invitation, Progress

INVITED = Progress(0, 900, "seconds", Invitation("https://login.example.org/device", "WDJB-MJHT"))


ADDRESSED = Progress(0, 600, "seconds", Invitation(f"https://login.example.org/page?{'state=1&' * 60}", ""))


@pytest.fixture
def strip(look: Look, qtbot: QtBot) -> InvitationStrip:
    strip = InvitationStrip(look)
    qtbot.addWidget(strip)
    return strip


def test_it_is_there_from_the_question_for_a_code_to_the_end(strip: InvitationStrip) -> None:
    assert not strip.isVisible()
    strip.begin("abuse")
    assert (strip.isVisible(), strip.code.isVisible(), strip.copy_code.isVisible()) == (True, False, False)
    strip.show_progress(INVITED)
    assert "sign in to abuse, open https://login.example.org/device" in strip.text.text()
    assert (strip.code.text(), strip.code.isVisible(), strip.copy_code.isVisible()) == ("WDJB-MJHT", True, True)
    strip.end()
    assert (strip.isVisible(), strip.code.text(), strip.text.text()) == (False, "", "")


def test_address_and_code_are_copied_each_by_itself(strip: InvitationStrip) -> None:
    strip.begin("abuse")
    strip.show_progress(INVITED)
    strip.copy_address.click()
    assert QGuiApplication.clipboard().text() == "https://login.example.org/device"
    strip.copy_code.click()
    assert QGuiApplication.clipboard().text() == "WDJB-MJHT"


def test_without_a_code_it_shows_the_whole_address_and_where_to_open_it(strip: InvitationStrip) -> None:
    strip.begin("abuse")
    assert not strip.address.isVisible()
    strip.show_progress(ADDRESSED)
    assert "on the machine that holds the workspace" in strip.text.text()
    assert ADDRESSED.invitation
    assert (strip.address.text(), strip.address.isReadOnly()) == (ADDRESSED.invitation.address, True)
    assert (strip.address.isVisible(), strip.code.isVisible(), strip.copy_code.isVisible()) == (True, False, False)
    # However long the address, the window need not be wider.
    assert strip.minimumSizeHint().width() < 900
    strip.copy_address.click()
    assert QGuiApplication.clipboard().text() == ADDRESSED.invitation.address
    strip.end()
    assert (strip.isVisible(), strip.address.text()) == (False, "")
    strip.begin("other")
    strip.show_progress(INVITED)
    assert (strip.address.isVisible(), strip.code.isVisible()) == (False, True)


def test_a_cancel_is_told_once_and_later_progress_does_not_undo_it(strip: InvitationStrip) -> None:
    told: list[bool] = []
    strip.cancel_wanted.connect(lambda: told.append(True))
    strip.begin("abuse")
    strip.show_progress(INVITED)
    strip.cancel.click()
    strip.cancel.click()
    strip.show_progress(INVITED)
    assert (told, strip.text.text()) == ([True], "Stopping\u2026")
    strip.begin("other")
    assert strip.cancel.isEnabled()
