"""Similar tickets: candidates from the indexes of rare words, observables, traits and patterns, compared and explained.

Nothing is scanned: a query reads the newest tickets of its rarest features, whatever the size of the history.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from triage_app.domain.allowing import AllowList, telling
from triage_app.domain.errors import InvalidInput
from triage_app.domain.extract import extract
from triage_app.domain.observable import Observable, OwnNames
from triage_app.domain.parsing import parse
from triage_app.domain.pattern import NO_PATTERN, Pattern, Trait, pattern_of, traits_of
from triage_app.domain.query_times import span_of
from triage_app.domain.similarity import FEW, Common, Comparing, Likeness, Seen, Subject, inverse_frequency
from triage_app.domain.terms import hash_of, read_record, record_of, spelled, words_of
from triage_app.domain.ticket import Status, TicketId, TicketRow
from triage_app.domain.why_similar import may_be_url_hosts, url_hosts, why_similar
from triage_app.services.analysis import searched_text
from triage_app.services.context import Context
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.search_queries import GetSimilar, Parts, SimilarList, SimilarTicket
from triage_app.services.search_shapes import Carried, SimilarCount
from triage_app.services.timeline import PROGRAM

TERMS = 24
"""The rarest words of a ticket, by whose tickets candidates are found."""

NEWEST = 300
"""Of each word, observable, trait and pattern so many tickets are looked at, the newest."""

KEPT = 200
"""Candidates that are compared."""

MOST_WORDS = 600
"""Different words of a text that are looked up."""

MOST_OBSERVABLES = 100
"""Observables of a ticket that count."""

MOST_READ = 200_000
"""Characters of a text in which observables are looked for."""

MAX_LIMIT = 200

LEAST = 0.05
"""Below this score nothing is shown."""

_SUBJECT_COUNTS = 2.0
_PATTERN_COUNTS = 2.0
_TRAIT_COUNTS = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: a ticket, or a text; the words by which its candidates are found, the text itself, and the
    hosts that it links to.
    """

    subject: Subject
    carried: Sequence[Carried]
    head: Mapping[str, None]
    words: Mapping[str, None]
    ticket: TicketId | None
    text: str
    hosts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A similar ticket before it is shown: the ticket itself, how alike and by what, whether the queue counts it, and
    the ticket of its group that was compared.
    """

    ticket: TicketId
    likeness: Likeness
    common: Callable[[], Common]
    at: datetime
    strong: bool
    compared: TicketId


def get_similar(query: GetSimilar, uow: UnitOfWork, ports: Ports, context: Context) -> SimilarList:
    """What is like a ticket or a text, and why."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInput(f"limit must be from 1 to {MAX_LIMIT}; it is {query.limit}.")
    if query.status not in {"", "open", "past"}:
        raise InvalidInput(f"status is open or past, not {query.status!r}.")
    since = _since(query.since, ports, context)
    asked = _asked(query, uow, ports, context)
    hits = similar_to(asked, uow, ports, context)
    rows: dict[TicketId, TicketRow] = {}
    wanted: list[Hit] = []
    for start in range(0, len(hits), query.limit):
        some = hits[start : start + query.limit]
        rows |= {row.id: row for row in uow.tickets.rows([each.ticket for each in some])}
        wanted += [each for each in some if each.ticket in rows and _is_wanted(query, since, rows[each.ticket])]
        if len(wanted) >= query.limit:
            break
    wanted = wanted[: query.limit]
    reasons = _reasons(asked, wanted, uow)
    counts = SimilarCount(0, 0)
    if asked.ticket is not None:
        counts = uow.similar.counts([asked.ticket], is_telling(ports)).get(asked.ticket, counts)
    notes = uow.similar.last_notes([each.ticket for each in wanted], besides=PROGRAM)
    return SimilarList(
        tuple(
            _shown(each, why, rows[each.ticket], notes.get(each.ticket, ""), asked.subject.at)
            for each, why in zip(wanted, reasons, strict=True)
        ),
        counts.open,
        counts.past,
    )


def similar_to(asked: Asked, uow: UnitOfWork, ports: Ports, context: Context) -> Sequence[Hit]:
    """Tickets that are alike, the most alike first, at most `KEPT`. Merged ones appear as the first of their group."""
    number = max(2, uow.similar.newest())
    frequencies = uow.similar.frequencies(list(asked.words)[:MOST_WORDS])
    found = _candidates(asked, uow, frequencies, number)
    context.cancel.check()
    compare = Comparing(asked.subject, {hash_of(each): count for each, count in frequencies.items()}, number)
    others = _compared(asked, uow, found)
    survivors = uow.similar.survivors([*others, *((asked.ticket,) if asked.ticket else ())])
    own = {asked.ticket, survivors.get(asked.ticket)} if asked.ticket else set()
    best: dict[TicketId, Hit] = {}
    for ticket, other in others.items():
        first = survivors[ticket]
        if first in own:
            continue
        likeness = compare.with_(other)
        strong = _is_strong(asked.subject, other)
        hit = Hit(first, likeness, partial(compare.common, other), other.at, strong, ticket)
        known = best.get(first)
        if known is None:
            best[first] = hit
        else:
            # Of a group that one is told that is the most alike; it counts where any of it does.
            closer = hit if known.likeness.score < likeness.score else known
            best[first] = replace(closer, strong=hit.strong or known.strong)
    ranked = sorted(best.values(), key=lambda each: (-each.likeness.score, -each.ticket))
    return [each for each in ranked if each.likeness.score >= LEAST or each.strong]


def asked_of_ticket(ticket: TicketId, uow: UnitOfWork, ports: Ports) -> Asked:
    """What to look for, of a ticket; its words are read again from its item. Raises NotFound."""
    row = uow.tickets.row(ticket)
    raws = uow.ledger.of_ticket(ticket)
    head, text, pattern, traits = row.subject, "", None, {}
    if raws:
        parsed = parse(raws[0].content, raws[0].form, near=raws[0].received_at, mappings=ports.mappings.load())
        head, text = parsed.subject, searched_text(parsed)
        pattern, traits = pattern_of(parsed), dict.fromkeys(traits_of(parsed), 1)
    traits |= dict(uow.similar.traits([ticket]).get(ticket, ()))
    known, followed = uow.similar.patterns([ticket]).get(ticket, (pattern or NO_PATTERN, 1))
    carried = uow.similar.carried([ticket]).get(ticket, ())
    return _of(head, text, (known, followed), traits, carried, _happened(row), ports, ticket)


def asked_of_text(text: str, uow: UnitOfWork, ports: Ports, at: datetime) -> Asked:
    """What to look for, of a text."""
    if not text.strip():
        raise InvalidInput("There is no text to look for. Give some, or the id of a ticket.")
    found = extract(text[:MOST_READ], limit=MOST_OBSERVABLES)
    asked = _of("", text, (NO_PATTERN, 1), {}, uow.similar.find_observables(found), at, ports, None)
    # Nobody may have seen its links before, but their hosts.
    return replace(asked, hosts=url_hosts(found))


def _compared(asked: Asked, uow: UnitOfWork, ids: Sequence[TicketId]) -> Mapping[TicketId, Subject]:
    """Stored tickets as they are compared with the one that was asked about, in the order given: of what they have only
    what both have is read.
    """
    known = {
        each.id: asked.subject.seen[each.observable] for each in asked.carried if each.observable in asked.subject.seen
    }
    subject = asked.subject
    pattern = uow.similar.pattern_id(subject.pattern) if subject.pattern != NO_PATTERN else 0
    found = uow.similar.shared(ids, observables=list(known), traits=list(subject.traits))
    return {
        ticket: Subject(
            read_record(each.record),
            {
                known[number].observable: Seen(known[number].observable, known[number].tickets, where)
                for number, where in each.observables.items()
            },
            {trait: subject.traits[trait] for trait in each.traits},
            subject.pattern if pattern and each.pattern == pattern else NO_PATTERN,
            subject.pattern_tickets,
            each.at,
            each.carried - len(each.observables),
        )
        for ticket, each in found.items()
    }


def _reasons(asked: Asked, hits: Sequence[Hit], uow: UnitOfWork) -> Sequence[tuple[str, ...]]:
    """Why, for each hit. What else a hit has is read only where it tells what both link to."""
    commons = [each.common() for each in hits]
    linking = [hit.compared for hit, common in zip(hits, commons, strict=True) if may_be_url_hosts(common, asked.hosts)]
    carried = uow.similar.carried(linking) if linking else {}
    words = spelled(asked.text, {number for common in commons for number in common.words})
    return [
        why_similar(
            common,
            spelled=words,
            hosts=asked.hosts & url_hosts(each.observable for each in carried.get(hit.compared, ())),
            apart=abs(hit.at - asked.subject.at) if asked.ticket is not None else None,
        )
        for hit, common in zip(hits, commons, strict=True)
    ]


def is_telling(ports: Ports) -> Callable[[Observable], bool]:
    """Whether an observable may tell something, by the settings as they are."""
    own = OwnNames.of(ports.settings.own_domains, ports.settings.own_addresses)
    allowed = AllowList.of(ports.settings.allowed)
    return lambda observable: telling(own, allowed, observable)


def resolution_note(uow: UnitOfWork, ticket: TicketId) -> str:
    """How a ticket was resolved: the newest note of a person; empty where nobody wrote one."""
    return next((note.text for note in reversed(uow.tickets.notes(ticket)) if note.who != PROGRAM), "")


def parts_of(likeness: Likeness) -> Parts:
    """The parts of a likeness as they are answered."""
    return Parts(
        round(likeness.observables, 4), round(likeness.text, 4), round(likeness.fields, 4), round(likeness.time, 4)
    )


def _asked(query: GetSimilar, uow: UnitOfWork, ports: Ports, context: Context) -> Asked:
    what = query.what.strip().removeprefix("#")
    if what == "-":
        return asked_of_text(query.text or "", uow, ports, context.now)
    if query.text is not None:
        raise InvalidInput(f"Name a ticket or give a text, not both: {query.what!r} and a text were given.")
    if not what.isdecimal() or len(what) > 18:
        raise InvalidInput(f"{query.what!r} is no ticket's id. Give a number, or - and a text.")
    return asked_of_ticket(TicketId(int(what)), uow, ports)


def _of(
    head: str,
    text: str,
    pattern: tuple[Pattern, int],
    traits: Mapping[Trait, int],
    carried: Sequence[Carried],
    at: datetime,
    ports: Ports,
    ticket: TicketId | None,
) -> Asked:
    kept = carried[:MOST_OBSERVABLES]
    subject = Subject(read_record(record_of(head, text)), _seen(kept, is_telling(ports)), traits, *pattern, at)
    first = words_of(head)
    return Asked(subject, kept, first, {**first, **words_of(text)}, ticket, f"{head}\n{text}", url_hosts(subject.seen))


def _seen(carried: Iterable[Carried], tells: Callable[[Observable], bool]) -> dict[Observable, Seen]:
    return {
        each.observable: Seen(each.observable, each.tickets, each.where)
        for each in carried
        if not each.own and not each.ignored and tells(each.observable)
    }


def _candidates(asked: Asked, uow: UnitOfWork, frequencies: Mapping[str, int], number: int) -> list[TicketId]:
    """Tickets that share something rare, by votes that weigh as much as what they share is rare."""
    votes: defaultdict[TicketId, float] = defaultdict(float)

    def vote(tickets: Iterable[TicketId], weight: float) -> None:
        for each in tickets:
            votes[each] += weight

    weights = {
        each: inverse_frequency(number, count) * (_SUBJECT_COUNTS if each in asked.head else 1.0)
        for each, count in frequencies.items()
        if count > (1 if asked.ticket else 0)
    }
    rare = heapq.nlargest(TERMS, weights, key=lambda each: (weights[each], each))
    for word, tickets in uow.similar.with_terms(rare, limit=NEWEST).items():
        vote(tickets, weights[word] * inverse_frequency(number, frequencies[word]))
    rarest = sorted((each for each in asked.carried if each.observable in asked.subject.seen), key=lambda e: e.tickets)
    numbers = {each.id: each.tickets for each in rarest[:TERMS] if each.tickets > (1 if asked.ticket else 0)}
    for which, tickets in uow.similar.with_observables(list(numbers), limit=NEWEST).items():
        vote(tickets, inverse_frequency(number, numbers[which]) ** 2)
    if asked.subject.pattern != NO_PATTERN and asked.subject.pattern_tickets > 1:
        idf = inverse_frequency(number, asked.subject.pattern_tickets)
        vote(uow.similar.with_pattern(asked.subject.pattern, limit=NEWEST), _PATTERN_COUNTS * idf * idf)
    for trait, tickets in uow.similar.with_traits(list(asked.subject.traits), limit=NEWEST).items():
        vote(tickets, _TRAIT_COUNTS * inverse_frequency(number, asked.subject.traits[trait]) ** 2)
    if asked.ticket is not None:
        votes.pop(asked.ticket, None)
    # Among equals the newest.
    return [each for each, _ in heapq.nlargest(KEPT, votes.items(), key=lambda each: (each[1], each[0]))]


def _is_strong(one: Subject, other: Subject) -> bool:
    if one.pattern != NO_PATTERN and one.pattern == other.pattern:
        return True
    return any(seen.tickets <= FEW and each in other.seen for each, seen in one.seen.items())


def _since(text: str, ports: Ports, context: Context) -> datetime | None:
    if not text.strip():
        return None
    span = span_of(text, context.now, ports.settings.zone)
    if span is None:
        raise InvalidInput(f"since is a time like 2026-11-01 or monday, or how long ago, like 30d; not {text!r}.")
    return span[0]


def _is_wanted(query: GetSimilar, since: datetime | None, row: TicketRow) -> bool:
    is_open = row.status is not Status.RESOLVED
    return (
        (since is None or row.received_at >= since)
        and (not query.status or is_open == (query.status == "open"))
        and (not query.category or row.category.casefold() == query.category.casefold())
        and (query.verdict is None or row.verdict is query.verdict)
    )


def _happened(row: TicketRow) -> datetime:
    return row.received_at if row.event_at is None else min(row.event_at, row.received_at)


def _shown(hit: Hit, reasons: tuple[str, ...], row: TicketRow, note: str, at: datetime) -> SimilarTicket:
    return SimilarTicket(
        id=row.id,
        score=round(hit.likeness.score, 4),
        parts=parts_of(hit.likeness),
        reasons=reasons,
        strong=hit.strong,
        subject=row.subject,
        sender=row.sender,
        status=row.status,
        verdict=row.verdict,
        category=row.category,
        assignee=row.assignee,
        note=note,
        age_days=round((at - _happened(row)).total_seconds() / 86_400, 4),
        received_at=row.received_at,
        duplicates=row.duplicates,
    )
