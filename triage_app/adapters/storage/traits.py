"""Traits of tickets, stored in bulk, each with the number of tickets that have it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, select, update

from triage_app.adapters.storage.met import digest_of, met
from triage_app.adapters.storage.search_tables import ticket_traits, traits
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain
from triage_app.domain.pattern import Trait

_SEEN_AGAIN = (
    update(traits).where(traits.c.id == bindparam("which")).values(tickets=traits.c.tickets + bindparam("more"))
)


def add_traits(tx: Transaction, given: Sequence[tuple[int, Sequence[Trait]]]) -> None:
    """Store the traits of tickets that have none yet."""
    kept = [(ticket, dict.fromkeys(map(_plain, each))) for ticket, each in given]
    numbers = _ids_of(tx, Counter(trait for _, each in kept for trait in each))
    tx.insert(ticket_traits, [(numbers[trait], ticket) for ticket, each in kept for trait in each])


def remove_traits(tx: Transaction, ticket: int) -> None:
    """Forget the traits of a ticket."""
    its = select(ticket_traits.c.trait_id).where(ticket_traits.c.ticket_id == ticket)
    tx.run(update(traits).where(traits.c.id.in_(its)).values(tickets=traits.c.tickets - 1))
    tx.run(delete(ticket_traits).where(ticket_traits.c.ticket_id == ticket))


def trait_digest(trait: Trait) -> str:
    """The digest by which a trait is known."""
    return digest_of(trait.kind.value, plain(trait.value))


def _ids_of(tx: Transaction, counts: Counter[Trait]) -> Mapping[Trait, int]:
    """The ids of traits, stored where they are new, with the number of tickets brought up to date."""
    found = met(
        tx,
        traits,
        tx.writer.traits,
        counts,
        trait_digest,
        lambda number, digest, each: (number, digest, each.kind.value, each.value, counts[each]),
    )
    if found.before:
        tx.run(_SEEN_AGAIN, [{"which": number, "more": counts[each]} for each, number in found.before.items()])
    return found.ids


def _plain(trait: Trait) -> Trait:
    value = plain(trait.value)
    return trait if value is trait.value else Trait(trait.kind, value)
