"""An answer goes to its ticket, whoever names what; and a new conversation is acknowledged once."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.fakes.box import Box
from tests.fakes.post import DESK, MailDesk, Post, letter
from tests.fakes.workbench import BEGIN, workbench
from tests.workspaces import opened
from triage_app.domain.item import Form
from triage_app.domain.ticket import Status, TicketId, Verdict
from triage_app.services.commands import CloseTicket, ImportFiles, SplitRepeat, Undo
from triage_app.services.mail_queries import ListOutbox
from triage_app.services.queries import GetBalance, GetTicket
from triage_app.services.source_commands import SetSource
from triage_app.services.timeline import MAX_ANSWERS

FIRST = "first@example.org"
ANN = "Ann <ann@example.org>"
SAME = b"From: bob@example.org\nTo: soc@desk.example\nSubject: x\nMessage-ID: <same@example.org>\n\nLook at this.\n\n"


@pytest.fixture
def desk() -> Iterator[MailDesk]:
    box, post = Box(form=Form.MAIL, page=50), Post()
    with workbench("", box, outlets={"box": post}) as bench:
        yield MailDesk(bench, box, post)


def first(**more: str) -> bytes:
    return letter(date=BEGIN, name=FIRST, to=f"{DESK}, {ANN}", **more)


def answer(sender: str = "Bob <BOB@example.org>", after: str = FIRST, **more: str) -> bytes:
    return letter(sender, date=BEGIN, after=after, text="It asked for my password at http://lure.example/x", **more)


def wants_acknowledgement(desk: MailDesk, *more: str) -> None:
    desk.app.execute(SetSource("mail", settings=("acknowledge=yes", *more)))


# -- answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["Bob <BOB@example.org>", "ann@example.org"])
def test_an_answer_of_somebody_who_takes_part_is_added_to_the_ticket(desk: MailDesk, sender: str) -> None:
    desk.deliver(first())
    desk.deliver(answer(sender))
    # then
    assert desk.tickets == 1
    view = desk.ticket()
    assert [each.text.strip()[:8] for each in view.messages] == ["I got th", "It asked"]
    assert ("http://lure.example/x", 1) in [(each.value, each.tickets) for each in view.observables]
    assert [each.kind for each in view.timeline].count("answered") == 1
    sheet = desk.app.ask(GetBalance())
    assert (sheet.seen, sheet.ticketed, sheet.merged, sheet.difference) == (2, 1, 1, 0)


def test_answers_within_one_batch_and_to_answers_find_each_other(desk: MailDesk) -> None:
    desk.deliver(first(), answer(name="second@example.org"), answer("ann@example.org", after="second@example.org"))
    assert desk.tickets == 1
    assert len(desk.ticket().messages) == 3


def test_a_stranger_who_names_a_mail_that_we_hold_gets_a_ticket_of_his_own(desk: MailDesk) -> None:
    desk.deliver(first())
    desk.deliver(answer("eve@evil.example"))
    assert desk.tickets == 2
    assert len(desk.ticket().messages) == 1


def test_a_number_in_the_subject_is_not_enough(desk: MailDesk) -> None:
    desk.deliver(first())
    desk.deliver(letter(date=BEGIN, subject="Re: Strange mail [#1]"))
    assert desk.tickets == 2


def test_a_mail_that_answers_nothing_we_know_begins_a_conversation(desk: MailDesk) -> None:
    desk.deliver(answer(after="unknown@example.org"))
    assert desk.tickets == 1
    assert [each.kind for each in desk.ticket().timeline].count("answered") == 0


def test_mail_from_files_takes_part_as_well(desk: MailDesk) -> None:
    desk.imported(first())
    report = desk.imported(answer())
    assert (report.seen, report.ticketed, report.merged) == (1, 0, 1)


def test_another_copy_of_an_answer_is_not_shown_twice(desk: MailDesk) -> None:
    twice = answer(name="second@example.org")
    desk.deliver(first(), twice)
    desk.imported(twice)
    assert desk.tickets == 1
    assert len(desk.ticket().messages) == 2
    assert desk.app.ask(GetBalance()).difference == 0


def test_a_long_conversation_is_told_in_a_few_lines(desk: MailDesk) -> None:
    desk.deliver(first())
    desk.deliver(*[answer() for _ in range(300)])
    view = desk.ticket()
    assert desk.tickets == 1
    assert len(view.messages) == 1 + MAX_ANSWERS
    told = [each.text for each in view.timeline if each.kind == "answered"]
    assert told[0] == f"{300 - MAX_ANSWERS} earlier answers"
    assert len(told) == 1 + MAX_ANSWERS


def test_repeats_of_a_mail_are_no_answers_however_many(tmp_path: Path) -> None:
    # given copies of one mail that the rules which ship hold for the same
    copies = b"".join(b"From a@b Mon Mar  2 09:00:00 2026\nX-Number: %d\n" % number + SAME for number in range(130))
    (tmp_path / "in.mbox").write_bytes(copies)
    with opened(tmp_path / "workspace") as app:
        report = app.execute(ImportFiles((str(tmp_path / "in.mbox"),)))
        assert (report.ticketed, report.merged) == (1, 129)
        view = app.ask(GetTicket(TicketId(1)))
    assert len(view.messages) == 1
    assert [each for each in view.timeline if each.kind == "answered"] == []


# -- opening again ------------------------------------------------------------------------------------


def closed_and_answered(desk: MailDesk, mail: bytes) -> Status:
    desk.deliver(first())
    desk.app.execute(CloseTicket(desk.ticket().row.id, verdict=Verdict.FALSE_POSITIVE))
    desk.deliver(mail)
    assert desk.tickets == 1
    return desk.ticket().row.status


def test_an_answer_opens_a_resolved_ticket_again_and_says_why(desk: MailDesk) -> None:
    assert closed_and_answered(desk, answer()) is Status.NEW
    assert "bob@example.org answered" in desk.ticket().notes[-1].text


def test_a_program_that_answers_does_not_open_it(desk: MailDesk) -> None:
    assert closed_and_answered(desk, answer(Auto_Submitted="auto-replied")) is Status.RESOLVED


def test_where_the_mailbox_says_so_it_stays_resolved(desk: MailDesk) -> None:
    desk.app.execute(SetSource("mail", settings=("reopen=no",)))
    assert closed_and_answered(desk, answer()) is Status.RESOLVED


# -- taking apart -------------------------------------------------------------------------------------


def test_an_answer_can_be_made_a_ticket_of_its_own_and_put_back(desk: MailDesk) -> None:
    desk.deliver(first(), answer(name="second@example.org"))
    raw = desk.ticket().messages[1].raw
    # when
    desk.app.execute(SplitRepeat(raw))
    # then what answers it goes where it is now
    assert desk.tickets == 2
    assert len(desk.ticket(1).messages) == 1
    assert [each.raw for each in desk.ticket(2).messages] == [raw]
    # and undo brings all back
    desk.app.execute(Undo())
    assert desk.tickets == 1
    assert [each.raw for each in desk.ticket().messages][1] == raw
    desk.deliver(answer("ann@example.org", after="second@example.org"))
    assert len(desk.ticket().messages) == 3
    assert desk.app.ask(GetBalance()).difference == 0


def test_what_was_split_and_answered_since_stays_split(desk: MailDesk) -> None:
    desk.deliver(first(), answer(name="second@example.org"))
    desk.app.execute(SplitRepeat(desk.ticket().messages[1].raw))
    desk.deliver(answer(after="second@example.org"))
    assert len(desk.ticket(2).messages) == 2
    with pytest.raises(Exception, match="changed by somebody since"):
        desk.app.execute(Undo())


# -- acknowledging ------------------------------------------------------------------------------------


def test_a_new_report_is_acknowledged_with_its_number(desk: MailDesk) -> None:
    wants_acknowledgement(desk)
    desk.deliver(first())
    ((mail, sender, recipient),) = desk.post.sent
    found = message_from_bytes(mail)
    assert (sender, recipient) == (DESK, "bob@example.org")
    assert found["Subject"] == "Re: Strange mail [#1]"
    assert found["In-Reply-To"] == f"<{FIRST}>"
    assert found["Auto-Submitted"] == "auto-replied"
    assert "Hello Bob" in found.get_payload()
    assert desk.ticket().outgoing[0].state == "done"
    assert any("Acknowledgement to bob@example.org sent" in each.text for each in desk.ticket().timeline)


def test_the_sender_is_answered_and_not_whom_he_names(desk: MailDesk) -> None:
    wants_acknowledgement(desk)
    desk.deliver(letter(date=BEGIN, Reply_To="victim@elsewhere.example"))
    assert [recipient for _, _, recipient in desk.post.sent] == ["bob@example.org"]


def test_nothing_of_a_mail_becomes_a_link_in_ours(desk: MailDesk) -> None:
    wants_acknowledgement(desk)
    desk.deliver(letter('"See HTTP://lure.example" <bob@example.org>', date=BEGIN, subject="www.lure.example"))
    text = desk.post.sent[0][0].decode()
    assert "hxxp://lure.example" in text
    assert "www[.]lure.example" in text


def test_our_own_address_is_known_in_any_case(desk: MailDesk) -> None:
    wants_acknowledgement(desk, f"address={DESK.upper()}")
    desk.deliver(letter(DESK, date=BEGIN))
    assert desk.post.sent == []


def test_none_is_sent_where_the_mailbox_does_not_say_so_or_mail_came_by_files(desk: MailDesk) -> None:
    desk.deliver(first())
    wants_acknowledgement(desk)
    desk.imported(letter(date=BEGIN))
    desk.deliver()
    assert desk.post.sent == []


def test_a_conversation_is_acknowledged_once(desk: MailDesk) -> None:
    wants_acknowledgement(desk)
    desk.deliver(first())
    desk.deliver(answer(), answer(after="unknown@example.org", name=FIRST))
    assert len(desk.post.sent) == 1


@pytest.mark.parametrize(
    "mail",
    [
        first(Auto_Submitted="auto-generated"),
        first(List_Id="<news.example>"),
        first(Precedence="bulk"),
        letter("noreply@example.org", date=BEGIN),
        letter(DESK, date=BEGIN),
        letter(date=BEGIN - timedelta(days=3)),
        letter(date=BEGIN + timedelta(days=3)),
    ],
    ids=["automatic", "list", "bulk", "nobody", "ourselves", "old", "future"],
)
def test_what_must_not_be_acknowledged_is_not(desk: MailDesk, mail: bytes) -> None:
    wants_acknowledgement(desk)
    desk.deliver(mail)
    assert desk.tickets == 1
    assert desk.app.ask(ListOutbox()).entries == ()


def test_one_sender_gets_so_many_an_hour(desk: MailDesk) -> None:
    wants_acknowledgement(desk, "acknowledge_most=2")
    desk.deliver(*[letter(date=BEGIN, subject=f"Mail {number}") for number in range(5)])
    desk.deliver(letter("ann@example.org", date=BEGIN))
    assert [recipient for _, _, recipient in desk.post.sent] == ["bob@example.org"] * 2 + ["ann@example.org"]


def test_our_own_mail_that_comes_back_is_no_new_ticket(desk: MailDesk) -> None:
    wants_acknowledgement(desk)
    desk.deliver(first())
    ((ours, _, _),) = desk.post.sent
    desk.deliver(ours)
    assert desk.tickets == 1
    assert len(desk.post.sent) == 1


def test_a_forged_copy_of_our_mail_by_another_is_not_taken_for_ours(desk: MailDesk) -> None:
    wants_acknowledgement(desk)
    desk.deliver(first())
    ours = message_from_bytes(desk.post.sent[0][0])["Message-ID"].strip("<>")
    desk.deliver(letter("eve@evil.example", date=BEGIN, name=ours))
    assert desk.tickets == 2


def test_two_desks_that_answer_each_other_stop_after_one_mail() -> None:
    boxes, posts = (Box(form=Form.MAIL, page=50), Box(form=Form.MAIL, page=50)), (Post(), Post())
    other = "soc@other.example"
    with (
        workbench("", boxes[0], outlets={"box": posts[0]}) as one,
        workbench("", boxes[1], outlets={"box": posts[1]}) as two,
    ):
        here = MailDesk(one, boxes[0], posts[0], "acknowledge=yes")
        there = MailDesk(two, boxes[1], posts[1], f"address={other}", "acknowledge=yes")
        # when the other desk's team writes to us by hand, and all that is sent is delivered, again and again
        here.deliver(letter(f"Desk <{other}>", date=BEGIN))
        for _ in range(4):
            there.deliver(*_taken(posts[0]))
            here.deliver(*_taken(posts[1]))
        # then
        assert (here.tickets, there.tickets) == (1, 1)
        assert len(here.app.ask(ListOutbox()).entries) == 1
        assert there.app.ask(ListOutbox()).entries == ()


def _taken(post: Post) -> list[bytes]:
    mails = [mail for mail, _, _ in post.sent]
    post.sent.clear()
    return mails
