import pytest

from triage_app.domain.separating import Pair, Separation, advice_for, separating_field, with_key_part

BASE = {"source.ip": "10.0.0.1", "rule.name": "scan"}


def pair(one: dict[str, str], other: dict[str, str]) -> Pair:
    return Pair(BASE | one, BASE | other)


def ports(one: str, other: str) -> Pair:
    """Each item has an id and a time of its own."""
    ports.count += 2  # type: ignore[attr-defined]
    number = ports.count  # type: ignore[attr-defined]
    own = [{"event.id": str(each), "event_time": str(each)} for each in (number, number + 1)]
    return pair(own[0] | {"destination.port": one}, own[1] | {"destination.port": other})


ports.count = 0  # type: ignore[attr-defined]


def test_the_field_that_tells_overruled_from_kept_pairs_is_found() -> None:
    overruled = [ports("22", "80"), ports("22", "443"), ports("80", "25"), ports("22", "8080")]
    kept = [ports(port, port) for port in ("22", "80", "443") * 9]
    found = separating_field(overruled, kept, ["source.ip", "rule.name"])
    assert found == Separation("destination.port", 4, 4, 27, 27)
    assert found.is_perfect
    assert advice_for(found, 4, 31) == (
        "Overruled 4 of 31. Adding destination.port to the key separates all 4; all 27 others looked at stay together."
    )


def test_nearly_all_is_enough_and_said() -> None:
    overruled = [ports("22", "80") for _ in range(19)] + [ports("22", "22")]
    kept = [ports("80", "80") for _ in range(20)] + [ports("80", "81")]
    found = separating_field(overruled, kept, [])
    assert found == Separation("destination.port", 19, 20, 20, 21)
    assert not found.is_perfect
    assert advice_for(found, 25, 60) == (
        "Overruled 25 of 60. Adding destination.port to the key separates 19 of the 20 looked at; "
        "20 of 21 others looked at stay together."
    )


def test_a_field_that_would_tear_kept_pairs_apart_is_not_offered() -> None:
    assert separating_field([ports("1", "2"), ports("3", "4")], [ports("1", "2"), ports("5", "5")], []) is None


def test_a_field_of_the_key_and_times_are_not_offered() -> None:
    overruled, kept = [ports("1", "2"), ports("3", "4")], [ports("1", "1"), ports("5", "5")]
    assert separating_field(overruled, kept, ["destination.port"]) is None
    same_time = [pair({"event_time": "1"}, {"event_time": "1"})] * 3
    other_time = [pair({"event_time": "1"}, {"event_time": "2"})] * 3
    assert separating_field(other_time, same_time, []) is None


def test_one_pair_proves_nothing() -> None:
    two = [ports("1", "1"), ports("5", "5")]
    assert separating_field([ports("1", "2")], two, []) is None
    assert separating_field([ports("1", "2"), ports("2", "3")], two[:1], []) is None


def test_a_pair_without_the_field_counts_as_separated() -> None:
    overruled = [pair({"user.name": "a"}, {}), pair({"user.name": "a"}, {"user.name": "b"})]
    kept = [pair({"user.name": "c"}, {"user.name": "c"})] * 2
    found = separating_field(overruled, kept, [])
    assert found is not None
    assert (found.field, found.separated) == ("user.name", 2)


def test_of_equally_good_fields_the_one_with_the_fewest_values_is_taken() -> None:
    overruled = [pair({"zone": "a", "cell": "1"}, {"zone": "b", "cell": "2"}) for _ in range(3)]
    kept = [pair({"zone": "a", "cell": str(each)}, {"zone": "a", "cell": str(each)}) for each in range(9)]
    found = separating_field(overruled, kept, [])
    assert found is not None
    assert found.field == "zone"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- name: a\n  key: [b, c]\n  level: link", "- name: a\n  key: [b, c, d]\n  level: link"),
        ("- name: a\n  key: [b]   # why [so]", "- name: a\n  key: [b, d]   # why [so]"),
        ("- name: a\n  key: b|lower\n", "- name: a\n  key: [b|lower, d]\n"),
        (
            "- name: a\n  key:\n    - b\n    # note\n    - c\n  level: x",
            "- name: a\n  key:\n    - b\n    # note\n    - c\n    - d\n  level: x",
        ),
        ("- name: a\n  key:\n  - b\n  level: x", "- name: a\n  key:\n  - b\n  - d\n  level: x"),
        ("- name: a\n  key: [b,\n    c]\n", "- name: a\n  key: [b,\n    c, d]\n"),
        ("- name: a\n  key: [\n    b,\n  ]\n", "- name: a\n  key: [\n    b,\n  d]\n"),
        ("- name: a\n  key: [\n    b\n  ]\n", "- name: a\n  key: [\n    b\n  , d]\n"),
        ("- key: [b]\n  name: a", "- key: [b, d]\n  name: a"),
        ("- name: a", ""),
        ("- name: a\n  key:\n", ""),
        ("- name: a\n  key: [b, c", ""),
    ],
)
def test_a_part_is_added_to_a_rule_as_written(before: str, after: str) -> None:
    assert with_key_part(before, "d") == after
