from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.sources import NOW, ROW, failing_row
from triage_app.domain import source
from triage_app.domain.errors import StorageFailed
from triage_app.gui.look import Look
from triage_app.gui.views.source_detail import SourceDetail


@pytest.fixture
def detail(look: Look, qtbot: QtBot) -> SourceDetail:
    detail = SourceDetail(look)
    qtbot.addWidget(detail)
    detail.show()
    return detail


def test_it_shows_state_error_and_facts(detail: SourceDetail) -> None:
    detail.show_source(failing_row(), NOW, followed=True, here=True)
    assert detail.status.text() == "Box \u00b7 Failing \u00b7 TLS 1.3"
    assert detail.error.text() == "Refused. Give another."
    assert detail.facts.topLevelItemCount() > 10
    detail.show_source(ROW, NOW, followed=True, here=True)
    assert not detail.error.isVisible()


def test_buttons_fit_the_state_and_say_what_is_wanted(detail: SourceDetail, qtbot: QtBot) -> None:
    told: list[str] = []
    detail.wanted.connect(told.append)
    detail.show_source(ROW, NOW, followed=True, here=True)
    assert not detail.resume.isVisible()
    for button in (detail.sync, detail.pause, detail.test, detail.change):
        button.click()
    detail.show_source(replace(ROW, status="paused"), NOW, followed=True, here=True)
    assert not detail.pause.isVisible()
    assert not detail.sync.isVisible()
    detail.resume.click()
    assert told == ["sync", "pause", "test", "change", "resume"]


def test_signing_in_is_offered_where_it_is_the_way(detail: SourceDetail) -> None:
    told: list[str] = []
    detail.wanted.connect(told.append)
    detail.show_source(ROW, NOW, followed=True, here=True)
    assert not detail.sign_in.isVisible()
    detail.show_source(replace(ROW, signs_in=True), NOW, followed=True, here=True)
    detail.sign_in.click()
    assert (detail.sign_in.isVisible(), told) == (True, ["sign-in"])


def test_removing_is_asked_once_more(detail: SourceDetail) -> None:
    told: list[str] = []
    detail.wanted.connect(told.append)
    detail.show_source(ROW, NOW, followed=True, here=True)
    detail.remove.click()
    assert (detail.question.isVisible(), told) == (True, [])
    # another source in hand: the question was not about it
    detail.show_source(failing_row(), NOW, followed=True, here=True)
    assert not detail.question.isVisible()
    detail.remove.click()
    detail.sure.click()
    assert (detail.question.isVisible(), told) == (False, ["remove"])


def test_a_test_says_what_it_found(detail: SourceDetail) -> None:
    detail.show_tested(source.Tested("12 mails.", "TLS 1.3", ("INBOX",)))
    assert detail.result.text() == "12 mails. TLS 1.3\nINBOX"
    detail.show_error(StorageFailed("Full."))
    assert (detail.result.text(), detail.result.property("wrong")) == ("Full.", True)
