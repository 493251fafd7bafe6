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


def changed(*kinds: ChangeKind, tickets: frozenset[TicketId] = frozenset()) -> ChangeSet:
    """A change set of these kinds and tickets."""
    return ChangeSet(frozenset(kinds), tickets)
