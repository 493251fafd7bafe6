"""Queries in words: what one means while it is typed, and what it asks of the storage."""

from collections.abc import Sequence

from triage_app.domain.errors import InvalidInput, InvalidQuery, NotFound
from triage_app.domain.labels import Effect
from triage_app.domain.query import Alike, Among, And, Node, Not, Or
from triage_app.domain.query_completion import Vocabulary, complete
from triage_app.domain.query_parsing import Parsed, parse_query
from triage_app.domain.ticket import TicketId
from triage_app.services.context import Context
from triage_app.services.ports import Ports, UnitOfWork
from triage_app.services.search_queries import QueryReading, ReadQuery
from triage_app.services.similar import asked_of_ticket, similar_to

MOST_ALIKE = 200
"""Tickets that are similar to one that a query finds at most, the most alike first."""

MOST_COMPARED = 4
"""Tickets that a query may ask for the similar ones of: each is a search of its own."""


def read_query(query: ReadQuery, uow: UnitOfWork, ports: Ports, context: Context) -> QueryReading:
    """What a query means, what is wrong with it, and how it could go on; raises for nothing that is in it."""
    parsed = _parsed(query.query, ports, context)
    cursor = len(query.query) if query.cursor is None else query.cursor
    known = ports.vocabulary.known(context.now)
    if known is None:
        known = _vocabulary(uow, ports)
        ports.vocabulary.keep(known, context.now)
    return QueryReading(parsed.chips, parsed.problem, complete(query.query, cursor, known))


def query_node(text: str, uow: UnitOfWork, ports: Ports, context: Context) -> Node:
    """What a query asks for, ready to be searched: `me` is who asks, and similar tickets are found already.

    Raises InvalidQuery for what cannot be read, and InvalidInput for a ticket that is not there.
    """
    parsed = _parsed(text, ports, context)
    if parsed.problem is not None:
        raise InvalidQuery(f"At character {parsed.problem.start + 1}: {parsed.problem.message}")
    asked = tuple(dict.fromkeys(_asked(parsed.node)))
    if not asked:
        return parsed.node
    if len(asked) > MOST_COMPARED:
        raise InvalidInput(f"A query may hold similar: for {MOST_COMPARED} tickets; this one does for {len(asked)}.")
    found = {each: Among(_alike(each, uow, ports, context)) for each in asked}
    return _resolved(parsed.node, found)


def _parsed(text: str, ports: Ports, context: Context) -> Parsed:
    return parse_query(text, now=context.now, me=context.actor, zone=ports.settings.zone)


def _asked(node: Node) -> Sequence[TicketId]:
    """The tickets whose similar ones are asked for."""
    if isinstance(node, Alike):
        return (node.ticket,)
    if isinstance(node, Not):
        return _asked(node.part)
    if isinstance(node, And | Or):
        return [each for part in node.parts for each in _asked(part)]
    return ()


def _resolved(node: Node, found: dict[TicketId, Among]) -> Node:
    if isinstance(node, Alike):
        return found[node.ticket]
    if isinstance(node, Not):
        return Not(_resolved(node.part, found))
    if isinstance(node, And):
        return And(tuple(_resolved(each, found) for each in node.parts))
    if isinstance(node, Or):
        return Or(tuple(_resolved(each, found) for each in node.parts))
    return node


def _alike(ticket: TicketId, uow: UnitOfWork, ports: Ports, context: Context) -> tuple[TicketId, ...]:
    """The tickets that the queue counts as similar to one, the most alike first."""
    try:
        asked = asked_of_ticket(ticket, uow, ports)
    except NotFound as error:
        raise InvalidInput(f"similar:{ticket} finds nothing: there is no ticket {ticket} in this workspace.") from error
    return tuple(each.ticket for each in similar_to(asked, uow, ports, context) if each.strong)[:MOST_ALIKE]


def _vocabulary(uow: UnitOfWork, ports: Ports) -> Vocabulary:
    """What the workspace knows now: labels of its datasets by their effect, sources that brought or will bring items,
    people who have tickets, and saved views.
    """
    labels: dict[Effect, dict[str, None]] = {effect: {} for effect in Effect}
    for dataset in ports.datasets.all():
        labels[dataset.effect].update(dict.fromkeys((*dataset.labels, dataset.default)))
    configured = [str(source.name) for source, _ in uow.sources.all()]
    people = dict.fromkeys((ports.settings.user, *uow.tickets.assignees()))
    return Vocabulary(
        categories=_named(labels[Effect.CATEGORY]),
        sources=tuple(sorted({*configured, *(each.source for each in uow.ledger.balance())})),
        assignees=_named(people),
        tags=_named(labels[Effect.TAG]),
        queues=_named(labels[Effect.QUEUE]),
        playbooks=_named(labels[Effect.PLAYBOOK]),
        views=tuple((each.name, each.query) for each in uow.views.all()),
    )


def _named(values: dict[str, None]) -> tuple[str, ...]:
    return tuple(each for each in values if each)
