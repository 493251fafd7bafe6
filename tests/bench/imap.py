"""Mails a second from a mailbox beside a bare `imaplib` fetch of the same box: `sh run bench imap [ROUNDS]`.

Both read 5,000 real mails from one Dovecot over TLS 1.3. `imaplib` asks for all of them with one command and keeps them
in memory. Ours is measured twice: the connector alone (pages of bounded size, each checked), and the whole program, to
committed mails and tickets. Then mails are delivered one by one to a box that is followed, until each is a ticket.
"""

import imaplib
import os
import statistics
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path

from tests.dovecot import PASSWORD, DovecotServer, find_dovecot
from tests.mailboxes import Desk, Taker, mail, mailbox
from tests.workspaces import opened
from triage_app.adapters.feeds.imap import ImapConnector
from triage_app.adapters.net.tls import context
from triage_app.services.app import LocalApp

MAILS = 5_000
DELIVERIES = 10
ARCHIVES = ("phish", "ham_easy1", "ham_hard_odd", "spam1")


def real_mails(data: Path) -> list[bytes]:
    """5,000 mails; where there are fewer, some come again with another first line."""
    found = []
    for name in ARCHIVES:
        with tarfile.open(data / "mail" / f"{name}.tar.gz") as packed:
            found += [content.read() for member in packed if (content := packed.extractfile(member)) is not None]
    return [b"X-Number: %d\n" % number + found[number % len(found)] for number in range(MAILS)]


def bare(server: DovecotServer) -> float:
    """Seconds of a bare fetch, with sign-in."""
    begun = time.perf_counter()
    client = imaplib.IMAP4_SSL("localhost", server.tls_port, ssl_context=context(server.ca_file))
    client.login("bench", PASSWORD)
    client.select("INBOX", readonly=True)
    _kind, data = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
    assert sum(1 for piece in data if isinstance(piece, tuple)) == MAILS
    client.logout()
    return time.perf_counter() - begun


def fetched(server: DovecotServer) -> float:
    """Seconds of the connector alone, with sign-in."""
    begun = time.perf_counter()
    assert len(Taker().once(mailbox(server, "bench"), ImapConnector())) == MAILS
    return time.perf_counter() - begun


def taken_in(server: DovecotServer, folder: Path) -> float:
    """Seconds of the whole program, to tickets, in a workspace that is open."""
    with opened(folder) as app:
        assert isinstance(app, LocalApp)
        desk = Desk(app, ImapConnector())
        # Its worker processes and its model are ready, as in a program that is running.
        server.deliver("warm", mail(0))
        desk.sync(desk.add(mailbox(server, "warm")))
        source = desk.add(mailbox(server, "bench"))
        begun = time.perf_counter()
        tally = desk.sync(source)
        seconds = time.perf_counter() - begun
        balance = desk.balance(source)
        assert (tally.error, balance.seen, balance.pending, balance.difference) == ("", MAILS, 0, 0)
        return seconds


def delivered(server: DovecotServer, folder: Path) -> list[float]:
    """Seconds from delivery to ticket while the box is followed, mail by mail."""
    seconds = []
    with opened(folder) as app:
        assert isinstance(app, LocalApp)
        desk = Desk(app, ImapConnector())
        source = desk.add(mailbox(server, "followed"))
        with desk.following(source):
            for number in range(DELIVERIES + 1):
                begun = time.perf_counter()
                server.deliver("followed", mail(number))
                while desk.ticketed(source) <= number:
                    threading.Event().wait(0.02)
                seconds.append(time.perf_counter() - begun)
    # The first starts the worker processes.
    return seconds[1:]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    data = Path(os.environ.get("TRIAGE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    program = find_dovecot()
    assert program is not None, "Dovecot with IMAP is not installed"
    with tempfile.TemporaryDirectory() as name, DovecotServer(program) as server:
        server.deliver("bench", *real_mails(data))
        # The server's first look at a box builds its index.
        bare(server)
        peers, connector, whole = [], [], []
        for number in range(rounds):
            peers.append(bare(server))
            connector.append(fetched(server))
            whole.append(taken_in(server, Path(name) / str(number)))
            for label, runs in (("imaplib", peers), ("connector", connector), ("program", whole)):
                print(f"{label:10} {MAILS / runs[-1]:7.0f} mails/s  {runs[-1]:6.2f} s")
        waits = delivered(server, Path(name) / "followed")
    peer, own, all_of_it = (statistics.median(runs) for runs in (peers, connector, whole))
    print(
        f"imap: {MAILS} mails, imaplib {MAILS / peer:.0f}/s, connector {MAILS / own:.0f}/s, ratio {peer / own:.2f}; "
        f"to tickets {MAILS / all_of_it:.0f}/s, ratio {peer / all_of_it:.2f}; "
        f"from delivery to ticket {statistics.median(waits):.2f} s, at most {max(waits):.2f} s"
    )


if __name__ == "__main__":
    main()
