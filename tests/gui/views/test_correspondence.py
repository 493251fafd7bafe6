"""Replies and errands of a ticket, from the key to what goes out."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.fakes.post import MailDesk
from tests.gui.desks import desk_on
from tests.gui.mail import ONE, carry_out, mail_desk, mail_here, outbox
from tests.rest.servers import serving
from triage_app.adapters.net.exchange import session
from triage_app.adapters.remote import RemoteApp
from triage_app.domain.outgoing_mail import OutgoingKind, OutgoingState
from triage_app.domain.secret import Secret
from triage_app.domain.token import Scope, TokenName
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.services.mail_commands import ReplyToTicket
from triage_app.services.token_commands import AddToken


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[tuple[OpenedDesk, MailDesk]]:
    with mail_desk(tmp_path) as both:
        yield both


def test_a_reply_goes_out(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, mail = desk
    opened.window.do("reply")
    settle(opened)
    QTest.keyClicks(opened.window.pane.reply.text, "We look at it.")
    opened.window.pane.reply.save.click()
    settle(opened)
    carry_out(mail)
    assert [recipient for _mail, _sender, recipient in mail.post.sent] == ["bob@example.org"]


def test_a_mail_is_moved_and_flagged(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, mail = desk
    opened.window.do("move-mail")
    bar = opened.window.pane.folder
    QTest.keyClicks(bar.folder, "Archive")
    bar.save.click()
    settle(opened)
    assert not bar.isVisible()
    assert "To be moved to Archive: the mail of" in opened.window.toast.text.text()
    opened.window.do("flag-mail")
    settle(opened)
    assert [(entry.kind, entry.to) for entry in outbox(mail)] == [
        (OutgoingKind.FLAG, ""),
        (OutgoingKind.MOVE, "Archive"),
    ]
    carry_out(mail)
    assert [folder for _original, folder in mail.post.moved] == ["Archive"]
    assert len(mail.post.flagged) == 1


def test_without_a_folder_for_the_category_that_is_said_in_the_bar(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, mail = desk
    opened.window.do("move-mail")
    bar = opened.window.pane.folder
    bar.save.click()
    settle(opened)
    assert "has no folder for the category" in bar.problem.text()
    assert bar.isVisible()
    assert outbox(mail) == ()


def test_an_entry_is_withdrawn_and_sent_after_all(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, mail = desk
    entry = mail.app.execute(ReplyToTicket(ONE, text="Hello"))
    opened.window.correspondence.withdraw(entry.id)
    settle(opened)
    assert outbox(mail)[0].state is OutgoingState.CANCELLED
    opened.window.correspondence.resend(entry.id)
    settle(opened)
    assert outbox(mail)[0].state is OutgoingState.WAITING


def test_a_desk_on_a_workspace_elsewhere_replies_too(tmp_path: Path, qtbot: QtBot) -> None:
    with mail_here() as mail, serving(mail.app) as client:
        token = mail.app.execute(AddToken(TokenName("ana"), scope=(Scope.READ, Scope.TRIAGE))).secret
        app = RemoteApp(f"http://127.0.0.1:{client.server.port}", Secret(token), session)
        with closing(app), desk_on(app, tmp_path) as opened:
            opened.window.do("reply")
            settle(opened)
            box = opened.window.pane.reply
            assert box.to.text() == "bob@example.org"
            box.use_template("phishing")
            settle(opened)
            box.save.click()
            qtbot.waitUntil(lambda: len(opened.window.pane.conversation.rows) == 1, timeout=20_000)
            assert outbox(mail)[0].text == opened.window.pane.conversation.rows[0].words.toPlainText() + "\n"


def test_several_tickets_are_not_answered_at_once(opened: OpenedDesk) -> None:
    opened.window.do("select")
    opened.window.do("extend-next")
    opened.window.do("reply")
    assert not opened.window.pane.reply.isVisible()
    assert "one ticket" in opened.window.toast.text.text()
