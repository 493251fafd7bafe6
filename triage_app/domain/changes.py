"""What a command changed, in terms of the domain, so that every front end can refresh just that."""

from dataclasses import dataclass
from enum import StrEnum

from triage_app.domain.ticket import TicketId


class ChangeKind(StrEnum):
    """The kinds of things that can change."""

    TICKETS_ADDED = "tickets_added"
    TICKETS_CHANGED = "tickets_changed"
    NOTES = "notes"
    LEDGER = "ledger"
    CORRECTIONS = "corrections"
    MODELS = "models"
    RULES = "rules"
    SOURCES = "sources"
    TOKENS = "tokens"
    OUTBOX = "outbox"
    DATASETS = "datasets"
    VIEWS = "views"


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Kinds that changed and, where they are few, the ids of the tickets; an empty set of ids with a ticket kind
    means "many".
    """

    kinds: frozenset[ChangeKind] = frozenset()
    tickets: frozenset[TicketId] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.kinds)


NOTHING = ChangeSet()
EVERYTHING = ChangeSet(frozenset(ChangeKind))
"""What may have changed while somebody could not listen."""


MANY_TICKETS = 500
"""Above so many tickets a change set says "many" instead of which."""


def merged(one: ChangeSet, other: ChangeSet) -> ChangeSet:
    """Both changes as one. A ticket kind without ids means "many", and stays so."""
    ticket_kinds = {ChangeKind.TICKETS_ADDED, ChangeKind.TICKETS_CHANGED}
    many = any(each.kinds & ticket_kinds and not each.tickets for each in (one, other))
    tickets = one.tickets | other.tickets
    return ChangeSet(one.kinds | other.kinds, frozenset() if many or len(tickets) > MANY_TICKETS else tickets)


def changed(*kinds: ChangeKind, tickets: frozenset[TicketId] = frozenset()) -> ChangeSet:
    """A change set of these kinds and tickets."""
    return ChangeSet(frozenset(kinds), tickets)
