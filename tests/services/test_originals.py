"""The original mail is moved and flagged in its mailbox: queued, once, and by category where that is set."""

from collections.abc import Iterator

import pytest

from tests.fakes.box import Box
from tests.fakes.post import MailDesk, Post, letter
from tests.fakes.workbench import BEGIN, Item, workbench
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.item import Form
from triage_app.domain.ticket import TicketId
from triage_app.services.commands import Undo
from triage_app.services.mail_commands import FlagMail, MoveMail
from triage_app.services.mail_queries import ListOutbox
from triage_app.services.outgoing import Original
from triage_app.services.source_commands import SetSource

ONE, TWO = TicketId(1), TicketId(2)
ORIGINAL = Original("INBOX", 1, "0", "first@example.org")


@pytest.fixture
def desk() -> Iterator[MailDesk]:
    box, post = Box(form=Form.MAIL, page=50), Post()
    with workbench("", box, outlets={"box": post}) as bench:
        desk = MailDesk(bench, box, post)
        desk.deliver(letter(date=BEGIN, name="first@example.org"))
        yield desk


def test_a_mail_is_moved_where_it_is_told(desk: MailDesk) -> None:
    (entry,) = desk.app.execute(MoveMail(ONE, "Done")).entries
    assert (entry.state, entry.to) == ("waiting", "Done")
    desk.deliver()
    assert desk.post.moved == [(ORIGINAL, "Done")]
    assert any(each.text == "Original mail moved to Done" for each in desk.ticket().timeline)


def test_a_mail_is_moved_by_its_category(desk: MailDesk) -> None:
    category = desk.ticket().row.category
    with pytest.raises(InvalidInput, match=f"no folder for the category {category}"):
        desk.app.execute(MoveMail(ONE))
    desk.app.execute(SetSource("mail", settings=(f"category_folders={category}=Handled/Rest",)))
    (entry,) = desk.app.execute(MoveMail(ONE)).entries
    assert entry.to == "Handled/Rest"


def test_what_is_queued_is_not_queued_twice_and_what_was_done_can_be_asked_for_again(desk: MailDesk) -> None:
    desk.app.execute(MoveMail(ONE, "Done"))
    with pytest.raises(InvalidState, match="queued for ticket 1 already"):
        desk.app.execute(MoveMail(ONE, "Done"))
    assert len(desk.app.ask(ListOutbox()).entries) == 1
    desk.deliver()
    # when somebody has put it back since
    desk.app.execute(MoveMail(ONE, "Done"))
    desk.app.execute(MoveMail(ONE, "INBOX"))
    desk.deliver()
    assert [folder for _, folder in desk.post.moved] == ["Done", "Done", "INBOX"]


def test_a_mail_is_flagged(desk: MailDesk) -> None:
    desk.app.execute(FlagMail(ONE))
    desk.deliver()
    assert desk.post.flagged == [ORIGINAL]
    assert any(each.text == "Original mail flagged" for each in desk.ticket().timeline)


def test_undo_takes_back_what_waits(desk: MailDesk) -> None:
    desk.app.execute(MoveMail(ONE, "Done"))
    desk.app.execute(Undo())
    desk.deliver()
    assert desk.post.moved == []


def test_what_came_from_no_mailbox_has_no_original(desk: MailDesk) -> None:
    desk.bench.intake(Item("", ""))
    for command in (MoveMail(TWO, "Done"), FlagMail(TWO)):
        with pytest.raises(InvalidState, match="did not come from a mailbox"):
            desk.app.execute(command)
    with pytest.raises(NotFound):
        desk.app.execute(MoveMail(TicketId(9), "Done"))


@pytest.mark.parametrize("folder", ["a\r\nb", "x" * 501])
def test_a_folder_has_a_name(desk: MailDesk, folder: str) -> None:
    with pytest.raises(InvalidInput, match="printable"):
        desk.app.execute(MoveMail(ONE, folder))
