"""What the storage's tests put in."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from triage_app.adapters.storage.group_tables import dedup_groups, dedup_links, dedup_repeats
from triage_app.adapters.storage.queue import lane_of
from triage_app.adapters.storage.tables import Lane, queue_counts, raw_items, tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.adapters.storage.values import OUTCOMES
from triage_app.domain.dedup import Arrival, Level, LinkId, RuleName
from triage_app.domain.item import Form, Outcome, RawId, RawItem, digest
from triage_app.domain.labels import ModelId, Prediction, Reason, Score, Tier
from triage_app.domain.observable import Observable, ObservableKind, Sighting
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait, TraitKind
from triage_app.domain.query import And, Node, Phrase
from triage_app.domain.query_values import MIN_PREFIX, is_searchable
from triage_app.domain.ticket import Severity, Status, TicketId, Verdict, WorkState
from triage_app.services.dedup_shapes import Link
from triage_app.services.shapes import Analysis, NewTicket, TicketFilter

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
DOMAIN = Observable(ObservableKind.DOMAIN, "evil.example.org")
ADDRESS = Observable(ObservableKind.IPV4, "10.0.0.1")


def raw_item(content: bytes, *, source: str = "files", uid: str = "", reason: str = "") -> RawItem:
    """A raw item whose uid is its content's digest, unless given."""
    sha256 = digest(content)
    return RawItem(source, "", 0, uid or sha256, Form.MAIL, content, sha256, "box/1.eml", reason)


def prediction(label: str = "Phishing", tier: Tier = Tier.MODEL) -> Prediction:
    return Prediction(
        "category",
        label,
        0.91,
        tier,
        ModelId("m1"),
        (Score(label, 0.91), Score("Spam", 0.09)),
        (Reason("urgent", 1.5),),
    )


def pattern(number: int) -> Pattern:
    """One of seven, of which one is none."""
    return Pattern(f"subject <num> of kind {number % 7}", "") if number % 7 else NO_PATTERN


def new_ticket(raw: RawId, number: int = 0, *, tier: str = "model", text: str = "") -> NewTicket:
    analysis = Analysis(
        subject=f"Subject {number}",
        sender=f"Bob <bob{number % 3}@example.org>",
        event_at=NOW,
        severity=Severity(number % 5),
        form=Form.MAIL,
        attachments=number % 2,
        search_text=text or f"please read case{number} now",
        sightings=(Sighting(DOMAIN, "subject"), Sighting(ADDRESS, "text"), Sighting(DOMAIN, "text")),
        own=frozenset({ADDRESS}),
        predictions=(prediction(),),
        pattern=pattern(number),
        traits=(Trait(TraitKind.SENDER_DOMAIN, "example.org"), Trait(TraitKind.RULE, f"rule {number % 4}")),
        record=b"words %d" % number,
    )
    return NewTicket(raw, "files", NOW, analysis, ("Phishing", "Spam", "Malware")[number % 3], number % 4 / 4, tier)


def add_tickets(storage: SqlStorage, count: int, *, text: str = "", tier: str = "model") -> Sequence[TicketId]:
    """Store that many tickets, each with its raw item, as intake does."""
    with storage.write() as uow:
        seen = sum(each.seen for each in uow.ledger.balance())
        raws = [raw for raw in uow.ledger.add([raw_item(b"item %d" % (seen + n)) for n in range(count)], NOW) if raw]
        ids = uow.tickets.add([new_ticket(raw, n, text=text, tier=tier) for n, raw in enumerate(raws)])
        uow.ledger.settle({raw: (Outcome.TICKETED, each) for raw, each in zip(raws, ids, strict=True)}, NOW)
    return ids


def state(**changes: object) -> WorkState:
    """An open, unreviewed, unassigned state, with changes."""
    plain = WorkState(Status.NEW, None, "", "Phishing", 0.5, "model", False)
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


def closed(**changes: object) -> WorkState:
    return state(status=Status.RESOLVED, verdict=Verdict.BENIGN_POSITIVE, **changes)


def plain_words(text: str) -> Node:
    """Words that a ticket must all have, the last one also as a beginning of three letters or more."""
    words = [each for each in text[:2_000].split() if is_searchable(each)][:32]
    last = len(words) - 1
    is_long = bool(words) and len(re.findall(r"[^\W_]+", words[-1])[-1]) >= MIN_PREFIX
    return And(tuple(Phrase(each, prefix=place == last and is_long) for place, each in enumerate(words)))


def which(
    view: str = "all", words: str | Node = "", sort: str = "age", *, descending: bool = False, actor: str = "ana"
) -> TicketFilter:
    query = plain_words(words) if isinstance(words, str) else words
    return TicketFilter(view, query, sort, descending, actor)


# -- duplicates ---------------------------------------------------------------------------------------

RULE = RuleName("repeats")
KEY = ("login failed", "host-1")


def arrival(raw: RawId, seconds: int = 0, **changes: object) -> Arrival:
    """An item of that time, with changes."""
    at = NOW + timedelta(seconds=seconds)
    plain = Arrival(raw, at, at, Severity.LOW, ())
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


def add_raws(uow: SqlUnitOfWork, count: int) -> list[RawId]:
    """Items that no test has added before."""
    seen = sum(each.seen for each in uow.ledger.balance())
    added = uow.ledger.add([raw_item(b"item %d" % (seen + n)) for n in range(count)], NOW)
    return [raw for raw in added if raw]


def take(uow: SqlUnitOfWork, raw: RawId, seconds: int = 0, key: tuple[str, ...] = KEY) -> TicketId:
    """Merge an item into its key's group, or make it the first ticket of a new one."""
    item = arrival(raw, seconds)
    group = uow.duplicates.current(RULE, key)
    if group is None:
        (ticket,) = uow.tickets.add([new_ticket(raw)])
        uow.duplicates.open_group(RULE, key, item, ticket)
        outcome = Outcome.TICKETED
    else:
        uow.duplicates.join(group, item, Level.COMMENT, ())
        ticket, outcome = group.primary, Outcome.MERGED
    uow.ledger.settle({raw: (outcome, ticket)}, NOW)
    return ticket


def merge_into_one(storage: SqlStorage, count: int, key: tuple[str, ...] = KEY) -> tuple[TicketId, list[RawId]]:
    """A ticket with `count - 1` repeats, a second apart; returns it and the items."""
    with storage.write() as uow:
        raws = add_raws(uow, count)
        tickets = {take(uow, raw, number, key) for number, raw in enumerate(raws)}
    (ticket,) = tickets
    return ticket, raws


def link(primary: TicketId, other: TicketId, level: Level = Level.LINK, **changes: object) -> Link:
    plain = Link(LinkId(0), primary, other, level, "ana", None, NOW, checked=False, reasons=("same host",), novelty=())
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


def check_totals(uow: SqlUnitOfWork) -> None:
    """What is counted equals what can be counted: duplicates, times, lanes, views, balance and figures."""
    tx = uow.transaction
    merged = dedup_repeats.c.split_settled_at.is_(None)
    repeats: Counter[int] = Counter()
    newest: dict[int, datetime] = {}
    for row in tx.all(select(dedup_repeats).where(merged)):
        repeats[row.ticket_id] += 1
        newest[row.ticket_id] = max(newest.get(row.ticket_id, row.received_at), row.received_at)
    counted = dedup_links.c.level.in_(["child", "link", "note"])
    linked = Counter(row.primary_id for row in tx.all(select(dedup_links).where(~dedup_links.c.removed, counted)))
    lanes: Counter[tuple[int, str]] = Counter()
    for row in tx.all(select(tickets)):
        lanes[row.lane, row.assignee] += 1
        if row.lane == Lane.WITHDRAWN:
            continue
        assert row.duplicates == repeats[row.id] + linked[row.id], row
        assert row.last_seen == max(row.received_at, newest.get(row.id, row.received_at)), row
        assert row.lane == lane_of(status=row.status, reviewed=row.reviewed, tier=row.tier, duplicates=row.duplicates)
    assert {(row.lane, row.assignee): row.tickets for row in tx.all(select(queue_counts)) if row.tickets} == lanes
    assert all(each.difference == 0 for each in uow.ledger.balance())
    outcomes = Counter(OUTCOMES[row.outcome].value for row in tx.all(select(raw_items.c.outcome)))
    for name, number in outcomes.items():
        assert sum(getattr(each, name) for each in uow.ledger.balance()) == number
    check_groups(uow)
    figures = uow.duplicates.figures()
    assert sum(each.saved - each.dropped for each in figures) == repeats.total()


def check_groups(uow: SqlUnitOfWork) -> None:
    """Groups count their items, and begin and end with them; what was dropped is among what nobody can take out."""
    tx = uow.transaction
    times: dict[int, list[datetime]] = {}
    for row in tx.all(select(dedup_repeats).where(dedup_repeats.c.split_settled_at.is_(None))):
        times.setdefault(row.group_id, []).append(row.at)
    for row in tx.all(select(dedup_links).where(~dedup_links.c.removed, dedup_links.c.group_id.is_not(None))):
        times.setdefault(row.group_id, []).append(row.item_at)
    more = 0
    for row in tx.all(select(dedup_groups)):
        found = times.get(row.id, [])
        more += row.items - 1 - len(found)
        assert row.first_at == min([row.kept_first_at, *found]), row
        assert row.last_at == max([row.kept_last_at, *found]), row
    assert more == sum(each.dropped for each in uow.duplicates.figures())
