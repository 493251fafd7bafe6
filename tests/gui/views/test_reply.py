"""The reply box: what would go out is seen in it, and nothing that was typed is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.fakes.box import PASSWORD
from tests.fakes.post import DESK, MailDesk, letter
from tests.fakes.workbench import BEGIN
from tests.gui.mail import ONE, mail_desk, outbox, reported
from triage_app.domain.outgoing_mail import OutgoingState
from triage_app.domain.ticket import TicketId
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.reply import ReplyBox
from triage_app.services.source_commands import AddSource

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[tuple[OpenedDesk, MailDesk]]:
    with mail_desk(tmp_path) as both:
        yield both


def begun(opened: OpenedDesk) -> ReplyBox:
    opened.window.do("reply")
    settle(opened)
    return opened.window.pane.reply


def turn_to(box: ReplyBox, opened: OpenedDesk, template: str) -> None:
    box.use_template(template)
    settle(opened)


def address_to(box: ReplyBox, opened: OpenedDesk, address: str) -> None:
    box.to.selectAll()
    QTest.keyClicks(box.to, address)
    box.plan_now()
    settle(opened)


def test_it_says_to_whom_from_whom_and_what_to_know(desk: tuple[OpenedDesk, MailDesk]) -> None:
    box = begun(desk[0])
    assert box.to.text() == "bob@example.org"
    assert box.facts.text() == f"From Security Desk <{DESK}> \u00b7 Re: Strange mail [#1]"
    assert "not at one of your own domains" in box.warning.text()
    assert "paused" in box.warning.text()
    assert box.warning.isVisible()
    assert not box.save.isEnabled()
    assert not box.mailbox.isVisible()


def test_own_words_are_queued_with_control_and_return(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, mail = desk
    box = begun(opened)
    QTest.keyClicks(box.text, "We look at it. jam")
    QTest.keyClick(box.text, Qt.Key.Key_Return, CONTROL)
    settle(opened)
    # then
    (entry,) = outbox(mail)
    assert (entry.text, entry.to, entry.state) == ("We look at it. jam\n", "bob@example.org", OutgoingState.WAITING)
    assert not box.isVisible()
    assert opened.window.queue.list.hasFocus()
    assert "Reply queued" in opened.window.toast.text.text()
    # and it is taken back by Z, and the next reply starts empty
    opened.window.do("undo")
    settle(opened)
    assert outbox(mail)[0].state is OutgoingState.CANCELLED
    assert begun(opened).text.toPlainText() == ""


def test_a_template_is_shown_as_it_is_sent(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, mail = desk
    box = begun(opened)
    box.template.setCurrentIndex(box.template.findData("phishing"))
    box.template.activated.emit(box.template.currentIndex())
    settle(opened)
    shown = box.text.toPlainText()
    assert box.text.isReadOnly()
    assert "Hello Bob" in shown
    box.save.click()
    settle(opened)
    assert outbox(mail)[0].text == shown


def test_the_words_of_a_template_can_be_changed_and_own_words_stay(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, _ = desk
    box = begun(opened)
    QTest.keyClicks(box.text, "Mine.")
    turn_to(box, opened, "question")
    assert "Mine." not in box.text.toPlainText()
    turn_to(box, opened, "")
    assert box.text.toPlainText() == "Mine."
    turn_to(box, opened, "question")
    box.change.click()
    settle(opened)
    assert not box.text.isReadOnly()
    assert box.text.toPlainText().startswith("Hello Bob")
    assert box.text.toPlainText().endswith("Mine.")
    assert box.save.isEnabled()


def test_another_address_is_written_to_and_a_wrong_one_is_said_at_it(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, mail = desk
    box = begun(opened)
    QTest.keyClicks(box.text, "Hello")
    address_to(box, opened, "nobody")
    assert "'nobody' is no mail address" in box.problem.text()
    assert box.to.hasFocus()
    assert not box.save.isEnabled()
    address_to(box, opened, "ana@example.com")
    assert not box.problem.isVisible()
    box.save.click()
    settle(opened)
    assert outbox(mail)[0].to == "ana@example.com"


def test_until_it_is_known_where_it_goes_nothing_is_queued(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, mail = desk
    box = begun(opened)
    QTest.keyClicks(box.text, "Hello")
    QTest.keyClicks(box.to, "x")
    QTest.keyClick(box.to, Qt.Key.Key_Return, CONTROL)
    settle(opened)
    assert outbox(mail) == ()


def test_an_emptied_address_stays_empty_and_is_the_usual_one(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, _ = desk
    box = begun(opened)
    box.to.selectAll()
    QTest.keyClick(box.to, Qt.Key.Key_Delete)
    box.plan_now()
    settle(opened)
    assert (box.to.text(), box.to.placeholderText(), box.draft.to) == ("", "bob@example.org", "")


def test_letters_in_it_are_no_commands(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, _ = desk
    box = begun(opened)
    turn_to(box, opened, "harmless")
    for widget in (box.text, box.template, box.to):
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_N)
        QTest.keyClick(widget, Qt.Key.Key_E)
    assert not opened.window.pane.note.isVisible()
    assert not opened.window.pane.verdicts.isVisible()


def two(mail: MailDesk) -> None:
    reported(mail)
    mail.deliver(letter("Eve <eve@example.org>", subject="Other", date=BEGIN))


def test_each_ticket_has_a_draft_of_its_own(tmp_path: Path, qtbot: QtBot) -> None:
    with mail_desk(tmp_path, prepare=two) as (opened, _):
        queue = opened.window.queue
        queue.wait_for(ONE)
        settle(opened)
        box = begun(opened)
        QTest.keyClicks(box.text, "To Bob")
        # when another ticket is taken in hand, and the box is left by Escape there
        queue.wait_for(TicketId(2))
        settle(opened)
        assert not box.isVisible()
        assert begun(opened).text.toPlainText() == ""
        assert box.to.text() == "eve@example.org"
        turn_to(box, opened, "phishing")
        QTest.keyClick(box.text, Qt.Key.Key_Escape)
        assert not box.isVisible()
        assert queue.list.hasFocus()
        # then both find theirs
        assert begun(opened).template.value == "phishing"
        assert "Hello Eve" in box.text.toPlainText()
        queue.wait_for(ONE)
        settle(opened)
        assert begun(opened).text.toPlainText() == "To Bob"


def other_box(mail: MailDesk) -> None:
    reported(mail)
    given = ("user=soc", "address=abuse@desk.example")
    mail.app.execute(AddSource("box", "abuse", settings=given, secrets=(f"password={PASSWORD}",), paused=True))


def test_of_several_mailboxes_another_can_send_it(tmp_path: Path, qtbot: QtBot) -> None:
    with mail_desk(tmp_path, prepare=other_box) as (opened, mail):
        box = begun(opened)
        assert box.mailbox.isVisible()
        box.mailbox.setCurrentIndex(box.mailbox.findData("abuse"))
        box.mailbox.activated.emit(box.mailbox.currentIndex())
        settle(opened)
        assert "From abuse@desk.example" in box.facts.text()
        QTest.keyClicks(box.text, "Hello")
        box.save.click()
        settle(opened)
        assert outbox(mail)[0].source == "abuse"
