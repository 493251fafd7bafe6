"""What appears together with an observable, ranked by how telling that is; and a graph of it that can be read."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.urls import url_of

MOST_NEIGHBOURS = 24
MOST_RELATIVES = 6
"""Neighbours that are part of the observable, or the other way round, that have a place whatever their rank."""

MOST_EDGES = 40
"""Between neighbours, beside those to the middle."""

EDGES_OF_ONE = 4
_ONCE_IS_CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Near:
    """An observable that appears with another: in how many of the tickets that were looked at, and in how many at
    all.
    """

    observable: Observable
    together: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Looked:
    """In how many tickets an observable is, how many of them were looked at, and how many tickets there are."""

    tickets: int
    looked_at: int
    altogether: int


def most_telling(asked: Observable, found: Sequence[Near], looked: Looked) -> list[Near]:
    """The most telling of these, the first first, at most `MOST_NEIGHBOURS`.

    The oftener together, the more of its tickets are among those of the one that was asked about, and the rarer it is,
    the more it tells: together * sqrt(share) * log(1 + tickets / its tickets). What was seen together once may be
    chance.
    """
    seen = looked.tickets / max(1, looked.looked_at)

    def score(near: Near) -> float:
        share = min(1.0, near.together * seen / max(1, near.tickets))
        rarity = math.log1p(looked.altogether / max(1, near.tickets))
        return (near.together - _ONCE_IS_CHANCE) * math.sqrt(share) * rarity

    ranked = sorted(found, key=lambda near: (-score(near), near.observable.kind, near.observable.value))
    relatives = [near for near in ranked if are_related(asked, near.observable)][:MOST_RELATIVES]
    kept = set(relatives)
    for near in ranked:
        if len(kept) == MOST_NEIGHBOURS:
            break
        kept.add(near)
    return [near for near in ranked if near in kept]


def are_related(one: Observable, other: Observable) -> bool:
    """Whether both are of one host, or one's host is below the other's: a URL, its domain, mail addresses there."""
    here, there = host_name(one), host_name(other)
    if not here or not there:
        return False
    return here == there or here.endswith(f".{there}") or there.endswith(f".{here}")


def host_name(observable: Observable) -> str:
    """The host of an observable; empty for what has none."""
    if observable.kind is ObservableKind.URL:
        url = url_of(observable.value)
        return url.host.name if url else ""
    if observable.kind is ObservableKind.EMAIL:
        return observable.value.rpartition("@")[2]
    is_host = observable.kind in {ObservableKind.DOMAIN, ObservableKind.IPV4, ObservableKind.IPV6}
    return observable.value if is_host else ""


def strongest_edges(observables: Sequence[Observable], tickets: Sequence[frozenset[int]]) -> list[tuple[int, int, int]]:
    """Which of these observables, each with its tickets, to join by a line: by their places, with the number of tickets
    that have both.

    The larger the share of their tickets that have both the stronger; few lines end at one of them, so that a group in
    which all are together stays readable. One ticket alone joins only what is related.
    """
    found = []
    for one, other in combinations(range(len(observables)), 2):
        both = len(tickets[one] & tickets[other])
        if both > 1 or (both and are_related(observables[one], observables[other])):
            found.append((both / len(tickets[one] | tickets[other]), both, one, other))
    found.sort(key=lambda each: (-each[0], -each[1], each[2], each[3]))
    ends: Counter[int] = Counter()
    kept: list[tuple[int, int, int]] = []
    for _, both, one, other in found:
        if len(kept) < MOST_EDGES and ends[one] < EDGES_OF_ONE and ends[other] < EDGES_OF_ONE:
            kept.append((one, other, both))
            ends.update((one, other))
    return kept
