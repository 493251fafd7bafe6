from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.aligning import aligned

SEQUENCES = st.lists(st.integers(0, 5), max_size=40)


def longest(one: list[int], other: list[int]) -> int:
    """The length of a longest common subsequence, by the textbook's table."""
    above = [0] * (len(other) + 1)
    for value in one:
        row = [0]
        for place, each in enumerate(other):
            row.append(above[place] + 1 if each == value else max(above[place + 1], row[-1]))
        above = row
    return above[-1]


@given(SEQUENCES, SEQUENCES)
def test_as_much_as_possible_is_paired_in_order(one: list[int], other: list[int]) -> None:
    pairs = aligned(one, other)
    assert all(one[left] == other[right] for left, right in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))
    assert len(pairs) == longest(one, other)


def test_a_part_that_only_one_has_is_left_out() -> None:
    assert aligned([1, 2, 3, 4], [1, 2, 9, 9, 3, 4]) == [(0, 0), (1, 1), (2, 4), (3, 5)]
    assert aligned([7, 1, 2], [1, 2]) == [(1, 0), (2, 1)]
    assert aligned([], [1]) == aligned([1], []) == []
