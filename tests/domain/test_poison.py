"""Nobody teaches alone, and a single person still can."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.test_holdout import NOW, word
from triage_app.domain.labels import Example
from triage_app.domain.learning import Correction
from triage_app.domain.poison import (
    Origin,
    OriginKind,
    domain_of,
    guard,
    is_from,
    remembered,
    remembered_examples,
)


def words(count: int, start: int = 0, **changes: object) -> list[Correction]:
    return [word(start + number, **changes) for number in range(count)]


def test_one_person_alone_teaches_all() -> None:
    mine = words(300, who="maria", source="files", sender="siem@example.org")
    assert guard(mine, 0.5).kept == tuple(mine)
    # and a colleague who has only begun takes nothing from her
    assert not guard([*mine, *words(19, 500, who="ben", source="mail", sender="x@other.example")], 0.5).surplus


@pytest.mark.parametrize(
    ("much", "little", "origin"),
    [
        ({"who": "eve"}, {"who": "ana"}, Origin(OriginKind.ANALYST, "eve")),
        ({"source": "feed"}, {"source": "mail"}, Origin(OriginKind.SOURCE, "feed")),
        ({"sender": "a@evil.example"}, {"sender": "b@good.example"}, Origin(OriginKind.SENDER, "a@evil.example")),
    ],
)
def test_nobody_gives_more_than_the_share_and_the_newest_stay(
    much: dict[str, Any], little: dict[str, Any], origin: Origin
) -> None:
    same: dict[str, Any] = {"who": "", "source": "", "sender": ""}
    flood, others = words(300, **{**same, **much}), words(30, 400, **{**same, **little})
    found = guard([*others, *flood], 0.5)
    assert set(found.kept) == {*flood[-30:], *others}
    (first, *_) = found.surplus
    assert sum(each.left_out for each in found.surplus) == 270
    assert first.origin in {origin, Origin(OriginKind.SENDER, "evil.example")}
    # the order in which they are given makes no difference
    assert guard([*reversed(flood), *others], 0.5) == found


def test_a_domain_counts_as_one_however_many_addresses_it_uses_but_for_your_own() -> None:
    many = [replace(each, sender=f"u{each.id}@Evil.example", who="") for each in words(300)]
    others = [replace(each, sender=f"u@d{each.id}.example", who="") for each in words(50, 500)]
    found = guard([*many, *others], 0.5)
    assert Counter(domain_of(each.sender) for each in found.kept)["evil.example"] == 50
    assert [(each.origin.value, each.left_out) for each in found.surplus] == [("evil.example", 250)]
    assert not guard([*many, *others], 0.5, ("evil.example",)).surplus


def test_a_share_that_two_cannot_keep_is_half() -> None:
    both = [*words(100, who="ana"), *words(100, 200, who="ben")]
    assert not guard(both, 0.2).surplus
    assert not guard([*words(300, who="eve"), *words(30, 400, who="ana")], 1.0).surplus


def test_cutting_one_cuts_another_who_then_gives_too_much() -> None:
    # given an analyst who only answered the flood of one sender, and two others
    flood = words(200, who="eve", sender="x@evil.example")
    rest = [
        *(replace(each, sender=f"a@d{each.id}.example") for each in words(60, 300, who="ana")),
        *(replace(each, sender=f"a@d{each.id}.example") for each in words(20, 400, who="ben")),
    ]
    found = guard([*flood, *rest], 0.4)
    counts = Counter(each.who for each in found.kept)
    total = sum(counts.values())
    assert all(count <= total * 0.4 + 1 for count in counts.values())
    assert sum(each.left_out for each in found.surplus) == 280 - total


def test_what_comes_from_somebody() -> None:
    domain = Origin(OriginKind.SENDER, "Evil.example")
    assert is_from(domain, sender="a@evil.example", analyst="", source="")
    assert is_from(domain, sender="a@mail.EVIL.example", analyst="", source="")
    assert not is_from(domain, sender="a@notevil.example", analyst="evil.example", source="evil.example")
    address = Origin(OriginKind.SENDER, "a@evil.example")
    assert is_from(address, sender="A@evil.example", analyst="", source="")
    assert not is_from(address, sender="b@evil.example", analyst="", source="")
    assert is_from(Origin(OriginKind.ANALYST, "Eve"), sender="", analyst="eve", source="")
    assert is_from(Origin(OriginKind.SOURCE, "feed"), sender="", analyst="", source="feed")
    assert not is_from(Origin(OriginKind.SOURCE, ""), sender="", analyst="", source="")


def test_what_was_forgotten_is_left_out_and_what_has_no_origin_stays() -> None:
    eve = Origin(OriginKind.ANALYST, "eve")
    kept = words(2, who="ana")
    assert remembered([*kept, *words(3, 10, who="eve")], [eve]) == tuple(kept)
    examples = (Example("Spam", "a", who="eve"), Example("Spam", "b"), Example("Spam", "c", who="ana", at=NOW))
    assert remembered_examples(examples, [eve]) == examples[1:]
    assert remembered_examples(examples, []) == examples


def test_the_newest_by_time_stay_not_by_id() -> None:
    flood = [word(n, who="eve", at=NOW - timedelta(minutes=n)) for n in range(1, 101)]
    found = guard([*flood, *words(20, 500, who="ana")], 0.5)
    assert {each.id for each in found.kept if each.who == "eve"} == set(range(1, 21))
