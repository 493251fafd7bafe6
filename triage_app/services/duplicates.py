"""Groups of duplicates as people handle them: link, unlink, split, tick off, close together, and look.

A group is flat: its first ticket, the tickets linked under it, and the items merged into any of them. A ticket under
a first one is never the first of others, so there are no chains, and no cycles.

Closing rules: closing a ticket closes no other one. The first ticket may be closed before its children and the other
way round; only potential links (level `note`) must be ticked off before their first ticket is closed.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import chain

from triage_app.domain.changes import ChangeKind, ChangeSet, changed
from triage_app.domain.dedup import Level, LinkId
from triage_app.domain.errors import InvalidState
from triage_app.domain.item import Outcome
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.services.commands import (
    CheckLink,
    CloseLinked,
    CloseReport,
    Linked,
    LinkTickets,
    SplitRepeat,
    Unlinked,
    UnlinkTicket,
)
from triage_app.services.context import Context
from triage_app.services.dedup_queries import DuplicateLink, DuplicateTree, GetDuplicates, MergedRepeat, PlanCloseLinked
from triage_app.services.dedup_shapes import Link
from triage_app.services.groups import first_of, waiting_words
from triage_app.services.inverse import Closing, Inverse, PairBefore, Split, state_of
from triage_app.services.joining import BY_HAND, joined, moved_with
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.result import Result
from triage_app.services.settling import new_ticket
from triage_app.services.shapes import PendingItem
from triage_app.services.training import models_in_force
from triage_app.services.waking import bring_back, duplicate_words, end_wait

MAX_REPEATS = 500
"""Merged repeats that are shown of a group."""

MOST_NAMED = 10
"""Tickets of one sort that a message names."""

USUAL = 200
"""Tickets above which closing a whole group warns."""


def link_tickets(command: LinkTickets, uow: UnitOfWork, _ports: Ports, context: Context) -> Result[Linked]:
    """Make one group of the groups that tickets belong to.

    The first is, of the groups' first tickets, the oldest open one that is somebody's, else the oldest open one, else
    the oldest. No state or verdict changes, but that what waits for a change comes back. Raises InvalidState where they
    are one group already, and where two tickets would come together that were set apart and are not both named;
    InvalidInput for more than can be linked at once.
    """
    joining = joined(command.ids, command.level, uow)
    if joining.refused:
        raise InvalidState(joining.refused)
    ids, firsts, primary = joining.ids, joining.firsts, joining.primary
    named = {(primary, each) for each in ids if each != primary} | {
        pair for pair in joining.apart if primary not in pair
    }
    pairs = [_remember(uow, *pair, context, apart=False) for pair in sorted(named)]
    added: list[LinkId] = []
    removed: list[Link] = []
    for first in firsts:
        if first == primary:
            continue
        moved = moved_with(first, uow)
        removed += [uow.duplicates.remove_link(each.id) for each in moved]
        added.append(uow.duplicates.add_link(_by_hand(primary, first, command.level, context)))
        added += [uow.duplicates.add_link(replace(link, primary=primary), again=True) for link in moved]
    under = tuple(sorted({*firsts, *(each.other for each in removed)} - {primary}))
    back = bring_back(uow, _news(primary, uow.tickets.rows(firsts)), context.now)
    changes = _touched(primary, *under, *ids)
    return Result(
        Linked(primary, under),
        ChangeSet(changes.kinds | {ChangeKind.NOTES}, changes.tickets) if back.notes else changes,
        Inverse(
            linked=tuple(added),
            unlinked=tuple(removed),
            pairs=tuple(pairs),
            steps=back.steps,
            wakes=back.wakes,
            notes=back.notes,
        ),
    )


def _news(primary: TicketId, firsts: Sequence[TicketRow]) -> dict[TicketId, list[str]]:
    """What has changed for the first tickets of groups that were linked by hand, in words."""
    own = next(row for row in firsts if row.id == primary)
    news: dict[TicketId, list[str]] = {}
    for row in firsts:
        if row.id != primary:
            worse = row.severity.word if row.severity > own.severity else ""
            news.setdefault(primary, []).append(duplicate_words(row.id, worse))
            news[row.id] = [f"it was linked under ticket {primary}"]
    return news


def unlink_ticket(command: UnlinkTicket, uow: UnitOfWork, _ports: Ports, context: Context) -> Result[Unlinked]:
    """Take away what links two tickets, which are set apart; a ticket that leaves a group is suggested with none of it.

    Where only one is named, the link above it is meant, else the only suggestion that it has. Raises InvalidState where
    there is no such link, and where another one could be meant as well.
    """
    asked = uow.tickets.row(command.id).id
    links, _ = _unanswered(uow, asked)
    if command.other is None:
        meant = _link_meant(asked, links)
    else:
        meant = _link_between(uow, asked, uow.tickets.row(command.other).id, links)
    first, other = meant.primary, meant.other
    gone = [meant]
    if meant.level is not Level.SUGGEST:
        gone += _unanswered(uow, other)[1]
    removed = tuple(uow.duplicates.remove_link(each.id) for each in gone)
    pair = _remember(uow, first, other, context, apart=True)
    return Result(Unlinked(other, first), _touched(first, other), Inverse(unlinked=removed, pairs=(pair,)))


def split_repeat(command: SplitRepeat, ports: Ports, context: Context) -> Callable[[UnitOfWork], Result[Unlinked]]:
    """Read a merged item, or an answer, again, then, in the transaction, make it a ticket of its own that is set apart.

    It opens no group: later repeats go on to join the ticket that it came from. Raises InvalidState for an item that
    is not merged.
    """
    with ports.storage.read() as uow:
        raw = uow.ledger.get(command.id)
    if raw.outcome is not Outcome.MERGED:
        raise InvalidState(f"Item {raw.id} is {raw.outcome.value}, not merged, so there is nothing to split.")
    models, _ = models_in_force(ports, context)
    item = PendingItem(raw.id, raw.source, raw.form, raw.content, raw.received_at)
    (analysis,) = chain.from_iterable(analyses for _, analyses in ports.analyser.analyse([[item]], models))
    if analysis.reason:
        raise InvalidState(f"Item {raw.id} cannot be read any more: {analysis.reason}")

    def finish(uow: UnitOfWork) -> Result[Unlinked]:
        is_answer = not uow.duplicates.repeats_among((raw.id,))
        first = uow.messages.take_out(raw.id) if is_answer else uow.duplicates.split_repeat(raw.id)
        (own,) = uow.tickets.add([new_ticket(item, analysis)])
        uow.ledger.settle({raw.id: (Outcome.TICKETED, own)}, context.now)
        uow.messages.move(raw.id, own)
        pair = _remember(uow, first, own, context, apart=True)
        return Result(
            Unlinked(own, first),
            changed(
                ChangeKind.TICKETS_ADDED,
                ChangeKind.TICKETS_CHANGED,
                ChangeKind.LEDGER,
                tickets=frozenset({own, first}),
            ),
            Inverse(split=Split(raw.id, first, own, state_of(uow.tickets.row(own)), is_answer), pairs=(pair,)),
        )

    return finish


def check_link(command: CheckLink, uow: UnitOfWork, _ports: Ports, _context: Context) -> Result[TicketRow]:
    """Tick off a potential link; returns its first ticket. Raises InvalidState for one that needs no tick."""
    link = uow.duplicates.link(command.id)
    if link.level is not Level.NOTE:
        raise InvalidState(f"Link {link.id} is no potential link (level note), so there is nothing to tick off.")
    if link.checked:
        raise InvalidState(f"Link {link.id} is ticked off already.")
    uow.duplicates.check_link(link.id, checked=True)
    return Result(uow.tickets.row(link.primary), _touched(link.primary, link.other), Inverse(ticked=link.id))


def close_linked(command: CloseLinked, uow: UnitOfWork, _ports: Ports, context: Context) -> Result[CloseReport]:
    """Close what is open of a group with one verdict; those that are closed keep theirs.

    Raises InvalidState where nothing is open, and where potential links wait for a tick.
    """
    report = _closing(command.id, uow, context, planned=False)
    if not report.tickets:
        raise InvalidState(f"Ticket {report.primary} and all that is linked under it are closed already.")
    if report.unchecked:
        raise InvalidState(waiting_words(report.primary, report.unchecked))
    before = tuple(uow.duplicates.close_all(report.tickets, command.verdict))
    inverse = Inverse(closing=Closing(command.verdict, before), wakes=end_wait(uow, before))
    return Result(report, _touched(*report.tickets), inverse)


def plan_close_linked(query: PlanCloseLinked, uow: UnitOfWork, _ports: Ports, context: Context) -> CloseReport:
    """What `close_linked` would do; what would keep it from doing so is in the report."""
    return _closing(query.id, uow, context, planned=True)


def get_duplicates(query: GetDuplicates, uow: UnitOfWork, _ports: Ports, _context: Context) -> DuplicateTree:
    """The whole group, from whichever of its tickets is asked for, and what is suggested for that ticket."""
    asked = uow.tickets.row(query.id).id
    primary = first_of(uow, asked)
    links = [each for each in uow.duplicates.links(primary) if each.primary == primary or each.level is Level.SUGGEST]
    if asked != primary:
        links += [each for each in uow.duplicates.links(asked) if each.level is Level.SUGGEST]
    group = frozenset((primary, *(each.other for each in links if each.level in BY_HAND)))
    links = [each for each in links if not _is_answered(each, group)]
    ends = [
        each.primary if each.other in (primary, asked) and each.level is Level.SUGGEST else each.other for each in links
    ]
    rows = {row.id: row for row in uow.tickets.rows(tuple(dict.fromkeys((primary, *ends))))}
    counted = [each for each in links if each.level in BY_HAND]
    merged = {primary: rows[primary].duplicates - len(counted)}
    merged |= {each.other: rows[each.other].duplicates for each in counted}
    repeats = [
        repeat
        for ticket, number in merged.items()
        if number > 0
        for repeat in uow.duplicates.repeats(ticket, limit=MAX_REPEATS)
    ]
    repeats.sort(key=lambda each: (each.received_at, each.raw), reverse=True)
    return DuplicateTree(
        first=rows[primary],
        links=tuple(
            DuplicateLink(
                id=link.id,
                level=link.level,
                ticket=rows[end],
                is_first=end == link.primary,
                here=link.other if end == link.primary else link.primary,
                by=link.by,
                at=link.at,
                checked=link.checked,
                reasons=link.reasons,
                novelty=link.novelty,
            )
            for link, end in zip(links, ends, strict=True)
        ),
        merged=sum(merged.values()),
        repeats=tuple(
            MergedRepeat(each.raw, each.at, each.received_at, each.source, each.origin, each.rule, each.novelty)
            for each in repeats[:MAX_REPEATS]
        ),
    )


def _closing(ticket: TicketId, uow: UnitOfWork, context: Context, *, planned: bool) -> CloseReport:
    primary = first_of(uow, uow.tickets.row(ticket).id)
    links = [each for each in uow.duplicates.links(primary) if each.level in BY_HAND]
    rows = [row for row in uow.tickets.rows((primary, *(each.other for each in links))) if state_of(row).is_open]
    tickets = tuple(each.id for each in rows)
    still_open = frozenset(tickets)
    return CloseReport(
        planned=planned,
        primary=primary,
        tickets=tickets,
        mine=sum(each.assignee == context.actor for each in rows),
        novel=tuple(
            (each.other, "; ".join(each.novelty)) for each in links if each.novelty and each.other in still_open
        ),
        unchecked=sum(each.level is Level.NOTE and not each.checked for each in links),
        over_limit=len(tickets) > USUAL,
    )


def _link_meant(ticket: TicketId, links: Sequence[Link]) -> Link:
    """The link that unlinking a ticket takes away where no other one is named."""
    above = [each for each in links if each.other == ticket and each.level in BY_HAND]
    if above:
        return above[0]
    if not links:
        raise InvalidState(f"Ticket {ticket} is linked under no other, and nothing is suggested for it.")
    if len(links) > 1 or links[0].level is not Level.SUGGEST:
        example = links[0].other if links[0].primary == ticket else links[0].primary
        raise InvalidState(
            f"Ticket {ticket} is linked under no other, so it is not clear what to unlink. "
            f"{_links_in_words(ticket, links)} Name that one too, such as `unlink {ticket} {example}`."
        )
    return links[0]


def _link_between(uow: UnitOfWork, asked: TicketId, other: TicketId, links: Sequence[Link]) -> Link:
    """The link of a ticket with another one, where both are named."""
    between = [each for each in links if {each.primary, each.other} == {asked, other}]
    if between:
        return between[0]
    if asked != other and first_of(uow, asked) == first_of(uow, other):
        raise InvalidState(
            f"Tickets {asked} and {other} are in one group, each linked with its first ticket. Take one of them out: "
            f"`unlink {other}`."
        )
    raise InvalidState(f"Nothing links ticket {asked} and ticket {other}. {_links_in_words(asked, links)}")


def _unanswered(uow: UnitOfWork, ticket: TicketId) -> tuple[Sequence[Link], Sequence[Link]]:
    """A ticket's links without the suggestions that are answered, and these."""
    links = uow.duplicates.links(ticket)
    if all(each.level is not Level.SUGGEST for each in links):
        return links, ()
    first = first_of(uow, ticket)
    group = frozenset((first, *uow.duplicates.linked(first)))
    answered = [each for each in links if _is_answered(each, group)]
    return [each for each in links if not _is_answered(each, group)], answered


def _is_answered(link: Link, group: Collection[TicketId]) -> bool:
    """Whether a suggestion is about two tickets that are in one group by now; its item stays counted as before."""
    return link.level is Level.SUGGEST and link.primary in group and link.other in group


def _links_in_words(ticket: TicketId, links: Sequence[Link]) -> str:
    """Which tickets a ticket is linked with: the first few of each way."""
    ways: dict[str, list[TicketId]] = {}
    for each in links:
        if each.level is Level.SUGGEST:
            ways.setdefault("suggested with it", []).append(each.other if each.primary == ticket else each.primary)
        elif each.primary == ticket:
            ways.setdefault("linked under it", []).append(each.other)
        else:
            ways.setdefault("above it", []).append(each.primary)
    told = [f"{_named(tickets)} ({way})" for way, tickets in ways.items()]
    return f"Ticket {ticket} is linked with {' and '.join(told)}." if told else f"Ticket {ticket} has no link."


def _named(tickets: Sequence[TicketId]) -> str:
    more = f" and {len(tickets) - MOST_NAMED:,} more" if len(tickets) > MOST_NAMED else ""
    return f"{', '.join(map(str, tickets[:MOST_NAMED]))}{more}"


def _by_hand(primary: TicketId, other: TicketId, level: Level, context: Context) -> Link:
    reasons = (f"{context.actor} says that they are the same.",)
    return Link(
        LinkId(0), primary, other, level, context.actor, None, context.now, checked=False, reasons=reasons, novelty=()
    )


def _remember(uow: UnitOfWork, one: TicketId, other: TicketId, context: Context, *, apart: bool) -> PairBefore:
    """Write down what a person says about two tickets; returns what was known before, to take it back."""
    before = PairBefore(one, other, uow.duplicates.memory(one, other))
    uow.duplicates.set_apart(one, other, context.actor, context.now, apart=apart)
    return before


def _touched(*tickets: TicketId) -> ChangeSet:
    return changed(ChangeKind.TICKETS_CHANGED, tickets=frozenset(tickets))
