import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.errors import InvalidInput
from triage_app.domain.evaluation import Split
from triage_app.domain.labels import Example
from triage_app.domain.splitting import HELD_BACK, Parts, groups_of, held_back, twins

START = datetime(2026, 1, 1, tzinfo=UTC)


def text(number: int) -> str:
    """A text that is like no other."""
    chance = random.Random(number)
    return " ".join("".join(chance.choices(ascii_lowercase, k=5)) for _ in range(12))


def alone(count: int, label: str = "A") -> list[Example]:
    return [Example(label, text(number)) for number in range(count)]


def sides(groups: Sequence[int], parts: Parts) -> set[int]:
    """Groups that are on both sides."""
    return {groups[place] for place in parts.train} & {groups[place] for place in parts.held}


def test_a_fifth_of_each_label_is_held_back_and_the_same_one_each_time() -> None:
    # given
    examples = [*alone(50, "A"), *[Example("B", text(100 + number)) for number in range(10)]]
    groups = groups_of(examples)
    # when
    parts = held_back(examples, groups, Split.GROUP)
    # then
    assert Counter(examples[place].label for place in parts.held) == {"A": 10, "B": 2}
    assert sorted(parts.train + parts.held) == list(range(60))
    assert held_back(examples, groups, Split.GROUP) == parts
    assert held_back(examples, groups, Split.GROUP, seed=1) != parts


def test_examples_of_one_group_and_of_nearly_the_same_text_stay_together() -> None:
    # given conversations of three, and alerts that differ in a number
    talks = [Example("A", text(number), f"talk {number // 3}") for number in range(60)]
    alerts = [Example("B", f"{text(200 + number // 4)} case {number}") for number in range(60)]
    examples = [*talks, *alerts]
    # when
    groups = groups_of(examples)
    # then
    assert len(set(groups[:60])) == 20
    assert len(set(groups[60:])) == 15
    for seed in range(5):
        parts = held_back(examples, groups, Split.GROUP, seed=seed)
        assert not sides(groups, parts)
        assert len(parts.held) >= 18
    # while chance alone puts twins on both sides
    by_chance = held_back(examples, groups, Split.RANDOM)
    assert twins(groups, by_chance) > 0.7
    assert twins(groups, held_back(examples, groups, Split.GROUP)) == 0


def test_a_group_joins_texts_that_others_are_nearly_the_same_as() -> None:
    examples = [Example("A", text(1), "x"), Example("A", text(2), "x"), Example("A", text(2)), Example("A", text(3))]
    assert groups_of(examples) == [0, 0, 0, 3]


def test_the_newest_are_held_back_but_not_what_was_known_before() -> None:
    # given one example a day, the last one of a conversation that began on the first day, and one of unknown time
    examples = [
        Example("AB"[number % 2], text(number), at=START + timedelta(days=number)) for number in range(20)
    ]  # fmt: skip
    examples[0] = Example("A", text(0), "talk", START)
    examples[19] = Example("B", text(19), "talk", START + timedelta(days=19))
    examples.append(Example("A", text(30)))
    # when
    groups = groups_of(examples)
    parts = held_back(examples, groups, Split.TIME)
    # then
    assert parts.held == (15, 16, 17, 18)
    assert parts.train == (*range(15), 20)
    assert not sides(groups, parts)


def test_without_times_there_is_no_split_by_time() -> None:
    examples = [*alone(8), Example("A", text(9), at=START)]
    with pytest.raises(InvalidInput, match=r"Only 1 of 9 examples have a time.*split by group"):
        held_back(examples, groups_of(examples), Split.TIME)


def test_what_has_no_time_counts_as_older() -> None:
    # given a starter set without times, and what people corrected since
    examples = [*alone(60), *[Example("A", text(100 + day), at=START + timedelta(days=day)) for day in range(20)]]
    parts = held_back(examples, groups_of(examples), Split.TIME)
    assert parts.held == (76, 77, 78, 79)
    assert parts.train == tuple(range(76))


def test_examples_of_one_moment_cannot_be_split_by_time() -> None:
    examples = [Example("A", text(number), at=START) for number in range(10)]
    with pytest.raises(InvalidInput, match="of the same time"):
        held_back(examples, groups_of(examples), Split.TIME)


@pytest.mark.parametrize("split", list(Split))
def test_a_label_with_one_example_stays_in_training(split: Split) -> None:
    examples = [Example("A", text(number), at=START + timedelta(days=number)) for number in range(20)]
    examples.append(Example("Rare", text(40), at=START + timedelta(days=90)))
    parts = held_back(examples, groups_of(examples), split)
    assert 20 in parts.train
    assert parts.held


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        ([], "0 examples cannot be split"),
        ([Example("A", "one")], "1 example cannot be split"),
        ([Example("A", "one"), Example("B", "two")], "2 examples cannot be split"),
        ([Example("A", "the same text")] * 20, "None of 20 examples can be held back"),
    ],
)
def test_too_little_to_hold_back_is_said(examples: list[Example], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        held_back(examples, groups_of(examples), Split.GROUP)


def test_two_examples_of_a_label_are_one_for_each_side() -> None:
    parts = held_back(alone(2), [0, 1], Split.GROUP)
    assert (len(parts.train), len(parts.held)) == (1, 1)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 12), st.integers(0, 40)), min_size=2, max_size=60))
def test_no_group_is_ever_on_both_sides(rows: list[tuple[str, int, int]]) -> None:
    # given examples in groups, at any times
    examples = [Example(label, "", f"g{group}", START + timedelta(days=day)) for label, group, day in rows]
    groups = groups_of(examples)
    for split in (Split.GROUP, Split.TIME):
        try:
            parts = held_back(examples, groups, split)
        except InvalidInput:
            continue
        # then
        assert not sides(groups, parts)
        assert not set(parts.train) & set(parts.held)
        assert len(parts.held) <= round(len(rows) * HELD_BACK) + 3
        if split is Split.TIME:
            counts = Counter(label for label, _, _ in rows)
            newest = max((rows[place][2] for place in parts.train if counts[rows[place][0]] > 1), default=-1)
            assert min(rows[place][2] for place in parts.held) > newest
