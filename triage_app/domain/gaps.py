"""Gaps between the arrivals of one key: their histogram, and how many groups a gap setting would yield.

Times are whole microseconds, in the order in which the items of one key arrived.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from triage_app.domain.dedup import Window

SECOND = 1_000_000
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400

EDGES = (
    0, 1, 2, 5, 10, 20, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE, 30 * _MINUTE,
    _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 4 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY,
)  # fmt: skip
"""Seconds where the buckets begin: each about twice the one before, at times that people use."""

SETTINGS = EDGES[1:]
"""The gap settings, in seconds, whose numbers of groups are shown."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many gaps lie in [low, high), in seconds."""

    low: int
    high: int
    count: int


def histogram(arrivals: Iterable[Sequence[int]]) -> tuple[Bucket, ...]:
    """Gaps between neighbours in time of each key, from the first bucket to the last one that holds any."""
    edges = list(EDGES)
    counts = [0] * len(edges)
    for times in arrivals:
        ordered = sorted(times)
        for earlier, later in pairwise(ordered):
            gap = (later - earlier) / SECOND
            while gap >= edges[-1] * 2:
                edges.append(edges[-1] * 2)
                counts.append(0)
            counts[bisect_right(edges, gap) - 1] += 1
    used = max((place for place, count in enumerate(counts) if count), default=-1)
    highs = [*edges[1:], edges[-1] * 2]
    return tuple(Bucket(edges[place], highs[place], counts[place]) for place in range(used + 1))


def groups_of(arrivals: Iterable[Sequence[int]], gap: timedelta, window: Window) -> int:
    """How many groups a gap would make of these arrivals, with the window's own longest life and highest count."""
    most = gap // timedelta(microseconds=1)
    life = None if window.max_life is None else window.max_life // timedelta(microseconds=1)
    return sum(_groups(times, most, life, window.max_count) for times in arrivals)


def _groups(times: Sequence[int], gap: int, life: int | None, most: int | None) -> int:
    if not times:
        return 0
    first = last = times[0]
    count, groups = 1, 1
    for at in times[1:]:
        near = at - last <= gap and first - at <= gap
        if near and (life is None or at - first <= life) and (most is None or count < most):
            count += 1
            if at > last:
                last = at
            elif at < first:
                first = at
            continue
        groups += 1
        if at >= first:  # a late one stands alone, and the current group stays
            first = last = at
            count = 1
    return groups
