"""The conversation of a ticket: what came in and what went out, by time."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.fakes.post import MailDesk, letter
from tests.fakes.workbench import BEGIN
from tests.gui.mail import FIRST, ONE, carry_out, mail_desk, outbox, reported
from triage_app.domain.errors import OutgoingRefused
from triage_app.domain.outgoing_mail import OutgoingState
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.conversation import ConversationView
from triage_app.services.mail_commands import FlagMail, MoveMail, ReplyToTicket

ANSWER = "I clicked http://lure.example/x, sorry.\n\nOn Monday you wrote:\n> I got this.\n> What shall I do?\n"


def answered(mail: MailDesk) -> None:
    reported(mail)
    mail.deliver(letter(after=FIRST, text=ANSWER, date=BEGIN))


def conversation(opened: OpenedDesk) -> ConversationView:
    settle(opened)
    return opened.window.pane.conversation


def said(opened: OpenedDesk) -> list[str]:
    return [row.accessibleName() for row in conversation(opened).rows]


def test_without_answers_and_replies_there_is_none(tmp_path: Path, qtbot: QtBot) -> None:
    with mail_desk(tmp_path) as (opened, _):
        assert not conversation(opened).isVisible()
        assert said(opened) == []


def test_an_answer_stands_below_the_original_with_its_quotes_folded(tmp_path: Path, qtbot: QtBot) -> None:
    with mail_desk(tmp_path, prepare=answered) as (opened, _):
        (row,) = conversation(opened).rows
        message = opened.window.pane.message
        assert conversation(opened).isVisible()
        assert "I got this" in message.body.toPlainText()
        assert row.accessibleName() == "Bob <bob@example.org>"
        assert row.words.toPlainText() == "I clicked hxxp://lure[.]example/x, sorry."
        assert row.quotes.isVisible()
        # when it is wanted whole, with headers and attachments
        row.deeds["read"].click()
        # then it is where the original was
        assert "I clicked" in message.body.toPlainText()


def test_a_reply_waits_is_withdrawn_and_sent_after_all(tmp_path: Path, qtbot: QtBot) -> None:
    with mail_desk(tmp_path) as (opened, mail):
        mail.app.execute(ReplyToTicket(ONE, text="We look at it."))
        assert said(opened) == ["Reply to bob@example.org, Waits for its mailbox"]
        (row,) = conversation(opened).rows
        assert row.words.toPlainText() == "We look at it."
        row.deeds["withdraw"].click()
        assert said(opened) == ["Reply to bob@example.org, Withdrawn"]
        conversation(opened).rows[0].deeds["resend"].click()
        settle(opened)
        assert outbox(mail)[0].state is OutgoingState.WAITING
        carry_out(mail)
        assert said(opened) == ["Reply to bob@example.org, Sent"]
        assert conversation(opened).rows[0].deeds == {}


def test_what_failed_says_why_and_stands_out(tmp_path: Path, qtbot: QtBot) -> None:
    with mail_desk(tmp_path) as (opened, mail):

        def refuse(step: str) -> None:
            if step == "send":
                raise OutgoingRefused("The server knows no bob@example.org. Ask for another address.")

        mail.post.script = refuse
        mail.app.execute(ReplyToTicket(ONE, text="We look at it."))
        carry_out(mail)
        (row,) = conversation(opened).rows
        assert row.state.text().startswith("Failed: The server knows no bob@example.org.")
        assert row.state.property("wrong")
        assert "resend" in row.deeds


def test_moves_and_flags_are_told_until_they_are_done(tmp_path: Path, qtbot: QtBot) -> None:
    with mail_desk(tmp_path) as (opened, mail):
        mail.app.execute(MoveMail(ONE, "Archive"))
        mail.app.execute(FlagMail(ONE))
        assert said(opened) == [
            "Move to Archive, Waits for its mailbox",
            "Flag in the mailbox, Waits for its mailbox",
        ]
        carry_out(mail)
        assert said(opened) == []
        assert not conversation(opened).isVisible()


def test_what_is_read_stays_while_an_answer_comes_in(tmp_path: Path, qtbot: QtBot) -> None:
    def many(mail: MailDesk) -> None:
        answered(mail)
        mail.deliver(*[letter(after=FIRST, text="word\n" * 60, date=BEGIN) for _ in range(5)])

    with mail_desk(tmp_path, prepare=many) as (opened, mail):
        bar = conversation(opened)._area.verticalScrollBar()
        assert 0 < bar.value() == bar.maximum()
        # given an older letter that is read whole
        bar.setValue(0)
        conversation(opened).rows[1].more.click()
        settle(opened)
        assert bar.value() == 0
        opened.window.pane.message.show_place(1)
        # when one more comes in
        mail.app.execute(ReplyToTicket(ONE, text="Hello"))
        # then the newest is in sight, the one that was unfolded still is, and above all is as it was
        assert len(conversation(opened).rows) == 7
        assert bar.value() == bar.maximum()
        assert not conversation(opened).rows[1].more.isVisible()
        assert "I clicked" in opened.window.pane.message.body.toPlainText()
