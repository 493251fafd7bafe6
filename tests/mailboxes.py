"""Mailboxes as sources, for tests: settings for a Dovecot, and a taker that does what intake does with pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.dovecot import PASSWORD, DovecotServer
from triage_app.adapters.feeds.imap import ImapConnector
from triage_app.adapters.feeds.imap_settings import MANIFEST
from triage_app.domain.item import RawItem
from triage_app.domain.ledger import Balance
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Source, SourceName, validated
from triage_app.services.app import LocalApp
from triage_app.services.context import CancelToken, Context
from triage_app.services.feeds import Connector, Feed, Page
from triage_app.services.following import Follower, Tally
from triage_app.services.queries import GetBalance, ListTicketIds
from triage_app.services.sending import Failure, Sender

SECRETS = {"password": Secret(PASSWORD)}


def mailbox(server: DovecotServer, user: str, **settings: str) -> Source:
    """A source on somebody's box, with TLS and all defaults but what is given."""
    given = {"host": "localhost", "port": str(server.tls_port), "user": user, "ca_file": server.ca_file, **settings}
    return Source(SourceName(user), "imap", validated(MANIFEST, given)[0])


def plain(server: DovecotServer, user: str, **settings: str) -> Source:
    """The same without TLS."""
    return mailbox(server, user, **{"port": str(server.plain_port), "security": "none", **settings})


def mail(number: int, size: int = 0) -> bytes:
    """A mail that no other equals, with lines that look like the protocol's."""
    body = b") * 1 FETCH (UID 1)\r\n)\r\nA1 OK FETCH completed\r\n" + b"x" * 70 + b"\r\n"
    body += b"".join(b"line %08d of this mail\r\n" % line for line in range(max(0, size - len(body)) // 30))
    return b"Subject: mail %d\r\nFrom: a@example.org\r\n\r\n" % number + body


@dataclass
class Taker:
    """Holds what pages bring as intake does: items and cursor at once, then `settled`."""

    items: list[RawItem] = field(default_factory=list)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)

    def take(self, feed: Feed, *, settle: bool = True) -> list[RawItem]:
        """Pull until there is nothing more for now; returns what came."""
        before = len(self.items)
        for page in feed.pull(self.cursors, CancelToken()):
            self.hold(page)
            if settle:
                feed.settled(page)
        return self.items[before:]

    def hold(self, page: Page) -> None:
        """What one transaction does."""
        self.pages.append(page)
        self.items.extend(page.items)
        if page.cursor is not None:
            self.cursors[page.cursor.folder] = page.cursor

    def once(self, source: Source, connector: ImapConnector | None = None, *, settle: bool = True) -> list[RawItem]:
        """Open, take and close."""
        feed = (connector or ImapConnector(timeout=10)).open(source, SECRETS)
        try:
            return self.take(feed, settle=settle)
        finally:
            feed.close()


def subjects(items: list[RawItem]) -> list[str]:
    """The first line's subject of each."""
    return [item.content.split(b"\r\n", 1)[0].removeprefix(b"Subject: ").decode() for item in items]


class KnownSecrets:
    """A store that holds the password of every box."""

    place = "test"

    def get(self, source: SourceName, field: str) -> Secret | None:
        return SECRETS.get(field)

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        raise NotImplementedError

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        raise NotImplementedError


class Desk:
    """The program's whole intake on a workspace of its own, fed from mailboxes one step at a time."""

    def __init__(self, app: LocalApp, connector: Connector) -> None:
        self.app = app
        self._ports = replace(app._ports, connectors={connector.manifest.kind: connector}, secrets=KnownSecrets())

    def add(self, source: Source) -> Source:
        """Configure a source."""
        with self._ports.storage.write() as uow:
            uow.sources.add(source, self._ports.clock())
        return source

    def sync(self, source: Source) -> Tally:
        """Connect, take in what is new, disconnect: what came, and the error if there was one."""
        tally = Tally()
        context = Context("test", self._ports.clock())
        Follower(source, self._ports, context, tally).once(context.cancel)
        return tally

    def send(self, source: Source, after: timedelta = timedelta()) -> Failure | None:
        """Carry out what is due in a source's outbox after a while: the failure that stopped it if there was one."""
        clock = self._ports.clock
        ports = replace(self._ports, clock=lambda: clock() + after)
        return Sender(source, ports, Context("test", ports.clock())).once(CancelToken())

    @contextmanager
    def following(self, source: Source) -> Iterator[None]:
        """Follow a source on a thread of its own, as `sync --follow` does."""
        context = Context("test", self._ports.clock())
        follower = Follower(source, self._ports, context, Tally())
        thread = threading.Thread(target=follower.follow, args=(context.cancel,))
        thread.start()
        try:
            yield
        finally:
            context.cancel.cancel()
            thread.join()

    def ticketed(self, source: Source) -> int:
        """How many of a source's mails are tickets by now."""
        return sum(each.ticketed for each in self.app.ask(GetBalance()).sources if each.source == source.name)

    def balance(self, source: Source) -> Balance:
        """The source's line of the balance sheet."""
        return next(each for each in self.app.ask(GetBalance()).sources if each.source == source.name)

    def contents(self, source: Source) -> list[bytes]:
        """The mails that became tickets, in order of their tickets."""
        with self._ports.storage.read() as uow:
            found = [
                raw for ticket in self.app.ask(ListTicketIds(view="all")).ids for raw in uow.ledger.of_ticket(ticket)
            ]
        return [each.content for each in sorted(found, key=lambda each: each.id) if each.source == source.name]

    def cursor(self, source: Source, folder: str = "INBOX") -> Cursor:
        """How far a folder was taken in."""
        with self._ports.storage.read() as uow:
            return uow.sources.cursors(source.name)[folder]

    def lose_cursor(self, source: Source, folder: str = "INBOX") -> None:
        """Set a folder back to its start, as where a backup of the workspace was put back."""
        with self._ports.storage.write() as uow:
            uow.sources.save_cursor(source.name, replace(self.cursor(source, folder), position="0"))
