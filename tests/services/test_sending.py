"""What waits is carried out once, whatever fails: tried again after an outage, and never twice where nobody knows."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.fakes.box import Box, QuickRunner
from tests.fakes.post import MailDesk, Post, letter
from tests.fakes.workbench import BEGIN, workbench
from triage_app.domain.errors import OutgoingRefused, OutgoingUnsure, SourceFailed, Trouble
from triage_app.domain.item import Form
from triage_app.domain.outgoing_mail import OutgoingState
from triage_app.domain.ticket import TicketId
from triage_app.services.context import CancelToken, Context
from triage_app.services.mail_commands import FlagMail, MoveMail, ReplyToTicket
from triage_app.services.mail_queries import ListOutbox, OutboxEntry
from triage_app.services.sending import AT_ONCE, GIVE_UP, LEASE, Failure, Sender
from triage_app.services.source_commands import SyncSources

ONE = TicketId(1)
SECONDS = 20


@pytest.fixture
def runner() -> QuickRunner:
    return QuickRunner()


@pytest.fixture
def desk(runner: QuickRunner) -> Iterator[MailDesk]:
    box, post = Box(form=Form.MAIL, page=50), Post()
    with workbench("", box, outlets={"box": post}, runner=runner) as bench:
        desk = MailDesk(bench, box, post)
        desk.deliver(letter(date=BEGIN))
        yield desk


def sender(desk: MailDesk) -> Sender:
    return Sender(desk.source, desk.bench.ports, Context("maria", BEGIN))


def once(desk: MailDesk) -> Failure | None:
    return sender(desk).once(CancelToken())


def entries(desk: MailDesk) -> list[OutboxEntry]:
    return list(reversed(desk.app.ask(ListOutbox()).entries))


def states(desk: MailDesk) -> list[str]:
    return [each.state for each in entries(desk)]


def reply(desk: MailDesk, *texts: str) -> None:
    for text in texts:
        desk.app.execute(ReplyToTicket(ONE, text=text))


def failing(error: Exception, *steps: str) -> Callable[[str], None]:
    """A server that fails at these steps, once at each."""
    left = list(steps)

    def script(step: str) -> None:
        if left and step == left[0]:
            left.pop(0)
            raise error

    return script


def test_all_is_carried_out_with_one_sign_in_in_its_order(desk: MailDesk) -> None:
    reply(desk, "one", "two")
    desk.app.execute(MoveMail(ONE, "Done"))
    assert once(desk) is None
    assert (desk.post.opened, desk.post.closed) == (1, 1)
    assert [b"one" in desk.post.sent[0][0], b"two" in desk.post.sent[1][0]] == [True, True]
    assert states(desk) == ["done"] * 3
    assert once(desk) is None
    assert desk.post.opened == 1


@pytest.mark.parametrize("step", ["open", "send"])
def test_after_an_outage_it_is_tried_again_and_the_rest_waits_meanwhile(desk: MailDesk, step: str) -> None:
    reply(desk, "one", "two")
    desk.post.script = failing(SourceFailed(Trouble.NETWORK, "The server is away. Wait."), step)
    failure = once(desk)
    assert failure == Failure("The server is away. Wait.", Trouble.NETWORK)
    assert states(desk) == ["waiting", "waiting"]
    assert (entries(desk)[0].error, entries(desk)[0].attempts) == ("The server is away. Wait.", 1)
    assert entries(desk)[0].next_try is not None
    # when it is back, and time has passed
    desk.bench.advance(timedelta(minutes=1))
    assert once(desk) is None
    assert states(desk) == ["done", "done"]
    assert len(desk.post.sent) == 2


@pytest.mark.parametrize("trouble", [Trouble.NETWORK, Trouble.SETTINGS])
def test_a_server_that_takes_no_mail_holds_up_no_move_and_the_other_way_round(desk: MailDesk, trouble: Trouble) -> None:
    # given more mails than are sent with one sign-in, and a move behind them
    reply(desk, *map(str, range(AT_ONCE + 1)))
    desk.app.execute(MoveMail(ONE, "Done"))
    away = SourceFailed(trouble, "The server for mail is away.")
    desk.post.script = failing(away, "send")
    # when mail cannot be sent, then it is tried with one only, and the move is made
    assert once(desk) == Failure("The server for mail is away.", trouble)
    assert states(desk) == [*["waiting"] * (AT_ONCE + 1), "done"]
    assert [each.attempts for each in entries(desk)] == [1, *[0] * AT_ONCE, 1]
    # and where nothing can be moved, mail is sent
    desk.app.execute(FlagMail(ONE))
    desk.post.script = failing(away, "flag")
    desk.bench.advance(timedelta(hours=1))
    assert once(desk) == Failure("The server for mail is away.", trouble)
    assert states(desk) == [*["done"] * (AT_ONCE + 2), "waiting"]


def test_one_that_must_wait_does_not_hold_up_the_others(desk: MailDesk) -> None:
    reply(desk, "one", "two")
    desk.post.script = failing(SourceFailed(Trouble.QUOTA, "Come back later."), "send")
    assert once(desk) is None
    assert states(desk) == ["waiting", "done"]


@pytest.mark.parametrize("error", [OutgoingRefused("No such address."), OutgoingUnsure("The line broke. Look.")])
def test_what_is_refused_or_unsure_is_not_tried_again_by_itself(desk: MailDesk, error: Exception) -> None:
    reply(desk, "one", "two")
    desk.post.script = failing(error, "send")
    assert once(desk) is None
    desk.bench.advance(timedelta(days=1))
    assert once(desk) is None
    assert states(desk) == ["failed", "done"]
    assert entries(desk)[0].error == str(error)


def test_a_mistake_of_ours_fails_one_entry_and_is_told(desk: MailDesk) -> None:
    reply(desk, "one", "two")
    desk.post.script = failing(ZeroDivisionError("oops"), "send")
    assert once(desk) is None
    assert states(desk) == ["failed", "done"]
    assert "oops" in entries(desk)[0].error


def test_after_days_a_reply_is_given_up(desk: MailDesk) -> None:
    reply(desk, "one")
    desk.bench.advance(GIVE_UP + timedelta(hours=1))
    desk.post.script = failing(SourceFailed(Trouble.NETWORK, "The server is away."), "open")
    once(desk)
    assert states(desk) == ["failed"]
    assert "Given up" in entries(desk)[0].error


def test_of_two_programs_one_sends(desk: MailDesk) -> None:
    reply(desk, "one")
    inside, go_on = threading.Event(), threading.Event()

    def wait(step: str) -> None:
        if step == "send":
            inside.set()
            assert go_on.wait(SECONDS)

    desk.post.script = wait
    other = threading.Thread(target=lambda: once(desk))
    other.start()
    assert inside.wait(SECONDS)
    # while the first sends, the second looks
    assert once(desk) is None
    go_on.set()
    other.join(SECONDS)
    assert len(desk.post.sent) == 1
    assert states(desk) == ["done"]


def test_what_a_program_left_behind_is_told_for_a_mail_and_made_again_for_a_move(desk: MailDesk) -> None:
    reply(desk, "one")
    desk.app.execute(MoveMail(ONE, "Done"))
    with desk.bench.storage.write() as uow:
        now = desk.bench.ports.clock()
        for each in entries(desk):
            assert uow.outbox.claim(each.id, now, now + LEASE)
    # not before its time
    once(desk)
    assert states(desk) == ["sending", "sending"]
    desk.bench.advance(LEASE)
    once(desk)
    assert states(desk) == ["failed", "done"]
    assert "nobody knows whether it went out" in entries(desk)[0].error
    assert desk.post.sent == []


def test_following_goes_on_until_a_cancel(desk: MailDesk, runner: QuickRunner) -> None:
    cancel = CancelToken()
    desk.post.script = failing(SourceFailed(Trouble.AUTHENTICATION, "The password was refused."), "open")
    reply(desk, "one")
    thread = threading.Thread(target=sender(desk).follow, args=(cancel,))
    thread.start()
    try:
        deadline = threading.Event()
        while OutgoingState.FAILED not in states(desk) and 300.0 not in runner.waited and not deadline.wait(0.02):
            pass
    finally:
        cancel.cancel()
        thread.join(SECONDS)
    # then a refused sign-in is not tried again soon: accounts are locked by those who do
    assert 300.0 in runner.waited
    assert states(desk) == ["waiting"]
    assert not thread.is_alive()


def test_a_reply_is_sent_while_the_mailbox_is_followed() -> None:
    done = threading.Event()
    cancel = CancelToken()

    def note(step: str) -> None:
        if step == "send":
            done.set()

    box, post = Box(form=Form.MAIL), Post()
    with workbench("", box, outlets={"box": post}) as bench:
        desk = MailDesk(bench, box, post)
        desk.deliver(letter(date=BEGIN))
        post.script = note
        thread = threading.Thread(target=lambda: desk.app.execute(SyncSources(follow=True), cancel=cancel))
        thread.start()
        try:
            reply(desk, "one")
            assert done.wait(SECONDS)
        finally:
            cancel.cancel()
            thread.join(SECONDS)
        assert len(post.sent) == 1


def test_where_an_original_lies_is_asked_when_it_is_moved(desk: MailDesk) -> None:
    desk.app.execute(MoveMail(ONE, "Done"))
    # when the mailbox counts anew meanwhile, and another mail has come before ours
    ours = desk.box.contents[0]
    desk.box.validity = 2
    desk.box.contents[:] = [letter(date=BEGIN), ours]
    desk.deliver()
    ((original, _),) = desk.post.moved
    assert (original.uid_validity, original.uid) == (2, "1")
