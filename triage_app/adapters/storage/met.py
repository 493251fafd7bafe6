"""Values that are stored once and known by a digest: which of them were met before, and the ids of all."""

import hashlib
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Table, select

from triage_app.adapters.storage.transaction import Transaction

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Met(Generic[K]):
    """The ids of values, and of those among them that were stored before."""

    ids: Mapping[K, int]
    before: Mapping[K, int]


def digest_of(*parts: str) -> str:
    """120 bits of a hash of texts that can be stored, as 20 characters: short enough for an index, too long to be made
    to collide.
    """
    return b64encode(hashlib.blake2b("\n".join(parts).encode(), digest_size=15).digest()).decode()


def met(
    tx: Transaction,
    of: Table,
    known: OrderedDict[K, int],
    wanted: Iterable[K],
    digest: Callable[[K], str],
    row: Callable[[int, str, K], tuple[Any, ...]],
) -> Met[K]:
    """The ids of values in a table with a digest, stored where they are new as `row` (id, digest, value) says.

    `known` is what this process remembers of the table; it is kept up to date and within its bound.
    """
    kept = dict.fromkeys(wanted)
    before = {each: known[each] for each in kept if each in known}
    digests = {digest(each): each for each in kept if each not in before}
    if digests:
        stored = select(of.c.digest, of.c.id).where(tx.dialect.among(of.c.digest, "digests"))
        for found, number in tx.all(stored, {"digests": tx.dialect.many(list(digests))}):
            before[digests.pop(found)] = number
    ids = dict(before)
    if digests:
        numbers = tx.take_ids(of, len(digests))
        tx.insert(of, [row(number, *each) for number, each in zip(numbers, digests.items(), strict=True)])
        ids.update(zip(digests.values(), numbers, strict=True))
    known.update(ids)
    for each in ids:
        known.move_to_end(each)
    tx.writer.trim()
    return Met(ids, before)
