"""Traits of tickets, stored in bulk, each with the number of tickets that have it."""

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, select, update

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
    """120 bits of a hash of what is stored."""
    text = f"{trait.kind.value}\n{plain(trait.value)}"
    return b64encode(hashlib.blake2b(text.encode(), digest_size=15).digest()).decode()


def _ids_of(tx: Transaction, counts: Counter[Trait]) -> Mapping[Trait, int]:
    """The ids of traits, stored where they are new, with the number of tickets brought up to date."""
    known = tx.writer.traits
    found = {each: known[each] for each in counts if each in known}
    digests = {trait_digest(each): each for each in counts if each not in found}
    if digests:
        wanted = select(traits.c.digest, traits.c.id).where(tx.dialect.among(traits.c.digest, "digests"))
        for digest, number in tx.all(wanted, {"digests": tx.dialect.many(list(digests))}):
            found[digests.pop(digest)] = number
    if found:
        tx.run(_SEEN_AGAIN, [{"which": number, "more": counts[each]} for each, number in found.items()])
    numbers = tx.take_ids(traits, len(digests))
    tx.insert(
        traits,
        [
            (number, digest, each.kind.value, each.value, counts[each])
            for number, (digest, each) in zip(numbers, digests.items(), strict=True)
        ],
    )
    found.update(zip(digests.values(), numbers, strict=True))
    known.update(found)
    for each in found:
        known.move_to_end(each)
    tx.writer.trim()
    return found


def _plain(trait: Trait) -> Trait:
    value = plain(trait.value)
    return trait if value is trait.value else Trait(trait.kind, value)
