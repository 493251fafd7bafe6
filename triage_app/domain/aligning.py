"""What two sequences have in common, in order."""

from collections.abc import Sequence


def aligned(one: Sequence[int], other: Sequence[int]) -> list[tuple[int, int]]:
    """A longest common subsequence, as pairs of places in both that rise in each.

    Exact, by whole rows of bits (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004, with the rows kept to
    walk back). Takes len(one) * len(other) / 64 steps and as many bits: two of 3,000 take some milliseconds.
    """
    start, ends = 0, 0
    room = min(len(one), len(other))
    while start < room and one[start] == other[start]:
        start += 1
    while ends < room - start and one[-1 - ends] == other[-1 - ends]:
        ends += 1
    pairs = [(place, place) for place in range(start)]
    pairs += _inner(one, other, start, (len(one) - ends, len(other) - ends))
    pairs += [(len(one) - left, len(other) - left) for left in range(ends, 0, -1)]
    return pairs


def _inner(one: Sequence[int], other: Sequence[int], start: int, ends: tuple[int, int]) -> list[tuple[int, int]]:
    """The pairs between what both begin and end with."""
    row, column = ends[0] - start, ends[1] - start
    rows = _rows(one[start : ends[0]], other[start : ends[1]])
    pairs: list[tuple[int, int]] = []
    while row and column:
        bit = column - 1
        if rows[row] >> bit & 1:
            column -= 1
            continue
        row -= 1
        if rows[row] >> bit & 1:
            column -= 1
            pairs.append((start + row, start + column))
    pairs.reverse()
    return pairs


def _rows(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """For each beginning of `one` the places in `other` at which the longest common subsequence grows: the bits that
    are not set.
    """
    found: dict[int, int] = {}
    for place, value in enumerate(other):
        found[value] = found.get(value, 0) | 1 << place
    full = (1 << len(other)) - 1
    rows = [full]
    state = full
    for value in one:
        matching = state & found.get(value, 0)
        state = (state + matching | state - matching) & full
        rows.append(state)
    return rows
