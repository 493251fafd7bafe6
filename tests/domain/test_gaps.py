from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.dedup import Window, WindowKind
from triage_app.domain.gaps import EDGES, SECOND, Bucket, groups_of, histogram

GAP = Window(WindowKind.GAP)


def seconds(*values: float) -> list[int]:
    return [round(value * SECOND) for value in values]


def test_gaps_are_counted_between_neighbours_in_time_whatever_order_they_arrived_in() -> None:
    found = histogram([seconds(0, 100, 4), seconds(7), seconds()])
    assert [(each.low, each.high) for each in found if each.count] == [(2, 5), (60, 120)]
    assert sum(each.count for each in found) == 2
    assert found[-1] == Bucket(60, 120, 1)


def test_a_gap_on_an_edge_belongs_to_the_bucket_that_begins_there() -> None:
    assert histogram([seconds(0, 1)])[-1] == Bucket(1, 2, 1)
    assert histogram([seconds(0, 0.999999)]) == (Bucket(0, 1, 1),)


def test_nothing_makes_no_buckets() -> None:
    assert histogram([]) == ()


def test_there_are_buckets_for_years() -> None:
    year = 366 * 86_400
    last = histogram([seconds(0, year)])[-1]
    assert last.low <= year < last.high


@given(st.lists(st.lists(st.integers(0, 10**14), max_size=8), max_size=5))
def test_every_gap_is_in_one_bucket(arrivals: list[list[int]]) -> None:
    found = histogram(arrivals)
    assert sum(each.count for each in found) == sum(max(0, len(each) - 1) for each in arrivals)
    assert [each.high for each in found[:-1]] == [each.low for each in found[1:]]
    assert found == () or found[0].low == EDGES[0]


@pytest.mark.parametrize(
    ("times", "gap", "window", "groups"),
    [
        ((0, 300, 600), 300, GAP, 1),  # from the last one, both ends included
        ((0, 300, 600.000001), 300, GAP, 2),
        ((0, 300, 600), 300, Window(WindowKind.GAP, max_life=timedelta(seconds=599)), 2),
        ((0, 300, 600), 300, Window(WindowKind.GAP, max_life=timedelta(seconds=600)), 1),
        ((0, 1, 2, 3, 4), 300, Window(WindowKind.GAP, max_count=2), 3),
        ((1000, 700, 400), 300, GAP, 1),  # late ones that join make the group begin earlier
        ((1000, 600, 1100), 300, GAP, 2),  # a late one that does not join stands alone, the current group goes on
        ((0, 1000, 0), 300, GAP, 3),
        ((), 300, GAP, 0),
    ],
)
def test_groups_follow_the_documented_reading(times: tuple[float, ...], gap: int, window: Window, groups: int) -> None:
    assert groups_of([seconds(*times)], timedelta(seconds=gap), window) == groups


def test_groups_of_several_keys_add_up() -> None:
    assert groups_of([seconds(0, 1), seconds(0, 900)], timedelta(seconds=5), GAP) == 3
