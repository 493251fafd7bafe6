"""What services keep in the workspace's database, as Protocols that the storage implements."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from triage_app.domain.dedup import Arrival, Group, Level, LinkId, RuleName
from triage_app.domain.history import AuditEntry
from triage_app.domain.item import Outcome, RawId, RawItem
from triage_app.domain.labels import ModelId, Prediction
from triage_app.domain.learning import Correction, CorrectionId, Model
from triage_app.domain.ledger import Balance, ParkedItem
from triage_app.domain.observable import Observable, Sighting
from triage_app.domain.ticket import Note, NoteId, TicketId, TicketRow, Verdict, WorkState
from triage_app.domain.token import Token, TokenName
from triage_app.services.dedup_shapes import Link, Memory, Repeat, RuleFigures
from triage_app.services.shapes import (
    JudgedPair,
    NewTicket,
    PendingItem,
    Place,
    StoredRaw,
    TicketFilter,
    TicketObservable,
    TicketPage,
)


class LedgerRepository(Protocol):
    """Raw items and what became of them."""

    def add(self, items: Sequence[RawItem], received_at: datetime) -> Sequence[RawId | None]:
        """Store items, content compressed: pending, or parked where `reason` is set. None for each known already.

        Known is also what lay in the same folder of the source under another uid_validity: it gets its new uid."""

    def pending(self, limit: int, *, after: RawId | None = None, source: str = "") -> Sequence[PendingItem]:
        """Pending items by id, above `after`, with their content; of one source, if it is named."""

    def still_pending(self, ids: Sequence[RawId]) -> frozenset[RawId]:
        """Those of these items that are pending.

        Asked inside a writing unit, so that two processes never settle one twice."""

    def discard(self, raw: Sequence[RawId]) -> None:
        """Forget the content of items that a drop rule dropped: only the ledger's row stays."""

    def replay(
        self, since: datetime | None, *, after: RawId | None, limit: int, most_bytes: int
    ) -> Sequence[PendingItem]:
        """Items that are pending, ticketed or merged, by id above `after`, received at `since` or later.

        Ends early where their contents would be larger than `most_bytes` together, but never before the first."""

    def settle(self, outcomes: Mapping[RawId, tuple[Outcome, TicketId | None]], at: datetime) -> None:
        """Set the outcome of items that are pending; raises InvalidState where one is not."""

    def park(self, reasons: Mapping[RawId, tuple[str, str]], at: datetime) -> None:
        """Park items with (code, reason); counts an attempt."""

    def dismiss(self, raw: RawId, at: datetime) -> ParkedItem:
        """Settle a parked item as dropped; raises NotFound where it is not parked."""

    def restore_parked(self, item: ParkedItem) -> None:
        """Take a dismissal back: the item is parked as before."""

    def unpark(self, raw: RawId | None) -> int:
        """Make one parked item, or all of them, pending again; returns how many."""

    def take_back(self, raw: RawId) -> None:
        """An item that became a ticket counts as dropped, since that ticket was taken back; raises NotFound."""

    def get(self, raw: RawId) -> StoredRaw:
        """One item with content; raises NotFound."""

    def place(self, raw: RawId) -> Place:
        """Where an item lay when it was taken in; raises NotFound."""

    def of_ticket(self, ticket: TicketId) -> Sequence[StoredRaw]:
        """The items that became a ticket, the first first; those merged into it are its repeats."""

    def balance(self) -> Sequence[Balance]:
        """One balance for each source, by name."""

    def parked(self) -> Sequence[ParkedItem]:
        """Parked items, the oldest first."""


class TicketRepository(Protocol):
    """Tickets, their observables, predictions and notes."""

    def add(self, tickets: Sequence[NewTicket]) -> Sequence[TicketId]:
        """Store tickets with their items, sightings, predictions and full text; ids rise in the order given."""

    def ids(self, which: TicketFilter, *, limit: int, offset: int) -> Sequence[TicketId]:
        """Ids in order (array-like; memory below 10 bytes an id); limit 0 is all.

        `age` upwards is newest first, and so are ties. Raises TooWide for a search that takes too long."""

    def count(self, which: TicketFilter, *, most: int = 0) -> int:
        """How many tickets match; counting stops above `most` and gives `most + 1` then (0: count all).

        Raises TooWide for a search that takes too long."""

    def page(self, which: TicketFilter, *, limit: int, offset: int, most: int) -> TicketPage:
        """A page of ids as `ids` gives it (limit 0 is not for it), with how many match.

        Of a search only up to `most` are counted, and fewer where that takes long: the page does not wait for it.
        Raises TooWide."""

    def view_counts(self, actor: str) -> Mapping[str, int]:
        """A count for each of `VIEWS`."""

    def assignees(self) -> Sequence[str]:
        """The people who have tickets or had some, by name."""

    def rows(self, ids: Sequence[TicketId]) -> Sequence[TicketRow]:
        """Rows in the order of `ids`; unknown ids are left out."""

    def row(self, ticket: TicketId) -> TicketRow:
        """One row; raises NotFound."""

    def set_state(self, ticket: TicketId, state: WorkState) -> None:
        """Write the part of a ticket that people change; raises NotFound."""

    def remove(self, ticket: TicketId) -> None:
        """Take a ticket back that a split made: it stands in no view, count or search any more, and is not found.

        Its row stays, so that its id is never another ticket's. Raises NotFound."""

    def observables(self, ticket: TicketId) -> Sequence[TicketObservable]:
        """A ticket's observables in order of first appearance."""

    def add_sightings(self, ticket: TicketId, sightings: Sequence[Sighting], own: Collection[Observable]) -> int:
        """Store what was seen in an answer and not in its ticket before; returns how many observables that were."""

    def add_answers(self, answers: Sequence[tuple[TicketId, RawId, str]]) -> None:
        """Make tickets findable by the texts of answers, given with their items."""

    def predictions(self, ticket: TicketId) -> Sequence[Prediction]:
        """A ticket's predictions, the newest first."""

    def add_note(self, ticket: TicketId, at: datetime, who: str, text: str) -> NoteId:
        """Store a note; raises NotFound."""

    def remove_note(self, note: NoteId) -> TicketId:
        """Take a note back; raises NotFound."""

    def notes(self, ticket: TicketId) -> Sequence[Note]:
        """A ticket's notes, the oldest first."""


class DuplicateRepository(Protocol):
    """Groups, repeats, links, and what people said about pairs. Everything here is written inside one writing unit."""

    def expect(self, keys: Iterable[tuple[RuleName, tuple[str, ...]]]) -> None:
        """Look up the current groups of many keys at once, ahead of `current` and `is_open`."""

    def current(self, rule: RuleName, values: tuple[str, ...]) -> Group | None:
        """The current group of a rule and key; cost independent of the number of groups."""

    def is_open(self, ticket: TicketId) -> bool:
        """Whether a ticket is open; raises NotFound."""

    def open_group(
        self,
        rule: RuleName,
        values: tuple[str, ...],
        arrival: Arrival,
        primary: TicketId,
        *,
        at: datetime | None = None,
    ) -> Group:
        """A new current group with one item; the group that was current before stays as it is.

        `at` is the item's time as the rule's window measures it: its event time, else its receipt, if left out."""

    def join(
        self, group: Group, arrival: Arrival, level: Level, novelty: tuple[str, ...], *, at: datetime | None = None
    ) -> Group:
        """Count an item into a group: count, first, last, severity, recipients.

        For `comment` a repeat is stored and the first ticket's `duplicates` and `last_seen` follow; for `drop` only
        the rule's figures count. `at` as for `open_group`."""

    def add_link(self, link: Link, *, again: bool = False) -> LinkId:
        """Store a link (its `id` is ignored) of level child, link, note or suggest; `duplicates` follows.

        `join` has counted its item into its group. With `again` that is done here: it was counted out with
        another link, whose place this one takes."""

    def remove_link(self, link: LinkId) -> Link:
        """Take a link away; `duplicates` follows, and its item is counted out of its group. Raises NotFound."""

    def restore_link(self, link: Link) -> None:
        """Bring a removed link back with its id, exactly; its item is counted into its group again."""

    def check_link(self, link: LinkId, *, checked: bool) -> Link:
        """Tick off a potential link, or untick it."""

    def link(self, link: LinkId) -> Link:
        """One link; raises NotFound."""

    def links(self, ticket: TicketId) -> Sequence[Link]:
        """Links in which a ticket is the first or the other, by id."""

    def above(self, ticket: TicketId) -> Link | None:
        """The link of level child, link or note under which a ticket stands; None for the first ticket of a group."""

    def linked(self, primary: TicketId) -> Sequence[TicketId]:
        """The tickets linked under a first ticket by child, link or note, by id."""

    def repeats(self, ticket: TicketId, *, limit: int) -> Sequence[Repeat]:
        """Items merged into a ticket, the newest first."""

    def repeats_among(self, raws: Sequence[RawId]) -> frozenset[RawId]:
        """Those of these items that are merged into a ticket as repeats."""

    def split_repeat(self, raw: RawId) -> TicketId:
        """Take a merged item out of its ticket and group: counts and the group's first and last time follow.

        The item is pending again. Returns the ticket."""

    def merge_repeat(self, raw: RawId, ticket: TicketId) -> None:
        """Take a split back, exactly."""

    def set_apart(self, one: TicketId, other: TicketId, by: str, at: datetime, *, apart: bool) -> None:
        """Remember for good that two tickets are not the same (`apart`), or that they are."""

    def forget_pair(self, one: TicketId, other: TicketId) -> None:
        """Take such a memory back (undo only)."""

    def pairs_apart(self, tickets: Sequence[TicketId]) -> Sequence[tuple[TicketId, TicketId]]:
        """The pairs that people set apart in which one of these tickets is, lower id first, in order."""

    def memory(self, one: TicketId, other: TicketId) -> Memory | None:
        """What a person said about these two, in either order."""

    def close_all(self, tickets: Sequence[TicketId], verdict: Verdict) -> Sequence[tuple[TicketId, WorkState]]:
        """Close those that are open in one statement; returns each with its state before.

        5,000 in well under a second."""

    def restore_states(self, states: Sequence[tuple[TicketId, WorkState]]) -> None:
        """Write states back in bulk."""

    def figures(self) -> Sequence[RuleFigures]:
        """What each rule has done."""

    def merged(self, since: datetime, until: datetime) -> Mapping[RuleName, int]:
        """How many repeats each rule merged that were received at `since` or later and before `until`."""

    def judged(self, rule: RuleName, *, limit: int) -> Sequence[JudgedPair]:
        """The newest pairs of a rule: up to `limit` that people took apart, and as many that stand."""

    def count_dropped(self, rule: RuleName, number: int, at: datetime) -> None:
        """Count items that a drop rule dropped without a group; `join` counts those of a group."""


class CorrectionRepository(Protocol):
    """Corrections and confirmations: append-only."""

    def add(self, correction: Correction) -> CorrectionId:
        """Store a correction (its `id` is ignored)."""

    def set_undone(self, correction: CorrectionId, *, undone: bool) -> Correction:
        """Mark as taken back, or as valid again; raises NotFound."""

    def count_since(self, dataset: str, since: datetime, *, limit: int) -> int:
        """How many words of people on a dataset are newer and not taken back, counted up to a limit."""

    def all(self, dataset: str) -> Iterator[Correction]:
        """Corrections of a dataset by id, the undone ones included."""

    def of_ticket(self, ticket: TicketId) -> Sequence[Correction]:
        """Corrections of a ticket by id, the undone ones included."""

    def newest_of(self, model: ModelId, label: str, *, least: float, limit: int) -> Sequence[Correction]:
        """The newest decisions on what a version found to be `label` with a confidence of `least` or more.

        Of those in force, the newest id first, without their texts; what was held as strange is left out."""


class ModelRepository(Protocol):
    """Model versions; the files lie beside the database."""

    def add(self, model: Model) -> None:
        """Store a version that is not yet in force."""

    def activate(self, model: ModelId) -> None:
        """Put a version in force for its dataset, atomically; raises NotFound."""

    def set_shadow(self, model: ModelId, *, shadow: bool) -> None:
        """Put a version in the shadow or out of it; raises NotFound."""

    def set_suspended(self, model: ModelId, labels: Sequence[str]) -> None:
        """The labels of a version that are only suggested; raises NotFound."""

    def set_decision(self, model: ModelId, decision: str) -> None:
        """Why a version is in force or not; raises NotFound."""

    def active(self, dataset: str) -> Model | None:
        """The version in force."""

    def in_use(self) -> Sequence[Model]:
        """The versions in force and those in the shadow, of all datasets, the newest first."""

    def all(self, dataset: str | None) -> Sequence[Model]:
        """Versions, the newest first."""


class TokenRepository(Protocol):
    """Tokens of the local API, each by the hash of its text."""

    def add(self, token: Token, digest: bytes) -> None:
        """Store a new token; raises InvalidInput where the name is taken, also by a revoked one."""

    def revoke(self, name: TokenName, at: datetime) -> Token:
        """Revoke a token; one that is revoked stays as it is. Raises NotFound."""

    def all(self) -> Sequence[tuple[bytes, Token]]:
        """Every token with its digest, by name."""


class AuditRepository(Protocol):
    """The append-only, hash-chained log of executed commands."""

    def append(self, entry: AuditEntry) -> None:
        """Store an entry."""

    def last(self, writer: str) -> AuditEntry | None:
        """A writer's newest entry."""

    def latest_undoable(self, actor: str) -> AuditEntry | None:
        """The newest entry of this actor that has an inverse and was not taken back."""

    def mark_undone(self, writer: str, number: int) -> None:
        """Note that an entry was taken back."""

    def entries(self, ticket: TicketId | None, limit: int) -> Sequence[AuditEntry]:
        """Entries, the newest first."""

    def timeline(self, ticket: TicketId) -> Sequence[AuditEntry]:
        """Entries that touched a ticket, the oldest first."""
