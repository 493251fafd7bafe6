"""Mailboxes of real servers: originals are moved and flagged, the right ones and once, and mail goes out."""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.dovecot import DovecotServer
from tests.mailboxes import SECRETS, Desk, Taker, mail, mailbox, plain
from tests.proxy import Fault, FaultProxy, Harm
from tests.smtpd import LATER, REFUSED, SmtpServer
from triage_app.adapters.feeds.imap import ImapConnector
from triage_app.adapters.feeds.imap_outlet import ImapOutlet, ImapOutlets
from triage_app.domain.errors import OutgoingRefused, SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source
from triage_app.services.app import App, LocalApp
from triage_app.services.mail_commands import FlagMail, MoveMail, ReplyToTicket
from triage_app.services.outgoing import Original
from triage_app.services.queries import ListTicketIds


def letter(number: int, message_id: str = "") -> bytes:
    """A mail that no other equals, with a Message-ID."""
    return f"Message-ID: <{message_id or number}@example.org>\r\n".encode() + mail(number)


@contextmanager
def outlet(source: Source, timeout: float = 10) -> Iterator[ImapOutlet]:
    made = ImapOutlets(timeout=timeout).open(source, SECRETS)
    try:
        yield made
    finally:
        made.close()


def taken(server: DovecotServer, user: str, *mails: bytes) -> list[Original]:
    """Deliver mails and take them in: where each lay then."""
    server.deliver(user, *mails)
    items = Taker().once(mailbox(server, user))
    assert [item.content for item in items] == list(mails)
    return [
        Original(item.folder, item.uid_validity, item.uid, _id(item.content.split(b"\r\n", 1)[0].decode()))
        for item in items
    ]


def _id(line: str) -> str:
    return line.partition("<")[2].partition(">")[0] if line.startswith("Message-ID") else ""


def held(server: DovecotServer, user: str) -> dict[str, list[bytes]]:
    """The contents of all folders that are not empty, in order of their uids."""
    found = {}
    with server.client(user) as client:
        for flags, _delimiter, name in client.list_folders():
            if b"\\Noselect" not in flags and b"\\NonExistent" not in flags:
                client.select_folder(name, readonly=True)
                if mails := client.fetch(client.search("ALL"), "BODY.PEEK[]"):
                    found[name] = [mails[uid][b"BODY[]"] for uid in sorted(mails)]
    return found


def flagged(server: DovecotServer, user: str, folder: str) -> list[bool]:
    with server.client(user) as client:
        client.select_folder(folder, readonly=True)
        flags = client.get_flags(client.search("ALL"))
    return [b"\\Flagged" in flags[uid] for uid in sorted(flags)]


def elsewhere(server: DovecotServer, user: str, uid: str, folder: str) -> None:
    """Somebody moves a mail out of the INBOX."""
    with server.client(user) as client:
        client.create_folder(folder)
        client.select_folder("INBOX")
        client.copy([int(uid)], folder)
        client.delete_messages([int(uid)])
        client.uid_expunge([int(uid)])


@pytest.fixture(params=["dovecot", "plainest"])
def server(request: pytest.FixtureRequest) -> DovecotServer:
    """A server that can move, and one that copies and deletes."""
    found: DovecotServer = request.getfixturevalue(request.param)
    return found


def test_a_mail_is_moved_once_to_a_folder_that_is_made(server: DovecotServer) -> None:
    first, second = taken(server, "moved", letter(1), letter(2))
    with outlet(mailbox(server, "moved")) as out:
        for _time in range(2):
            out.move(first, "Done/Lures")
            assert held(server, "moved") == {"INBOX": [letter(2)], "Done.Lures": [letter(1)]}
        # and to a folder of which there is so far only what lies below it
        out.move(second, "Done")
        out.move(second, "Done")
    assert held(server, "moved") == {"Done": [letter(2)], "Done.Lures": [letter(1)]}


def test_a_mail_that_lies_where_it_should_stays(server: DovecotServer) -> None:
    (original,) = taken(server, "stays", letter(1))
    with outlet(mailbox(server, "stays")) as out:
        out.move(original, "inbox")
        out.move(original, "INBOX")
    assert held(server, "stays") == {"INBOX": [letter(1)]}


def test_what_others_marked_as_deleted_is_left_to_them(server: DovecotServer) -> None:
    first, _second = taken(server, "marked", letter(1), letter(2))
    with server.client("marked") as client:
        client.select_folder("INBOX")
        client.add_flags([2], [b"\\Deleted"])
    with outlet(mailbox(server, "marked")) as out:
        out.move(first, "Done")
    assert held(server, "marked") == {"INBOX": [letter(2)], "Done": [letter(1)]}


def test_a_mail_without_an_id_is_moved_from_its_place_only(server: DovecotServer) -> None:
    first, second = taken(server, "nameless", mail(1), mail(2))
    with outlet(mailbox(server, "nameless")) as out:
        out.move(first, "Done")
        elsewhere(server, "nameless", second.uid, "Other")
        for original in (first, second):
            with pytest.raises(OutgoingRefused, match="no Message-ID"):
                out.move(original, "Done")
    assert held(server, "nameless") == {"Done": [mail(1)], "Other": [mail(2)]}


def test_a_mail_that_somebody_moved_is_found(dovecot: DovecotServer) -> None:
    first, second = taken(dovecot, "wandered", letter(1), letter(2))
    elsewhere(dovecot, "wandered", first.uid, "Trash")
    with outlet(mailbox(dovecot, "wandered")) as out:
        out.move(first, "Done")
        out.flag(first)
        out.flag(first)
    assert held(dovecot, "wandered") == {"INBOX": [letter(2)], "Done": [letter(1)]}
    assert flagged(dovecot, "wandered", "Done") == [True]
    assert flagged(dovecot, "wandered", "INBOX") == [False]
    with outlet(mailbox(dovecot, "wandered")) as out:
        out.flag(second)
    assert flagged(dovecot, "wandered", "INBOX") == [True]


def test_a_mail_is_found_where_the_folder_counts_anew(server: DovecotServer) -> None:
    # given a folder in which another mail has the uid of ours by now
    _gone, first, second = taken(server, "anew", letter(0), letter(1), letter(2))
    with server.client("anew") as client:
        client.select_folder("INBOX")
        client.delete_messages([1])
        client.expunge()
    server.forget_uids("anew")
    with outlet(mailbox(server, "anew")) as out:
        out.move(first, "Done")
        out.move(first, "Done")
        out.flag(second)
    assert held(server, "anew") == {"INBOX": [letter(2)], "Done": [letter(1)]}
    assert flagged(server, "anew", "INBOX") == [True]


def test_another_mail_in_its_place_is_not_touched(dovecot: DovecotServer) -> None:
    # given a server that was put back from a backup, and counts as before
    first, _second = taken(dovecot, "putback", letter(1), letter(2))
    confused = Original(first.folder, first.uid_validity, first.uid, "2@example.org")
    with outlet(mailbox(dovecot, "putback")) as out:
        out.move(confused, "Done")
    assert held(dovecot, "putback") == {"INBOX": [letter(1)], "Done": [letter(2)]}


def test_a_mail_that_is_gone_is_told_and_will_not_come_back(dovecot: DovecotServer) -> None:
    (original,) = taken(dovecot, "gone", letter(1))
    with dovecot.client("gone") as client:
        client.select_folder("INBOX")
        client.delete_messages([1])
        client.expunge()
    lost = Original("Never", 1, "1", "never@example.org")
    with outlet(mailbox(dovecot, "gone")) as out:
        for each in (original, lost):
            with pytest.raises(OutgoingRefused, match=f"<{each.message_id}> is no longer in the mailbox gone"):
                out.move(each, "Done")
            with pytest.raises(OutgoingRefused, match="no longer"):
                out.flag(each)
    assert held(dovecot, "gone") == {}


def test_one_of_two_deliveries_of_a_mail_is_moved(server: DovecotServer) -> None:
    # given a mail that came twice, by two addresses
    first, second = taken(server, "delivered-twice", letter(1, "same"), letter(2, "same"))
    with outlet(mailbox(server, "delivered-twice")) as out:
        # when one is moved, and again, then the other stays
        for _time in range(2):
            out.move(second, "Done")
            assert held(server, "delivered-twice") == {"INBOX": [letter(1, "same")], "Done": [letter(2, "same")]}
        # and when that is moved, too, neither is lost
        out.move(first, "Done")
    assert held(server, "delivered-twice") == {"Done": [letter(2, "same"), letter(1, "same")]}


def test_where_one_folder_has_copies_of_all_mail_the_one_in_its_label_is_taken(dovecot: DovecotServer) -> None:
    # given a mailbox as Google's are: a mail lies in the folders of its labels and among all mail
    dovecot.deliver("labels", letter(1), folder="All Mail")
    (original,) = taken(dovecot, "labels", letter(1))
    with outlet(mailbox(dovecot, "labels")) as out:
        out.move(original, "Done")
        assert held(dovecot, "labels") == {"All Mail": [letter(1)], "Done": [letter(1)]}
        # when somebody gives it another label, then it is found by that
        with dovecot.client("labels") as client:
            client.rename_folder("Done", "Zoo")
        out.flag(original)
    assert flagged(dovecot, "labels", "Zoo") == [True]
    assert flagged(dovecot, "labels", "All Mail") == [False]


@pytest.mark.parametrize("name", ['qu"ote', "back\\slash", "(a)b{3}", "%*", "x" * 300])
def test_odd_ids_are_found(dovecot: DovecotServer, name: str) -> None:
    user = f"odd{abs(hash(name))}"
    (original,) = taken(dovecot, user, letter(1, name))
    assert original.message_id == f"{name}@example.org"
    elsewhere(dovecot, user, original.uid, "Other")
    with outlet(mailbox(dovecot, user)) as out:
        out.move(original, "Done")
    assert held(dovecot, user) == {"Done": [letter(1, name)]}


def test_an_id_that_holds_ours_is_not_ours(dovecot: DovecotServer) -> None:
    (original,) = taken(dovecot, "part", letter(1, "1.2"))
    with outlet(mailbox(dovecot, "part")) as out, pytest.raises(OutgoingRefused):
        out.move(Original("Never", 1, "1", "2@example.org"), "Done")
    assert held(dovecot, "part") == {original.folder: [letter(1, "1.2")]}


def test_a_name_that_the_server_never_takes_is_refused(dovecot: DovecotServer) -> None:
    (original,) = taken(dovecot, "noname", letter(1))
    with outlet(mailbox(dovecot, "noname")) as out:
        with pytest.raises(OutgoingRefused, match=r"a\.\.b"):
            out.move(original, "a//b")
        # and the connection is in order
        out.move(original, "ab")
    assert held(dovecot, "noname") == {"ab": [letter(1)]}


def test_an_outage_is_told_and_the_next_attempt_signs_in_anew(dovecot: DovecotServer) -> None:
    (original,) = taken(dovecot, "outage", letter(1))
    with outlet(mailbox(dovecot, "outage")) as out:
        dovecot.stop()
        try:
            for _time in range(2):
                with pytest.raises(SourceFailed) as caught:
                    out.move(original, "Done")
                assert caught.value.trouble is Trouble.NETWORK
        finally:
            dovecot.start()
        out.move(original, "Done")
    assert held(dovecot, "outage") == {"Done": [letter(1)]}


def test_a_wrong_password_is_told(dovecot: DovecotServer) -> None:
    out = ImapOutlets(timeout=10).open(mailbox(dovecot, "wrong"), {"password": Secret("wrong")})
    with pytest.raises(SourceFailed) as caught:
        out.flag(Original("INBOX", 1, "1", ""))
    assert caught.value.trouble is Trouble.AUTHENTICATION
    out.close()


@pytest.mark.parametrize("harm", [Harm.DROP, Harm.STALL])
@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(b"[COPYUID", id="moved_or_copied"),
        pytest.param(b"[READ-WRITE]", id="before"),
        pytest.param(b"* 1 EXPUNGE", id="erased"),
    ],
)
def test_a_connection_that_breaks_while_a_mail_is_moved(server: DovecotServer, mark: bytes, harm: Harm) -> None:
    user = f"broken-{mark.decode().strip('[]* 1').lower()}-{harm}"
    original, _other = taken(server, user, letter(1), letter(2))
    with (
        FaultProxy(server.plain_port, lambda number: Fault(harm, mark) if number == 0 else None) as proxy,
        outlet(plain(server, user, port=str(proxy.port)), timeout=1) as out,
    ):
        with pytest.raises(SourceFailed):
            out.move(original, "Done")
        assert proxy.struck == 1
        out.move(original, "Done")
    assert held(server, user) == {"INBOX": [letter(2)], "Done": [letter(1)]}


def test_connections_that_break_anywhere_move_a_mail_once(server: DovecotServer) -> None:
    points = list(range(100, 1_500, 60))
    originals = taken(server, "anywhere", *map(letter, points))
    broken = 0
    for point, original in zip(points, originals, strict=True):
        faults = iter([Fault(Harm.DROP, after=point)])
        with FaultProxy(server.plain_port, lambda _number, faults=faults: next(faults, None)) as proxy:  # type: ignore[misc]
            with outlet(plain(server, "anywhere", port=str(proxy.port))) as out:
                with contextlib.suppress(SourceFailed):
                    out.move(original, "Done")
                out.move(original, "Done")
            broken += proxy.struck
    assert held(server, "anywhere") == {"Done": [letter(point) for point in points]}
    assert broken > len(points) / 2


def test_what_is_asked_for_during_an_outage_is_done_after_it(dovecot: DovecotServer, empty: App) -> None:
    # given a ticket of a mail, in a mailbox by which no mail goes out
    assert isinstance(empty, LocalApp)
    desk = Desk(empty, ImapConnector(timeout=10))
    source = desk.add(mailbox(dovecot, "errand", address="errand@example.org"))
    dovecot.deliver("errand", letter(1))
    assert desk.sync(source).new == 1
    (ticket,) = empty.ask(ListTicketIds(view="all")).ids
    # when its original is to be answered, moved and flagged while the server is down
    dovecot.stop()
    try:
        empty.execute(ReplyToTicket(ticket, text="Thank you."))
        empty.execute(MoveMail(ticket, "Done/Lures"))
        empty.execute(FlagMail(ticket))
        assert desk.send(source) is not None
    finally:
        dovecot.start()
    assert held(dovecot, "errand") == {"INBOX": [letter(1)]}
    # then what can be done is done once the server is back, and the mail is no new one
    failure = desk.send(source, after=timedelta(hours=1))
    assert failure is not None
    assert "Set smtp_host" in failure.message
    assert held(dovecot, "errand") == {"Done.Lures": [letter(1)]}
    assert flagged(dovecot, "errand", "Done.Lures") == [True]
    assert desk.sync(source).new == 0


@pytest.fixture
def both(dovecot: DovecotServer, smtpd: SmtpServer, tmp_path: Path) -> str:
    """A file with the authorities of the two servers."""
    bundle = tmp_path / "both.pem"
    bundle.write_text("".join(Path(each.ca_file).read_text() for each in (dovecot, smtpd)))
    return str(bundle)


def sending(dovecot: DovecotServer, smtpd: SmtpServer, ca_file: str, **settings: str) -> Source:
    given = {"smtp_host": "localhost", "smtp_port": str(smtpd.starttls_port), "ca_file": ca_file, **settings}
    return mailbox(dovecot, "sender", **given)


def test_mail_goes_out_by_the_server_of_the_settings(dovecot: DovecotServer, smtpd: SmtpServer, both: str) -> None:
    reply = b"Subject: Re: mail\r\nFrom: sender@example.org\r\n\r\nThank you.\r\n"
    with outlet(sending(dovecot, smtpd, both)) as out:
        for _time in range(2):
            out.send(reply, "sender@example.org", "bob@example.org")
    by_tls = sending(dovecot, smtpd, both, smtp_port=str(smtpd.tls_port), smtp_security="tls", smtp_user="other")
    with outlet(by_tls) as out:
        out.send(reply, "sender@example.org", "bob@example.org")
    assert all(each.endswith(b"\r\n\r\nThank you.\r\n") for each in smtpd.arrived("bob", 3))


def test_what_a_server_refuses_is_told(dovecot: DovecotServer, smtpd: SmtpServer, both: str) -> None:
    source = sending(dovecot, smtpd, both)
    with outlet(source) as out:
        with pytest.raises(OutgoingRefused):
            out.send(mail(1), "sender@example.org", REFUSED)
        with pytest.raises(SourceFailed) as caught:
            out.send(mail(1), "sender@example.org", LATER)
        assert caught.value.trouble is Trouble.QUOTA
        # and the next goes out
        out.send(letter(7), "sender@example.org", "carl@example.org")
    assert b"Subject: mail 7\r\n" in smtpd.arrived("carl")[0]
    wrong = ImapOutlets(timeout=10).open(source, {**SECRETS, "smtp_password": Secret("wrong")})
    with pytest.raises(SourceFailed) as caught:
        wrong.send(mail(1), "sender@example.org", "carl@example.org")
    assert caught.value.trouble is Trouble.AUTHENTICATION
    wrong.close()


def test_without_a_server_no_mail_goes_out(dovecot: DovecotServer) -> None:
    with outlet(mailbox(dovecot, "sender")) as out, pytest.raises(SourceFailed, match="Set smtp_host") as caught:
        out.send(mail(1), "sender@example.org", "bob@example.org")
    assert caught.value.trouble is Trouble.SETTINGS


def test_a_fresh_token_is_asked_for_after_trouble(dovecot: DovecotServer) -> None:
    asked: list[str] = []

    def token_of(source: Source, _secrets: Mapping[str, Secret]) -> Secret:
        asked.append(source.name)
        return Secret("token of the day")

    source = mailbox(dovecot, "oauth", smtp_auth="xoauth2", smtp_host="localhost", smtp_port="1", smtp_security="none")
    out = ImapOutlets(token_of, timeout=10).open(source, {})
    for _attempt in range(2):
        with pytest.raises(SourceFailed):
            out.send(mail(1), "sender@example.org", "bob@example.org")
    out.close()
    assert asked == ["oauth", "oauth"]
