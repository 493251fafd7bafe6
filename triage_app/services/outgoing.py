"""Ports of mail that goes out: what waits to be done, and which messages belong to which ticket."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage_app.domain.item import RawId
from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind, OutgoingState
from triage_app.domain.reply_template import ReplyTemplate
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source, SourceName
from triage_app.domain.ticket import TicketId


@dataclass(frozen=True, slots=True)
class NewOutgoing:
    """Something to do by a source's account.

    `payload` is JSON. `marker` makes doing it twice impossible: the Message-ID of a mail, or the item and folder of a
    move.
    """

    kind: OutgoingKind
    ticket: TicketId
    source: SourceName
    payload: str
    marker: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An entry of the outbox. Times are UTC; `next_try` is None for one that has not been tried."""

    id: OutgoingId
    what: NewOutgoing
    state: OutgoingState
    attempts: int
    next_try: datetime | None
    error: str
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """A mail of a ticket's conversation.

    It came in as the item `raw` or goes out as the entry `outgoing`: one of the two. `address` is the other side's: the
    sender of what came in, the recipient of what went out; `others` are the other addresses of what came in. All are in
    lower case. `automatic` says that no person wrote it.
    """

    ticket: TicketId
    raw: RawId | None
    outgoing: OutgoingId | None
    message_id: str
    address: str
    automatic: bool
    at: datetime
    others: tuple[str, ...] = ()

    @property
    def participants(self) -> frozenset[str]:
        """Who takes part in a conversation by this mail."""
        return frozenset((self.address, *self.others)) - {""}


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """The templates of replies by name, and what is wrong with files of others."""

    templates: Mapping[str, ReplyTemplate]
    problems: tuple[str, ...] = ()


class ReplyTemplates(Protocol):
    """The templates of replies: those of the workspace before those that come with the program."""

    def load(self) -> TemplateSet:
        """Those in force now. Never raises."""


class OutboxRepository(Protocol):
    """What waits to be done outside, and what was done."""

    def add(self, what: NewOutgoing, at: datetime) -> OutgoingId | None:
        """Queue an entry; None, changing nothing, where its marker is known already."""

    def get(self, entry: OutgoingId) -> Outgoing:
        """One entry; raises NotFound."""

    def due(
        self, source: SourceName, at: datetime, limit: int, kinds: Collection[OutgoingKind] = tuple(OutgoingKind)
    ) -> Sequence[Outgoing]:
        """A source's waiting entries of these kinds whose time has come, the oldest first."""

    def claim(self, entry: OutgoingId, at: datetime, until: datetime) -> bool:
        """Take a due entry to carry it out, an attempt more; False where somebody else was faster. It is `sending`, and
        nobody else takes it, until it is noted what became of it."""

    def abandoned(self, source: SourceName, at: datetime) -> Sequence[Outgoing]:
        """A source's entries that are being sent, though whoever took them had no longer than until `at`."""

    def of_ticket(self, ticket: TicketId) -> Sequence[Outgoing]:
        """A ticket's entries in any state, the oldest first."""

    def all(self, limit: int) -> Sequence[Outgoing]:
        """Entries in any state, the newest first."""

    def later(self, entry: OutgoingId, next_try: datetime, error: str) -> None:
        """Note an attempt that failed and will be made again. Raises InvalidState where it is not being sent."""

    def finish(self, entry: OutgoingId, state: OutgoingState, at: datetime, error: str = "") -> None:
        """Note that it is done or has failed for good. Raises InvalidState where it is not being sent."""

    def cancel(self, entry: OutgoingId, at: datetime) -> None:
        """Take an entry back that waits; raises InvalidState for any other."""

    def again(self, entry: OutgoingId) -> None:
        """Let an entry that failed or was cancelled wait anew, as if it had not been tried; raises InvalidState for any
        other."""


class MessageRepository(Protocol):
    """Which mails belong to which ticket."""

    def add(self, messages: Sequence[Message]) -> None:
        """Store messages."""

    def named(self, message_ids: Sequence[str]) -> Sequence[Message]:
        """Messages with one of these Message-IDs, the oldest first."""

    def of_ticket(self, ticket: TicketId) -> Sequence[Message]:
        """The messages of a ticket, the oldest first."""

    def unindexed(self, tickets: Sequence[TicketId]) -> Sequence[tuple[TicketId, RawId]]:
        """The answers in these tickets by whose words they are not found yet, in order."""

    def of_item(self, raw: RawId) -> Message | None:
        """The message that an item came in as."""

    def move(self, raw: RawId, ticket: TicketId) -> None:
        """The message that an item came in as belongs to another ticket from now on; nothing happens without one."""

    def take_out(self, raw: RawId) -> TicketId:
        """The item of an answer is pending again; returns the ticket that it had been merged into. Raises InvalidState
        where it did not come in as an answer."""

    def put_back(self, raw: RawId, ticket: TicketId, settled_at: datetime) -> None:
        """Take that back: the item of an answer is merged into the ticket again."""

    def sent_to(self, address: str, since: datetime) -> int:
        """How many automatic mails went out to an address since then."""


@dataclass(frozen=True, slots=True)
class Original:
    """Where a mail lay on its server when it was taken in, and its Message-ID, empty where it has none: by that it is
    found again if somebody has moved it."""

    folder: str
    uid_validity: int
    uid: str
    message_id: str


class Outlet(Protocol):
    """A mailbox that was signed in to, to do something there. Used by one thread; every call has a time-out.

    All raise SourceFailed for what may be tried again, OutgoingRefused for what the server will never do, and
    OutgoingUnsure where the connection broke and nobody can tell whether it was done.
    """

    def send(self, mail: bytes, sender: str, recipient: str) -> None:
        """Hand in a whole mail (RFC 5322, CRLF); returns when the server has taken it over."""

    def move(self, original: Original, folder: str) -> None:
        """Move the mail to a folder, which is made if it is missing. One that lies there already is no error."""

    def flag(self, original: Original) -> None:
        """Flag the mail; one that is flagged already is no error."""

    def close(self) -> None:
        """Sign out; never raises."""


class Outlets(Protocol):
    """What goes out by one kind of source. Safe from any thread."""

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> Outlet:
        """Sign in, where that is not put off until it is needed; raises SourceFailed."""
