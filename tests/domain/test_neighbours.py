from collections import Counter

import pytest

from triage_app.domain.neighbours import (
    EDGES_OF_ONE,
    MOST_EDGES,
    MOST_NEIGHBOURS,
    MOST_RELATIVES,
    Looked,
    Near,
    are_related,
    most_telling,
    strongest_edges,
)
from triage_app.domain.observable import Observable, ObservableKind

EVIL = Observable(ObservableKind.DOMAIN, "evil.example.org")


def value(kind: ObservableKind, text: str) -> Observable:
    return Observable(kind, text)


def address(number: int) -> Observable:
    return value(ObservableKind.IPV4, f"192.0.2.{number}")


def test_what_is_often_there_and_rarely_elsewhere_tells_most() -> None:
    # given, of 10 tickets among 10,000: what always comes with it, what everybody has, what came once
    always, everywhere, once = Near(address(1), 10, 12), Near(address(2), 10, 9_000), Near(address(3), 1, 1)
    half = Near(address(4), 5, 5)
    # then
    found = most_telling(EVIL, [everywhere, once, half, always], Looked(10, 10, 10_000))
    assert found == [always, half, once, everywhere]


def test_a_sample_is_taken_for_the_whole() -> None:
    # given 100 of 1,000 tickets that were looked at: what seems to be in all 1,000 and only there, and a rarer one
    always, rare = Near(address(1), 100, 1_000), Near(address(2), 40, 4_000)
    looked = Looked(1_000, 100, 100_000)
    assert most_telling(EVIL, [rare, always], looked) == [always, rare]
    assert most_telling(EVIL, [], looked) == []


def test_what_is_part_of_it_has_a_place_however_little_it_tells() -> None:
    # given thirty that tell more than ten addresses at the same domain
    strangers = [Near(address(number), 5, 5) for number in range(30)]
    mails = [Near(value(ObservableKind.EMAIL, f"a{number}@evil.example.org"), 1, 90) for number in range(10)]
    found = most_telling(EVIL, [*mails, *strangers], Looked(5, 5, 1_000))
    assert len(found) == MOST_NEIGHBOURS
    assert found[-MOST_RELATIVES:] == mails[:MOST_RELATIVES]


@pytest.mark.parametrize(
    ("one", "other", "related"),
    [
        (value(ObservableKind.URL, "https://evil.example.org/x"), EVIL, True),
        (value(ObservableKind.URL, "https://www.evil.example.org/x"), EVIL, True),
        (value(ObservableKind.EMAIL, "bob@evil.example.org"), EVIL, True),
        (value(ObservableKind.URL, "http://192.0.2.7/x"), address(7), True),
        (value(ObservableKind.EMAIL, "bob@notevil.example.org"), EVIL, False),
        (value(ObservableKind.MD5, "0" * 32), EVIL, False),
        (value(ObservableKind.MD5, "0" * 32), value(ObservableKind.CVE, "CVE-2021-44228"), False),
    ],
)
def test_one_host_relates(one: Observable, other: Observable, related: bool) -> None:
    assert are_related(one, other) is related
    assert are_related(other, one) is related


def test_the_strongest_lines_are_drawn_and_few_at_one_place() -> None:
    # given twenty that are all together in three tickets
    group = [address(number) for number in range(20)]
    edges = strongest_edges(group, [frozenset({1, 2, 3})] * 20)
    # then
    ends = Counter(end for one, other, _ in edges for end in (one, other))
    assert max(ends.values()) <= EDGES_OF_ONE
    assert 20 <= len(edges) <= MOST_EDGES
    assert {tickets for _, _, tickets in edges} == {3}


def test_the_larger_share_comes_first_and_one_ticket_joins_only_relatives() -> None:
    observables = [address(1), address(2), address(3), EVIL, value(ObservableKind.EMAIL, "bob@evil.example.org")]
    tickets = [{1, 2, 3, 4, 5}, {1, 2, 3}, {2, 3, 6, 7, 8}, {9}, {9}]
    assert strongest_edges(observables, [frozenset(each) for each in tickets]) == [
        (3, 4, 1),
        (0, 1, 3),
        (1, 2, 2),
        (0, 2, 2),
    ]
