"""The outbox as people see it."""

from collections.abc import Iterator

import pytest

from tests.fakes.box import Box
from tests.fakes.post import MailDesk, Post, letter
from tests.fakes.workbench import BEGIN, workbench
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound, OutgoingRefused
from triage_app.domain.item import Form
from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind, OutgoingState
from triage_app.domain.ticket import TicketId
from triage_app.services.commands import Undo
from triage_app.services.mail_commands import MoveMail, ReplyToTicket, ResendOutgoing, WithdrawOutgoing
from triage_app.services.mail_queries import ListOutbox, OutboxEntry

ONE, TWO = TicketId(1), TicketId(2)


@pytest.fixture
def desk() -> Iterator[MailDesk]:
    box, post = Box(form=Form.MAIL, page=50), Post()
    with workbench("", box, outlets={"box": post}) as bench:
        desk = MailDesk(bench, box, post)
        desk.deliver(letter(date=BEGIN), letter(date=BEGIN))
        yield desk


def states(desk: MailDesk, *, ticket: TicketId | None = None) -> list[tuple[OutgoingKind, OutgoingState]]:
    return [(each.kind, each.state) for each in desk.app.ask(ListOutbox(ticket=ticket)).entries]


def refused(desk: MailDesk) -> OutboxEntry:
    """A reply that the server will not take."""

    def refuse(step: str) -> None:
        if step == "send":
            raise OutgoingRefused("There is no such address. Correct it.")

    desk.post.script = refuse
    entry = desk.app.execute(ReplyToTicket(ONE, text="x"))
    desk.deliver()
    desk.post.script = lambda _step: None
    return entry


def test_the_newest_come_first_of_all_or_of_one_ticket(desk: MailDesk) -> None:
    desk.app.execute(ReplyToTicket(ONE, text="x"))
    desk.app.execute(MoveMail(TWO, "Done"))
    waiting = OutgoingState.WAITING
    assert states(desk) == [(OutgoingKind.MOVE, waiting), (OutgoingKind.REPLY, waiting)]
    assert states(desk, ticket=ONE) == [(OutgoingKind.REPLY, waiting)]
    assert len(desk.app.ask(ListOutbox(limit=1)).entries) == 1
    with pytest.raises(InvalidInput):
        desk.app.ask(ListOutbox(limit=-1))


def test_what_was_refused_says_why_and_can_be_sent_anew(desk: MailDesk) -> None:
    entry = refused(desk)
    (found,) = desk.app.ask(ListOutbox()).entries
    assert (found.state, found.error) == ("failed", "There is no such address. Correct it.")
    assert any("was not sent: There is no such address" in each.text for each in desk.ticket().timeline)
    desk.app.execute(ResendOutgoing(entry.id))
    desk.deliver()
    assert len(desk.post.sent) == 1
    assert states(desk) == [(OutgoingKind.REPLY, OutgoingState.DONE)]


def test_what_waits_can_be_withdrawn_and_undo_lets_it_wait_again(desk: MailDesk) -> None:
    entry = desk.app.execute(ReplyToTicket(ONE, text="x"))
    desk.app.execute(WithdrawOutgoing(entry.id))
    assert states(desk) == [(OutgoingKind.REPLY, OutgoingState.CANCELLED)]
    desk.app.execute(Undo())
    assert states(desk) == [(OutgoingKind.REPLY, OutgoingState.WAITING)]


def test_undo_of_sending_anew_takes_it_back(desk: MailDesk) -> None:
    entry = refused(desk)
    desk.app.execute(ResendOutgoing(entry.id))
    desk.app.execute(Undo())
    assert states(desk) == [(OutgoingKind.REPLY, OutgoingState.CANCELLED)]


def test_what_was_done_is_neither_withdrawn_nor_sent_again(desk: MailDesk) -> None:
    entry = desk.app.execute(ReplyToTicket(ONE, text="x"))
    desk.deliver()
    for command in (WithdrawOutgoing(entry.id), ResendOutgoing(entry.id)):
        with pytest.raises(InvalidState, match="done"):
            desk.app.execute(command)
    with pytest.raises(NotFound):
        desk.app.execute(ResendOutgoing(OutgoingId(99)))
