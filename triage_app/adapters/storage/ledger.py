"""The ledger: raw items, what became of them, and the balance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, insert, literal_column, select, update

from triage_app.adapters.storage.compression import Packer
from triage_app.adapters.storage.tables import raw_contents, raw_items, sources
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import OUTCOME_CODES, OUTCOMES, plain, to_micros
from triage_app.domain.errors import InvalidState, NotFound
from triage_app.domain.item import Form, Outcome, RawId, RawItem
from triage_app.domain.ledger import Balance, ParkedItem
from triage_app.domain.ticket import TicketId
from triage_app.services.shapes import PendingItem, Place, StoredRaw

READER_CODE = "unreadable"
"""The code of an item that its reader could not use."""

MAX_REASON = 2_000
MAX_ORIGIN = 4_000

_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
_PENDING = OUTCOME_CODES[Outcome.PENDING]
_TICKETED = OUTCOME_CODES[Outcome.TICKETED]
_PARKED = OUTCOME_CODES[Outcome.PARKED]
_PACKER = Packer()

Identity = tuple[int, str, int, str]


class SqlLedger:
    """`LedgerRepository` on SQL."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, items: Sequence[RawItem], received_at: datetime) -> Sequence[RawId | None]:
        """Store items as pending, parked where `reason` is set; None for each that is known already."""
        if not items:
            return []
        keys = self._identities(items)
        known = self._known(keys)
        known |= self._recognised([(key, item) for key, item in zip(keys, items, strict=True) if key not in known])
        fresh: dict[Identity, RawItem] = {}
        for key, item in zip(keys, items, strict=True):
            if key not in known:
                fresh.setdefault(key, item)
        ids = dict(zip(fresh, self._tx.take_ids(raw_items, len(fresh)), strict=True))
        at = to_micros(received_at)
        self._tx.insert(raw_items, [_row(ids[key], key, item, at) for key, item in fresh.items()])
        self._tx.insert(raw_contents, [(ids[key], _PACKER.pack(item.content)) for key, item in fresh.items()])
        changes: Counter[tuple[int, str]] = Counter()
        for key, item in fresh.items():
            changes[key[0], "seen"] += 1
            changes[key[0], "parked" if item.reason else "pending"] += 1
        self._count(changes)
        # A second copy inside the batch is known as soon as the first is stored.
        return [RawId(ids.pop(key)) if key in ids else None for key in keys]

    def pending(self, limit: int, *, after: RawId | None = None, source: str = "") -> Sequence[PendingItem]:
        """Pending items by id, above `after`, with their content; of one source, if it is named."""
        wanted = _PENDING_PAGE.where(sources.c.name == plain(source)) if source else _PENDING_PAGE
        found = self._tx.all(wanted, {"after": after or 0, "limit": limit})
        return [_pending_item(each) for each in found]

    def replay(
        self, since: datetime | None, *, after: RawId | None, limit: int, most_bytes: int
    ) -> Sequence[PendingItem]:
        """Items that are not parked or dropped, by id, in pages of bounded size."""
        low = {"after": after or 0, "since": since or _ALWAYS}
        sizes = self._tx.all(_REPLAY_SIZES, {**low, "limit": limit})
        last, held = after or 0, 0
        for each in sizes:
            held += each.size
            if held > most_bytes and each is not sizes[0]:
                break
            last = each.id
        return [_pending_item(each) for each in self._tx.all(_REPLAY_PAGE, {**low, "last": last})]

    def still_pending(self, ids: Sequence[RawId]) -> frozenset[RawId]:
        """Those of these items that are pending."""
        return frozenset(raw for raw, (_, outcome) in self._states(ids).items() if outcome == _PENDING)

    def settle(self, outcomes: Mapping[RawId, tuple[Outcome, TicketId | None]], at: datetime) -> None:
        """Set the outcome of items that are pending; raises InvalidState, writing nothing, where one is not."""
        states = self._states(list(outcomes))
        _demand(outcomes, states, {_PENDING}, "pending")
        self._change({raw: (states[raw], OUTCOME_CODES[outcome]) for raw, (outcome, _) in outcomes.items()})
        now = to_micros(at)
        rows = [(OUTCOME_CODES[outcome], ticket, now, raw) for raw, (outcome, ticket) in outcomes.items()]
        self._tx.update(raw_items, ("outcome", "ticket_id", "settled_at"), rows)

    def park(self, reasons: Mapping[RawId, tuple[str, str]], at: datetime) -> None:
        """Park pending or parked items with (code, reason), counting an attempt; InvalidState for a settled one."""
        states = self._states(list(reasons))
        _demand(reasons, states, {_PENDING, _PARKED}, "pending")
        self._change({raw: (states[raw], _PARKED) for raw in reasons})
        if reasons:
            self._tx.run(
                _PARK,
                [
                    {"raw": raw, "why": plain(reason)[:MAX_REASON], "name": plain(code), "at": at}
                    for raw, (code, reason) in reasons.items()
                ],
            )

    def dismiss(self, raw: RawId, at: datetime) -> ParkedItem:
        """Settle a parked item as dropped; raises NotFound where it is not parked."""
        item = self._parked_item(raw)
        states = self._states([raw])
        dropped = OUTCOME_CODES[Outcome.DROPPED]
        self._change({raw: (states[raw], dropped)})
        self._tx.run(update(raw_items).where(raw_items.c.id == raw).values(outcome=dropped, settled_at=at))
        return item

    def restore_parked(self, item: ParkedItem) -> None:
        """Take a dismissal back: the item is parked as before. Raises NotFound where it is not dropped."""
        states = self._states([item.id])
        if item.id not in states or OUTCOMES[states[item.id][1]] is not Outcome.DROPPED:
            raise NotFound(f"Item {item.id} is not dismissed, so there is nothing to take back.")
        self._change({item.id: (states[item.id], _PARKED)})
        self._tx.run(
            update(raw_items)
            .where(raw_items.c.id == item.id)
            .values(outcome=_PARKED, settled_at=None, code=item.code, reason=item.reason, attempts=item.attempts)
        )

    def unpark(self, raw: RawId | None) -> int:
        """Make one parked item, or all of them, pending again. Raises NotFound for one that is not parked."""
        wanted = raw_items.c.outcome == literal_column(str(_PARKED))
        if raw is not None:
            self._parked_item(raw)
            wanted = and_(wanted, raw_items.c.id == raw)
        per_source = self._tx.all(
            select(raw_items.c.source_id, func.count()).where(wanted).group_by(raw_items.c.source_id)
        )
        changes: Counter[tuple[int, str]] = Counter()
        for source, number in per_source:
            changes[source, "parked"] -= number
            changes[source, "pending"] += number
        self._count(changes)
        return self._tx.run(update(raw_items).where(wanted).values(outcome=_PENDING, settled_at=None))

    def put(self, raw: RawId, outcome: Outcome, ticket: TicketId | None, settled_at: datetime | None) -> None:
        """Give an item this outcome, whatever it had before; raises NotFound."""
        states = self._states([raw])
        if raw not in states:
            raise _no_item(raw)
        code = OUTCOME_CODES[outcome]
        self._change({raw: (states[raw], code)})
        changes = {"outcome": code, "ticket_id": ticket, "settled_at": settled_at}
        self._tx.run(update(raw_items).where(raw_items.c.id == raw).values(changes))

    def take_back(self, raw: RawId) -> None:
        """An item that became a ticket counts as dropped; it was settled when it was. Raises NotFound."""
        found = self._tx.first(select(raw_items.c.settled_at).where(raw_items.c.id == raw))
        self.put(raw, Outcome.DROPPED, None, None if found is None else found.settled_at)

    def discard(self, raw: Sequence[RawId]) -> None:
        """Forget the content of items that a drop rule dropped: only the ledger's row stays."""
        if raw:
            among = self._tx.dialect.among(raw_contents.c.raw_id, "ids")
            self._tx.run(delete(raw_contents).where(among), {"ids": self._tx.dialect.many(raw)})

    def get(self, raw: RawId) -> StoredRaw:
        """One item with content; raises NotFound, also for one whose content a rule dropped."""
        found = self._tx.first(_STORED.where(raw_items.c.id == raw))
        if found is None:
            if self._states([raw]):
                raise NotFound(f"Item {raw} was dropped by a rule of de-duplication, so its content was not kept.")
            raise _no_item(raw)
        return _stored_raw(found)

    def place(self, raw: RawId) -> Place:
        """Where an item lay when it was taken in; raises NotFound."""
        wanted = select(sources.c.name, raw_items.c.folder, raw_items.c.uid_validity, raw_items.c.uid)
        found = self._tx.first(
            wanted.join_from(raw_items, sources, raw_items.c.source_id == sources.c.id).where(raw_items.c.id == raw)
        )
        if found is None:
            raise _no_item(raw)
        return Place(*found)

    def of_ticket(self, ticket: TicketId) -> Sequence[StoredRaw]:
        """The items that became a ticket, the first first; those merged into it are listed by its repeats."""
        own = and_(raw_items.c.ticket_id == ticket, raw_items.c.outcome == literal_column(str(_TICKETED)))
        found = self._tx.all(_STORED.where(own).order_by(raw_items.c.id))
        return [_stored_raw(each) for each in found]

    def balance(self) -> Sequence[Balance]:
        """One balance for each source, by name."""
        found = self._tx.all(select(sources).order_by(sources.c.name))
        return [
            Balance(each.name, each.seen, each.ticketed, each.merged, each.dropped, each.parked, each.pending)
            for each in found
        ]

    def parked(self) -> Sequence[ParkedItem]:
        """Parked items, the oldest first."""
        found = self._tx.all(_PARKED_ITEMS.order_by(raw_items.c.id))
        return [_parked_item(each) for each in found]

    def _parked_item(self, raw: RawId) -> ParkedItem:
        found = self._tx.first(_PARKED_ITEMS.where(raw_items.c.id == raw))
        if found is None:
            raise NotFound(f"Item {raw} is not parked. List the parked items to see which are.")
        return _parked_item(found)

    def _identities(self, items: Sequence[RawItem]) -> list[Identity]:
        ids = {name: source_id(self._tx, name) for name in {plain(each.source) for each in items}}
        return [(ids[plain(each.source)], plain(each.folder), each.uid_validity, plain(each.uid)) for each in items]

    def _known(self, keys: Sequence[Identity]) -> set[Identity]:
        groups: dict[tuple[int, str, int], list[str]] = {}
        for source, folder, validity, uid in keys:
            groups.setdefault((source, folder, validity), []).append(uid)
        wanted = select(raw_items.c.uid).where(
            raw_items.c.source_id == bindparam("source"),
            raw_items.c.folder == bindparam("folder"),
            raw_items.c.uid_validity == bindparam("validity"),
            self._tx.dialect.among(raw_items.c.uid, "uids"),
        )
        found: set[Identity] = set()
        for (source, folder, validity), uids in groups.items():
            values = {"source": source, "folder": folder, "validity": validity, "uids": self._tx.dialect.many(uids)}
            rows = self._tx.all(wanted, values)
            found.update((source, folder, validity, uid) for (uid,) in rows)
        return found

    def _recognised(self, wanted: Sequence[tuple[Identity, RawItem]]) -> set[Identity]:
        """Those of unknown items that lay in the same folder under an earlier uid_validity: they get their new uid.

        Each item held stands for one that came, so that two equal mails stay two.
        """
        mails = {key: bytes.fromhex(item.sha256) for key, item in wanted if item.uid_validity > 0}
        if not mails:
            return set()
        held: dict[tuple[int, str, bytes], list[tuple[int, int]]] = {}
        for row in self._tx.all(_SAME_CONTENT, {"digests": list(set(mails.values()))}):
            same = (row.source_id, row.folder, bytes(row.sha256))
            held.setdefault(same, []).append((row.id, row.uid_validity))
        found = set()
        for key, digest in mails.items():
            source, folder, validity, uid = key
            earlier = held.get((source, folder, digest), [])
            match = next((each for each in earlier if each[1] != validity), None)
            if match is not None:
                earlier.remove(match)
                self._tx.run(update(raw_items).where(raw_items.c.id == match[0]).values(uid_validity=validity, uid=uid))
                found.add(key)
        return found

    def _states(self, ids: Sequence[RawId]) -> dict[RawId, tuple[int, int]]:
        """Source and outcome code of items, without those that do not exist."""
        wanted = select(raw_items.c.id, raw_items.c.source_id, raw_items.c.outcome).where(
            self._tx.dialect.among(raw_items.c.id, "ids")
        )
        rows = self._tx.all(wanted, {"ids": self._tx.dialect.many(ids)})
        return {RawId(raw): (source, outcome) for raw, source, outcome in rows}

    def _change(self, steps: Mapping[RawId, tuple[tuple[int, int], int]]) -> None:
        """Move items from one outcome to another in the balance: ((source, old code), new code)."""
        changes: Counter[tuple[int, str]] = Counter()
        for (source, old), new in steps.values():
            changes[source, OUTCOMES[old].value] -= 1
            changes[source, OUTCOMES[new].value] += 1
        self._count(changes)

    def _count(self, changes: Counter[tuple[int, str]]) -> None:
        for (source, name), number in changes.items():
            if number:
                counted = sources.c[name]
                self._tx.run(update(sources).where(sources.c.id == source).values({counted: counted + number}))


def _no_item(raw: RawId) -> NotFound:
    return NotFound(f"There is no item {raw} in this workspace.")


def source_id(tx: Transaction, name: str) -> int:
    """The number of a source, given when it is first met; `name` must be plain."""
    found = tx.writer.sources.get(name)
    if found is None:
        row = tx.first(select(sources.c.id).where(sources.c.name == name))
        found = tx.take_ids(sources, 1)[0] if row is None else int(row.id)
        if row is None:
            tx.run(insert(sources).values(id=found, name=name))
        tx.writer.sources[name] = found
    return found


def _row(raw: int, key: Identity, item: RawItem, at: int) -> tuple[Any, ...]:
    """In the order of the columns of `raw_items`."""
    source, folder, validity, uid = key
    parked = bool(item.reason)
    return (
        raw,
        source,
        folder,
        validity,
        uid,
        _PARKED if parked else _PENDING,
        None,
        item.form.value,
        bytes.fromhex(item.sha256),
        len(item.content),
        plain(item.origin[:MAX_ORIGIN]),
        at,
        at if parked else None,
        1 if parked else 0,
        READER_CODE if parked else "",
        plain(item.reason)[:MAX_REASON],
    )


def _demand(
    wanted: Mapping[RawId, object], states: Mapping[RawId, tuple[int, int]], allowed: set[int], word: str
) -> None:
    for raw in wanted:
        if raw not in states:
            raise _no_item(raw)
        if states[raw][1] not in allowed:
            raise InvalidState(f"Item {raw} is {OUTCOMES[states[raw][1]].value}, not {word}: somebody was faster.")


_STORED = (
    select(
        raw_items.c.id,
        sources.c.name,
        raw_items.c.form,
        raw_items.c.origin,
        raw_contents.c.content,
        raw_items.c.received_at,
        raw_items.c.outcome,
    )
    .join_from(raw_items, sources, raw_items.c.source_id == sources.c.id)
    .join(raw_contents, raw_contents.c.raw_id == raw_items.c.id)
)

_SAME_CONTENT = (
    select(raw_items.c.id, raw_items.c.source_id, raw_items.c.folder, raw_items.c.uid_validity, raw_items.c.sha256)
    .where(raw_items.c.sha256.in_(bindparam("digests", expanding=True)), raw_items.c.uid_validity > literal_column("0"))
    .order_by(raw_items.c.id)
)

# Numbers that choose a partial index are written out: a bound one would not be seen to imply the index.
_PENDING_PAGE = (
    select(
        raw_items.c.id,
        sources.c.name,
        raw_items.c.form,
        raw_contents.c.content,
        raw_items.c.received_at,
        raw_items.c.reason,
    )
    .join_from(raw_items, sources, raw_items.c.source_id == sources.c.id)
    .join(raw_contents, raw_contents.c.raw_id == raw_items.c.id)
    .where(raw_items.c.outcome == literal_column(str(_PENDING)), raw_items.c.id > bindparam("after"))
    .order_by(raw_items.c.id)
    .limit(bindparam("limit"))
)

_REPLAYED = and_(
    raw_items.c.outcome.in_([OUTCOME_CODES[each] for each in (Outcome.PENDING, Outcome.TICKETED, Outcome.MERGED)]),
    raw_items.c.id > bindparam("after"),
    raw_items.c.received_at >= bindparam("since"),
)

_REPLAY_SIZES = (
    select(raw_items.c.id, raw_items.c.size).where(_REPLAYED).order_by(raw_items.c.id).limit(bindparam("limit"))
)

_REPLAY_PAGE = (
    select(
        raw_items.c.id,
        sources.c.name,
        raw_items.c.form,
        raw_contents.c.content,
        raw_items.c.received_at,
        raw_items.c.reason,
    )
    .join_from(raw_items, sources, raw_items.c.source_id == sources.c.id)
    .join(raw_contents, raw_contents.c.raw_id == raw_items.c.id)
    .where(_REPLAYED, raw_items.c.id <= bindparam("last"))
    .order_by(raw_items.c.id)
)

_PARKED_ITEMS = (
    select(
        raw_items.c.id,
        sources.c.name,
        raw_items.c.origin,
        raw_items.c.size,
        raw_items.c.received_at,
        raw_items.c.code,
        raw_items.c.reason,
        raw_items.c.attempts,
    )
    .join_from(raw_items, sources, raw_items.c.source_id == sources.c.id)
    .where(raw_items.c.outcome == literal_column(str(_PARKED)))
)

_PARK = (
    update(raw_items)
    .where(raw_items.c.id == bindparam("raw"))
    .values(
        outcome=_PARKED,
        code=bindparam("name"),
        reason=bindparam("why"),
        settled_at=bindparam("at"),
        attempts=raw_items.c.attempts + 1,
    )
)


def _pending_item(row: Row[*tuple[Any, ...]]) -> PendingItem:
    return PendingItem(
        RawId(row.id), row.name, Form(row.form), _PACKER.unpack(row.content), row.received_at, row.reason
    )


def _stored_raw(row: Row[*tuple[Any, ...]]) -> StoredRaw:
    return StoredRaw(
        RawId(row.id),
        row.name,
        Form(row.form),
        row.origin,
        _PACKER.unpack(row.content),
        row.received_at,
        OUTCOMES[row.outcome],
    )


def _parked_item(row: Row[*tuple[Any, ...]]) -> ParkedItem:
    return ParkedItem(
        RawId(row.id), row.name, row.origin, row.size, row.received_at, row.code, row.reason, row.attempts
    )
