"""The calls to Graph, one by one."""

from collections.abc import Iterator

import pytest

from tests.graph import Office, hosting, mailbox_at
from tests.web import Asked, Reply, serving
from triage_app.adapters.feeds.graph_session import REFUSED, UNSURE, Folder, KeptBack, Mailbox
from triage_app.adapters.net.http import TooLong
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret

MAIL = b"Subject: mail 1\r\nMessage-ID: <o'neil@example.org>\r\n\r\n"


def given(*, anew: bool = False) -> Secret:
    return Secret(f"access-{2 if anew else 1}")


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def mailbox(office: Office) -> Iterator[Mailbox]:
    with hosting(office) as web:
        mailbox = Mailbox(mailbox_at(web), given, 1_000, 10)
        yield mailbox
        mailbox.close()


def test_folders_are_found_by_name_at_every_level_and_made_where_they_are_missing(
    office: Office, mailbox: Mailbox
) -> None:
    assert mailbox.folder("INBOX").id == office.named("Inbox")
    assert mailbox.folder("junk email").id == office.named("Junk Email")
    made = mailbox.made("Inbox/Bob's/2026")
    assert (office.folders[made.id][0], office.folders[office.folders[made.id][1]][0]) == ("2026", "Bob's")
    assert mailbox.made("inbox/bob's/2026") == made == mailbox.folder("Inbox/Bob's/2026")
    with pytest.raises(SourceFailed, match="no folder Inbox/Bob's/2027") as caught:
        mailbox.folder("Inbox/Bob's/2027")
    assert caught.value.trouble is Trouble.FOLDER
    with pytest.raises(SourceFailed, match="must have a name"):
        mailbox.made(" / ")


def test_a_folder_that_was_made_anew_is_another_one(office: Office, mailbox: Mailbox) -> None:
    first = office.folder("Reports")
    before = mailbox.folder("Reports")
    del office.folders[first]
    office.folder("Reports")
    assert before.validity != mailbox.folder("Reports").validity
    assert Folder("x", 0).validity == Folder("x", 9).validity > 0


def test_a_mail_is_fetched_with_its_bytes_untouched_and_none_that_is_too_large(
    office: Office, mailbox: Mailbox
) -> None:
    small, large, broken = office.deliver(MAIL, MAIL + b"x" * 2_000, MAIL)
    office.broken.add(broken)
    assert mailbox.content(small) == MAIL
    assert mailbox.content("AAkA404=") is None
    with pytest.raises(TooLong):
        mailbox.content(large)
    with pytest.raises(KeptBack):
        mailbox.content(broken)
    assert mailbox.header(large) == b"Subject: mail 1\r\n\r\n"


def test_a_mail_is_found_marked_moved_and_deleted_and_its_id_stays(office: Office, mailbox: Mailbox) -> None:
    (mail,) = office.deliver(MAIL)
    assert mailbox.bearing("<o'neil@example.org>") == [mail]
    assert mailbox.bearing("<other@example.org>") == []
    assert mailbox.place(mail) == office.named("Inbox")
    assert mailbox.mark(mail, {"isRead": True})
    assert mailbox.move(mail, mailbox.folder("Archive"))
    assert (mailbox.place(mail), office.mails[mail].read) == (office.named("Archive"), True)
    mailbox.delete(mail)
    mailbox.delete(mail)
    assert mailbox.place(mail) is None
    assert not mailbox.move(mail, mailbox.folder("Archive"))
    assert not mailbox.mark(mail, {"isRead": True})


def test_a_mail_goes_out_whole_and_a_refusal_comes_back(office: Office, mailbox: Mailbox) -> None:
    assert mailbox.send(MAIL).status == 202
    assert office.sent == [MAIL]
    for status in (*REFUSED, *UNSURE):
        office.sending = Reply(status=status)
        assert mailbox.send(MAIL).status == status
    office.sending = Reply(status=503)
    with pytest.raises(SourceFailed):
        mailbox.send(MAIL)


@pytest.mark.parametrize(
    "body", [[], {}, {"value": 7}, {"value": ["x"]}, {"value": []}, {"value": [], "@odata.nextLink": 0}, b"<html>"]
)
def test_an_answer_that_is_none_is_told(body: object) -> None:
    def answer(_asked: Asked) -> Reply:
        return Reply(body)

    with serving(answer) as web:
        mailbox = Mailbox(mailbox_at(web), given, 1_000, 10)
        with pytest.raises(SourceFailed) as caught:
            list(mailbox.news(Folder("x", 0), ""))
        mailbox.close()
    assert caught.value.trouble is Trouble.PROTOCOL


def test_a_link_to_another_server_is_not_followed_with_the_token() -> None:
    with serving(lambda _asked: Reply({"value": [], "@odata.nextLink": "https://evil.example/x"})) as web:
        mailbox = Mailbox(mailbox_at(web), given, 1_000, 10)
        with pytest.raises(SourceFailed, match="another server"):
            list(mailbox.news(Folder("x", 0), ""))
        mailbox.close()
