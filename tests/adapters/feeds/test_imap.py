"""Mailboxes of a real IMAP server: what is fetched, what is left out, and what is done afterwards."""

import datetime as dt
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.dovecot import DovecotServer
from tests.mailboxes import SECRETS, Taker, mail, mailbox, subjects
from tests.smtpd import SmtpServer
from triage_app.adapters.feeds.imap import PAGE_BYTES, ImapConnector
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source
from triage_app.services.context import CancelToken


def seen(server: DovecotServer, user: str, folder: str = "INBOX") -> list[bool]:
    """Whether each mail of a folder is flagged as seen, in order."""
    with server.client(user) as client:
        client.select_folder(folder, readonly=True)
        flags = client.get_flags(client.search("ALL"))
    return [b"\\Seen" in flags[uid] for uid in sorted(flags)]


def test_everything_comes_once_and_nothing_is_changed(dovecot: DovecotServer) -> None:
    # given three mails
    source = mailbox(dovecot, "everything")
    dovecot.deliver("everything", mail(1), mail(2), mail(3))
    taker = Taker()
    # when they are taken, and again
    first, again = taker.once(source), taker.once(source)
    # then all came once, whole, and nobody can tell from the box
    assert [item.content for item in first] == [mail(1), mail(2), mail(3)]
    assert [(item.folder, item.uid) for item in first] == [("INBOX", "1"), ("INBOX", "2"), ("INBOX", "3")]
    assert again == []
    assert seen(dovecot, "everything") == [False] * 3
    assert taker.pages[0].on_server == 3


def test_an_empty_box_and_its_first_mail(dovecot: DovecotServer) -> None:
    source = mailbox(dovecot, "first")
    taker = Taker()
    feed = ImapConnector(timeout=10).open(source, SECRETS)
    assert taker.take(feed) == []
    dovecot.deliver("first", mail(1))
    feed.wait(10, CancelToken())
    assert subjects(taker.take(feed)) == ["mail 1"]
    assert taker.take(feed) == []
    feed.close()


def test_pages_are_bounded_in_bytes(dovecot: DovecotServer) -> None:
    dovecot.deliver("pages", *[mail(number, 900_000) for number in range(5)])
    taker = Taker()
    assert subjects(taker.once(mailbox(dovecot, "pages"))) == [f"mail {number}" for number in range(5)]
    assert [len(page.items) for page in taker.pages] == [2, 2, 1]
    assert all(sum(len(item.content) for item in page.items) <= PAGE_BYTES for page in taker.pages)


def test_pages_are_bounded_in_number_and_a_cancel_ends_between_them(dovecot: DovecotServer) -> None:
    dovecot.deliver("many", *[b"Subject: mail %d\n\n" % number for number in range(1_100)])
    source, taker, cancel = mailbox(dovecot, "many"), Taker(), CancelToken()
    feed = ImapConnector(timeout=10).open(source, SECRETS)
    for page in feed.pull(taker.cursors, cancel):
        taker.hold(page)
        cancel.cancel()
    assert len(taker.items) == 500
    assert len(taker.take(feed)) == 600
    feed.close()


def test_all_folders_are_taken_but_drafts_and_trash(dovecot: DovecotServer) -> None:
    for folder in ("INBOX", "Reports", "Réports & more"):
        with dovecot.client("folders") as client:
            if folder != "INBOX":
                client.create_folder(folder)
            client.append(folder, mail(len(folder)))
    with dovecot.client("folders") as client:
        client.create_folder("Done")
        client.append("Done", mail(99))
    source = mailbox(dovecot, "folders", folders="*", after="move", move_to="Done")
    taker = Taker()
    assert sorted(item.folder for item in taker.once(source)) == ["INBOX", "Reports", "Réports & more"]
    # and what was moved to the target does not come back
    assert taker.once(source) == []


def test_a_folder_that_is_gone_is_told_after_the_others_had_their_turn(dovecot: DovecotServer) -> None:
    dovecot.deliver("halfgone", mail(1))
    dovecot.deliver("halfgone", mail(2), folder="Reports")
    taker = Taker()
    with pytest.raises(SourceFailed, match="Gone") as caught:
        taker.once(mailbox(dovecot, "halfgone", folders="Gone\nINBOX\nReports"))
    assert caught.value.trouble is Trouble.FOLDER
    assert sorted(subjects(taker.items)) == ["mail 1", "mail 2"]


def test_what_is_older_than_since_is_left_out_and_counted(dovecot: DovecotServer) -> None:
    with dovecot.client("since") as client:
        for number, year in enumerate((2020, 2021, 2026, 2020, 2026)):
            client.append("INBOX", mail(number), msg_time=dt.datetime(year, 6, 1, 12, tzinfo=dt.UTC))
    source, taker = mailbox(dovecot, "since", since="2026-05-31"), Taker()
    assert subjects(taker.once(source)) == ["mail 2", "mail 4"]
    assert sum(page.skipped for page in taker.pages) == 3
    # and counted once
    dovecot.deliver("since", mail(9))
    assert subjects(taker.once(source)) == ["mail 9"]
    assert sum(page.skipped for page in taker.pages) == 3


def test_a_filter_that_leaves_all_out_still_moves_on(dovecot: DovecotServer) -> None:
    dovecot.deliver("allold", mail(1), mail(2))
    source, taker = mailbox(dovecot, "allold", since="2200-01-01"), Taker()
    assert taker.once(source) == []
    assert (taker.pages[0].skipped, taker.cursors["INBOX"].position) == (2, "2")
    assert [page.items for page in taker.pages] == [()]


def test_a_mail_that_is_too_large_is_named_with_its_header_and_stays(dovecot: DovecotServer) -> None:
    dovecot.deliver("large", mail(1), mail(2, 40_000), mail(3))
    source, taker = mailbox(dovecot, "large", max_mail="10000", after="delete"), Taker()
    first, large, last = taker.once(source)
    assert (first.reason, last.reason) == ("", "")
    assert "max_mail = 10000" in large.reason
    assert "INBOX on localhost, UID 2" in large.reason
    assert large.content == b"Subject: mail 2\r\nFrom: a@example.org\r\n\r\n"
    # and is never deleted, since it was not taken in whole
    with dovecot.client("large") as client:
        client.select_folder("INBOX")
        assert client.search("ALL") == [2]


def test_mails_are_flagged_as_seen_only_when_they_are_settled(dovecot: DovecotServer) -> None:
    dovecot.deliver("seen", mail(1), mail(2))
    feed = ImapConnector(timeout=10).open(mailbox(dovecot, "seen", after="seen"), SECRETS)
    for page in feed.pull({}, CancelToken()):
        if page.items:
            assert seen(dovecot, "seen") == [False, False]
            feed.settled(page)
    assert seen(dovecot, "seen") == [True, True]
    feed.close()


@pytest.mark.parametrize("after", ["seen", "move", "delete"])
def test_what_was_committed_but_not_settled_is_settled_at_the_next_start(dovecot: DovecotServer, after: str) -> None:
    # given a program that ended between the two
    user = f"unsettled-{after}"
    dovecot.deliver(user, mail(1), mail(2))
    source, taker = mailbox(dovecot, user, after=after, move_to="Done"), Taker()
    feed = ImapConnector(timeout=10).open(source, SECRETS)
    taker.hold(next(feed.pull({}, CancelToken())))
    feed.close()
    # when it starts again
    dovecot.deliver(user, mail(3))
    assert subjects(taker.once(source)) == ["mail 3"]
    # then the first are settled, too
    if after == "seen":
        assert seen(dovecot, user) == [True] * 3
    else:
        with dovecot.client(user) as client:
            assert client.folder_status("INBOX")[b"MESSAGES"] == 0
            assert after == "delete" or client.folder_status("Done")[b"MESSAGES"] == 3
    assert taker.cursors["INBOX"].position == "3"


def test_a_server_without_move_copies_and_deletes(dovecot: DovecotServer, plainest: DovecotServer) -> None:
    for server in (dovecot, plainest):
        server.deliver("mover", mail(1), mail(2))
        assert len(Taker().once(mailbox(server, "mover", after="move", move_to="Done"))) == 2
        with server.client("mover") as client:
            assert client.folder_status("INBOX")[b"MESSAGES"] == 0
            assert client.folder_status("Done")[b"MESSAGES"] == 2


def test_a_folder_that_cannot_be_moved_to_jams_nothing_and_is_told(dovecot: DovecotServer) -> None:
    # given a target whose name the server refuses
    dovecot.deliver("nowhere", mail(1))
    source, taker = mailbox(dovecot, "nowhere", after="move", move_to="a//b"), Taker()
    for number in (2, 3):
        # when mail keeps coming, then it is taken in, and the trouble is told each time
        with pytest.raises(SourceFailed) as caught:
            taker.once(source)
        assert caught.value.trouble is Trouble.FOLDER
        dovecot.deliver("nowhere", mail(number))
    assert subjects(taker.items) == ["mail 1", "mail 2"]
    # and with a better name all of it is moved
    taker.once(mailbox(dovecot, "nowhere", after="move", move_to="Done"))
    with dovecot.client("nowhere") as client:
        assert client.folder_status("Done")[b"MESSAGES"] == 3


def test_news_come_by_idle_and_by_polling_where_there_is_no_idle(
    dovecot: DovecotServer, plainest: DovecotServer
) -> None:
    for server, most in ((dovecot, 30.0), (plainest, 1.0)):
        taker = Taker()
        feed = ImapConnector(timeout=10).open(mailbox(server, "news"), SECRETS)
        assert taker.take(feed) == []
        threading.Timer(0.2, server.deliver, ("news", mail(1))).start()
        begun = time.monotonic()
        feed.wait(most, CancelToken())
        assert time.monotonic() - begun < 10
        assert subjects(taker.take(feed)) == ["mail 1"]
        feed.close()


def test_mail_that_came_between_the_look_and_the_wait_is_not_waited_for(dovecot: DovecotServer) -> None:
    taker = Taker()
    feed = ImapConnector(timeout=10).open(mailbox(dovecot, "between"), SECRETS)
    assert taker.take(feed) == []
    dovecot.deliver("between", mail(1))
    begun = time.monotonic()
    feed.wait(60, CancelToken())
    assert time.monotonic() - begun < 10
    assert subjects(taker.take(feed)) == ["mail 1"]
    feed.close()


def test_a_test_tells_what_is_there_and_changes_nothing(dovecot: DovecotServer) -> None:
    dovecot.deliver("tested", mail(1))
    tested = ImapConnector(timeout=10).test(mailbox(dovecot, "tested", after="delete"), SECRETS)
    assert tested.tls == "TLS 1.3"
    assert "INBOX: 1 mails" in tested.details
    assert any("IDLE" in line for line in tested.details)
    with pytest.raises(SourceFailed, match="Gone"):
        ImapConnector(timeout=10).test(mailbox(dovecot, "tested", folders="Gone"), SECRETS)
    assert seen(dovecot, "tested") == [False]


def test_a_test_signs_in_to_the_outgoing_server_too(dovecot: DovecotServer, smtpd: SmtpServer, tmp_path: Path) -> None:
    bundle = tmp_path / "both.pem"
    bundle.write_text("".join(Path(each.ca_file).read_text() for each in (dovecot, smtpd)))
    source = mailbox(dovecot, "tested", smtp_host="localhost", smtp_port=str(smtpd.starttls_port), ca_file=str(bundle))
    connector = ImapConnector(timeout=10)
    tested = connector.test(source, SECRETS)
    assert tested.details[-1] == f"mail goes out by localhost:{smtpd.starttls_port} (TLS 1.3)"
    with pytest.raises(SourceFailed, match=str(smtpd.starttls_port)) as caught:
        connector.test(source, {**SECRETS, "smtp_password": Secret("wrong")})
    assert caught.value.trouble is Trouble.AUTHENTICATION


def test_an_access_token_is_asked_for_at_each_start(dovecot: DovecotServer) -> None:
    asked: list[str] = []

    def token_of(source: Source, _secrets: Mapping[str, Secret]) -> Secret:
        asked.append(source.name)
        return Secret("token of the day")

    connector = ImapConnector(token_of, timeout=10)
    for _attempt in range(2):
        with pytest.raises(SourceFailed) as caught:
            connector.open(mailbox(dovecot, "oauth", auth="xoauth2"), {})
        assert caught.value.trouble is Trouble.AUTHENTICATION
        assert "token of the day" not in caught.value.message
    assert asked == ["oauth", "oauth"]
