"""Mailboxes at Microsoft 365 by Graph: what came into each folder, page by page, by its own delta queries."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from triage_app.adapters.feeds.graph_position import Position
from triage_app.adapters.feeds.graph_session import Folder, KeptBack, Mailbox, Told
from triage_app.adapters.feeds.graph_settings import MANIFEST, Wishes
from triage_app.adapters.feeds.pulled import PAGE_BYTES, PAGE_ITEMS, pause
from triage_app.adapters.net.http import TooLong
from triage_app.adapters.net.tokens import Giver, Tokens
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import Form, RawItem, digest
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Manifest, Source, SourceName, Tested
from triage_app.domain.timestamps import parse_time
from triage_app.services.context import CancelToken
from triage_app.services.feeds import Page

MOST_STUMBLES = 10
"""So often a mail must be kept back by the server before it is passed over."""


_OF_ALL = (Trouble.NETWORK, Trouble.TLS, Trouble.QUOTA)
"""Troubles that keep mail from coming as well; another one with what is done afterwards must not."""


def giver_of(source: Source, secrets: Mapping[str, Secret], tokens: Tokens) -> Giver:
    """Access tokens for a mailbox: of the person who signed in, or of the application."""
    if source.settings["auth"] == "device":
        return tokens.giver(source, secrets)
    root = "/".join(source.settings["api"].split("/")[:3])
    return tokens.application(source, secrets, f"{root}/.default")


class GraphConnector:
    """Mailboxes at Microsoft 365. `tokens` gives access; `timeout` is the longest silence of the server in seconds."""

    def __init__(self, tokens: Tokens, timeout: float = 30.0) -> None:
        self._tokens = tokens
        self._timeout = timeout
        self._stumbles: defaultdict[SourceName, Counter[str]] = defaultdict(Counter)

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""
        return MANIFEST

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> "GraphFeed":
        """Sign in."""
        wishes = Wishes.of(source)
        giver = giver_of(source, secrets, self._tokens)
        giver()
        mailbox = Mailbox(source, giver, wishes.most, self._timeout)
        return GraphFeed(source, wishes, mailbox, self._stumbles[source.name])

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Sign in and count the mails of each folder; a folder that is not there is trouble."""
        feed = self.open(source, secrets)
        try:
            counts = {name: feed.mailbox.folder(name).mails for name in Wishes.of(source).folders}
        finally:
            feed.close()
        return Tested(
            f"Signed in to {feed.mailbox.where} for {source.settings['user']}; {sum(counts.values())} mails.",
            feed.tls,
            tuple(f"{name}: {count} mails" for name, count in counts.items()),
        )


class GraphFeed:
    """An open mailbox."""

    def __init__(self, source: Source, wishes: Wishes, mailbox: Mailbox, stumbles: Counter[str]) -> None:
        """`stumbles` count how often each mail was kept back; they outlive the feed."""
        self.mailbox = mailbox
        self._source = source
        self._wishes = wishes
        self._stumbles = stumbles
        self._unsettled: dict[str, dict[str, None]] = {}
        self._told: int | None = None
        self._grievance: SourceFailed | None = None

    @property
    def tls(self) -> str:
        """The negotiated version of TLS."""
        return self.mailbox.tls

    def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
        """What is new. Trouble with one folder is raised after the others had their turn."""
        self.mailbox.stop_with(lambda: cancel.cancelled)
        self._grievance = None
        standing: dict[str, Folder] = {}
        for name in self._wishes.folders:
            try:
                standing[name] = self.mailbox.folder(name)
            except SourceFailed as error:
                self._bear(error)
        total = sum(folder.mails for folder in standing.values())
        for name, folder in standing.items():
            try:
                for page in self._pages(name, folder, cursors.get(name), total):
                    self._told = total
                    yield page
                    if cancel.cancelled:
                        return
            except SourceFailed as error:
                self._bear(error)
        if total != self._told:
            self._told = total
            yield Page((), None, total)
        if self._grievance is not None:
            raise self._grievance

    def settled(self, page: Page) -> None:
        """Flag, move or delete what the page brought, where the settings say so; never what was not fetched whole.

        Where the server refuses, it is tried again at the next pull, which then raises."""
        if page.cursor is not None and page.items:
            self._settle(page.cursor.folder, [item.uid for item in page.items if not item.reason])

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Wait for the next look."""
        pause(seconds, cancel)

    def close(self) -> None:
        """Let go of the connections."""
        self.mailbox.close()

    def _bear(self, error: SourceFailed) -> None:
        """Trouble with a folder waits for the end of the pull; any other ends it."""
        if error.trouble is not Trouble.FOLDER:
            raise error
        self._grievance = self._grievance or error

    def _pages(self, name: str, folder: Folder, cursor: Cursor | None, total: int) -> Iterator[Page]:
        position = Position()
        if cursor is not None and cursor.uid_validity == folder.validity:
            position = Position.read(cursor.position)
        else:
            self._unsettled.pop(name, None)
        self._settle(name, position.unsettled)
        stored = str(position)
        before = position.link
        for told in self.mailbox.news(folder, position.link):
            for page in self._read(name, folder, told, before, total):
                stored = page.cursor.position if page.cursor else stored
                yield page
            before = told.link
        if stored != str(self._position(name, before)):
            yield self._page(name, folder, before, (), total)

    def _read(self, name: str, folder: Folder, told: Told, before: str, total: int) -> Iterator[Page]:
        """Pages of the mails of one answer. Only the last one moves on to the next: what an interruption leaves is
        told again, and known by its id."""
        batch: list[RawItem] = []
        size = skipped = 0
        for mail, received in told.mails:
            if not self._is_wanted(received):
                skipped += 1
                continue
            item = self._item(name, folder, mail)
            if item is None:
                continue
            if batch and (len(batch) >= PAGE_ITEMS or size + len(item.content) > PAGE_BYTES):
                yield self._page(name, folder, before, batch, total)
                batch, size = [], 0
            batch.append(item)
            size += len(item.content)
        if batch or skipped:
            yield self._page(name, folder, told.link, batch, total, skipped)

    def _is_wanted(self, received: str) -> bool:
        """Whether a mail is as new as the settings say; one without a time is."""
        at = parse_time(received) if self._wishes.since is not None else None
        return self._wishes.since is None or at is None or at >= self._wishes.since

    def _item(self, name: str, folder: Folder, mail: str) -> RawItem | None:
        """A mail; None for one that somebody deleted or moved away meanwhile."""
        content: bytes | None
        reason = ""
        try:
            content = self.mailbox.content(mail)
        except TooLong:
            content = self.mailbox.header(mail)
            reason = f"The mail has more bytes than max_mail = {self._wishes.most} allows."
        except KeptBack:
            self._stumbles[mail] += 1
            if self._stumbles[mail] < MOST_STUMBLES:
                raise
            content = self.mailbox.header(mail)
            reason = f"The server told of this mail {MOST_STUMBLES} times and did not give it out."
        self._stumbles.pop(mail, None)
        if content is None:
            return None
        origin = f"{self._source.settings['user']} on {self.mailbox.where}: {name}"
        if reason:
            reason += f" It lies in the folder {name}."
        return RawItem(
            source=self._source.name,
            folder=name,
            uid_validity=folder.validity,
            uid=mail,
            form=Form.MAIL,
            content=content,
            sha256=digest(content),
            origin=origin,
            reason=reason,
        )

    def _position(self, name: str, link: str) -> Position:
        return Position(link, tuple(self._unsettled.get(name, ())))

    def _page(
        self, name: str, folder: Folder, link: str, items: Sequence[RawItem], total: int, skipped: int = 0
    ) -> Page:
        if self._wishes.after != "leave":
            self._unsettled.setdefault(name, {}).update(dict.fromkeys(item.uid for item in items if not item.reason))
        cursor = Cursor(name, folder.validity, str(self._position(name, link)))
        return Page(tuple(items), cursor, total, skipped)

    def _settle(self, name: str, mails: Sequence[str]) -> None:
        """Do with these mails, and with those that wait, what the settings say. A refusal is kept for the end of the
        pull."""
        if not mails or self._wishes.after == "leave":
            return
        waiting = self._unsettled.setdefault(name, {})
        waiting.update(dict.fromkeys(mails))
        try:
            target = self.mailbox.folder(self._wishes.target) if self._wishes.target else None
            for mail in tuple(waiting):
                if target is not None:
                    self.mailbox.move(mail, target)
                elif self._wishes.after == "seen":
                    self.mailbox.mark(mail, {"isRead": True})
                else:
                    self.mailbox.delete(mail)
                del waiting[mail]
        except SourceFailed as error:
            if error.trouble in _OF_ALL:
                raise
            self._grievance = self._grievance or error
