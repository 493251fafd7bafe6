"""What linking tickets by hand comes to: which becomes the first, what goes under it, what is new, what forbids it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage_app.domain.dedup import Level
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.observable import defang
from triage_app.domain.ticket import TicketId, TicketRow
from triage_app.services.context import Context
from triage_app.services.dedup_shapes import Link
from triage_app.services.groups import first_of
from triage_app.services.inverse import state_of
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.search_queries import PlanLink, PlannedLink

BY_HAND = (Level.CHILD, Level.LINK, Level.NOTE)
"""The levels at which a person can link."""

MOST = 200
"""Tickets that are linked at once."""

MOST_NEWS = 20
"""Tickets of which a plan says what is new in them."""

MOST_NAMED = 3
"""New observables that a plan names of one ticket."""


@dataclass(frozen=True, slots=True)
class Joining:
    """Tickets that are to become one group: the first tickets of their groups, and which of those becomes the first.

    `apart` are the pairs of `ids` that people set apart. `refused` is why it is not to be done; empty where it is.
    """

    ids: tuple[TicketId, ...]
    firsts: tuple[TicketId, ...]
    primary: TicketId
    apart: tuple[tuple[TicketId, TicketId], ...]
    refused: str


def joined(tickets: Sequence[TicketId], level: Level, uow: UnitOfWork) -> Joining:
    """What becomes of the groups of these tickets. Raises InvalidInput for fewer than two, more than 200, or a level
    that is no person's; NotFound.
    """
    ids = tuple(dict.fromkeys(tickets))
    if len(ids) < 2:
        raise InvalidInput("Name two different tickets or more to link.")
    if len(ids) > MOST:
        raise InvalidInput(f"At most {MOST} tickets are linked at once; {len(ids):,} were named. Link them in parts.")
    if level not in BY_HAND:
        raise InvalidInput(f"Tickets are linked by hand as {', '.join(BY_HAND)}; not as {level.value}.")
    known = {row.id for row in uow.tickets.rows(ids)}
    for each in ids:
        if each not in known:
            raise NotFound(f"There is no ticket {each} in this workspace.")
    firsts = tuple(dict.fromkeys(first_of(uow, each) for each in ids))
    primary = min(uow.tickets.rows(firsts), key=_survival).id
    if len(firsts) == 1:
        refused = f"These tickets are one group already; its first ticket is {primary}."
        return Joining(ids, firsts, primary, (), refused)
    apart = _apart_by_group(uow, firsts)
    foreign = next((pair for pair in apart if not set(pair) <= set(ids)), None)
    refused = ""
    if foreign is not None:
        one, other = foreign
        refused = (
            f"Ticket {other} was set apart from {one}, and linking would join them. Name both to link them after "
            "all, or take one of them out of its group first."
        )
    return Joining(ids, firsts, primary, tuple(apart), refused)


def moved_with(first: TicketId, uow: UnitOfWork) -> Sequence[Link]:
    """The links under a first ticket, which go with it where it is linked under another."""
    return [each for each in uow.duplicates.links(first) if each.primary == first and each.level in BY_HAND]


def plan_link(query: PlanLink, uow: UnitOfWork, _ports: Ports, context: Context) -> PlannedLink:
    """What `link` would do; what would keep it from doing so is in the answer. Raises what `joined` does."""
    joining = joined(query.ids, query.level, uow)
    others = {each for each in (*joining.firsts, *joining.ids) if each != joining.primary}
    for first in joining.firsts:
        if first != joining.primary:
            others |= {each.other for each in moved_with(first, uow)}
    (primary,) = uow.tickets.rows((joining.primary,))
    rows = uow.tickets.rows(sorted(others))
    return PlannedLink(
        first=primary,
        others=tuple(rows),
        level=query.level,
        yours=sum(each.assignee == context.actor for each in rows),
        of_others=sum(each.assignee not in ("", context.actor) for each in rows),
        news=() if joining.refused else tuple(_news(primary, rows, uow)),
        refused=joining.refused,
    )


def _news(first: TicketRow, others: Sequence[TicketRow], uow: UnitOfWork) -> Iterator[str]:
    """What the others have that the first has not, in words, for the first few."""
    known = {each.observable for each in uow.tickets.observables(first.id)}
    for row in others[:MOST_NEWS]:
        if row.severity > first.severity:
            yield f"Ticket {row.id} has the severity {row.severity.word}, ticket {first.id} {first.severity.word}."
        new = [each for each in uow.tickets.observables(row.id) if each.observable not in known and not each.own]
        if new:
            names = [defang(each.observable.value, each.observable.kind) for each in new[:MOST_NAMED]]
            more = f" and {len(new) - MOST_NAMED:,} more" if len(new) > MOST_NAMED else ""
            yield f"Ticket {row.id} has what ticket {first.id} has not: {', '.join(names)}{more}."
    if len(others) > MOST_NEWS:
        yield f"{len(others) - MOST_NEWS:,} more tickets were not compared."


def _apart_by_group(uow: UnitOfWork, firsts: Sequence[TicketId]) -> Sequence[tuple[TicketId, TicketId]]:
    """The pairs in two of the groups that people set apart.

    Nobody is joined with what a person set it apart from, only because another ticket of its group is linked.
    """
    home = {member: first for first in firsts for member in (first, *uow.duplicates.linked(first))}
    return [
        (one, other)
        for one, other in uow.duplicates.pairs_apart(tuple(home))
        if one in home and other in home and home[one] != home[other]
    ]


def _survival(row: TicketRow) -> tuple[bool, bool, TicketId]:
    """Sorts first: an open ticket of somebody, then an open one, then the oldest."""
    is_open = state_of(row).is_open
    return not (is_open and row.assignee), not is_open, row.id
