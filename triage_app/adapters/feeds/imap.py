"""Mailboxes by IMAP: what is new in each folder, page by page; marked, moved or deleted only once it is ours."""

from collections.abc import Iterator, Mapping, Sequence

from triage_app.adapters.feeds.imap_position import Position
from triage_app.adapters.feeds.imap_session import Folder, Session
from triage_app.adapters.feeds.imap_settings import MANIFEST, TokenOf, Wishes, options, post_options, stored_token
from triage_app.adapters.feeds.imap_stumbles import MOST_STUMBLES, Stumbles
from triage_app.adapters.net.smtp import Post
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import Form, RawItem, digest
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Manifest, Source, SourceName, Tested
from triage_app.services.context import CancelToken
from triage_app.services.feeds import Page

PAGE_MAILS = 500
PAGE_BYTES = 2_000_000
HEADER_BYTES = 64 * 1024
_LEFT_OUT = frozenset({"\\noselect", "\\nonexistent", "\\all", "\\drafts", "\\trash"})
"""Folders that `*` does not mean: without mail, with copies of all mail, or of what is written or thrown away."""


class ImapConnector:
    """Mailboxes by IMAP. `token_of` gives a fresh access token for xoauth2; `timeout` is for every call in seconds."""

    def __init__(self, token_of: TokenOf = stored_token, timeout: float = 60.0) -> None:
        self._token_of = token_of
        self._timeout = timeout
        self._stumbles: dict[SourceName, Stumbles] = {}

    @property
    def manifest(self) -> Manifest:
        """Its declared settings."""
        return MANIFEST

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> "ImapFeed":
        """Connect and sign in."""
        wishes = Wishes.of(source)
        stumbles = self._stumbles.setdefault(source.name, Stumbles())
        try:
            session = Session(options(source, secrets, self._token_of, self._timeout))
        except SourceFailed:
            stumbles.broke_elsewhere()
            raise
        return ImapFeed(source, wishes, session, stumbles)

    def test(self, source: Source, secrets: Mapping[str, Secret]) -> Tested:
        """Connect, sign in and count the mails of each folder; a folder that is not there is trouble.

        Where mail goes out, sign in to that server, too.
        """
        feed = self.open(source, secrets)
        try:
            counts = {name: feed.session.status(name).mails for name in feed.folders()}
            idle = feed.session.can("IDLE")
        finally:
            feed.close()
        outgoing = self._test_outgoing(source, secrets) if source.settings.get("smtp_host") else ()
        return Tested(
            f"Signed in to {source.settings['host']} as {source.settings['user']}; {sum(counts.values())} mails.",
            feed.tls,
            (
                *(f"{name}: {count} mails" for name, count in counts.items()),
                "tells of new mail at once (IDLE)" if idle else "is asked for new mail at each poll (no IDLE)",
                *outgoing,
            ),
        )

    def _test_outgoing(self, source: Source, secrets: Mapping[str, Secret]) -> Sequence[str]:
        made = post_options(source, secrets, self._token_of, self._timeout)
        post = Post(made)
        try:
            post.check()
        finally:
            post.close()
        return (f"mail goes out by {made.where} ({post.tls or 'without TLS'})",)


class ImapFeed:
    """An open mailbox."""

    def __init__(self, source: Source, wishes: Wishes, session: Session, stumbles: Stumbles) -> None:
        self.session = session
        self._source = source
        self._wishes = wishes
        self._stumbles = stumbles
        self._known: dict[str, Folder] = {}
        self._reached: dict[str, int] = {}
        self._unsettled: dict[str, set[int]] = {}
        self._told: int | None = None
        self._grievance: SourceFailed | None = None
        self._stumbled = False

    @property
    def tls(self) -> str:
        """The negotiated version of TLS."""
        return self.session.tls

    def folders(self) -> Sequence[str]:
        """The folders that are fetched, by the server's list where the settings say `*`."""
        if "*" not in self._wishes.folders:
            return self._wishes.folders
        names = [name for flags, name in self.session.folders() if not flags & _LEFT_OUT]
        names.sort(key=lambda name: (name.upper() != "INBOX", name))
        return [name for name in names if name != self._wishes.target]

    def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
        """What is new. Trouble with one folder is raised after the others had their turn."""
        try:
            yield from self._pulled(cursors, cancel)
        except SourceFailed:
            if not self._stumbled:
                self._stumbles.broke_elsewhere()
            raise

    def settled(self, page: Page) -> None:
        """Flag, move or delete what the page brought, where the settings say so; never what was not fetched whole.

        Where the server refuses, it is tried again at the next pull, which then raises."""
        if page.cursor is None or self._wishes.after == "leave" or not page.items:
            return
        self._settle(page.cursor.folder, page.cursor.uid_validity, _whole(page.items))

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """IDLE on the first folder, or just wait where the server does not know it."""
        if not self.session.can("IDLE"):
            self.session.pause(seconds, cancel)
            return
        first = self.folders()[:1]
        for name in first:
            # What came between the last look and now is not told again.
            now, known = self.session.status(name), self._known.get(name)
            if known is not None and (now.next > known.next or now.validity != known.validity):
                return
            self.session.select(name, writable=self._writable)
            self.session.idle(seconds, cancel)
        if not first:
            self.session.pause(seconds, cancel)

    def close(self) -> None:
        """Sign out and disconnect."""
        self.session.close()

    @property
    def _writable(self) -> bool:
        return self._wishes.after != "leave"

    def _pulled(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
        self._grievance = None
        standing: dict[str, Folder] = {}
        for name in self.folders():
            if cancel.cancelled:
                return
            try:
                standing[name] = self.session.status(name)
            except SourceFailed as error:
                self._bear(error)
        total = sum(folder.mails for folder in standing.values())
        for name, folder in standing.items():
            try:
                for page in self._pages(name, folder, cursors.get(name), total, cancel):
                    self._told = total
                    yield page
            except SourceFailed as error:
                self._bear(error)
            if cancel.cancelled:
                return
        if total != self._told:
            self._told = total
            yield Page((), None, total)
        if self._grievance is not None:
            raise self._grievance

    def _bear(self, error: SourceFailed) -> None:
        """Trouble with a folder waits for the end of the pull; any other ends it."""
        if error.trouble is not Trouble.FOLDER:
            raise error
        self._grievance = self._grievance or error

    def _pages(
        self, name: str, standing: Folder, cursor: Cursor | None, total: int, cancel: CancelToken
    ) -> Iterator[Page]:
        position = Position.read(cursor.position) if cursor else Position()
        known = self._known.get(name)
        same = cursor is not None and cursor.uid_validity == standing.validity
        nothing_new = standing.next and (
            standing.next <= position.uid + 1
            or (known is not None and known.next == standing.next and position.uid >= self._reached.get(name, 0))
        )
        if same and nothing_new and not position.unsettled:
            self._known[name] = standing
            return
        # What the server says of an open folder may be older than what it says of a closed one.
        self.session.leave()
        folder = self.session.select(name, writable=self._writable)
        if cursor is not None and cursor.uid_validity != folder.validity:
            position = Position()
            self._unsettled.pop(name, None)
        self._settle(name, folder.validity, position.unsettled)
        low = position.uid + 1
        last = position.uid
        for uids in self.session.found(low, folder):
            wanted = self._wanted(uids)
            for page in self._read(name, folder, uids, wanted, total):
                if page.cursor is not None:
                    last = Position.read(page.cursor.position).uid
                yield page
                if cancel.cancelled:
                    return
                if self.session.select(name, writable=self._writable).validity != folder.validity:
                    return
        self._known[name] = Folder(folder.mails, max(folder.next, standing.next), folder.validity)
        self._reached[name] = last
        if position.unsettled or (self._writable and last > position.uid):
            yield self._page(name, folder, last, (), total)

    def _wanted(self, uids: Sequence[int]) -> frozenset[int]:
        if self._wishes.since is None or not uids:
            return frozenset(uids)
        return self.session.received_since(uids[0], uids[-1], self._wishes.since)

    def _read(
        self,
        name: str,
        folder: Folder,
        uids: Sequence[int],
        wanted: frozenset[int],
        total: int,
    ) -> Iterator[Page]:
        """Pages of these uids; each takes what the filter leaves out before it along."""
        ahead = 0
        while ahead < len(uids):
            batch: list[int] = []
            end = ahead
            while end < len(uids) and len(batch) < PAGE_MAILS:
                if uids[end] in wanted:
                    batch.append(uids[end])
                end += 1
            sizes = self._sizes(batch)
            # A mail that was deleted since has no size; it is passed over with its neighbours.
            rest = [uid for uid in batch if uid in sizes]
            while rest:
                items, count = self._group(name, folder.validity, rest, sizes)
                last = rest[count - 1] if count < len(rest) else uids[end - 1]
                passed = _count_up_to(uids, ahead, last)
                skipped = sum(1 for uid in uids[ahead : ahead + passed] if uid not in wanted)
                rest = rest[count:]
                ahead += passed
                if self._writable:
                    self._unsettled.setdefault(name, set()).update(_whole(items))
                yield self._page(name, folder, last, items, total, skipped)
            if ahead < end:
                skipped = sum(1 for uid in uids[ahead:end] if uid not in wanted)
                ahead = end
                yield self._page(name, folder, uids[end - 1], (), total, skipped)

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Sizes as claimed, 0 where there is no answer; without mails that somebody deleted meanwhile."""
        sizes = self.session.sizes(uids) if uids else {}
        silent = [uid for uid in uids if uid not in sizes]
        return sizes | dict.fromkeys(self.session.still_there(silent) if silent else (), 0)

    def _page(
        self,
        name: str,
        folder: Folder,
        reached: int,
        items: Sequence[RawItem],
        total: int,
        skipped: int = 0,
    ) -> Page:
        position = Position(reached, tuple(sorted(self._unsettled.get(name, ()))))
        return Page(tuple(items), Cursor(name, folder.validity, str(position)), total, skipped)

    def _group(
        self, name: str, validity: int, uids: Sequence[int], sizes: Mapping[int, int]
    ) -> tuple[list[RawItem], int]:
        """Items of the first of these uids, of bounded size together, and how many uids they are."""
        place = name, validity
        if self._stumbles.given_up(place, uids[0]):
            reason = f"The connection broke {MOST_STUMBLES} times in a row while this mail was fetched."
            return [self._item(name, validity, uids[0], b"", reason)], 1
        count = total = 0
        for uid in uids[: self._stumbles.most(place, PAGE_MAILS)]:
            total += min(sizes[uid], self._wishes.most)
            if count and total > PAGE_BYTES:
                break
            count += 1
        try:
            items = self._items(name, validity, uids[:count], sizes)
        except SourceFailed as error:
            self._stumbled = True
            self._stumbles.broke(place, uids[0], count, error)
            raise
        self._stumbles.went_well(place, PAGE_MAILS)
        return items, count

    def _items(self, name: str, validity: int, uids: Sequence[int], sizes: Mapping[int, int]) -> list[RawItem]:
        small = [uid for uid in uids if sizes[uid] <= self._wishes.most]
        contents = self._contents(small) if small else {}
        items = []
        for uid in uids:
            if sizes[uid] > self._wishes.most:
                header = self.session.header(uid, HEADER_BYTES)
                reason = f"The mail has {sizes[uid]} bytes, more than max_mail = {self._wishes.most} allows."
                items.append(self._item(name, validity, uid, header, reason))
            elif uid in contents:
                content = contents[uid]
                reason = "" if content is not None else "The server lists this mail, but does not give it out."
                items.append(self._item(name, validity, uid, content or b"", reason))
        return items

    def _contents(self, uids: Sequence[int]) -> dict[int, bytes | None]:
        """Whole mails; None for one that the server keeps back; none for one that somebody deleted meanwhile.

        A server may be wrong about sizes: then two equal answers are the truth."""
        got = self.session.contents(uids)
        contents: dict[int, bytes | None] = {}
        doubtful = []
        for uid in uids:
            each = got.get(uid)
            if each is not None and each.content is not None and each.size in (None, len(each.content)):
                contents[uid] = each.content
            else:
                doubtful.append(uid)
        there = self.session.still_there(doubtful) if doubtful else frozenset()
        for uid in doubtful:
            if uid in there:
                before = got.get(uid)
                contents[uid] = self._again(uid, before.content if before else None)
        return contents

    def _again(self, uid: int, before: bytes | None) -> bytes | None:
        for _attempt in range(2):
            said = self.session.contents([uid]).get(uid)
            if said is None or said.content is None:
                return None
            if said.content == before or said.size == len(said.content):
                return said.content
            before = said.content
        raise SourceFailed(
            Trouble.PROTOCOL, f"The server gives the mail with UID {uid} differently each time. It is tried again."
        )

    def _item(self, name: str, validity: int, uid: int, content: bytes, reason: str) -> RawItem:
        settings = self._source.settings
        if reason:
            reason += f" It lies in the folder {name} on {settings['host']}, UID {uid}."
        return RawItem(
            source=self._source.name,
            folder=name,
            uid_validity=validity,
            uid=str(uid),
            form=Form.MAIL,
            content=content,
            sha256=digest(content),
            origin=f"{settings['user']} on {settings['host']}: {name}, UID {uid}",
            reason=reason,
        )

    def _settle(self, name: str, validity: int, uids: Sequence[int]) -> None:
        """Do with these mails what the settings say. A refusal is kept for the end of the pull."""
        if not uids or self._wishes.after == "leave":
            return
        waiting = self._unsettled.setdefault(name, set())
        waiting.update(uids)
        try:
            folder = self.session.select(name, writable=True)
            if folder.validity == validity:
                todo = sorted(waiting)
                if self._wishes.after == "seen":
                    self.session.flag(todo, "\\Seen")
                elif self._wishes.after == "move":
                    self.session.move(todo, self._wishes.target)
                else:
                    self.session.delete(todo)
            waiting.clear()
        except SourceFailed as error:
            self._bear(error)


def _whole(items: Sequence[RawItem]) -> tuple[int, ...]:
    """The uids of items that hold the whole mail."""
    return tuple(int(item.uid) for item in items if not item.reason)


def _count_up_to(uids: Sequence[int], ahead: int, last: int) -> int:
    count = 0
    while ahead + count < len(uids) and uids[ahead + count] <= last:
        count += 1
    return count
