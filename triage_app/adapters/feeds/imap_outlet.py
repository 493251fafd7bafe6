"""What is done by a mailbox: mail goes out by its SMTP server, and originals are moved or flagged, once and no more.

An original lies where it was fetched as long as the folder counts as it did then and the mail there bears its
Message-ID. Otherwise it is searched for by that; of several that bear it, the first is taken: who forges an id comes
later.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from triage_app.adapters.feeds.imap_session import Session, folder_key
from triage_app.adapters.feeds.imap_settings import TokenOf, options, post_options, stored_token
from triage_app.adapters.net.smtp import Post
from triage_app.domain import headers
from triage_app.domain.errors import OutgoingRefused, SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source
from triage_app.services.outgoing import Original

MOST_FOLDERS = 200
"""How many folders are searched for one mail."""

_MOST_ALIKE = 20
_HEADER_BYTES = 64 * 1024
_NO_FOLDER = frozenset({"\\noselect", "\\nonexistent"})
_LAST = frozenset({"\\all", "\\trash", "\\junk"})
"""Folders that are searched after all others: with copies of all mail, or of what was thrown away."""


class ImapOutlets:
    """Mailboxes by IMAP. `token_of` gives a fresh access token for xoauth2; `timeout` is for every call in seconds."""

    def __init__(self, token_of: TokenOf = stored_token, timeout: float = 60.0) -> None:
        self._token_of = token_of
        self._timeout = timeout

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> "ImapOutlet":
        """A mailbox that is signed in to when there is something to do."""
        return ImapOutlet(source, secrets, self._token_of, self._timeout)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a mail lies now."""

    folder: str
    validity: int
    uid: int


class ImapOutlet:
    """A mailbox to do something in."""

    def __init__(self, source: Source, secrets: Mapping[str, Secret], token_of: TokenOf, timeout: float) -> None:
        self._source = source
        self._secrets = secrets
        self._token_of = token_of
        self._timeout = timeout
        self._session: Session | None = None
        self._post: Post | None = None

    def send(self, mail: bytes, sender: str, recipient: str) -> None:
        """Hand the mail in at the outgoing server of the settings."""
        if self._post is None:
            self._post = Post(post_options(self._source, self._secrets, self._token_of, self._timeout))
        try:
            self._post.send(mail, sender, recipient)
        except SourceFailed:
            # The next attempt has a fresh access token.
            self._part()
            raise

    def move(self, original: Original, folder: str) -> None:
        """Move the mail to a folder, which is made if it is missing; slashes in its name part levels."""
        with self._signed_in() as session:
            target = session.named(folder)
            place = self._find(session, original, target)
            if folder_key(place.folder) == folder_key(target):
                return
            _make(session, target)
            # A server that cannot move copies and deletes: an attempt that broke off may have left the copy.
            copied = not session.can("MOVE") and _holds_copy(session, target, place, original.message_id)
            _open(session, place)
            if copied:
                session.delete([place.uid])
            else:
                session.move([place.uid], target)

    def flag(self, original: Original) -> None:
        """Flag the mail."""
        with self._signed_in() as session:
            place = self._find(session, original)
            _open(session, place)
            session.flag([place.uid], "\\Flagged")

    def close(self) -> None:
        """Sign out of both servers."""
        self._leave()
        self._part()

    def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _part(self) -> None:
        post, self._post = self._post, None
        if post is not None:
            post.close()

    @contextmanager
    def _signed_in(self) -> Iterator[Session]:
        if self._session is None:
            self._session = Session(options(self._source, self._secrets, self._token_of, self._timeout))
        try:
            # Folders are looked at anew.
            self._session.leave()
            yield self._session
        except SourceFailed as error:
            if error.trouble is not Trouble.FOLDER:
                self._leave()
            raise

    def _find(self, session: Session, original: Original, target: str = "") -> _Place:
        """Where the mail lies; raises OutgoingRefused where that is nowhere."""
        listed = {folder_key(name): flags for flags, name in session.folders() if flags.isdisjoint(_NO_FOLDER)}
        home, target = folder_key(original.folder), folder_key(target)
        counts_as_then = False
        if home in listed:
            validity = session.select(home, writable=False).validity
            counts_as_then = validity == original.uid_validity
            if counts_as_then and _bears(session, int(original.uid), original.message_id):
                return _Place(home, validity, int(original.uid))
        if not _is_searchable(original.message_id):
            raise OutgoingRefused(
                f"A mail of {self._source.name} lies no longer in the folder {home}, and has no Message-ID by which it "
                "could be found. It was moved or deleted already; look for it in the mailbox."
            )
        # In a folder that counts as it did, a mail of this id is another one: ours may have come to its target already.
        order = [target, home] if counts_as_then else [home, target]
        others = sorted((name for name in listed if name not in order), key=lambda name: bool(listed[name] & _LAST))
        return self._search(session, original.message_id, [*(name for name in order if name in listed), *others])

    def _search(self, session: Session, message_id: str, folders: Sequence[str]) -> _Place:
        grievance: SourceFailed | None = None
        for name in folders[:MOST_FOLDERS]:
            try:
                validity = session.select(name, writable=False).validity
                for uid in session.holding(message_id)[:_MOST_ALIKE]:
                    if _bears(session, uid, message_id):
                        return _Place(name, validity, uid)
            except SourceFailed as error:
                if error.trouble is not Trouble.FOLDER:
                    raise
                grievance = grievance or error
        if grievance is not None:
            # It may lie just there.
            raise grievance
        raise OutgoingRefused(
            f"The mail <{message_id}> is no longer in the mailbox {self._source.name}: none of "
            f"{min(len(folders), MOST_FOLDERS)} folders has it. Nothing is left to do if it was deleted."
        )


def _is_searchable(message_id: str) -> bool:
    return bool(message_id) and message_id.isascii() and message_id.isprintable()


def _bears(session: Session, uid: int, message_id: str) -> bool:
    """Whether the open folder has a mail of this uid and Message-ID."""
    if not message_id:
        return uid in session.still_there([uid])
    block = session.header(uid, _HEADER_BYTES)
    first = next((value for name, value in headers.split(block)[0] if name.lower() == "message-id"), "")
    return headers.message_id(first) == message_id


def _open(session: Session, place: _Place) -> None:
    """Open a mail's folder to change something in it."""
    if session.select(place.folder, writable=True).validity != place.validity:
        raise SourceFailed(
            Trouble.FOLDER, f"The folder {place.folder} was made anew just now. What was to be done is tried again."
        )


def _make(session: Session, folder: str) -> None:
    try:
        session.make(folder)
    except SourceFailed as error:
        # RFC 5530: it can never succeed.
        if "[CANNOT]" in error.message:
            raise OutgoingRefused(error.message) from None
        raise


def _holds_copy(session: Session, folder: str, place: _Place, message_id: str) -> bool:
    """Whether a folder has the same mail, to the last byte."""
    session.select(place.folder, writable=False)
    original = _content(session, place.uid)
    if not original:
        return False
    session.select(folder, writable=False)
    alike = session.holding(message_id) if _is_searchable(message_id) else session.of_size(len(original))
    return any(_content(session, uid) == original for uid in alike[-_MOST_ALIKE:])


def _content(session: Session, uid: int) -> bytes | None:
    found = session.contents([uid]).get(uid)
    return found.content if found else None
