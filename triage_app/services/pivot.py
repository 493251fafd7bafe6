"""Observables' pages: every ticket that one is in, when, what became of them, and what appears with it."""

from collections.abc import Mapping, Sequence

from triage_app.domain.allowing import AllowList
from triage_app.domain.errors import InvalidInput
from triage_app.domain.naming import is_sure, meanings
from triage_app.domain.neighbours import Looked, Near, most_telling, strongest_edges
from triage_app.domain.observable import Observable, OwnNames, defang
from triage_app.services.context import Context
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.search_queries import Edge, GetPivot, Neighbour, Pivot
from triage_app.services.search_shapes import Carried
from triage_app.services.similar import is_telling

MAX_LIMIT = 1_000
COUNTED = 5_000
"""Tickets whose state is counted, the newest."""

LOOKED_AT = 1_000
"""Tickets whose other observables are looked at, the newest."""

CANDIDATES = 400
"""Observables that may become neighbours, those that appear most often."""


def get_pivot(query: GetPivot, uow: UnitOfWork, ports: Ports, context: Context) -> Pivot:
    """All that is known of an observable; one that is in no ticket has a page too."""
    if not 0 <= query.limit <= MAX_LIMIT:
        raise InvalidInput(f"limit must be from 0 to {MAX_LIMIT}; it is {query.limit}.")
    if query.offset < 0:
        raise InvalidInput(f"offset must be 0 or more; it is {query.offset}.")
    carried = observable_named(query.value, uow)
    asked = carried.observable
    figures = uow.pivot.figures(carried.id, newest=COUNTED)
    first, last = uow.pivot.span(carried.id) or (None, None)
    context.cancel.check()
    near, near_ids = _near(carried, uow, ports)
    context.cancel.check()
    page = uow.pivot.tickets(carried.id, limit=query.limit, offset=query.offset)
    own = OwnNames.of(ports.settings.own_domains, ports.settings.own_addresses)
    return Pivot(
        kind=asked.kind,
        value=asked.value,
        defanged=defang(asked.value, asked.kind),
        own=carried.own or own.is_own(asked),
        allowed=AllowList.of(ports.settings.allowed).holds(asked),
        ignored=carried.ignored,
        total=carried.tickets,
        open=figures.open,
        first=first,
        last=last,
        categories=figures.categories,
        verdicts=figures.verdicts,
        tickets=tuple(uow.tickets.rows(page)),
        neighbours=tuple(_neighbour(each) for each in near),
        edges=_edges(carried, near, near_ids, uow),
        counted=figures.counted,
        looked_at=min(carried.tickets, LOOKED_AT),
    )


def observable_named(value: str, uow: UnitOfWork) -> Carried:
    """The observable that a person means by a value, live or defanged: of those that it may be the one in most tickets.

    In no ticket where it is not stored: its id is 0 then. Raises InvalidInput for what is no observable.
    """
    possible = meanings(value)
    stored = [each for each in uow.similar.find_observables(possible) if each.tickets]
    if stored:
        return max(stored, key=lambda each: each.tickets)
    sure = [each for each in possible if is_sure(each)]
    if not sure:
        shown = value if len(value) <= 80 else f"{value[:77]}..."
        raise InvalidInput(
            f"{shown!r} is no observable. Give one URL, domain, IP or mail address, hash, file name, path or the like, "
            "live or defanged."
        )
    return Carried(0, sure[0], 0, own=False, ignored=False, where=())


def _near(carried: Carried, uow: UnitOfWork, ports: Ports) -> tuple[Sequence[Near], Mapping[Observable, int]]:
    """What appears with an observable and tells something, the most telling first; and the ids of what appears."""
    tells = is_telling(ports)
    beside = uow.pivot.beside(carried.id, newest=LOOKED_AT, limit=CANDIDATES)
    found = [
        Near(each.carried.observable, each.together, each.carried.tickets)
        for each in beside
        if tells(each.carried.observable)
    ]
    looked = Looked(carried.tickets, min(carried.tickets, LOOKED_AT), uow.similar.newest())
    ids = {each.carried.observable: each.carried.id for each in beside}
    return most_telling(carried.observable, found, looked), ids


def _neighbour(near: Near) -> Neighbour:
    kind, value = near.observable.kind, near.observable.value
    return Neighbour(kind, value, defang(value, kind), near.together, near.tickets)


def _edges(carried: Carried, near: Sequence[Near], ids: Mapping[Observable, int], uow: UnitOfWork) -> tuple[Edge, ...]:
    """Lines from the middle to each neighbour, then the strongest among these."""
    if not near:
        return ()
    numbers = [ids[each.observable] for each in near]
    tickets = uow.pivot.among(carried.id, numbers, newest=LOOKED_AT)
    spokes = [Edge(0, place, each.together) for place, each in enumerate(near, start=1)]
    among = strongest_edges([each.observable for each in near], [tickets[each] for each in numbers])
    return (*spokes, *(Edge(one + 1, other + 1, both) for one, other, both in among))
