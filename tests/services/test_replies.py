"""Replies: what would go out is seen before it does, and it is queued as it was seen."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.fakes.box import PASSWORD, Box
from tests.fakes.post import DESK, MailDesk, Post, letter
from tests.fakes.workbench import BEGIN, Item, workbench
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.item import Form
from triage_app.domain.ticket import TicketId
from triage_app.services.commands import Undo
from triage_app.services.mail_commands import ReplyToTicket
from triage_app.services.mail_queries import ListOutbox, ListTemplates, PlanReply, ReplyPlan
from triage_app.services.queries import ListAudit
from triage_app.services.source_commands import AddSource, PauseSource, RemoveSource

ONE = TicketId(1)
FIRST = "first@example.org"


@pytest.fixture
def desk() -> Iterator[MailDesk]:
    box, post = Box(form=Form.MAIL, page=50), Post()
    with workbench("", box, outlets={"box": post}) as bench:
        yield MailDesk(bench, box, post)


def reported(desk: MailDesk, **more: str) -> None:
    desk.deliver(letter(date=BEGIN, name=FIRST, **more))


def test_the_templates_are_listed_with_what_may_stand_in_them(desk: MailDesk) -> None:
    found = desk.app.ask(ListTemplates())
    assert {"acknowledgement", "phishing", "harmless", "question"} <= {each.name for each in found.templates}
    assert "ticket" in {each.name for each in found.names}
    assert found.problems == ()


def test_a_reply_is_planned_queued_and_sent_as_planned(desk: MailDesk) -> None:
    reported(desk)
    # when
    plan = desk.app.ask(PlanReply(ONE, template="phishing"))
    assert desk.app.ask(ListOutbox()).entries == ()
    entry = desk.app.execute(ReplyToTicket(ONE, template="phishing"))
    # then
    assert plan == ReplyPlan(
        ONE,
        "mail",
        f"Security Desk <{DESK}>",
        "bob@example.org",
        "Re: Strange mail [#1]",
        plan.text,
        FIRST,
        plan.warnings,
    )
    assert "Hello Bob" in plan.text
    assert "Security Desk" in plan.text
    assert (entry.state, entry.to, entry.subject, entry.text) == ("waiting", plan.recipient, plan.subject, plan.text)
    # and when the outbox is carried out
    desk.deliver()
    ((mail, sender, recipient),) = desk.post.sent
    found = message_from_bytes(mail, policy=default)
    assert (sender, recipient, found["From"]) == (DESK, "bob@example.org", plan.sender)
    assert (found["Subject"], found["In-Reply-To"]) == (plan.subject, f"<{FIRST}>")
    assert "Auto-Submitted" not in found
    texts = [each.text for each in desk.ticket().timeline]
    assert "Reply to bob@example.org sent" in texts
    assert "Reply queued (phishing)" in texts


def test_the_answer_to_our_reply_comes_into_the_ticket(desk: MailDesk) -> None:
    reported(desk)
    desk.app.execute(ReplyToTicket(ONE, text="Did you click?"))
    desk.deliver()
    ours = message_from_bytes(desk.post.sent[0][0])["Message-ID"].strip("<>")
    desk.deliver(letter(date=BEGIN, after=ours, text="No."))
    assert desk.tickets == 1
    assert [each.text.strip() for each in desk.ticket().messages][1:] == ["No."]
    # and the next reply answers that one
    plan = desk.app.ask(PlanReply(ONE, text="Thank you."))
    assert plan.answers not in (FIRST, ours)


def test_whoever_was_written_to_takes_part(desk: MailDesk) -> None:
    reported(desk)
    desk.app.execute(ReplyToTicket(ONE, text="Is this yours?", to="carol@example.org"))
    desk.deliver()
    ours = message_from_bytes(desk.post.sent[0][0])["Message-ID"].strip("<>")
    desk.deliver(letter("carol@example.org", date=BEGIN, after=ours))
    assert desk.tickets == 1


def test_a_plain_text_goes_out_under_the_subject_of_the_mail(desk: MailDesk) -> None:
    reported(desk, subject="AW: Re: Strange mail")
    plan = desk.app.ask(PlanReply(ONE, text="  Thank you.\n"))
    assert (plan.subject, plan.text) == ("Re: Strange mail [#1]", "Thank you.\n")


def test_nothing_of_the_mail_is_read_as_a_template(desk: MailDesk) -> None:
    desk.deliver(letter("${desk} $ticket <bob@example.org>", date=BEGIN, subject="$category ${desk}"))
    plan = desk.app.ask(PlanReply(ONE, template="harmless"))
    assert plan.subject == "Re: $category ${desk} [#1]"
    assert "Hello ${desk} $ticket," in plan.text


def test_the_answer_goes_where_the_sender_wants_it_and_that_is_said(desk: MailDesk) -> None:
    reported(desk, Reply_To="other@elsewhere.example")
    plan = desk.app.ask(PlanReply(ONE, text="x"))
    assert plan.recipient == "other@elsewhere.example"
    assert any("asks for answers to other@elsewhere.example" in each for each in plan.warnings)
    assert any("leaves the house" in each for each in plan.warnings)


def test_what_whoever_sends_should_know_is_said(desk: MailDesk) -> None:
    reported(desk, List_Id="<news.example>")
    desk.app.execute(PauseSource("mail"))
    warnings = desk.app.ask(PlanReply(ONE, text="x")).warnings
    assert any("mailing list" in each for each in warnings)
    assert any("paused" in each for each in warnings)


def test_a_ticket_from_a_file_is_answered_by_the_only_mailbox(desk: MailDesk) -> None:
    desk.imported(letter(date=BEGIN))
    assert desk.app.ask(PlanReply(ONE, text="x")).source == "mail"


def test_of_several_mailboxes_one_is_named(desk: MailDesk) -> None:
    desk.imported(letter(date=BEGIN))
    settings = ("user=two", "address=two@desk.example")
    desk.app.execute(AddSource("box", "two", settings=settings, secrets=(f"password={PASSWORD}",)))
    with pytest.raises(InvalidInput, match="mail, two"):
        desk.app.ask(PlanReply(ONE, text="x"))
    assert desk.app.ask(PlanReply(ONE, text="x", source="two")).sender == "two@desk.example"
    with pytest.raises(InvalidInput, match="It can by: mail, two"):
        desk.app.ask(PlanReply(ONE, text="x", source="three"))


@pytest.mark.parametrize(
    ("plan", "error", "said"),
    [
        (PlanReply(ONE), InvalidInput, "template or a text"),
        (PlanReply(ONE, text="  \n"), InvalidInput, "template or a text"),
        (PlanReply(ONE, text="x", template="phishing"), InvalidInput, "one of the two"),
        (PlanReply(ONE, template="nothing"), NotFound, "acknowledgement, harmless"),
        (PlanReply(ONE, text="x", to="bob"), InvalidInput, "no mail address"),
        (PlanReply(ONE, text="x", to="a@b.example\r\nBcc: c@d.example"), InvalidInput, "no mail address"),
        (PlanReply(ONE, text="x" * 300_000), InvalidInput, "at most"),
        (PlanReply(TicketId(9), text="x"), NotFound, "9"),
    ],
)
def test_what_cannot_be_sent_is_said_before_it_is_queued(
    desk: MailDesk, plan: PlanReply, error: type[Exception], said: str
) -> None:
    reported(desk)
    with pytest.raises(error, match=said):
        desk.app.ask(plan)
    with pytest.raises(error, match=said):
        desk.app.execute(ReplyToTicket(plan.id, template=plan.template, text=plan.text, to=plan.to))
    assert desk.app.ask(ListOutbox()).entries == ()


def test_an_alert_names_nobody_to_answer(desk: MailDesk) -> None:
    desk.bench.intake(Item("", ""))
    with pytest.raises(InvalidInput, match="names nobody"):
        desk.app.ask(PlanReply(ONE, text="x"))
    assert desk.app.ask(PlanReply(ONE, text="x", to="bob@example.org")).recipient == "bob@example.org"


def test_without_a_mailbox_it_is_said_what_to_add(desk: MailDesk) -> None:
    desk.imported(letter(date=BEGIN))
    desk.app.execute(RemoveSource("mail"))
    with pytest.raises(InvalidInput, match="source add imap"):
        desk.app.ask(PlanReply(ONE, text="x"))


def test_undo_withdraws_what_waits_and_says_that_what_left_is_gone(desk: MailDesk) -> None:
    reported(desk)
    desk.app.execute(ReplyToTicket(ONE, text="one"))
    desk.app.execute(Undo())
    assert [each.state for each in desk.app.ask(ListOutbox()).entries] == ["cancelled"]
    desk.app.execute(ReplyToTicket(ONE, text="two"))
    desk.deliver()
    with pytest.raises(InvalidState, match="cannot be taken back"):
        desk.app.execute(Undo())
    assert len(desk.post.sent) == 1


def test_the_log_says_who_replied_what(desk: MailDesk) -> None:
    reported(desk)
    desk.app.execute(ReplyToTicket(ONE, text="Thank you."))
    entry = desk.app.ask(ListAudit(ticket=ONE)).entries[0]
    assert (entry.command, entry.actor) == ("reply", "maria")
    assert "Thank you." in entry.arguments


def test_a_template_of_the_workspace_is_used_at_once(desk: MailDesk) -> None:
    reported(desk)
    folder = Path(str(desk.bench.folder)) / "templates"
    folder.mkdir()
    (folder / "ours.txt").write_text("Subject: Own $ticket\n\nGoodbye $reporter.")
    plan = desk.app.ask(PlanReply(ONE, template="ours"))
    assert (plan.subject, plan.text) == ("Own #1", "Goodbye Bob.\n")
