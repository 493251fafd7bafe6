"""Intake of mail loses nothing, repeats nothing and jams at nothing: each way in which it once did somewhere is a test.

The server is real, the intake is the whole program's; between them stands a proxy that breaks what the server says.
"""

import datetime as dt
import random
import threading
import time
from collections.abc import Iterator

import pytest

from tests.dovecot import DovecotServer
from tests.mailboxes import SECRETS, Desk, mail, mailbox, plain
from tests.proxy import Fault, FaultProxy, Harm
from tests.workspaces import opened
from triage_app.adapters.feeds.imap import ImapConnector
from triage_app.adapters.feeds.imap_stumbles import MOST_STUMBLES
from triage_app.domain.source import Source
from triage_app.services.app import LocalApp
from triage_app.services.context import CancelToken
from triage_app.services.queries import ListParked

PATIENCE = 1.0
"""Seconds after which the connector gives a call up."""

FAULTS = 300


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(tmp_path_factory.mktemp("faults") / "workspace") as app:
        assert isinstance(app, LocalApp)
        yield Desk(app, ImapConnector(timeout=PATIENCE))


def balanced(desk: Desk, source: Source, mails: list[bytes]) -> None:
    """The tickets are the mails, no more and no less, in any order."""
    assert sorted(desk.contents(source)) == sorted(mails)
    balance = desk.balance(source)
    assert (balance.seen, balance.ticketed, balance.difference) == (len(mails), len(mails), 0)


@pytest.mark.timeout(60)
class TestMail:
    """What lies in the box."""

    def test_same_second(self, dovecot: DovecotServer, desk: Desk) -> None:
        # given mails with one time of arrival, before a look and after it
        source = desk.add(mailbox(dovecot, "same-second"))
        at = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
        for numbers in ((1, 2, 3), (4, 5)):
            with dovecot.client("same-second") as client:
                for number in numbers:
                    client.append("INBOX", mail(number), msg_time=at)
            desk.sync(source)
        balanced(desk, source, [mail(number) for number in (1, 2, 3, 4, 5)])

    def test_uids_compared_as_text(self, dovecot: DovecotServer, desk: Desk) -> None:
        # given uids that grow a digit between two looks
        source = desk.add(mailbox(dovecot, "digits"))
        dovecot.deliver("digits", *[mail(number) for number in range(1, 10)])
        desk.sync(source)
        for number in range(10, 13):
            dovecot.deliver("digits", mail(number))
            assert desk.sync(source).new == 1
        balanced(desk, source, [mail(number) for number in range(1, 13)])
        assert desk.cursor(source).position == "12"

    def test_uid_gaps(self, dovecot: DovecotServer, desk: Desk) -> None:
        source = desk.add(mailbox(dovecot, "gaps"))
        dovecot.deliver("gaps", *[mail(number) for number in range(1, 8)])
        with dovecot.client("gaps") as client:
            client.select_folder("INBOX")
            client.delete_messages([1, 3, 4, 7])
            client.expunge()
        desk.sync(source)
        dovecot.deliver("gaps", mail(8))
        desk.sync(source)
        balanced(desk, source, [mail(number) for number in (2, 5, 6, 8)])

    def test_uidvalidity_change(self, dovecot: DovecotServer, desk: Desk) -> None:
        # given two equal mails among others
        source = desk.add(mailbox(dovecot, "validity"))
        held = [mail(1), mail(2), mail(2), mail(3)]
        dovecot.deliver("validity", *held)
        desk.sync(source)
        before = desk.cursor(source)
        # when the folder is numbered anew and a mail comes
        dovecot.forget_uids("validity")
        dovecot.deliver("validity", mail(4))
        tally = desk.sync(source)
        # then only that one is new
        assert desk.cursor(source).uid_validity != before.uid_validity
        assert (tally.new, tally.known) == (1, 4)
        balanced(desk, source, [*held, mail(4)])
        assert desk.sync(source).new == 0

    @pytest.mark.parametrize(
        ("user", "content"),
        [
            pytest.param("nodate", b"Subject: no date\r\n\r\nx\r\n", id="no_date"),
            pytest.param(
                "future", b"Date: Fri, 1 Jan 2199 00:00:00 +0000\r\nSubject: x\r\n\r\nx\r\n", id="date_in_the_future"
            ),
            pytest.param("nonsense", b"Date: soon\r\nSubject: x\r\n\r\nx\r\n", id="date_that_is_none"),
            pytest.param("bytes", b"Subject: \xff\xfe\x81\r\n\r\n\xff\xfe\x00\x81\r\n", id="undecodable_bytes"),
            pytest.param("words", b"Subject: =?utf-99?Q?=FF?=\r\n\r\nx\r\n", id="undecodable_headers"),
            pytest.param("noheader", b"\r\nbody only\r\n", id="no_header"),
            pytest.param("emptymail", b"\r\n", id="nearly_nothing"),
        ],
    )
    def test_odd_mail(self, dovecot: DovecotServer, desk: Desk, user: str, content: bytes) -> None:
        # given an odd mail between two others
        source = desk.add(mailbox(dovecot, user))
        dovecot.deliver(user, mail(1), content, mail(2))
        # when they are taken in, then none is missing, and none keeps another from coming
        assert desk.sync(source).new == 3
        balance = desk.balance(source)
        assert (balance.seen, balance.pending, balance.difference) == (3, 0, 0)
        assert {mail(1), mail(2)} <= set(desk.contents(source))
        assert balance.ticketed + balance.parked == 3

    def test_empty_folder_and_very_first_mail(self, dovecot: DovecotServer, desk: Desk) -> None:
        source = desk.add(mailbox(dovecot, "very-first"))
        for _look in range(2):
            tally = desk.sync(source)
            assert (tally.new, tally.error) == (0, "")
        dovecot.deliver("very-first", mail(1))
        assert desk.sync(source).new == 1
        balanced(desk, source, [mail(1)])

    def test_same_mail_fetched_twice(self, dovecot: DovecotServer, desk: Desk) -> None:
        source = desk.add(mailbox(dovecot, "twice"))
        dovecot.deliver("twice", mail(1), mail(2))
        desk.sync(source)
        desk.lose_cursor(source)
        assert (desk.sync(source).new, desk.balance(source).seen) == (0, 2)
        balanced(desk, source, [mail(1), mail(2)])

    def test_fetch_loop_copies_nothing(self, dovecot: DovecotServer, desk: Desk) -> None:
        # given a cursor that is lost again and again
        source = desk.add(mailbox(dovecot, "loop"))
        dovecot.deliver("loop", *[mail(number, 20_000) for number in range(20)])
        desk.sync(source)
        sizes = []
        for _round in range(5):
            desk.lose_cursor(source)
            assert desk.sync(source).known == 20
            sizes.append(desk.balance(source).seen)
        # then nothing grows
        assert sizes == [20] * 5
        balanced(desk, source, [mail(number, 20_000) for number in range(20)])

    def test_state_is_not_kept_in_the_seen_flag(self, dovecot: DovecotServer, desk: Desk) -> None:
        # given somebody who reads one mail before us, and marks another as unread afterwards
        source = desk.add(mailbox(dovecot, "flags"))
        dovecot.deliver("flags", mail(1), mail(2))
        with dovecot.client("flags") as client:
            client.select_folder("INBOX")
            client.add_flags([1], [b"\\Seen"])
            desk.sync(source)
            client.noop()
            client.remove_flags([1, 2], [b"\\Seen"])
        assert desk.sync(source).new == 0
        balanced(desk, source, [mail(1), mail(2)])


@pytest.mark.timeout(120)
class TestOthers:
    """What somebody else does while we fetch."""

    @pytest.mark.parametrize("deed", ["deleted", "moved"])
    def test_by_someone_else_during_fetch(self, dovecot: DovecotServer, deed: str) -> None:
        # given a fetch that has the first page, of two
        user = f"{deed}-meanwhile"
        source = mailbox(dovecot, user)
        numbers = range(1, 601)
        dovecot.deliver(user, *[mail(number) for number in numbers])
        feed = ImapConnector(timeout=10).open(source, SECRETS)
        pages = feed.pull({}, CancelToken())
        had = [next(pages)]
        # when mails of the second page go, and one comes
        with dovecot.client(user) as client:
            client.select_folder("INBOX")
            if deed == "moved":
                client.create_folder("Elsewhere")
                client.move([520, 600], "Elsewhere")
            else:
                client.delete_messages([520, 600])
                client.expunge()
        dovecot.deliver(user, mail(601))
        # then the others come, and the newcomer at the next look
        had += pages
        had += feed.pull({"INBOX": had[-1].cursor} if had[-1].cursor else {}, CancelToken())
        feed.close()
        uids = [int(item.uid) for page in had for item in page.items]
        assert uids == [uid for uid in (*numbers, 601) if uid not in (520, 600)]

    def test_never_ingested_but_deleted(self, dovecot: DovecotServer, desk: Desk) -> None:
        # given a source that deletes afterwards, over a line that breaks in the middle of the second mail
        dovecot.deliver("deleting", mail(1), mail(2, 5_000), mail(3))
        fault = Fault(Harm.DROP, b"Subject: mail 2", 2_000)
        with FaultProxy(dovecot.plain_port, lambda number: fault if number == 0 else None) as proxy:
            source = desk.add(plain(dovecot, "deleting", port=str(proxy.port), after="delete"))
            assert desk.sync(source).error
            # then nothing is deleted that is not held
            with dovecot.client("deleting") as client:
                left = 3 - client.folder_status("INBOX")[b"MESSAGES"]
            assert left <= len(desk.contents(source))
            # and afterwards all are held, and gone
            assert desk.sync(source).error == ""
        balanced(desk, source, [mail(1), mail(2, 5_000), mail(3)])
        with dovecot.client("deleting") as client:
            assert client.folder_status("INBOX")[b"MESSAGES"] == 0


@pytest.mark.timeout(120)
class TestLine:
    """What happens on the way."""

    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(Fault(Harm.DROP, b"Subject: mail 2", 2_500), id="connection_dropped_mid_literal"),
            pytest.param(Fault(Harm.END, b"Subject: mail 2", 2_500), id="connection_ended_mid_literal"),
            pytest.param(Fault(Harm.STALL, b"Subject: mail 2", 2_500), id="stalled_mid_literal"),
            pytest.param(Fault(Harm.SWALLOW, b"Subject: mail 2", 2_500, 7), id="bytes_missing_mid_literal"),
            pytest.param(Fault(Harm.SWALLOW, b"BODY[] {", 0, 1), id="length_of_literal_damaged"),
            pytest.param(Fault(Harm.CORRUPT, b"RFC822.SIZE ", 0), id="size_damaged"),
            pytest.param(Fault(Harm.CORRUPT, b"* SEARCH", 1), id="list_of_uids_damaged"),
            pytest.param(Fault(Harm.DROP, b"* SEARCH 1", 1), id="dropped_in_the_list_of_uids"),
            pytest.param(Fault(Harm.DROP, b"UIDVALIDITY"), id="dropped_while_the_folder_opens"),
            pytest.param(Fault(Harm.DROP), id="dropped_at_the_greeting"),
            pytest.param(Fault(Harm.STALL), id="stalled_at_the_greeting"),
            pytest.param(Fault(Harm.STALL, b"AUTH"), id="stalled_at_sign_in"),
        ],
    )
    def test_fault(self, dovecot: DovecotServer, desk: Desk, fault: Fault, request: pytest.FixtureRequest) -> None:
        user = request.node.callspec.id
        mails = [mail(1), mail(2, 5_000), mail(3)]
        dovecot.deliver(user, *mails)
        with FaultProxy(dovecot.plain_port, lambda number: fault if number == 0 else None) as proxy:
            source = desk.add(plain(dovecot, user, port=str(proxy.port)))
            # when the first connection breaks, then it is told, and what came is whole
            assert desk.sync(source).error
            assert proxy.struck == 1
            assert set(desk.contents(source)) <= set(mails)
            # and the second brings the rest
            assert desk.sync(source).error == ""
        balanced(desk, source, mails)

    def test_late_but_in_time(self, dovecot: DovecotServer, desk: Desk) -> None:
        dovecot.deliver("late", mail(1, 5_000))
        fault = Fault(Harm.DELAY, b"BODY[] {", 100, amount=100)
        with FaultProxy(dovecot.plain_port, lambda _number: fault) as proxy:
            source = desk.add(plain(dovecot, "late", port=str(proxy.port)))
            assert desk.sync(source).error == ""
            assert proxy.struck == 1
        balanced(desk, source, [mail(1, 5_000)])

    def test_bytes_changed_under_tls(self, dovecot: DovecotServer, desk: Desk) -> None:
        # given a line that changes a byte of what is encrypted
        mails = [mail(number, 5_000) for number in range(5)]
        dovecot.deliver("tampered", *mails)
        fault = Fault(Harm.CORRUPT, after=15_000)
        with FaultProxy(dovecot.tls_port, lambda number: fault if number == 0 else None) as proxy:
            source = desk.add(mailbox(dovecot, "tampered", port=str(proxy.port)))
            assert "damaged on the way" in desk.sync(source).error
            assert desk.sync(source).error == ""
        balanced(desk, source, mails)

    def test_one_mail_that_breaks_the_connection_jams_nothing_and_is_named(
        self, dovecot: DovecotServer, desk: Desk
    ) -> None:
        # given a box in which one mail ends the connection whenever it is fetched
        mails = [mail(number) for number in range(20)]
        dovecot.deliver("broken", *mails[:12], b"Subject: CURSED\r\n\r\nx\r\n", *mails[12:])
        with FaultProxy(dovecot.plain_port, lambda _number: Fault(Harm.DROP, b"CURSED")) as proxy:
            source = desk.add(plain(dovecot, "broken", port=str(proxy.port)))
            errors = 0
            while desk.sync(source).error:
                errors += 1
                assert errors < MOST_STUMBLES + 10
        # then all others are tickets, and this one is parked with the place where it lies
        assert sorted(desk.contents(source)) == sorted(mails)
        balance = desk.balance(source)
        assert (balance.seen, balance.parked, balance.difference) == (21, 1, 0)
        reasons = [item.reason for item in desk.app.ask(ListParked()).parked if item.source == source.name]
        assert [("INBOX" in reason, "UID 13" in reason) for reason in reasons] == [(True, True)]


@pytest.mark.timeout(60)
def test_a_mail_delivered_while_idling_is_a_ticket_within_two_seconds(dovecot: DovecotServer, desk: Desk) -> None:
    # given a box that is followed, and that the program waits for
    source = desk.add(mailbox(dovecot, "idling"))
    with desk.following(source):
        for number in range(4):
            # when a mail comes
            begun = time.monotonic()
            dovecot.deliver("idling", mail(number))
            while desk.ticketed(source) <= number and time.monotonic() - begun < 30:
                threading.Event().wait(0.02)
            # then it is a ticket soon; the first may wait for processes that start
            assert number == 0 or time.monotonic() - begun < 2
    balanced(desk, source, [mail(number) for number in range(4)])


def any_harm(chance: random.Random) -> Fault:
    """Anything, anywhere: under TLS whatever is changed is noticed."""
    kind = chance.choice([*Harm, Harm.DROP, Harm.END, Harm.CORRUPT, Harm.SWALLOW])
    return Fault(kind, after=int(chance.expovariate(1 / 5_000)), amount=chance.randrange(1, 200))


def plain_harm(chance: random.Random) -> Fault:
    """Without TLS, a changed word of the protocol is another word; bytes are missing only in the middle of a mail."""
    if chance.random() < 0.2:
        return Fault(Harm.SWALLOW, b"BODY[] {", chance.randrange(10, 120), chance.randrange(1, 40))
    kind = chance.choice([Harm.DROP, Harm.DROP, Harm.DROP, Harm.END, Harm.END, Harm.END, Harm.DELAY, Harm.STALL])
    mark = chance.choice([b"", b"* OK", b"UIDVALIDITY", b"* SEARCH", b"BODY[] {"])
    return Fault(kind, mark, int(chance.expovariate(1 / 600)), amount=50)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("after", ["leave", "move"])
@pytest.mark.parametrize("security", ["tls", "none"])
def test_after_random_faults_the_tickets_are_the_mails(
    dovecot: DovecotServer, desk: Desk, after: str, security: str
) -> None:
    # given mail that keeps coming, over a line that breaks in one way or another at nearly every connection
    user = f"random-{after}-{security}"
    chance = random.Random(user)
    mails: list[bytes] = []
    port, harm = (dovecot.tls_port, any_harm) if security == "tls" else (dovecot.plain_port, plain_harm)
    with FaultProxy(port, lambda _number: harm(chance)) as proxy:
        source = desk.add(mailbox(dovecot, user, port=str(proxy.port), security=security, after=after, move_to="Done"))
        while proxy.struck < FAULTS // 4:
            new = [mail(len(mails) + each, chance.randrange(0, 3_000)) for each in range(chance.randrange(0, 3))]
            dovecot.deliver(user, *new)
            mails += new
            desk.sync(source)
        # when the line is in order again
        proxy.plan = lambda _number: None
        assert desk.sync(source).error == ""
    # then there is a ticket for each mail, and none besides
    balanced(desk, source, mails)
    if after == "move":
        with dovecot.client(user) as client:
            assert client.folder_status("INBOX")[b"MESSAGES"] == 0
            assert client.folder_status("Done")[b"MESSAGES"] == len(mails)
