"""Desks on real mail servers: reports are acknowledged and answered, and two of them do not go on for ever."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from tests.dovecot import PASSWORD, DovecotServer
from tests.fakes.post import letter
from tests.smtpd import SmtpServer
from tests.workspaces import opened
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.app import App
from triage_app.services.commands import CloseTicket
from triage_app.services.mail_commands import FlagMail, MoveMail, ReplyToTicket
from triage_app.services.mail_queries import ListOutbox
from triage_app.services.queries import GetBalance, GetTicket, ListTicketIds
from triage_app.services.source_commands import AddSource, SyncSources

ONE = TicketId(1)


class RealDesk:
    """A workspace of its own that follows one mailbox and sends by its server."""

    def __init__(
        self, app: App, user: str, boxes: DovecotServer, server: SmtpServer, authorities: Path, *settings: str
    ) -> None:
        self.app = app
        self.user = user
        self.address = f"{user}@desk.example"
        self._boxes = boxes
        given = (
            "host=localhost",
            f"port={boxes.tls_port}",
            f"ca_file={authorities}",
            f"user={user}",
            f"address={self.address}",
            "sender_name=Security Desk",
            "smtp_host=localhost",
            f"smtp_port={server.starttls_port}",
            *settings,
        )
        app.execute(AddSource("imap", "mail", settings=given, secrets=(f"password={PASSWORD}",)))

    def sync(self) -> None:
        report = self.app.execute(SyncSources(once=True))
        assert [each.error for each in report.sources] == [""]
        assert self.app.ask(GetBalance()).difference == 0

    @property
    def tickets(self) -> int:
        return self.app.ask(ListTicketIds(view="all")).total

    def held(self, folder: str = "INBOX") -> list[Message]:
        """The mails in a folder of its mailbox."""
        with self._boxes.client(self.user) as client:
            separator = client.list_folders()[0][1].decode()
            client.select_folder(folder.replace("/", separator), readonly=True)
            found = client.fetch(client.search("ALL"), ["BODY.PEEK[]", "FLAGS"])
            return [_flagged(found[uid]) for uid in sorted(found)]


def _flagged(found: dict[bytes, object]) -> Message:
    content, flags = found[b"BODY[]"], found[b"FLAGS"]
    assert isinstance(content, bytes)
    assert isinstance(flags, tuple)
    mail = message_from_bytes(content)
    mail["X-Flags"] = b" ".join(flags).decode()
    return mail


@pytest.fixture
def desks(
    tmp_path: Path, dovecot: DovecotServer, smtpd: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[RealDesk, RealDesk]]:
    monkeypatch.setenv("TRIAGE_PASSPHRASE", "a long passphrase of ours")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    authorities = tmp_path / "authorities.pem"
    authorities.write_text(Path(dovecot.ca_file).read_text() + Path(smtpd.ca_file).read_text())
    with ExitStack() as stack:
        one, two = (stack.enter_context(opened(tmp_path / name)) for name in ("one", "two"))
        users = [f"{name}-{tmp_path.name[:30]}" for name in ("one", "two")]
        yield (
            RealDesk(one, users[0], dovecot, smtpd, authorities, "acknowledge=yes"),
            RealDesk(two, users[1], dovecot, smtpd, authorities, "acknowledge=yes"),
        )


def report(reporter: RealDesk, desk: RealDesk, **more: str) -> bytes:
    return letter(f"Bob <{reporter.address}>", to=desk.address, date=datetime.now(UTC), **more)  # noqa: TID251


def test_two_desks_stop_after_one_mail(
    desks: tuple[RealDesk, RealDesk], dovecot: DovecotServer, smtpd: SmtpServer
) -> None:
    here, there = desks
    dovecot.deliver(here.user, report(there, here))
    # when both take in and send until nothing moves any more
    for _ in range(3):
        here.sync()
        there.sync()
    # then one acknowledgement went out, and nobody answered it
    (acknowledged,) = smtpd.arrived(there.user, 1)
    assert message_from_bytes(acknowledged)["Auto-Submitted"] == "auto-replied"
    assert len(there.held()) == 1
    assert len(here.held()) == 1
    assert [each.state for each in here.app.ask(ListOutbox()).entries] == ["done"]
    assert there.app.ask(ListOutbox()).entries == ()


def test_a_reply_and_its_answer_meet_in_one_ticket(
    desks: tuple[RealDesk, RealDesk], dovecot: DovecotServer, smtpd: SmtpServer
) -> None:
    here, there = desks
    dovecot.deliver(here.user, report(there, here, subject="Größe & <Preis>"))
    here.sync()
    # when we reply, and the reporter's desk, which got it, answers
    here.app.execute(ReplyToTicket(ONE, text="Haben Sie geklickt? Grüße"))
    here.app.execute(CloseTicket(ONE, verdict=Verdict.FALSE_POSITIVE))
    here.sync()
    mails = [message_from_bytes(each) for each in smtpd.arrived(there.user, 2)]
    (ours,) = [each for each in mails if "Auto-Submitted" not in each]
    there.sync()
    numbers = there.app.ask(ListTicketIds(view="all")).ids
    (asked,) = [
        number
        for number in numbers
        if "geklickt" in "".join(each.text for each in there.app.ask(GetTicket(number)).messages)
    ]
    there.app.execute(ReplyToTicket(asked, text="Nein."))
    there.sync()
    smtpd.arrived(here.user, 2)
    here.sync()
    # then it stands in our ticket, which is open again
    view = here.app.ask(GetTicket(ONE))
    assert here.tickets == 1
    acknowledged, answered = view.messages[1:]
    assert "handled under the number" in acknowledged.text
    assert answered.text.strip() == "Nein."
    assert view.row.status == "new"
    assert ours["To"] == there.address


def test_an_original_is_moved_and_flagged_where_it_lies(
    desks: tuple[RealDesk, RealDesk], dovecot: DovecotServer
) -> None:
    here, there = desks
    dovecot.deliver(here.user, report(there, here))
    here.sync()
    here.app.execute(FlagMail(ONE))
    here.app.execute(MoveMail(ONE, "Handled/Phishing"))
    here.sync()
    assert here.held() == []
    (moved,) = here.held("Handled/Phishing")
    assert "\\Flagged" in moved["X-Flags"]
    states = {each.kind: each.state for each in here.app.ask(ListOutbox()).entries}
    assert states == {"acknowledgement": "done", "flag": "done", "move": "done"}
    here.sync()
    assert here.tickets == 1


def test_after_an_outage_of_the_server_everything_goes_out_once(
    desks: tuple[RealDesk, RealDesk], dovecot: DovecotServer, smtpd: SmtpServer
) -> None:
    here, there = desks
    dovecot.deliver(here.user, report(there, here))
    smtpd.stop()
    try:
        report_ = here.app.execute(SyncSources(once=True))
        assert report_.sources[0].error
        (waiting,) = here.app.ask(ListOutbox()).entries
        assert (waiting.state, waiting.attempts) == ("waiting", 1)
        assert waiting.error
    finally:
        smtpd.start()
    # when it is back, and its time has come
    here.app.execute(ReplyToTicket(ONE, text="Thank you."))
    here.sync()
    assert len(smtpd.arrived(there.user, 1)) == 1
